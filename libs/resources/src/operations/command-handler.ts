import { Inject } from '@nestjs/common';
import { CommandHandler, type Command } from '@nestjs/cqrs';
import type { Class } from '#millwright/fields';

/** The handler of a command in one line: which service carries it out, and how. */
export function handlerOf<C extends Command<unknown>, Service extends object>(
  command: new (...args: never[]) => C,
  service: abstract new (...args: never[]) => Service,
  carryOut: (service: Service, command: C) => unknown,
): Class {
  @CommandHandler(command)
  class Handler {
    constructor(@Inject(service) private readonly service: Service) {}

    async execute(command: C): Promise<unknown> {
      return carryOut(this.service, command);
    }
  }
  Object.defineProperty(Handler, 'name', { value: `${command.name}Handler` });
  return Handler as unknown as Class;
}

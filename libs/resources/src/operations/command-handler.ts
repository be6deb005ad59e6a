import { Inject } from '@nestjs/common';
import { CommandHandler, type Command } from '@nestjs/cqrs';
import type { Class } from '#millwright/fields';
import { namingLargest } from './largest-field.js';

/** The handler of a command in one line: which service carries it out, and how. `said` is what its request says, where that can be much. */
export function handlerOf<C extends Command<unknown>, Service extends object>(
  command: new (...args: never[]) => C,
  service: abstract new (...args: never[]) => Service,
  carryOut: (service: Service, command: C) => unknown,
  said: (command: C) => object = () => ({}),
): Class {
  @CommandHandler(command)
  class Handler {
    constructor(@Inject(service) private readonly service: Service) {}

    async execute(command: C): Promise<unknown> {
      try {
        return await carryOut(this.service, command);
      } catch (failure) {
        throw namingLargest(failure, said(command));
      }
    }
  }
  Object.defineProperty(Handler, 'name', { value: `${command.name}Handler` });
  return Handler as unknown as Class;
}

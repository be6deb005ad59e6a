import { Delete, HttpCode, Injectable, Patch, Post } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Command, CommandBus } from '@nestjs/cqrs';
import type { Answer } from '../answer.js';
import type { Class } from '#millwright/fields';
import type { ResourceDefinition, Written } from '../resource/resource-definition.js';
import { ResourceReader } from '../resource/resource-reader.js';
import { ApiAnswer, FromPath, PlainBody, ResourceBody } from '../rest/index.js';
import { operationOn, OverRest, type CommandOperation } from './operation.js';

/** Finds out what an operation answers with. */
@Injectable()
export class ResourceAnswers {
  constructor(
    private readonly services: ModuleRef,
    private readonly resources: ResourceReader,
  ) {}

  /** Over REST. */
  of(resource: ResourceDefinition, { answers }: CommandOperation, result: Written, command: Command<Written>): Answer | Promise<Answer> {
    return answers ? this.services.get(answers.by, { strict: false }).answer(result, command) : this.resources.written(resource, result);
  }

  /** The source of what GraphQL shows. */
  sourceOf({ answers }: CommandOperation, result: Written): Written['row'] | null {
    const other = answers?.output && this.services.get(answers.by, { strict: false });
    return other?.source ? other.source(result) : result.row;
  }
}

type Edge = Readonly<{ commands: CommandBus; answers: ResourceAnswers }>;
type Routed = Readonly<{ resource: ResourceDefinition; operations: readonly CommandOperation[]; Full: Class }>;

const methods = { PATCH: Patch, POST: Post, DELETE: Delete } as const;

/** Gives a controller a method for each operation that has a route. */
export function addRoutes(controller: object, { resource, operations, Full }: Routed): void {
  for (const operation of operations) {
    const { name, route, command, fromPath = {}, root, mayBeEmpty, answers } = operation;
    if (route === undefined) continue;
    const [method, path] = route.split(' ') as [keyof typeof methods, string];
    const handler = async function (this: Edge, asked: Command<Written>): Promise<Answer> {
      return this.answers.of(resource, operation, await this.commands.execute(asked), asked);
    };
    const descriptor: PropertyDescriptor = { value: handler, configurable: true, writable: true };
    Object.defineProperty(controller, name, descriptor);
    // What a compiler would write beside a method.
    Reflect.defineMetadata('design:paramtypes', [Object], controller, name);
    const isEmpty = method === 'DELETE';
    const decorators = [
      methods[method](path),
      OverRest(operationOn(resource, operation)),
      // Nest answers a POST with 201 by itself, also where nothing is created.
      HttpCode(isEmpty ? 204 : (answers?.status ?? 200)),
      ...(isEmpty ? [] : [ApiAnswer(answers?.printed ?? Full, { status: answers?.status, mayBeNull: answers?.mayBeNull })]),
    ];
    const parameter = isEmpty ? FromPath(command, fromPath) : root === undefined ? PlainBody(command, fromPath) : ResourceBody(command, root, fromPath, mayBeEmpty); // prettier-ignore
    parameter(controller, name, 0);
    for (const decorate of decorators.reverse()) decorate(controller, name, descriptor);
  }
}

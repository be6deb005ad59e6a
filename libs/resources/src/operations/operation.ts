import type { Type } from '@nestjs/common';
import type { Command } from '@nestjs/cqrs';
import type { Row } from '#millwright/event-sourcing';
import type { Answer } from '../answer.js';
import type { Class } from '#millwright/fields';
import type { Written } from '../resource/resource-definition.js';
import type { FieldsFromPath } from '../rest/index.js';

/** One thing that clients can do, described once: what every gate before it asks. */
export type Operation = Readonly<{
  /** As the OpenAPI document and GraphQL call it: `restockPart`. */
  name: string;
  does: 'reads' | 'writes';
  /** It is about sites themselves, so that an archived one does not stand in its way: there it is brought back. */
  atArchivedSites?: boolean;
}>;

const operations = new WeakMap<object, Operation>();

/** Says which operation a controller's method is. */
export function handles(controller: object, method: string, operation: Operation): void {
  const handler: unknown = Reflect.get(controller, method);
  if (typeof handler === 'function') operations.set(handler, operation);
}

/** The operation that a controller's method is; undefined for what is described by its controller alone. */
export const operationOf = (handler: object): Operation | undefined => operations.get(handler);

/** What an operation answers with where that is not the resource itself. */
type OtherAnswer<Result, C> = Readonly<{
  /** What the answer looks like over REST. */
  printed: Class;
  status?: 201;
  /** The GraphQL type; left out, it is the resource's. */
  output?: () => Class;
  by: Type<OtherAnswers<Result, C>>;
}>;

/** Says what an operation answers with. */
export interface OtherAnswers<Result, C> {
  answer(result: Result, command: C): Promise<Answer>;
  /** The source of the GraphQL type, where that is not the resource's. */
  source?(result: Result): Row;
}

/** A command on a resource beside those that every resource has. Its class is what requests say. */
export type CommandOperation<C extends Command<Written> = Command<Written>, Service extends object = object, Result extends Written = Written> = Readonly<{
  command: Class<C>;
  /** As the document and GraphQL call it: `restockPart`. */
  name: string;
  /** Below the resource's path, like `PATCH :id/restock`; left out, there is a mutation only. */
  route?: `${'PATCH' | 'POST' | 'DELETE'} ${string}`;
  /** Which of the command's fields stand in the path. */
  fromPath?: FieldsFromPath;
  /** What the body stands under; left out, it stands bare. */
  root?: string;
  /** In the imperative: "Receive stock". */
  summary: string;
  description?: string;
  /** The codes it is refused with, and when. */
  refusals: string;
  by: abstract new (...args: never[]) => Service;
  carryOut(service: Service, command: C): Promise<Result>;
  answers?: OtherAnswer<Result, C>;
}>; // prettier-ignore

/** Describes a command on a resource: its handler, its route, its mutation and what the documents say of them are made of this. */
export const operation = <C extends Command<Written>, Service extends object, Result extends Written>(
  described: CommandOperation<C, Service, Result>,
): CommandOperation => described;

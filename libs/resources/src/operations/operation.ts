import { applyDecorators, type Type } from '@nestjs/common';
import type { Command } from '@nestjs/cqrs';
import { Extensions } from '@nestjs/graphql';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiOperation } from '@nestjs/swagger';
import type { Row } from '#millwright/event-sourcing';
import { nameScopes, type Scope, type Tier } from '#millwright/access';
import type { Answer } from '../answer.js';
import { camelCase, type Class } from '#millwright/fields';
import type { Written } from '../resource/written.js';
import { takenBy, type FieldsFromPath } from '../rest/index.js';

/** One thing that clients can do, described once: what every gate before it asks. */
export type Operation = Readonly<{
  /** As the OpenAPI document and GraphQL call it: `restockPart`. */
  name: string;
  does: 'reads' | 'writes';
  /** What whoever asks has to hold at the site, all of it (contract, part 4, section 3); none where every credential may, or nobody needs one. */
  scopes: readonly Scope[];
  /** Of these it needs one at least: which one follows from what it is about, and is asked for there. Over GraphQL only, where records of several kinds share a field. */
  anyOf?: readonly Scope[];
  /** The tier it needs, where that is not what it does: core for what reads, starter for what writes (contract, part 4, S75, S95). */
  tier?: Tier;
  /** An archived site does not stand in its way: it is about sites themselves, and brings one back, or ends what began before. */
  atArchivedSites?: boolean;
  /**
   * The field that says whom it is about. Where that is whoever asks, or left out, its answer is his: a repeat tells it also where the record that it was
   * sent to is one he does not see any more.
   */
  aboutOneself?: string;
  /** A person who has signed in does it, or the administrator's key, and no machine, whatever that may do (contract, part 4, S8). */
  byPersons?: true;
  /** It needs neither credential nor site: who may do it, and on whose behalf, is its own affair. */
  open?: true;
}>;

/** An operation with what the documents say of it. */
export type DescribedOperation = Operation & Readonly<{ summary: string; description: string }>;

/** Describes what only reads. */
export const reads = (described: Omit<DescribedOperation, 'does'>): DescribedOperation => ({ ...described, does: 'reads' });

/** Describes what writes. */
export const writes = (described: Omit<DescribedOperation, 'does'>): DescribedOperation => ({ ...described, does: 'writes' });

/** Whether what a request says is about whoever asks, by the field of its operation that would say so. */
export function isAboutOneself({ aboutOneself: field }: Operation, said: unknown, userId: number): boolean {
  if (field === undefined) return false;
  const { [field]: named, [camelCase(field)]: overGraphql } = (said ?? {}) as Readonly<Record<string, unknown>>;
  const whom = named ?? overGraphql ?? userId;
  return Number(whom) === userId;
}

/** As the document says it: one scope, a list of all that are needed, or null (contract, part 4, S52). */
export const requiredScope = (scopes: readonly Scope[]): Scope | readonly Scope[] | null =>
  scopes.length > 1 ? scopes : (scopes[0] ?? null);

/** Which method of which controller. */
export type ControllerMethod = Readonly<{ controller: Class; name: string }>;

/** Makes a method of a controller the way to an operation over REST: the route carries its description, for every gate before the method. */
export const OverRest =
  (operation: DescribedOperation): MethodDecorator =>
  (controller, method, descriptor) =>
    applyDecorators(
      ApiOperation({ operationId: operation.name, summary: operation.summary, description: operation.description }),
      ApiExtension('x-required-scope', requiredScope(operation.scopes)),
      ...(operation.tier === undefined ? [] : [ApiExtension('x-required-tier', operation.tier)]),
      RouteConfig({
        operation,
        takes: takenBy(controller, method),
        method: { controller: controller.constructor as Class, name: String(method) } satisfies ControllerMethod,
      }),
    )(controller, method, descriptor);

/** Makes a root field the way to an operation over GraphQL: the schema's field carries its description. */
export const OverGraphql = (operation: Operation): MethodDecorator => Extensions({ operation });

/** The operation behind a root field of the schema. */
export const operationOf = ({ extensions }: Readonly<{ extensions: Readonly<Record<string, unknown>> }>): Operation | undefined =>
  extensions['operation'] as Operation | undefined;

/**
 * Keeps the program from starting with a way in that nobody has described, for no gate would know what it does.
 * @param way what it is called there: `PATCH /api/v1/parts/:id/restock`, `Mutation.restockPart`
 */
export function assertDescribed(way: string, does: Operation['does'], operation: Operation | undefined): void {
  if (operation?.does === does && Array.isArray(operation.scopes)) return nameScopes(operation.scopes);
  throw new Error(
    operation ? `${way} ${does}, but ${operation.name} is described as what ${operation.does}` : `${way} is described by no operation`,
  );
}

/** What an operation answers with where that is not the resource itself. */
type OtherAnswer<Result, C> = Readonly<{
  /** What the answer looks like over REST. */
  printed: Class;
  status?: 201;
  /** There may be nothing to show: the answer is null then. */
  mayBeNull?: true;
  /** The GraphQL type; left out, it is the resource's. */
  output?: () => Class;
  by: Type<OtherAnswers<Result, C>>;
}>;

/** Says what an operation answers with. */
export interface OtherAnswers<Result, C> {
  answer(result: Result, command: C): Promise<Answer>;
  /** The source of the GraphQL type, where that is not the resource's. */
  source?(result: Result): Row | null;
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
  /** The body that stands under something may be left out, or empty. */
  mayBeEmpty?: true;
  /** What whoever asks has to hold at the site, all of it. */
  scopes: readonly Scope[];
  /** The tier it needs, where that is not starter, which has everything that writes. */
  tier?: Tier;
  /** It ends what began before the site was archived, and what could not be ended anywhere else. */
  atArchivedSites?: true;
  /** The field that says whom it is about: its answer is his, and a repeat tells him also where he does not see that record any more. */
  aboutOneself?: string;
  /** In the imperative: "Receive stock". */
  summary: string;
  /** What it does, in a sentence or two; lint rules of OpenAPI ask for one. */
  description: string;
  /** The codes it is refused with, and when. */
  refusals: string;
  by: abstract new (...args: never[]) => Service;
  carryOut(service: Service, command: C): Result | Promise<Result>;
  answers?: OtherAnswer<Result, C>;
}>; // prettier-ignore

/** Describes a command on a resource: its handler, its route, its mutation and what the documents say of them are made of this. */
export const operation = <C extends Command<Written>, Service extends object, Result extends Written>(
  described: CommandOperation<C, Service, Result>,
): CommandOperation => described;

/** A command on a resource as an operation like any other. */
export const operationOn = (
  { administersSites }: Readonly<{ administersSites?: boolean }>,
  { name, scopes, tier, summary, description, atArchivedSites, aboutOneself }: CommandOperation,
): DescribedOperation =>
  writes({ name, scopes, tier, summary, description, atArchivedSites: atArchivedSites ?? administersSites, aboutOneself });

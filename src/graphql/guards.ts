import type { FastifyReply } from 'fastify';
import { defaultFieldResolver, GraphQLObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { currentScope, lacking, nameScopes, requirePerson, requireScopes, type RequestScope } from '#millwright/access';
import { whenKnown, type Row } from '#millwright/event-sourcing';
import { camelCase, type FieldDefinition } from '#millwright/fields';
import { hiddenBy, operationOf, outputFields, readableTypes, seenWithExtension, type Operation } from '#millwright/resources';
import { stillAdmitted } from '../http/index.js';

type Field = GraphQLField<unknown, unknown>;
/** What mercurius hands on to every field. */
type Asked = Readonly<{ reply: FastifyReply }>;
type Path = Readonly<{ prev: Path | undefined; key: string | number }>;

const hidden = new WeakMap<RequestScope, Set<string>>();

/** The paths of what the answer to a request hides, without indices, in their order; empty where it shows all. */
export const hiddenIn = (scope: RequestScope | null): readonly string[] => [...((scope && hidden.get(scope)) ?? [])].sort();

/** Has every root field ask whether whoever sends the document may do that, and every field that not everybody may see whether he may see it, wherever it stands. */
export function guardSchema(schema: GraphQLSchema): void {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) guardRoot(field);
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    guardRoot(field, holdAsOfNow);
    holdAfterwards(field);
  }
  for (const [typeName, definitions] of outputFields()) {
    const type = schema.getType(typeName);
    if (!(type instanceof GraphQLObjectType)) continue;
    for (const definition of definitions) {
      const { seenWith, seenWithOf, output } = definition;
      const field = output && type.getFields()[camelCase(output.name)];
      if (seenWith !== undefined) nameScopes([seenWith]);
      if ((seenWith !== undefined || seenWithOf) && field) hideFrom(field, definition);
      if (definition.hiddenWithin && field) noteWithin(field, definition.hiddenWithin);
    }
  }
  guardRecords(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!(type instanceof GraphQLObjectType)) continue;
    for (const field of Object.values(type.getFields())) {
      const seen = field.extensions[seenWithExtension] as Pick<FieldDefinition, 'seenWith' | 'seenWithOf'> | undefined;
      if (seen !== undefined) hideFrom(field, seen);
    }
  }
}

/** `admittedAnew`: what becomes of the rights of now, where they were asked for. */
function guardRoot(field: Field, admittedAnew: (scope: RequestScope, now: RequestScope) => void = () => undefined): void {
  const { resolve = defaultFieldResolver } = field;
  const operation = operationOf(field);
  field.resolve = (source, args, context, info) => {
    requireAllowed(currentScope(), operation);
    // Mutations of a document come one after another: the last may be carried out long after whoever has sent it was let in.
    return whenKnown(stillAdmitted((context as Asked).reply), (admitted) => {
      if (admitted) {
        requireAllowed(admitted, operation);
        admittedAnew(currentScope(), admitted);
      }
      return resolve(source, args, context, info);
    });
  };
}

/**
 * What stands below a mutation is printed by the rights of its moment, and not by those that the document was begun with. The scope stays the same one,
 * since what is known of the request is found by it; nothing else of the document runs beside, as mutations come one after another.
 */
function holdAsOfNow(scope: RequestScope, { principal, held, rows }: RequestScope): void {
  Object.assign(scope, { principal, held, rows });
}

/** The same where the mutation itself took long. What it has changed was changed, and is told also where nobody would be let in any more. */
function holdAfterwards(field: Field): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = async (source, args, context, info) => {
    const result: unknown = await resolve(source, args, context, info);
    const admitted = await stillAdmitted((context as Asked).reply)?.catch(() => undefined);
    if (admitted) holdAsOfNow(currentScope(), admitted);
    return result;
  };
}

/** @throws Rejection INSUFFICIENT_PERMISSIONS one of its `scopes` is missing, or all of `anyOf` are; a machine asks for what persons do */
function requireAllowed(scope: RequestScope, { scopes = [], anyOf = [], byPersons }: Partial<Operation> = {}): void {
  const { held, principal } = scope;
  const hasNone = anyOf.length > 0 && held !== 'all' && !anyOf.some((one) => held.has(one));
  requireScopes(scope, hasNone ? [...scopes, ...anyOf] : scopes);
  if (byPersons) requirePerson(principal, scopes);
}

/** A record that is reached from another one is read by whoever may read such records; the others are told what it is called. */
function guardRecords(schema: GraphQLSchema): void {
  for (const [typeName, { scope, mentioned }] of readableTypes()) {
    const type = schema.getType(typeName);
    if (!(type instanceof GraphQLObjectType)) continue;
    for (const field of Object.values(type.getFields()).filter(({ name }) => !mentioned.has(name))) {
      const { resolve = defaultFieldResolver } = field;
      field.resolve = (source, args, context, info) => {
        // What a root field answers with its operation has let out.
        const isOfRoot = info.path.prev?.prev === undefined;
        if (!isOfRoot && lacking()?.(scope)) requireScopes(currentScope(), [scope]);
        return resolve(source, args, context, info);
      };
    }
  }
}

function hideFrom(field: Field, definition: Pick<FieldDefinition, 'seenWith' | 'seenWithOf'>): void {
  const { resolve = defaultFieldResolver } = field;
  if (definition.seenWith !== undefined) field.description = `${field.description ?? ''} Null without \`${definition.seenWith}\`.`.trim();
  field.resolve = (source, args, context, info) => {
    const isLacking = lacking();
    if (!isLacking || !hiddenBy(isLacking, definition, source as Row)) return resolve(source, args, context, info);
    note(currentScope(), info.path);
    return null;
  };
}

function noteWithin(field: Field, hiddenWithin: (row: Row) => readonly string[]): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = (source, args, context, info) => {
    if (lacking()) for (const inner of hiddenWithin(source as Row)) note(currentScope(), info.path, inner);
    return resolve(source, args, context, info);
  };
}

function note(scope: RequestScope, path: Path, inner?: string): void {
  const paths = hidden.get(scope) ?? new Set<string>();
  hidden.set(scope, paths);
  const names: string[] = inner === undefined ? [] : [inner];
  for (let at: Path | undefined = path; at; at = at.prev) if (typeof at.key === 'string') names.unshift(at.key);
  paths.add(names.join('.'));
}

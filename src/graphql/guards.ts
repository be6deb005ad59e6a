import { defaultFieldResolver, GraphQLObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { currentScope, lacking, requireScopes, type RequestScope } from '#millwright/access';
import { camelCase } from '#millwright/fields';
import { operationOf, outputFields } from '#millwright/resources';

type Field = GraphQLField<unknown, unknown>;
type Path = Readonly<{ prev: Path | undefined; key: string | number }>;

const hidden = new WeakMap<RequestScope, Set<string>>();

/** The paths of what the answer to a request hides, without indices, in their order; empty where it shows all. */
export const hiddenIn = (scope: RequestScope | null): readonly string[] => [...((scope && hidden.get(scope)) ?? [])].sort();

/** Has every root field ask whether whoever sends the document may do that, and every field that not everybody may see whether he may see it, wherever it stands. */
export function guardSchema(schema: GraphQLSchema): void {
  for (const root of [schema.getQueryType(), schema.getMutationType()])
    for (const field of Object.values(root?.getFields() ?? {})) guardRoot(field);
  for (const [typeName, definitions] of outputFields()) {
    const type = schema.getType(typeName);
    if (!(type instanceof GraphQLObjectType)) continue;
    for (const { seenWith, output } of definitions) {
      const field = output && type.getFields()[camelCase(output.name)];
      if (seenWith !== undefined && field) hideFrom(field, seenWith);
    }
  }
}

function guardRoot(field: Field): void {
  const { resolve = defaultFieldResolver } = field;
  const scopes = operationOf(field)?.scopes ?? [];
  field.resolve = (source, args, context, info) => {
    requireScopes(currentScope(), scopes);
    return resolve(source, args, context, info);
  };
}

function hideFrom(field: Field, seenWith: string): void {
  const { resolve = defaultFieldResolver } = field;
  field.resolve = (source, args, context, info) => {
    if (!lacking()?.(seenWith)) return resolve(source, args, context, info);
    note(currentScope(), info.path);
    return null;
  };
}

function note(scope: RequestScope, path: Path): void {
  const paths = hidden.get(scope) ?? new Set<string>();
  hidden.set(scope, paths);
  const names: string[] = [];
  for (let at: Path | undefined = path; at; at = at.prev) if (typeof at.key === 'string') names.unshift(at.key);
  paths.add(names.join('.'));
}

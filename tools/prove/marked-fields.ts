import { isObjectType, type GraphQLSchema } from 'graphql';
import type { RestWay } from './described-operations.js';

export type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schema of what an operation answers as `data`. */
export function dataSchemaOf(document: Json, { path, method }: RestWay): Json {
  type Answer = Readonly<{ content?: Readonly<Record<string, { schema?: Json }>> }>;
  const operation = (document['paths'] as Record<string, Record<string, { responses: Record<string, Answer> }>>)[path]?.[
    method.toLowerCase()
  ];
  const answer = operation && (operation.responses['200'] ?? operation.responses['201']);
  const properties = answer?.content?.['application/json']?.schema?.['properties'] as Record<string, Json> | undefined;
  return properties?.['data'] ?? {};
}

/** What a schema refers to. */
export function resolved(document: Json, schema: Json): Json {
  const [only] = (schema['allOf'] ?? schema['anyOf'] ?? schema['oneOf'] ?? []) as readonly Json[];
  const reference = schema['$ref'] ?? only?.['$ref'];
  if (typeof reference !== 'string') return only && !('properties' in schema) ? only : schema;
  const found = reference
    .slice(2)
    .split('/')
    .reduce<unknown>((inner, name) => (inner as Json)[name], document);
  return found as Json;
}

/** What of an answer is marked in its schema as seen with a right, by its path without indices. */
export function marked(document: Json, schema: Json, value: unknown, scope: string, path = ''): [string, unknown][] {
  const { properties = {}, items } = resolved(document, schema) as { properties?: Record<string, Json>; items?: Json };
  if (Array.isArray(value)) return value.flatMap((item) => marked(document, items ?? {}, item, scope, path));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const property = properties[name];
    const whole = path === '' ? name : `${path}.${name}`;
    if (property?.['x-seen-with'] === scope) return [[whole, inner] as [string, unknown]];
    return property ? marked(document, property, inner, scope, whole) : [];
  });
}

/** The same of an answer of GraphQL, by the descriptions of fields and `__typename`. */
export function markedOfType(schema: GraphQLSchema, value: unknown, scope: string, path = ''): [string, unknown][] {
  if (Array.isArray(value)) return value.flatMap((item) => markedOfType(schema, item, scope, path));
  if (!isObject(value)) return [];
  const type = typeof value['__typename'] === 'string' ? schema.getType(value['__typename']) : undefined;
  return Object.entries(value).flatMap(([name, inner]) => {
    const whole = path === '' ? name : `${path}.${name}`;
    const description = isObjectType(type) ? (type.getFields()[name]?.description ?? '') : '';
    return description.endsWith(`Null without \`${scope}\`.`)
      ? [[whole, inner] as [string, unknown]]
      : markedOfType(schema, inner, scope, whole);
  });
}

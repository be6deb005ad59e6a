import { buildSchema, getNamedType, isInputObjectType, isObjectType, isRequiredArgument, isRequiredInputField } from 'graphql';
import type { GraphQLArgument, GraphQLField, GraphQLInputType } from 'graphql';

type Json = Readonly<Record<string, unknown>>;

/** What the documents say of one way in. */
type Needs = Readonly<{
  /** As a person reads it: `PATCH /api/v1/parts/{id}`, `mutation updatePart`. */
  way: string;
  operation: string;
  /** What whoever calls has to hold, in the order in which it is asked for. */
  scopes: readonly string[];
  /** Of these he has to hold one at least; which, follows from what it is about. */
  anyOf: readonly string[];
  /** What saying something in a field takes beside that, by the field's path below what the body stands under. */
  fieldScopes: Readonly<Record<string, string>>;
}>;

export type RestWay = Needs &
  Readonly<{ kind: 'rest'; method: string; path: string; tier: string; bodyRoot: string | undefined; admits: Admitted }>;
export type GraphqlWay = Needs & Readonly<{ kind: 'graphql'; root: 'query' | 'mutation'; field: GraphQLField<unknown, unknown> }>;
/** Who is let in at all: everybody, or who has a credential. */
type Admitted = 'everybody' | 'credentials';

type Described = Readonly<{
  operationId: string;
  'x-required-scope': string | readonly string[] | null;
  'x-field-scopes'?: Readonly<Record<string, string>>;
  'x-required-tier': string;
  security?: readonly unknown[];
  requestBody?: Readonly<{ content: Readonly<Record<string, { schema?: Json }>> }>;
}>;

/** Every operation of an OpenAPI document. */
export function restWays(document: unknown): RestWay[] {
  const { paths } = document as { paths: Readonly<Record<string, Readonly<Record<string, Described>>>> };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([verb, described]): RestWay => {
      const method = verb.toUpperCase();
      return {
        kind: 'rest',
        way: `${method} ${path}`,
        operation: described.operationId,
        scopes: [described['x-required-scope'] ?? []].flat(),
        anyOf: [],
        fieldScopes: described['x-field-scopes'] ?? {},
        tier: described['x-required-tier'],
        admits: described.security?.length === 0 ? 'everybody' : 'credentials',
        method,
        path,
        bodyRoot: bodyRootOf(described),
      };
    }),
  );
}

/** What the fields of a body stand under; undefined where they stand bare. */
function bodyRootOf({ requestBody }: Described): string | undefined {
  const properties = requestBody?.content['application/json']?.schema?.['properties'] as Readonly<Record<string, Json>> | undefined;
  const [[root, schema] = [undefined, undefined], ...others] = Object.entries(properties ?? {});
  return others.length === 0 && schema && '$ref' in schema ? root : undefined;
}

/** Every root field of a schema; what each needs is the last sentence of its description, and its fields need what they need over REST. */
export function graphqlWays(text: string, rest: readonly RestWay[]): GraphqlWay[] {
  const schema = buildSchema(text);
  const roots = [
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
  ] as const;
  return roots.flatMap(([root, type]) =>
    Object.values(type?.getFields() ?? {}).map((field): GraphqlWay => {
      const [, needed = ''] = / Needs (`[^`]+`(?: (?:and|or) `[^`]+`)*)\.$/.exec(field.description ?? '') ?? [];
      const named = [...needed.matchAll(/`([^`]+)`/g)].map(([, scope = '']) => scope);
      const [scopes, anyOf] = needed.includes(' or ') ? [[], named] : [named, []];
      const same = rest.find(({ operation }) => operation === field.name);
      return {
        kind: 'graphql',
        way: `${root} ${field.name}`,
        operation: field.name,
        scopes,
        anyOf,
        fieldScopes: same?.fieldScopes ?? {},
        root,
        field,
      };
    }),
  );
}

/** A number that no record has. */
export const nobodysId = 987_654_321;

/** A path with something in every place that names a record, none of which there is. */
export const filledPath = (path: string): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'uuid' ? '00000000-0000-4000-8000-000000000000' : name === 'name' ? 'nothing' : `${nobodysId}`,
  );

/** A body that says something in one field, by its path without indices. */
export function bodyWith(root: string | undefined, path: string, value: unknown): object {
  const fields = path
    .split('.')
    .reduceRight<unknown>((inner, name) => ({ [name]: name.endsWith('_attributes') ? [inner] : inner }), value) as object;
  return root === undefined ? fields : { [root]: fields };
}

/**
 * A document that asks for one root field with no more than it demands, about records that there are not.
 * @param said what stands in its `input` beside that, by its path in snake case; a flag is true, whatever is to be said
 */
export function documentOf({ root, field }: GraphqlWay, said?: Readonly<{ path: string; value: unknown }>): string {
  const given = field.args.filter((argument) => isRequiredArgument(argument) || (said && argument.name === 'input'));
  const inputs = given.map((argument) => `${argument.name}: ${argumentText(argument, said)}`);
  const selection = isObjectType(getNamedType(field.type)) ? ' { __typename }' : '';
  return `${root} { ${field.name}${inputs.length > 0 ? `(${inputs.join(', ')})` : ''}${selection} }`;
}

const argumentText = ({ name, type }: GraphQLArgument, said?: Readonly<{ path: string; value: unknown }>): string =>
  valueText(type, name === 'input' && said ? { names: said.path.split('.').map(camelCase), value: said.value } : undefined);

function valueText(type: GraphQLInputType, said?: Readonly<{ names: readonly string[]; value: unknown }>): string {
  const text = String(type).replaceAll('!', '');
  if (text.startsWith('[') && !said) return '[]';
  const named = getNamedType(type);
  if (isInputObjectType(named)) {
    const [name, ...names] = said?.names ?? [];
    const fields = Object.values(named.getFields()).filter((field) => isRequiredInputField(field) || field.name === name);
    const inner = fields.map(
      (field) => `${field.name}: ${valueText(field.type, field.name === name ? { names, value: said?.value } : undefined)}`,
    );
    return text.startsWith('[') ? `[{ ${inner.join(', ')} }]` : `{ ${inner.join(', ')} }`;
  }
  if (said) return named.name === 'Boolean' ? 'true' : JSON.stringify(said.value);
  return valueOf(named.name, 'getValues' in named ? named.getValues().map(({ name }) => name) : []);
}

/** Whether a mutation's input has a field, by its path in snake case. */
export function takes({ field }: GraphqlWay, path: string): boolean {
  let type: GraphQLInputType | undefined = field.args.find(({ name }) => name === 'input')?.type;
  for (const name of path.split('.').map(camelCase)) {
    const named: GraphQLInputType | undefined = type && getNamedType(type);
    type = isInputObjectType(named) ? named.getFields()[name]?.type : undefined;
  }
  return type !== undefined;
}

/** Values that fit their types and are about nothing. */
function valueOf(type: string, choices: readonly string[]): string {
  if (choices[0] !== undefined) return choices[0];
  if (type === 'Int' || type === 'Float') return '1';
  if (type === 'Boolean') return 'false';
  if (type === 'ID') return `"${nobodysId}"`;
  if (type === 'Decimal') return '"1"';
  if (type === 'DateTime') return '"2026-01-01T00:00:00Z"';
  return '""';
}

const camelCase = (name: string): string => name.replace(/(?<!^)_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

import { getNamedType, getNullableType, GraphQLID, isInputObjectType, valueFromASTUntyped } from 'graphql';
import type { GraphQLInputType, OperationDefinitionNode, ValueNode } from 'graphql';
import { isId } from '#millwright/call-log';

/** An argument of a root field: by the names of the schema, and as the document gives it. */
export type GivenArgument = Readonly<{ path: string; type: GraphQLInputType; value: ValueNode }>;

/** What arguments hold, as far as it may be written down (contract, part 4, S78). */
export type Sent = Readonly<{
  names: ReadonlySet<string>;
  counts: ReadonlyMap<string, number>;
  ids: ReadonlyMap<string, readonly number[]>;
  /** There is more than what is looked at. */
  isCut: boolean;
}>;

type Found = { names: Set<string>; counts: Map<string, number>; ids: Map<string, number[]>; left: number; isCut: boolean };

const mostNames = 100;
/** Of one name, as over REST: more than a document may have aliases, so that all records are told that it asks for one by one. */
const mostIds = 100;
/** How many values, and names that nobody knows, are looked at: one variable may stand in many places, and hold as much as a body does. */
const mostValues = 2_000;
/** The scalars that hold ids of records, whatever a field is called. */
const scalarsOfIds: readonly string[] = ['ID', 'EntityIds'];

/**
 * Names of known fields, lengths of lists and integer ids, of what the document says itself and of its variables; never a text. The ids that root fields are
 * asked for come first, so that no list of whatever pushes out whose record was read.
 */
export function sentIn(given: readonly GivenArgument[], variables: Readonly<Record<string, unknown>>): Sent {
  const found: Found = { names: new Set(), counts: new Map(), ids: new Map(), left: mostValues, isCut: false };
  const asksForOne = ({ type }: GivenArgument): boolean => getNullableType(type) === GraphQLID;
  for (const { path, type, value } of [...given.filter(asksForOne), ...given.filter((one) => !asksForOne(one))])
    look(valueFromASTUntyped(value, variables), type, path, found, true);
  return found;
}

/** What the variables of an operation are where a request does not say. */
export const defaultsOf = ({ variableDefinitions = [] }: OperationDefinitionNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue ? [[variable.name.value, valueFromASTUntyped(defaultValue)]] : [],
    ),
  );

/** Nothing was checked yet: a value may be of any shape, and what is not as the schema says is silent. */
function look(value: unknown, type: GraphQLInputType, path: string, found: Found, isNamed = false): void {
  if ((found.left -= 1) < 0) return void (found.isCut = true);
  if (isNamed && found.names.size < mostNames) found.names.add(path);
  else if (isNamed && !found.names.has(path)) found.isCut = true;
  if (Array.isArray(value)) {
    found.counts.set(path, (found.counts.get(path) ?? 0) + value.length);
    for (const item of value.slice(0, mostValues)) look(item, type, path, found);
    if (value.length > mostValues) found.isCut = true;
    return;
  }
  const named = getNamedType(type);
  if (!isInputObjectType(named)) {
    if (scalarsOfIds.includes(named.name)) note(value, path, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const fields = named.getFields();
  for (const name of Object.keys(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field) look(Reflect.get(value, name), field.type, `${path}.${name}`, found, true);
    // A name that nobody knows counts like a value: one variable of them may stand in many places.
    else found.left -= 1;
    if (found.left < 0) return void (found.isCut = true);
  }
}

function note(value: unknown, path: string, found: Found): void {
  const id = typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : value;
  if (!isId(id)) return;
  const before = found.ids.get(path) ?? [];
  if (before.length < mostIds) found.ids.set(path, [...before, id]);
  else found.isCut = true;
}

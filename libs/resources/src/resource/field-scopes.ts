import { FieldNeedsScope, lacking, type Scope } from '#millwright/access';
import { fieldsOf, isInput, type Class, type FieldDefinition, type FieldScope, type InputField } from '#millwright/fields';

/** What it takes to say something in a field. What moves stock, or finds somebody, does so where it says something; money is written with null, too. */
type Guarded = Readonly<{ path: readonly string[]; scope: Scope; moves: boolean }>;

const known = new WeakMap<Class, readonly Guarded[]>();

const reach: Scope = 'people:read';

/**
 * Whoever may not see money may not write it, and opening stock is a movement (contract, part 4, S17, S69). How somebody is reached may be said by
 * everybody who may write the record, but not emptied unseen (`withoutUnseenNulls`). Who takes a child away empties what is hidden in it, whether or not
 * there is anything: else it were found out so.
 */
function guarded(type: Class): readonly Guarded[] {
  const found = known.get(type);
  if (found) return found;
  const fields = fieldsOf(type).filter(isInput);
  const scopes = fields.flatMap(({ name, seenWith, saidWith, children, input: { nested } }): readonly Guarded[] => [
    ...(seenWith !== undefined && seenWith !== reach ? [{ path: [name], scope: seenWith, moves: false }] : []),
    ...(saidWith !== undefined ? [{ path: [name], scope: saidWith, moves: true }] : []),
    ...(nested ? guarded(nested.type()).map(({ path, ...inner }) => ({ path: [name, ...path], ...inner })) : []),
    ...(children ? hiddenIn(fieldsOf(children.type)).map((scope) => ({ path: [name, '_destroy'], scope, moves: true })) : []),
  ]);
  known.set(type, scopes);
  return scopes;
}

const hiddenIn = (fields: readonly FieldDefinition[]): FieldScope[] => [
  ...new Set(fields.flatMap(({ seenWith }) => (seenWith === undefined || seenWith === reach ? [] : [seenWith]))),
];

/** The right that whoever asks lacks to make a child another's, whose fields he may neither all see nor write; undefined where he lacks none. */
export function moveNeeds(fields: readonly FieldDefinition[]): FieldScope | undefined {
  const isLacking = lacking();
  return isLacking && hiddenIn(fields).find(isLacking);
}

/** The rights that single fields of an input take beside those of its operation, by their paths without indices (S52). */
export const fieldScopesOf = (type: Class): Readonly<Record<string, Scope>> =>
  Object.fromEntries(guarded(type).map(({ path, scope }) => [path.join('.'), scope]));

/** @param value as it came, of whatever shape @throws Rejection INSUFFICIENT_PERMISSIONS it says something in a field that takes a right which whoever asks lacks */
export function requireWritable(type: Class, value: unknown): void {
  const isLacking = lacking();
  if (!isLacking) return;
  for (const { path, scope, moves } of guarded(type))
    if (isLacking(scope) && says(value, path, moves)) throw new FieldNeedsScope(path.join('.'), scope);
}

function says(value: unknown, [name, ...inner]: readonly string[], moves: boolean): boolean {
  if (name === undefined) return value !== undefined && !(moves && isNothing(value));
  if (Array.isArray(value)) return value.some((item) => says(item, [name, ...inner], moves));
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false;
  return says((value as Readonly<Record<string, unknown>>)[name], inner, moves);
}

const isNothing = (value: unknown): boolean => (Array.isArray(value) ? value.length === 0 : Number(value) === 0);

const toldOfReach = new WeakMap<Class, boolean>();

/** Whether an input says anywhere how somebody is reached, in a field that may be empty. */
export function tellsOfReach(type: Class): boolean {
  const known = toldOfReach.get(type);
  if (known !== undefined) return known;
  const tells = fieldsOf(type)
    .filter(isInput)
    .some(({ seenWith, input }) => mayBeEmptiedUnseen(seenWith, input) || (input.nested && tellsOfReach(input.nested.type())));
  toldOfReach.set(type, tells);
  return tells;
}

const mayBeEmptiedUnseen = (seenWith: Scope | undefined, { presence }: InputField['input']): boolean =>
  seenWith === reach && presence === 'nullable';

/**
 * The input without the nulls that may come of a record as whoever asks was shown it: how somebody is reached is null there whatever it is, and sent back
 * so it must not be lost. @param value as it came, of whatever shape
 */
export const withoutUnseenNulls = (type: Class, value: unknown): unknown =>
  tellsOfReach(type) && lacking()?.(reach) ? without(type, value) : value;

function without(type: Class, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => without(type, item));
  if (typeof value !== 'object' || value === null) return value;
  const fields = new Map(fieldsOf(type).filter(isInput).map((field) => [field.name, field])); // prettier-ignore
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, said]: readonly [string, unknown]) => {
      const field = fields.get(name);
      if (!field) return [[name, said]];
      if (said === null && mayBeEmptiedUnseen(field.seenWith, field.input)) return [];
      return [[name, field.input.nested ? without(field.input.nested.type(), said) : said]];
    }),
  );
}

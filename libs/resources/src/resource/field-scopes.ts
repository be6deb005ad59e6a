import { currentScope, lacking, requireScopes, type Scope } from '#millwright/access';
import { fieldsOf, isInput, type Class } from '#millwright/fields';

/** What it takes to say something in a field. What moves stock, or finds somebody, does so where it says something; money is written with null, too. */
type Guarded = Readonly<{ path: readonly string[]; scope: Scope; moves: boolean }>;

const known = new WeakMap<Class, readonly Guarded[]>();

/**
 * Whoever may not see money may not write it, and opening stock is a movement (contract, part 4, S17, S69). How somebody is reached may be said by
 * everybody who may write the record.
 */
function guarded(type: Class): readonly Guarded[] {
  const found = known.get(type);
  if (found) return found;
  const fields = fieldsOf(type).filter(isInput);
  const scopes = fields.flatMap(({ name, seenWith, saidWith, input: { nested } }): readonly Guarded[] => [
    ...(seenWith !== undefined && seenWith !== 'people:read' ? [{ path: [name], scope: seenWith, moves: false }] : []),
    ...(saidWith !== undefined ? [{ path: [name], scope: saidWith, moves: true }] : []),
    ...(nested ? guarded(nested.type()).map(({ path, ...inner }) => ({ path: [name, ...path], ...inner })) : []),
  ]);
  known.set(type, scopes);
  return scopes;
}

/** The rights that single fields of an input take beside those of its operation, by their paths without indices (S52). */
export const fieldScopesOf = (type: Class): Readonly<Record<string, Scope>> =>
  Object.fromEntries(guarded(type).map(({ path, scope }) => [path.join('.'), scope]));

/** @param value as it came, of whatever shape @throws Rejection INSUFFICIENT_PERMISSIONS it says something in a field that takes a right which whoever asks lacks */
export function requireWritable(type: Class, value: unknown): void {
  if (!lacking()) return;
  for (const { path, scope, moves } of guarded(type)) if (says(value, path, moves)) requireScopes(currentScope(), [scope]);
}

function says(value: unknown, [name, ...inner]: readonly string[], moves: boolean): boolean {
  if (name === undefined) return value !== undefined && !(moves && isNothing(value));
  if (Array.isArray(value)) return value.some((item) => says(item, [name, ...inner], moves));
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return false;
  return says((value as Readonly<Record<string, unknown>>)[name], inner, moves);
}

const isNothing = (value: unknown): boolean => (Array.isArray(value) ? value.length === 0 : Number(value) === 0);

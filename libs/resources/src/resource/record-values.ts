import { changedFields } from '#millwright/event-sourcing/decider';
import { camelCase, meantByNull, snakeCase, type FieldDefinition } from '#millwright/fields';

/** The stored fields of a record by their snake_case names; decimals are canonical strings. A field that is not there is null. */
export type RecordValues = Readonly<Record<string, unknown>>;

/** What is there where nobody has said anything, of fields that are never null. */
export const neverMissing = (fields: readonly FieldDefinition[]): RecordValues =>
  Object.fromEntries(
    fields.flatMap(({ stored }) => (stored && meantByNull(stored) !== null ? [[stored.name, meantByNull(stored)] as const] : [])),
  );

/** Those of the wanted values that differ from those before; a null where there was nothing, or an empty list, is no change. */
export function changedValues(before: RecordValues, wanted: RecordValues): RecordValues {
  const comparable = Object.fromEntries(Object.keys(wanted).map((name) => [name, orNull(before[name])]));
  const after = Object.fromEntries(Object.entries(wanted).map(([name, value]) => [name, value === undefined ? undefined : orNull(value)]));
  return changedFields<Record<string, unknown>>(comparable, after);
}

const orNull = (value: unknown): unknown => (value === undefined || (Array.isArray(value) && value.length === 0) ? null : value);

/** As events name them. */
export const camelValues = (values: RecordValues): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [camelCase(name), value]));

export const snakeValues = (data: RecordValues): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [snakeCase(name), value]));

import type { Row } from '#millwright/event-sourcing';
import { meantByNull, type InputField } from '#millwright/fields';
import type { ResourceFields } from './resource-fields.js';

/** The stored values that an input asks for: only fields that were given; nulls and instructions (QR codes) turned into what they mean. */
export function storedValues(fields: readonly InputField[], input: object, before: Readonly<Row>): Readonly<Row> {
  const given = new Map<string, unknown>(Object.entries(input));
  const values: Record<string, unknown> = {};
  for (const { name, stored } of fields) {
    const said = given.get(name);
    if (!stored || said === undefined) continue;
    const value = stored.from ? stored.from(said, before[stored.name]) : (plain(said) ?? meantByNull(stored));
    if (value !== undefined) values[stored.name] = value;
  }
  return values;
}

/** Those values that are details of a state, by their names in events. A null where there cannot be one means what a new resource starts with. */
export function detailsOf({ details }: ResourceFields, values: Readonly<Row>): Record<string, unknown> {
  const given = details.filter(({ column }) => column in values);
  return Object.fromEntries(given.map(({ name, column, initial }) => [name, values[column] ?? initial]));
}

/** Details with what a new resource starts with in their gaps: of a new one, and of one that was made before a field was added. */
export const completeDetails = <Details extends object>({ details }: ResourceFields, known: Details): Details => ({
  ...Object.fromEntries(details.map(({ name, initial }) => [name, initial])),
  ...known,
});

/** The details that a row has. */
export function detailsIn<Details>({ details }: ResourceFields, row: Readonly<Row>): Details {
  const found: Record<string, unknown> = {};
  for (const { name, column } of details) found[name] = row[column];
  return found as Details;
}

/** Nested inputs are class instances; what is stored is plain JSON. */
const plain = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? (JSON.parse(JSON.stringify(value)) as unknown) : value;

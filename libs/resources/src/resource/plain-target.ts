import type { Row } from '#millwright/event-sourcing';
import type { ReferenceServices } from '../references/index.js';
import { PersonalValues } from './personal-values.js';
import { plainRow } from './plain-projection.js';
import type { PlainResource } from './resource-definition.js';
import { personalVersion } from './resource-table.js';

/** What the schema promises of every record. */
const bookkeeping = ['archived', 'revision', 'created_at', 'updated_at'];

/** Whoever reads a part learns who made it, and not what that person earns: of a person others show the label, and the rest is null. */
export const shownOfPerson = (label: readonly string[] = ['id', 'name'], row: Row): Row =>
  Object.fromEntries([...label, ...bookkeeping].map((column) => [column, row[column] ?? null]));

/** The row of a record from the log. */
export async function findPlain(
  { name, stream, table, personal }: PlainResource,
  id: number,
  { events, entities }: ReferenceServices,
): Promise<Row | undefined> {
  const { state, revision } = await events.load(stream, id);
  if (!state.registered) return undefined;
  const row = plainRow(table, id, state, revision);
  const version = row[personalVersion];
  return personal && typeof version === 'string' ? { ...row, ...(await new PersonalValues(entities).read(name, id, version)) } : row;
}

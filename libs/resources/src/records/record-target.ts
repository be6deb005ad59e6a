import type { Row } from '#millwright/event-sourcing';
import { outputTypeOf } from '../graphql/output-types.js';
import { defineReferenceTarget, type ReferenceServices } from '../references/index.js';
import { personalVersion } from './record-columns.js';
import type { RecordDefinition } from './record-definition.js';
import { PersonalValues } from './personal-values.js';
import { rowOf } from './record-projection.js';

/** Lets other records refer to this kind. */
export function recordTarget(definition: RecordDefinition): void {
  defineReferenceTarget({
    kind: definition.name,
    view: definition.view,
    find: (id, services) => find(definition, id, services),
    label: (row, related) => definition.printer.label(row, related),
    ...(definition.personal && { related: (row: Row) => shownOfPerson(definition, row) }),
    graphql: () => outputTypeOf(definition.typeName),
  });
}

/** What the schema promises of every record. */
const bookkeeping = ['archived', 'revision', 'created_at', 'updated_at'];

/** Whoever reads a part learns who made it, and not what that person earns: of a person others show the label, and the rest is null. */
function shownOfPerson({ label = ['id', 'name'] }: RecordDefinition, row: Row): Row {
  return Object.fromEntries([...label, ...bookkeeping].map((column) => [column, row[column] ?? null]));
}

async function find(
  { name, stream, table, personal }: RecordDefinition,
  id: number,
  { events, entities }: ReferenceServices,
): Promise<Row | undefined> {
  const { state, revision } = await events.load(stream, id);
  if (!state.registered) return undefined;
  const row = rowOf(table, id, state, revision);
  const version = row[personalVersion];
  return personal && typeof version === 'string' ? { ...row, ...(await new PersonalValues(entities).read(name, id, version)) } : row;
}

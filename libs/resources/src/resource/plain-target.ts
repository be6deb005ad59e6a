import type { Row } from '#millwright/event-sourcing';
import type { ReferenceServices } from '../references/index.js';
import { PersonalValues } from './personal-values.js';
import { wholeRow } from './personal-fields.js';
import { PersonalRecords } from './personal-records.js';
import type { PlainResource } from './resource-definition.js';

const touchedBy = ['created_by', 'updated_by'];

/** Whoever reads a part learns who made it, and not what that person earns: of what is personal others show the label, and the rest is null. */
export function shownOfPerson({ personal }: PlainResource, label: readonly string[] = ['id', 'name'], row: Row): Row {
  const hidden = [...personal, ...touchedBy].filter((column) => !label.includes(column));
  return Object.fromEntries(Object.entries(row).filter(([column]) => !hidden.includes(column)));
}

/** The row of a record from the log. */
export async function findPlain(resource: PlainResource, id: number, { events, entities }: ReferenceServices): Promise<Row | undefined> {
  const { state, revision } = await events.load(resource.stream, id);
  if (!state.registered) return undefined;
  const complete =
    resource.personal.size > 0 ? await new PersonalRecords(new PersonalValues(entities)).complete(resource, id, state) : state;
  return wholeRow(resource, id, complete, revision);
}

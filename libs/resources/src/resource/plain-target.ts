import type { Row } from '#millwright/event-sourcing';
import type { ReferenceServices } from '../references/index.js';
import { PersonalValues } from './personal-values.js';
import { isPersonal } from './personal-fields.js';
import { wholeRow } from './personal-states.js';
import { PersonalRecords } from './personal-records.js';
import type { PlainResource } from './resource-definition.js';

/** The row of a record from the log. */
export async function findPlain(resource: PlainResource, id: number, { events, entities }: ReferenceServices): Promise<Row | undefined> {
  // Asked for in one turn, both are read by one statement.
  const [{ state, revision }, beside] = await Promise.all([events.load(resource.stream, id), resource.companion?.find(id, events)]);
  if (!state.registered) return undefined;
  const complete = isPersonal(resource.personal)
    ? await new PersonalRecords(new PersonalValues(entities)).complete(resource, id, state)
    : state;
  return { ...wholeRow(resource, id, complete, revision), ...beside };
}

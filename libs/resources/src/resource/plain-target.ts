import type { Row } from '#millwright/event-sourcing';
import type { Child } from '#millwright/fields';
import type { ReferenceServices } from '../references/index.js';
import { PersonalValues } from './personal-values.js';
import { isPersonal } from './personal-fields.js';
import { wholeRow } from './personal-states.js';
import { PersonalRecords } from './personal-records.js';
import type { PlainResource } from './resource-definition.js';

const touchedBy = ['created_by', 'updated_by'];

/** Whoever reads a part learns who made it, and not what that person earns: of what is personal others show the label, and the rest is null. */
export function shownOfPerson({ personal }: PlainResource, label: readonly string[] = ['id', 'name'], row: Row): Row {
  const hidden = [...personal.columns, ...touchedBy].filter((column) => !label.includes(column));
  const shown = Object.entries(row).filter(([column]) => !hidden.includes(column));
  return Object.fromEntries(shown.map(([column, value]) => [column, withoutNames(personal.ofChildren.get(column), value)]));
}

const withoutNames = (names: ReadonlySet<string> | undefined, children: unknown): unknown =>
  names && Array.isArray(children)
    ? (children as readonly Child[]).map((child) => Object.fromEntries(Object.entries(child).filter(([name]) => !names.has(name))))
    : children;

/** The row of a record from the log. */
export async function findPlain(resource: PlainResource, id: number, { events, entities }: ReferenceServices): Promise<Row | undefined> {
  const { state, revision } = await events.load(resource.stream, id);
  if (!state.registered) return undefined;
  const complete = isPersonal(resource.personal)
    ? await new PersonalRecords(new PersonalValues(entities)).complete(resource, id, state)
    : state;
  return { ...wholeRow(resource, id, complete, revision), ...(await resource.companion?.find(id, events)) };
}

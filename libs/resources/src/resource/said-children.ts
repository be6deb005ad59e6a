import type { EventStore, IdSequence } from '#millwright/event-sourcing';
import type { SaidChild } from '#millwright/fields';
import type { ChildList } from './children.js';
import type { RecordValues } from './record-values.js';
import type { ResourceFields } from './resource-fields.js';
import { storedValues } from './stored-values.js';

/** Where the children of a list get their ids from, whosever they are. */
export const childIds = ({ name, inEvents }: ChildList): IdSequence => ({ name, inside: [`${inEvents}.added.id`] });

/**
 * What an input says of lists of children, by their columns. Whichever may be a new one gets the id that it has then, before anything is decided: every try
 * of the decision, and every repetition of the request, gives it the same. One that turns out to be there already leaves a gap.
 */
export async function saidChildren(
  { input: fields, children }: Pick<ResourceFields, 'input' | 'children'>,
  input: object,
  events: Pick<EventStore, 'nextId'>,
): Promise<RecordValues> {
  const lists = fields.filter((field) => field.children);
  const values: Record<string, unknown> = { ...storedValues(lists, input, {}) };
  for (const { name, column } of children) {
    const given: SaidChild[] = [];
    for (const said of (values[column] ?? []) as readonly SaidChild[])
      given.push(said.id == null && !said._destroy ? { ...said, drawnId: await events.nextId(name) } : said);
    if (column in values) values[column] = given;
  }
  return values;
}

import type { EventStore, IdSequence } from '#millwright/event-sourcing';
import type { SaidChild } from '#millwright/fields';
import type { ChildList } from './children.js';
import { moveNeeds } from './field-scopes.js';
import type { RecordValues } from './record-values.js';
import type { ResourceFields } from './resource-fields.js';
import { storedValues } from './stored-values.js';

/** Where the children of a list get their ids from, whosever they are. */
export const childIds = ({ name, inEvents }: ChildList): IdSequence => ({ name, inside: [`${inEvents}.added.id`] });

/**
 * What an input says of lists of children, by their columns. Whichever may be a new one gets the id that it has then, before anything is decided: every try
 * of the decision, and every repetition of the request, gives it the same. One that turns out to be there already leaves a gap. Whether whoever
 * asks may make them another's is found out here, too, for a decision may be made in the course of another request.
 */
export async function saidChildren(
  { input: fields, children }: Pick<ResourceFields, 'input' | 'children'>,
  input: object,
  events: Pick<EventStore, 'nextId'>,
): Promise<RecordValues> {
  const lists = fields.filter((field) => field.children);
  const values: Record<string, unknown> = { ...storedValues(lists, input, {}) };
  for (const { name, column, fields: ofChildren } of children) {
    const given: SaidChild[] = [];
    const needed = moveNeeds(ofChildren);
    for (const said of (values[column] ?? []) as readonly SaidChild[])
      given.push({
        ...said,
        ...(said.id == null && !said._destroy && { drawnId: await events.nextId(name) }),
        ...(needed !== undefined && { moveNeeds: needed }),
      });
    if (column in values) values[column] = given;
  }
  return values;
}

import { idOf, type Projection, type RecordedEvent } from '#millwright/event-sourcing';
import type { PartEvent } from '../domain/part.events.js';
import { part } from '../domain/part.js';
import { partOfRow, partRow, partTable, type PartRow } from './part-row.js';

/** How many there are, how many are promised, and what they are worth: one row a part, folded by the same `evolve` that decides. */
export const stockLevelsProjection: Projection<PartEvent> = {
  name: 'stock-levels',
  version: 2,
  tables: [partTable],
  categories: [part.category],
  keys: (event) => [[partTable.name, { id: idOf(event.stream) }]],
  apply(event, rows) {
    const row = rows.get(partTable.name, { id: idOf(event.stream) }) as PartRow | undefined;
    rows.put(partTable.name, partRow(part.evolve(stateBefore(row, event), event), event.revision));
  },
};

function stateBefore(row: PartRow | undefined, event: RecordedEvent<PartEvent>) {
  if (row) return partOfRow(row);
  if (event.type !== 'PartRegistered') throw new Error(`${event.stream} begins with ${event.type}`);
  return part.initialState;
}

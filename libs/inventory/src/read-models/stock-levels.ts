import type { Projection } from '#millwright/event-sourcing';
import type { PartEvent } from '../domain/part.events.js';
import { partFold } from './part-row.js';

/** How many there are, how many are promised, and what they are worth: one row a part, folded by the same `evolve` that decides. */
export const stockLevelsProjection: Projection<PartEvent> = {
  ...partFold,
  name: 'stock-levels',
  version: 2,
  tables: [partFold.table],
};

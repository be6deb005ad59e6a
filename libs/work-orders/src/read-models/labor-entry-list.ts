import { streamName } from '#millwright/event-sourcing';
import { viewOf, type ListDefinition } from '#millwright/lists';
import { laborEntry } from '../labor-entry.shown.js';
import { laborEntriesProjection, laborEntryTable } from './labor-entries.js';

/** GET /work_orders/{id}/labor_entries. */
export const laborEntryList: ListDefinition = {
  view: viewOf(laborEntryTable),
  attributes: laborEntry.attributes,
  search: ['note'],
  defaultSort: 'date asc',
  scope: 'entity',
  source: { projection: laborEntriesProjection.name, streamOf: ({ work_order_id }) => streamName('workOrder', Number(work_order_id)) },
};

import { streamName } from '#millwright/event-sourcing';
import { canonicalText } from '#millwright/fields';
import type { ListDefinition } from '#millwright/lists';
import { procedureView } from '../read-models/procedures.js';
import { procedure } from './procedure.shown.js';

/** GET /work_orders/{id}/procedures. */
export const procedureList: ListDefinition = {
  view: procedureView,
  attributes: { ...procedure.attributes, name: { type: 'text', ...procedure.attributes['name'], kept: canonicalText } },
  search: ['name', 'description'],
  defaultSort: 'id asc',
  scope: 'entity',
  source: { projection: 'work-orders', streamOf: ({ work_order_id }) => streamName('workOrder', Number(work_order_id)) },
};

import { streamName } from '#millwright/event-sourcing';
import { viewOf, type ListDefinition } from '#millwright/lists';
import { otherCost } from '../other-cost.shown.js';
import { otherCostTable } from './work-orders.js';

/** GET /work_orders/{id}/other_costs. */
export const otherCostList: ListDefinition = {
  view: viewOf(otherCostTable),
  attributes: otherCost.attributes,
  search: ['note'],
  defaultSort: 'date asc',
  scope: 'entity',
  source: { projection: 'work-orders', streamOf: ({ work_order_id }) => streamName('workOrder', Number(work_order_id)) },
};

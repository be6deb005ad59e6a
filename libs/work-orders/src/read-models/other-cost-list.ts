import { streamName } from '#millwright/event-sourcing';
import { canonicalText } from '#millwright/fields';
import { rowsOf, viewOf, type ListDefinition } from '#millwright/lists';
import { otherCost } from '../other-cost.shown.js';
import { otherCostTable } from './work-orders.js';

const recorded = viewOf(otherCostTable);

/** SQL of the cost that took a row's own back. Nothing inside is called `id`, so that it is the row's. */
const reversedBySql = (): string =>
  `(SELECT reversal_id FROM (SELECT id AS reversal_id, reversed_other_cost_id AS taken_back FROM ${rowsOf(recorded, 'costs')}) reversals WHERE taken_back = id)`;

/** GET /work_orders/{id}/other_costs. */
export const otherCostList: ListDefinition = {
  view: { ...recorded, columns: { ...recorded.columns, reversed_by_id: { type: 'bigint', sql: reversedBySql } } },
  attributes: { ...otherCost.attributes, external_reference: { type: 'text', most: 255, kept: canonicalText } },
  search: ['note'],
  defaultSort: 'date asc',
  scope: 'entity',
  source: { projection: 'work-orders', streamOf: ({ work_order_id }) => streamName('workOrder', Number(work_order_id)) },
};

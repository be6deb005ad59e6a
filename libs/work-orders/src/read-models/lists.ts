import { streamName } from '#millwright/event-sourcing';
import { rowsOf, viewOf, type ListDefinition, type View } from '#millwright/resources';
import { priorities, statusKinds } from '../work-order.choices.js';
import { workOrderStatuses } from '../records/work-order-records.js';
import { workOrderTable } from './work-order-row.js';
import { otherCostTable } from './work-orders.js';

const stored = viewOf(workOrderTable);

/** The status by its name in one word, so that `?status=in_progress` finds what people call so. */
const view: View = {
  ...stored,
  columns: {
    ...stored.columns,
    status: {
      type: 'text',
      sql: () =>
        `(SELECT replace(lower(status.name), ' ', '_') FROM ${rowsOf(workOrderStatuses.view, 'status')} WHERE status.id = status_id)`,
    },
  },
};

/** GET /work_orders. */
export const workOrderList: ListDefinition = {
  view,
  attributes: {
    id: { type: 'id', neverNull: true },
    title: { type: 'text', neverNull: true },
    description: { type: 'text' },
    type: { type: 'text', ignoresCase: true },
    priority: { type: 'text', ignoresCase: true, choices: priorities },
    status: {
      type: 'text',
      ignoresCase: true,
      sortable: false,
      description: 'The name of its status in one word, lower case: in_progress.',
    },
    status_id: { type: 'id', neverNull: true },
    status_kind: { type: 'text', ignoresCase: true, choices: statusKinds, neverNull: true },
    due_date: { type: 'instant' },
    completed_at: { type: 'instant' },
    asset_id: { type: 'id' },
    location_id: { type: 'id' },
    categories_ids: { type: 'ids' },
    technicians_ids: { type: 'ids' },
    assignee_id: { type: 'ids', column: 'technicians_ids', description: 'The same as `techniciansIds`.' },
    parts_ids: { type: 'ids', description: 'The parts that it has.' },
    external_reference: { type: 'text' },
    archived: { type: 'flag' },
    created_at: { type: 'instant', neverNull: true },
    updated_at: { type: 'instant', neverNull: true },
    created_by_id: { type: 'id' },
    updated_by_id: { type: 'id' },
  },
  search: ['title', 'description'],
  defaultSort: 'created_at desc',
  scope: 'entity',
  hidesArchived: true,
  source: { projection: 'work-orders', streamOf: ({ id }) => streamName('workOrder', Number(id)) },
};

/** GET /work_orders/{id}/other_costs. */
export const otherCostList: ListDefinition = {
  view: viewOf(otherCostTable),
  attributes: {
    id: { type: 'id', neverNull: true },
    amount: { type: 'decimal', neverNull: true },
    date: { type: 'date', neverNull: true },
    note: { type: 'text' },
    category_id: { type: 'id' },
    external_reference: { type: 'text' },
    created_at: { type: 'instant', neverNull: true },
    created_by_id: { type: 'id' },
  },
  search: ['note'],
  defaultSort: 'date asc',
  scope: 'entity',
  source: { projection: 'work-orders', streamOf: ({ work_order_id }) => streamName('workOrder', Number(work_order_id)) },
};

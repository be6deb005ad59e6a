import type { IdSequence } from '#millwright/event-sourcing';
import { defineResource, hideInEvents } from '#millwright/resources';
import { workOrder } from './domain/work-order.js';
import { workOrderRow } from './read-models/work-order-row.js';
import { inOneWord, workOrderView } from './read-models/work-order-view.js';
import { priorities, statusKinds } from './work-order.choices.js';
import { workOrderFields } from './work-order.fields.js';

const completion = 'COMPLETION_PENDING (taken, and still being carried out)';

/** Work orders as a resource like any other; what is special about them is in `domain/`. */
export const workOrders = defineResource({
  name: 'work_order',
  rows: { assigned: ['technicians_ids', 'created_by_id'], own: [] },
  plural: 'work_orders',
  description: 'What is to be done and what was: parts reserved and used, other costs, and what it all cost.',
  heading: 'What is to be done and what was: parts reserved and used, other costs, and what a completed order cost.',
  scope: 'entity',
  notes: {
    create: {
      description:
        'Also one that is completed already; without a status it is open. While one with its `dedup_key` is open, that one is answered (200).',
      refusals:
        'VALIDATION_FAILED (also contradicts_status), PROCEDURE_INCOMPLETE (completed with a required item open, where the site requires procedures)',
      mayBeThere: true,
    },
    one: { description: 'With its parts and costs, all of one moment.' },
    update: {
      description: 'A status or `completed_at` completes, cancels or reopens it.',
      refusals: `CONFLICT (a completion is running), VALIDATION_FAILED (also contradicts_status), WORK_ORDER_CLOSED (from completed to cancelled, or back), INSUFFICIENT_STOCK, PROCEDURE_ANSWERED (a procedure that goes has answers), PROCEDURE_INCOMPLETE (completed with a required item open, where the site requires procedures), ${completion}`,
    },
    archive: {
      description: 'Its costs stay, too.',
      refusals: 'CONFLICT (a completion is running, or it is open and has parts reserved)',
    },
  },
  fields: workOrderFields,
  stream: workOrder,
  rowOf: workOrderRow,
  view: workOrderView,
  projection: 'work-orders',
  label: ['id', 'title'],
  attributes: {
    type: { type: 'text', ignoresCase: true },
    priority: { type: 'text', ignoresCase: true, choices: priorities },
    status: {
      type: 'text',
      ignoresCase: true,
      kept: inOneWord,
      sortable: false,
      description: 'The name of its status, as it is shown or in one word, in any case: in progress, in_progress.',
    },
    status_id: { type: 'id', neverNull: true },
    status_kind: { type: 'text', ignoresCase: true, choices: statusKinds, neverNull: true },
    assignee_id: { type: 'ids', column: 'technicians_ids', description: 'The same as `techniciansIds`.' },
    vendor_id: { type: 'ids', column: 'vendors_ids', description: 'The same as `vendorsIds`.' },
    account_code_id: { type: 'ids', column: 'account_codes_ids', description: 'The same as `accountCodesIds`.' },
    parts_ids: { type: 'ids', description: 'The parts that it has.' },
  },
  search: ['title', 'description'],
  defaultSort: 'created_at desc',
});

hideInEvents(['OtherCostRecorded', 'OtherCostReversed'], { amount: 'costs:read' });
hideInEvents(['LabourLogged', 'LabourReversed'], { charge: 'rates:read', chargeAfter: 'rates:read' });

/** Other costs are numbered across all work orders. */
export const otherCostIds = { name: 'other_cost', field: 'otherCostId' } as const satisfies IdSequence;

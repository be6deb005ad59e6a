import { idOf, type Projection, type RecordedEvent, type Row, type TableDefinition } from '#millwright/event-sourcing';
import { userIdOf } from '#millwright/access';
import { procedureAnswerTable, procedureRows, procedureTable } from './procedures.js';
import type { OtherCostRecorded, OtherCostReversed, WorkOrderEvent } from '../domain/work-order.events.js';
import { workOrderFold } from './work-order-row.js';

export const otherCostTable: TableDefinition = {
  name: 'other_costs',
  columns: {
    id: 'bigint',
    work_order_id: 'bigint',
    entity_id: 'bigint',
    amount: 'numeric',
    currency: 'text',
    date: 'date',
    note: 'text',
    category_id: 'bigint',
    cost_category_id: 'bigint',
    reversed_other_cost_id: 'bigint',
    external_reference: 'text',
    created_at: 'timestamptz',
    created_by_id: 'bigint',
  },
  key: ['id'],
  indexes: [['work_order_id', 'id'], ['reversed_other_cost_id']],
  appendOnly: true,
};

/** Work orders, their other costs and their procedures, folded by the same `evolve` that decides. What parts cost is in the projection `costs`. */
export const workOrdersProjection: Projection<WorkOrderEvent> = {
  ...workOrderFold,
  name: 'work-orders',
  version: 5,
  tables: [workOrderFold.table, otherCostTable, procedureTable, procedureAnswerTable],
  keys: (event) => [...workOrderFold.keys(event), ...procedureRows.keys(event)],
  apply(event, rows) {
    workOrderFold.apply(event, rows);
    procedureRows.apply(event, rows);
    if (event.type === 'OtherCostRecorded' || event.type === 'OtherCostReversed') rows.add(otherCostTable.name, otherCostRow(event));
  },
};

/** An other cost as the table `read.other_costs` has it. */
export const otherCostRow = ({ data, stream, metadata }: RecordedEvent<OtherCostRecorded | OtherCostReversed>): Row => ({
  id: data.otherCostId,
  work_order_id: idOf(stream),
  entity_id: metadata.entity_id,
  amount: data.amount,
  currency: data.currency,
  date: data.date,
  note: 'reason' in data ? data.reason : data.note,
  category_id: data.categoryId,
  cost_category_id: data.costCategoryId ?? null,
  reversed_other_cost_id: 'reversedOtherCostId' in data ? data.reversedOtherCostId : null,
  external_reference: 'externalReference' in data ? data.externalReference : null,
  created_at: metadata.recorded_at,
  created_by_id: userIdOf(metadata.actor),
});

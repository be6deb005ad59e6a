import { idOf, type Projection, type RecordedEvent, type Row, type TableDefinition } from '#millwright/event-sourcing';
import { userIdOf } from '#millwright/access';
import { showValue } from '#millwright/quantities';
import { hoursOfWork, labourPosting, secondsOfWork } from '../domain/labour-charge.js';
import type { LabourEvent } from '../domain/labour.events.js';
import type { WorkOrderEvent } from '../domain/work-order.events.js';
import { workOrder } from '../domain/work-order.js';

export const laborEntryTable: TableDefinition = {
  name: 'labor_entries',
  columns: {
    id: 'bigint',
    work_order_id: 'bigint',
    customer_id: 'bigint',
    entity_id: 'bigint',
    technician_id: 'bigint',
    vendor_id: 'bigint',
    started_at: 'timestamptz',
    ended_at: 'timestamptz',
    hours: 'numeric',
    seconds: 'numeric',
    rate_type: 'text',
    rate: 'numeric',
    charge: 'numeric',
    amount: 'numeric',
    currency: 'text',
    date: 'date',
    labor_category_id: 'bigint',
    note: 'text',
    timer: 'boolean',
    reversed_entry_id: 'bigint',
    reversed_by_id: 'bigint',
    created_at: 'timestamptz',
    created_by_id: 'bigint',
    position: 'numeric',
  },
  key: ['id'],
  indexes: [
    ['work_order_id', 'id'],
    ['entity_id', 'date'],
  ],
  history: { owner: 'entity_id', figures: ['work_order_id', 'technician_id', 'date', 'started_at', 'ended_at'] },
};

/** The labour of work orders. */
export const laborEntriesProjection: Projection<WorkOrderEvent> = {
  name: 'labor-entries',
  version: 2,
  tables: [laborEntryTable],
  categories: [workOrder.category],
  keys(event) {
    if (!isLabour(event)) return [];
    const ids = event.type === 'LabourReversed' ? [event.data.laborEntryId, event.data.reversedEntryId] : [event.data.laborEntryId];
    return ids.map((id) => [laborEntryTable.name, { id }]);
  },
  apply(event, rows) {
    if (!isLabour(event)) return;
    rows.put(laborEntryTable.name, laborEntryRow(event));
    if (event.type !== 'LabourReversed') return;
    const reversed = rows.get(laborEntryTable.name, { id: event.data.reversedEntryId });
    if (!reversed) throw new Error(`labour ${event.data.reversedEntryId} was reversed before it was logged`);
    rows.put(laborEntryTable.name, { ...reversed, reversed_by_id: event.data.laborEntryId });
  },
};

const isLabour = (event: RecordedEvent<WorkOrderEvent>): event is RecordedEvent<LabourEvent> =>
  event.type === 'LabourLogged' || event.type === 'LabourReversed';

/** An entry as the table `read.labor_entries` has it. */
export function laborEntryRow({ type, data, stream, metadata, position }: RecordedEvent<LabourEvent>): Row {
  const own =
    type === 'LabourLogged'
      ? { started_at: data.startedAt, ended_at: data.endedAt, note: data.note, timer: data.timer, reversed_entry_id: null }
      : { started_at: null, ended_at: null, note: data.reason, timer: false, reversed_entry_id: data.reversedEntryId };
  return {
    id: data.laborEntryId,
    work_order_id: idOf(stream),
    customer_id: metadata.customer_id,
    entity_id: metadata.entity_id,
    technician_id: data.technicianId,
    vendor_id: data.vendorId,
    hours: hoursOfWork(data),
    seconds: secondsOfWork(data),
    rate_type: data.rateType,
    rate: data.rate,
    charge: data.charge,
    amount: showValue(labourPosting(data)),
    currency: data.currency,
    date: data.date,
    labor_category_id: data.laborCategoryId,
    ...own,
    reversed_by_id: null,
    created_at: metadata.recorded_at,
    // What a timer has counted is written by nobody: a process does that, in the name of the person who kept the time.
    created_by_id: own.timer ? data.technicianId : userIdOf(metadata.actor),
    position: position.toString(),
  };
}

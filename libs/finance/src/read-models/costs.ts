import {
  idOf,
  isPlainDate,
  type Projection,
  type RecordedEvent,
  type Row,
  type Rows,
  type TableDefinition,
} from '#millwright/event-sourcing';
import type { PartEvent, PartIssued, PartReturned } from '#millwright/inventory';
import { roundToCurrency, showValue, toValue } from '#millwright/quantities';
import {
  labourPosting,
  type LabourEvent,
  type OtherCostRecorded,
  type OtherCostReversed,
  type WorkOrderEvent,
} from '#millwright/work-orders';

type CostEvent = PartEvent | WorkOrderEvent;

/** One posting: an amount in the currency's minor unit that a work order was charged (or given back) in a period. */
export const costPosting: TableDefinition = {
  name: 'cost_postings',
  columns: {
    position: 'numeric',
    entity_id: 'bigint',
    work_order_id: 'bigint',
    kind: 'text',
    amount: 'numeric',
    effective_date: 'date',
    effective_at: 'timestamptz',
    part_id: 'bigint',
    other_cost_id: 'bigint',
    category_id: 'bigint',
    labor_entry_id: 'bigint',
    technician_id: 'bigint',
    vendor_id: 'bigint',
    labor_category_id: 'bigint',
  },
  key: ['position'],
  indexes: [['entity_id', 'work_order_id']],
  appendOnly: true,
};

/** What a work order was charged for one part: exact to 6 decimals, and as finance sees it. */
const partCharge: TableDefinition = {
  name: 'work_order_part_charges',
  columns: { work_order_id: 'bigint', part_id: 'bigint', charge: 'numeric', charge_posted: 'numeric' },
  key: ['work_order_id', 'part_id'],
  history: {},
};

/** What a work order cost so far, posted: the sum of its postings by kind. */
const workOrderCost: TableDefinition = {
  name: 'work_order_costs',
  columns: { work_order_id: 'bigint', parts: 'numeric', labor: 'numeric', other: 'numeric' },
  key: ['work_order_id'],
};

const partCurrency: TableDefinition = { name: 'part_currencies', columns: { part_id: 'bigint', currency: 'text' }, key: ['part_id'] };

/**
 * What maintenance cost: one posting a charge, return, labour entry or other cost, and the totals a work order.
 * Postings on the account of one work order and part are `r2(balance after) − r2(balance before)`, so they always add up to what the order shows (costing.md, "Rounding").
 */
export const costsProjection: Projection<CostEvent> = {
  name: 'costs',
  version: 1,
  tables: [costPosting, partCharge, workOrderCost, partCurrency],
  categories: ['part', 'workOrder'],
  keys(event) {
    switch (event.type) {
      case 'PartRegistered':
        return [[partCurrency.name, { part_id: idOf(event.stream) }]];
      case 'PartIssued':
      case 'PartReturned':
        return [
          [partCurrency.name, { part_id: idOf(event.stream) }],
          [partCharge.name, { work_order_id: event.data.workOrderId, part_id: idOf(event.stream) }],
          [workOrderCost.name, { work_order_id: event.data.workOrderId }],
        ];
      case 'OtherCostRecorded':
      case 'LabourLogged':
      case 'LabourReversed':
      case 'OtherCostReversed':
        return [[workOrderCost.name, { work_order_id: idOf(event.stream) }]];
      default:
        return [];
    }
  },
  apply(event, rows) {
    switch (event.type) {
      case 'PartRegistered':
        return rows.put(partCurrency.name, { part_id: idOf(event.stream), currency: event.data.currency });
      case 'PartIssued':
      case 'PartReturned':
        return postPartCharge(event, rows);
      case 'OtherCostRecorded':
      case 'OtherCostReversed':
        return postOtherCost(event, rows);
      case 'LabourLogged':
      case 'LabourReversed':
        return postLabour(event, rows);
      default:
        return;
    }
  },
};

function postPartCharge(event: RecordedEvent<PartIssued | PartReturned>, rows: Rows): void {
  const part_id = idOf(event.stream);
  const { workOrderId: work_order_id, chargeAfter } = event.data;
  const currency = textOf(rows.get(partCurrency.name, { part_id }), 'currency');
  const before = toValue(textOf(rows.get(partCharge.name, { work_order_id, part_id }), 'charge_posted', '0'));
  const after = roundToCurrency(toValue(chargeAfter), currency);
  rows.put(partCharge.name, { work_order_id, part_id, charge: chargeAfter, charge_posted: showValue(after) });
  addPosting(event, rows, { work_order_id, kind: 'parts', amount: after - before, part_id });
}

const postOtherCost = (event: RecordedEvent<OtherCostRecorded | OtherCostReversed>, rows: Rows): void =>
  addPosting(event, rows, {
    work_order_id: idOf(event.stream),
    kind: 'other',
    amount: toValue(event.data.amount),
    other_cost_id: event.data.otherCostId,
    category_id: event.data.categoryId,
  });

const postLabour = (event: RecordedEvent<LabourEvent>, rows: Rows): void =>
  addPosting(event, rows, {
    work_order_id: idOf(event.stream),
    kind: 'labor',
    amount: labourPosting(event.data),
    labor_entry_id: event.data.laborEntryId,
    technician_id: event.data.technicianId,
    vendor_id: event.data.vendorId,
    labor_category_id: event.data.laborCategoryId,
  });

type Posting = Readonly<{ work_order_id: number; kind: 'parts' | 'labor' | 'other'; amount: bigint }> &
  Readonly<
    Partial<
      Record<
        'part_id' | 'other_cost_id' | 'category_id' | 'labor_entry_id' | 'technician_id' | 'vendor_id' | 'labor_category_id',
        number | null
      >
    >
  >;

function addPosting(event: RecordedEvent<CostEvent>, rows: Rows, posting: Posting): void {
  const { work_order_id, kind, amount } = posting;
  const effectiveAt = event.metadata.effective_at;
  rows.add(costPosting.name, {
    position: event.position.toString(),
    entity_id: event.metadata.entity_id,
    work_order_id,
    kind,
    amount: showValue(amount),
    // A cost belongs to a period by its business time: a plain date as it stands, an instant (of earlier releases) by the time zone that the site had then.
    effective_date: isPlainDate(effectiveAt) ? effectiveAt : null,
    effective_at: isPlainDate(effectiveAt) ? null : effectiveAt,
    part_id: posting.part_id ?? null,
    other_cost_id: posting.other_cost_id ?? null,
    category_id: posting.category_id ?? null,
    labor_entry_id: posting.labor_entry_id ?? null,
    technician_id: posting.technician_id ?? null,
    vendor_id: posting.vendor_id ?? null,
    labor_category_id: posting.labor_category_id ?? null,
  });
  const before = rows.get(workOrderCost.name, { work_order_id });
  // A total that nothing was posted to is null in rows of earlier releases.
  const sumOf = (column: Posting['kind']): Row[string] => {
    const sum = before?.[column] ?? '0';
    return column === kind ? showValue(toValue(sum as string) + amount) : sum;
  };
  rows.put(workOrderCost.name, { work_order_id, parts: sumOf('parts'), labor: sumOf('labor'), other: sumOf('other') });
}

function textOf(row: Readonly<Row> | undefined, column: string, otherwise?: string): string {
  const value = row?.[column] ?? otherwise;
  if (typeof value !== 'string') throw new Error(`a cost was posted before its ${column} was known`);
  return value;
}

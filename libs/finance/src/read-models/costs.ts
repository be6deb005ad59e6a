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

/** What a posting may name; what is not said is null. */
const nothingNamed = {
  part_id: null,
  other_cost_id: null,
  category_id: null,
  labor_entry_id: null,
  technician_id: null,
  vendor_id: null,
  labor_category_id: null,
};

type Posting = Readonly<{ work_order_id: number; kind: 'parts' | 'labor' | 'other'; amount: bigint }> &
  Readonly<Partial<Record<keyof typeof nothingNamed, number | null>>>;

function addPosting(event: RecordedEvent<CostEvent>, rows: Rows, posting: Posting): void {
  const { work_order_id, kind, amount } = posting;
  rows.add(costPosting.name, {
    ...nothingNamed,
    ...posting,
    position: event.position.toString(),
    entity_id: event.metadata.entity_id,
    amount: showValue(amount),
    ...periodOf(event.metadata.effective_at),
  });
  const before = rows.get(workOrderCost.name, { work_order_id });
  const sums = {
    parts: '0',
    labor: '0',
    other: '0',
    ...Object.fromEntries(Object.entries(before ?? {}).filter(([, sum]) => sum !== null)),
  };
  rows.put(workOrderCost.name, { ...sums, work_order_id, [kind]: showValue(toValue(sums[kind]) + amount) });
}

/** A cost belongs to a period by its business time: a plain date as it stands, an instant (of earlier releases) by the time zone that the site had then. */
const periodOf = (effectiveAt: string): Row =>
  isPlainDate(effectiveAt) ? { effective_date: effectiveAt, effective_at: null } : { effective_date: null, effective_at: effectiveAt };

function textOf(row: Readonly<Row> | undefined, column: string, otherwise?: string): string {
  const value = row?.[column] ?? otherwise;
  if (typeof value !== 'string') throw new Error(`a cost was posted before its ${column} was known`);
  return value;
}

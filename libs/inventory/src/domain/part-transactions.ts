import { oneUnit, divideHalfUp, showValue, toQuantity, toValue, absolute, type Decimal } from '#millwright/quantities';
import { postingOf } from './ledger.js';
import type { PartEvent, PartTransactionEvent } from './part.events.js';
import { averageOf, shelfAfter, shelfBefore } from './valuation.js';

export type PartTransactionType = 'initial' | 'restock' | 'usage' | 'return' | 'reconcile' | 'cost_update' | 'avg_cost_update' | 'reversal';

/** One row of a part's transactions, derived from the event alone and what `CostingFacts` remembers. Money is exact unless it says posting. */
export type PartTransaction = Readonly<{
  transactionId: number;
  type: PartTransactionType;
  /** Signed by the effect on the shelf, for a non-stock part as if it had one. */
  quantity: Decimal;
  /** The cost of one unit in this movement, up to 6 decimals. */
  cost: Decimal;
  /** The posting on the stock account, rounded to the currency. */
  totalCost: Decimal;
  /** Running figures after the movement; null for a non-stock part. */
  onHand: Decimal | null;
  stockValue: Decimal | null;
  averageUnitCost: Decimal | null;
  workOrderId: number | null;
  /** The posting on the work order's charge: usage positive, return negative; null where there is no work order. */
  workOrderCharge: Decimal | null;
  note: string | null;
  reversedTransactionId: number | null;
}>;

/** The little that a movement's event does not say itself. It changes rarely, so a projection reads it and seldom writes it. */
export type CostingFacts = Readonly<{ currency: string; isNonStock: boolean; lastAverage: Decimal }>;

export const noCostingFacts: CostingFacts = { currency: 'USD', isNonStock: false, lastAverage: '0' };

/** The facts after an event: the very object that was passed in where nothing changed. */
export function costingFactsAfter(facts: CostingFacts, event: PartEvent): CostingFacts {
  const { type, data } = event;
  if (type === 'PartRegistered') return { ...facts, currency: data.currency, isNonStock: data.details.isNonStock };
  if (type === 'PartDetailsChanged' && data.changes.isNonStock !== undefined) return { ...facts, isNonStock: data.changes.isNonStock };
  if (type === 'PartAverageCostSet') return { ...facts, lastAverage: data.cost };
  if (facts.isNonStock || !isPartTransaction(event)) return facts;
  const emptied = event.data.onHandAfter === '0' && event.data.quantity !== '0';
  return emptied ? { ...facts, lastAverage: showValue(averageOf(shelfBefore(event.data), 0n)) } : facts;
}

const types: Readonly<Record<PartTransactionEvent['type'], PartTransactionType>> = {
  PartOpeningStockRecorded: 'initial',
  PartRestocked: 'restock',
  PartIssued: 'usage',
  PartReturned: 'return',
  PartReconciled: 'reconcile',
  PartUnitCostSet: 'cost_update',
  PartAverageCostSet: 'avg_cost_update',
  PartMovementReversed: 'reversal',
};

/** Whether the event is a transaction: a stock movement or a change of price. Reservations are none. */
export const isPartTransaction = (event: PartEvent): event is PartTransactionEvent => event.type in types;

/** The transaction of an event. `facts` are those after the event. */
export function partTransactionOf(event: PartTransactionEvent, facts: CostingFacts): PartTransaction {
  const { data } = event;
  const after = shelfAfter(data);
  const forOrder = 'workOrderId' in data ? data : undefined;
  const note = 'note' in data ? data.note : 'reason' in data ? data.reason : null;
  return {
    transactionId: data.transactionId,
    type: types[event.type],
    quantity: data.quantity,
    cost: unitCostOf(event),
    totalCost: showValue(postingOf(after.value - toValue(data.value), toValue(data.value), facts.currency)),
    onHand: facts.isNonStock ? null : data.onHandAfter,
    stockValue: facts.isNonStock ? null : data.valueAfter,
    averageUnitCost: facts.isNonStock ? null : showValue(averageOf(after, toValue(facts.lastAverage))),
    workOrderId: forOrder?.workOrderId ?? null,
    workOrderCharge: forOrder ? showValue(chargePostingOf(forOrder, facts.currency)) : null,
    note,
    reversedTransactionId: 'reversedTransactionId' in data ? data.reversedTransactionId : null,
  };
}

/** What finance sees on the work order's charge for this part, in millionths: usage positive, return negative. */
const chargePostingOf = ({ charge, chargeAfter }: Readonly<{ charge: Decimal; chargeAfter: Decimal }>, currency: string): bigint =>
  postingOf(toValue(chargeAfter) - toValue(charge), toValue(charge), currency);

/** The cost of one: what was said where somebody said it, else what the movement came to. */
function unitCostOf({ type, data }: PartTransactionEvent): Decimal {
  switch (type) {
    case 'PartOpeningStockRecorded':
    case 'PartRestocked':
      return data.unitCost;
    case 'PartUnitCostSet':
    case 'PartAverageCostSet':
      return data.cost;
    case 'PartIssued':
    case 'PartReturned':
      return perUnit(data.charge, data.quantity);
    case 'PartReconciled':
    case 'PartMovementReversed':
      return perUnit(data.value, data.quantity);
  }
}

const perUnit = (value: Decimal, quantity: Decimal): Decimal =>
  showValue(divideHalfUp(absolute(toValue(value)) * oneUnit, absolute(toQuantity(quantity))));

import { Rejection } from '#millwright/event-sourcing/decider';
import { showQuantity, toQuantity, type Decimal } from '#millwright/quantities';
import type { PartEvent } from './part.events.js';
import { invalid, requireCost, requireInUse, requireShelfInRange, requireStocked, worthTooMuch } from './part-rules.js';
import type { Part } from './part.state.js';
import { mostUnseen } from './unseen-costs.js';
import { averageOf, costOf, movement, valueFound, valueLeaving } from './valuation.js';

export type RestockPart = Readonly<{ transactionId: number; quantity: Decimal; cost: Decimal; note?: string | null }>;

/**
 * Receives parts at a cost for one; nothing is a cost, too (warranty). The cost becomes the list price.
 * @throws Rejection NOT_FOUND; CONFLICT archived; NON_STOCK_PART; VALIDATION_FAILED a cost the currency does not take; VALUE_OUT_OF_RANGE
 */
export function restockPart(part: Part, { transactionId, quantity, cost, note = null }: RestockPart): PartEvent[] {
  requireStocked(part);
  const received = toQuantity(quantity);
  if (received <= 0n) throw invalid('quantity', 'out_of_range', 'must be more than 0');
  const value = costOf(received, requireCost(cost, part.currency, 'cost'));
  requireShelfInRange(part.shelf, { quantity: part.shelf.quantity + received, value: part.shelf.value + value }, 'quantity');
  return [{ type: 'PartRestocked', data: { ...movement(part.shelf, transactionId, received, value), unitCost: cost, note } }];
}

/** `costsUnseen`: whoever counted does not see what a part costs, and is told nothing of it by a refusal. */
export type ReconcilePart = Readonly<{ transactionId: number; quantity: Decimal; note: string; costsUnseen?: boolean }>;

/**
 * Corrects the books to what was counted, by a signed difference. It may leave less than is reserved: that is shown, not hidden.
 * @throws Rejection NOT_FOUND; CONFLICT archived; NON_STOCK_PART; INSUFFICIENT_STOCK fewer than none would be left; VALIDATION_FAILED; VALUE_OUT_OF_RANGE
 */
export function reconcilePart(part: Part, { transactionId, quantity, note, costsUnseen = false }: ReconcilePart): PartEvent[] {
  requireStocked(part);
  const difference = toQuantity(quantity);
  if (difference === 0n) throw invalid('quantity', 'out_of_range', 'must not be zero');
  const { shelf } = part;
  if (-difference > shelf.quantity) throw tooFewOnHand(-difference, part);
  const value = difference < 0n ? -valueLeaving(shelf, -difference) : valueFound(shelf, part.lastAverage, difference);
  const after = { quantity: shelf.quantity + difference, value: shelf.value + value };
  if (costsUnseen && difference > 0n && after.quantity > mostUnseen(averageOf(shelf, part.lastAverage))) throw worthTooMuch('quantity');
  requireShelfInRange(shelf, after, 'quantity');
  return [{ type: 'PartReconciled', data: { ...movement(shelf, transactionId, difference, value), note } }];
}

export type SetCost = Readonly<{ transactionId: number; cost: Decimal; note?: string | null }>;

/**
 * Sets the list price; the value of the stock stays what it was.
 * @throws Rejection NOT_FOUND; CONFLICT archived; VALIDATION_FAILED a cost the currency does not take
 */
export function setUnitCost(part: Part, { transactionId, cost, note = null }: SetCost): PartEvent[] {
  requireInUse(part);
  requireCost(cost, part.currency, 'cost');
  return [{ type: 'PartUnitCostSet', data: { ...movement(part.shelf, transactionId, 0n, 0n), cost, note } }];
}

/**
 * Revalues the stock to a cost for one unit; with nothing on hand, only the average that is kept changes.
 * @throws Rejection NOT_FOUND; CONFLICT archived; NON_STOCK_PART; VALIDATION_FAILED a cost the currency does not take; VALUE_OUT_OF_RANGE
 */
export function setAverageCost(part: Part, { transactionId, cost, note = null }: SetCost): PartEvent[] {
  requireStocked(part);
  const { shelf } = part;
  const value = costOf(shelf.quantity, requireCost(cost, part.currency, 'cost'));
  requireShelfInRange(shelf, { quantity: shelf.quantity, value }, 'cost');
  return [{ type: 'PartAverageCostSet', data: { ...movement(shelf, transactionId, 0n, value - shelf.value), cost, note } }];
}

/** What is known of a receipt (a restock or the opening stock): its transaction, how many came, and what they were worth. */
export type Receipt = Readonly<{ transactionId: number; quantity: Decimal; value: Decimal }>;

export type ReverseReceipt = Readonly<{ transactionId: number; receipt: Receipt; reason: string }>;

/**
 * Takes a whole receipt back. Its parts leave at the current average, so the value of what stays is not disturbed;
 * the difference to what the receipt had brought is purchase-price variance.
 * @throws Rejection NOT_FOUND; CONFLICT archived; ALREADY_REVERSED; INSUFFICIENT_STOCK its parts are no longer there
 */
export function reverseReceipt(part: Part, { transactionId, receipt, reason }: ReverseReceipt): PartEvent[] {
  requireStocked(part);
  const { transactionId: reversedTransactionId, quantity, value: receiptValue } = receipt;
  if (part.reversed.has(reversedTransactionId)) throw new Rejection('ALREADY_REVERSED', 'This receipt was reversed already.');
  const leaving = toQuantity(quantity);
  if (leaving > part.shelf.quantity) throw tooFewOnHand(leaving, part);
  const moved = movement(part.shelf, transactionId, -leaving, -valueLeaving(part.shelf, leaving));
  return [{ type: 'PartMovementReversed', data: { ...moved, reversedTransactionId, receiptValue, reason } }];
}

const tooFewOnHand = (wanted: bigint, part: Part): Rejection =>
  new Rejection('INSUFFICIENT_STOCK', `${showQuantity(wanted)} would leave, ${showQuantity(part.shelf.quantity)} on hand.`);

import { absolute, decimalPlaces, largestCost, largestValue, minorUnitOf, showValue, toValue } from '#millwright/quantities';
import { Rejection } from '#millwright/event-sourcing/decider';
import type { OtherCostRecorded, WorkOrderEvent } from './work-order.events.js';
import { invalid, requireInUse, type WorkOrder } from './work-order.state.js';

export type RecordOtherCost = OtherCostRecorded['data'];

/**
 * Adds a cost that is neither labour nor a part; a negative amount is a credit. Completed and cancelled orders take costs, too.
 * It belongs to `date`, a plain date. It is an amount of money and no price of one piece, so it ends at the currency's minor unit: there are whole yen only.
 * @throws Rejection NOT_FOUND; CONFLICT archived; VALIDATION_FAILED (too_many_decimals for the currency, out_of_range);
 *   VALUE_OUT_OF_RANGE the order's other costs would pass the limit of a charge
 */
export function recordOtherCost(order: WorkOrder, cost: RecordOtherCost): WorkOrderEvent[] {
  requireInUse(order);
  const decimals = minorUnitOf(cost.currency);
  if (decimalPlaces(cost.amount) > decimals)
    throw invalid('other_cost.amount', 'too_many_decimals', `must not have more than ${decimals} decimals in ${cost.currency}`);
  if (absolute(toValue(cost.amount)) > largestCost)
    throw invalid('other_cost.amount', 'out_of_range', `must not be more than ${showValue(largestCost)} either way`);
  // One that leads back within the limit is taken, whatever earlier releases have let past it.
  const [before, after] = [order.otherCosts, order.otherCosts + toValue(cost.amount)];
  if (absolute(after) > largestValue && absolute(after) > absolute(before))
    throw new Rejection('VALUE_OUT_OF_RANGE', `The other costs of the work order would pass their limit, ${showValue(largestValue)}.`);
  return [{ type: 'OtherCostRecorded', data: cost, effectiveAt: cost.date }];
}

export type ReverseOtherCost = Readonly<{
  /** Of the cost that takes the other one back. */
  otherCostId: number;
  reversedOtherCostId: number;
  reason: string;
  /** The plain date that the reversal belongs to: what was reported of other periods stays. */
  date: string;
}>;

/**
 * Takes an other cost back by one of the negated amount, once (S9).
 * @throws Rejection NOT_FOUND; CONFLICT archived, or it is a reversal itself; ALREADY_REVERSED
 */
export function reverseOtherCost(order: WorkOrder, { otherCostId, reversedOtherCostId, reason, date }: ReverseOtherCost): WorkOrderEvent[] {
  requireInUse(order);
  const cost = order.recordedCosts.get(reversedOtherCostId);
  if (!cost) throw new Rejection('NOT_FOUND', 'The work order has no such cost.');
  if (cost.isReversal) throw new Rejection('CONFLICT', 'A reversal cannot be reversed; record the cost again.');
  if (cost.isReversed) throw new Rejection('ALREADY_REVERSED', 'This cost was reversed already.');
  const { amount, currency, categoryId, costCategoryId } = cost;
  const negated = showValue(-toValue(amount));
  const data = { otherCostId, reversedOtherCostId, amount: negated, currency, date, reason, categoryId, costCategoryId };
  return [{ type: 'OtherCostReversed', data, effectiveAt: date }];
}

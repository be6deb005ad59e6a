import { absolute, decimalPlaces, largestCost, minorUnitOf, showValue, toValue } from '#millwright/quantities';
import type { OtherCostRecorded, WorkOrderEvent } from './work-order.events.js';
import { invalid, requireInUse, type WorkOrder } from './work-order.state.js';

export type RecordOtherCost = OtherCostRecorded['data'];

/**
 * Adds a cost that is neither labour nor a part; a negative amount is a credit. Completed and cancelled orders take costs, too.
 * It belongs to `date`, a plain date. It is an amount of money and no price of one piece, so it ends at the currency's minor unit: there are whole yen only.
 * @throws Rejection NOT_FOUND; CONFLICT archived; VALIDATION_FAILED (too_many_decimals for the currency, out_of_range)
 */
export function recordOtherCost(order: WorkOrder, cost: RecordOtherCost): WorkOrderEvent[] {
  requireInUse(order);
  const decimals = minorUnitOf(cost.currency);
  if (decimalPlaces(cost.amount) > decimals)
    throw invalid('other_cost.amount', 'too_many_decimals', `must not have more than ${decimals} decimals in ${cost.currency}`);
  if (absolute(toValue(cost.amount)) > largestCost)
    throw invalid('other_cost.amount', 'out_of_range', `must not be more than ${showValue(largestCost)} either way`);
  return [{ type: 'OtherCostRecorded', data: cost, effectiveAt: cost.date }];
}

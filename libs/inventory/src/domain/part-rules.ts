import { Rejection, type DetailCode } from '#millwright/event-sourcing/decider';
import {
  costDecimals,
  decimalPlaces,
  largestCost,
  largestQuantity,
  largestValue,
  showQuantity,
  showValue,
  toValue,
  type Decimal,
} from '#millwright/quantities';
import type { Part } from './part.state.js';
import type { Shelf } from './valuation.js';

/** Says what is wrong with one field of the input. */
export const invalid = (field: string, code: DetailCode, message: string): Rejection =>
  new Rejection('VALIDATION_FAILED', `${field} ${message}`, [{ field, code, message }]);

/** @throws Rejection NOT_FOUND the part was never registered */
export function requireRegistered(part: Part): void {
  if (part.partId === null) throw new Rejection('NOT_FOUND', 'There is no such part.');
}

/** @throws Rejection NOT_FOUND; CONFLICT the part is archived */
export function requireInUse(part: Part): void {
  requireRegistered(part);
  if (part.archived) throw new Rejection('CONFLICT', 'The part is archived; bring it back first.');
}

/** @throws Rejection NOT_FOUND; CONFLICT the part is archived; NON_STOCK_PART it has no stock ledger */
export function requireStocked(part: Part): void {
  requireInUse(part);
  if (part.details.isNonStock) throw new Rejection('NON_STOCK_PART', 'A non-stock part has no stock, no stock value and no average cost.');
}

/**
 * The cost of one unit in millionths.
 * @throws Rejection VALIDATION_FAILED more decimals than the currency takes, negative, or past the limit
 */
export function requireCost(cost: Decimal, currency: string, field: string): bigint {
  const decimals = costDecimals(currency);
  if (decimalPlaces(cost) > decimals)
    throw invalid(field, 'too_many_decimals', `must not have more than ${decimals} decimals in ${currency}`);
  const value = toValue(cost);
  if (value < 0n || value > largestCost) throw invalid(field, 'out_of_range', `must be between 0 and ${showValue(largestCost)}`);
  return value;
}

/**
 * A movement may not take the shelf past its limits. One that lowers what is past them already (a return is never refused) may.
 * @param field what of the input is too much
 * @throws Rejection VALUE_OUT_OF_RANGE
 */
export function requireShelfInRange(before: Shelf, after: Shelf, field: string): void {
  if (after.quantity > largestQuantity && after.quantity > before.quantity)
    throw outOfRange(field, `on hand would be more than ${showQuantity(largestQuantity)}`);
  if (after.value > largestValue && after.value > before.value) throw worthTooMuch(field);
}

/** Says of a field of the input that the shelf would be worth more than the limit. */
export const worthTooMuch = (field: string): Rejection =>
  outOfRange(field, `the stock value would be more than ${showValue(largestValue)}`);

function outOfRange(field: string, consequence: string): Rejection {
  const message = `is too much: ${consequence}`;
  return new Rejection('VALUE_OUT_OF_RANGE', `${field} ${message}`, [{ field, code: 'out_of_range', message }]);
}

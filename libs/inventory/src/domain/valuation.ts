import { divideHalfUp, oneUnit, showQuantity, showValue, toQuantity, toValue, type Decimal } from '#millwright/quantities';

/**
 * A shelf of identical parts: how many (thousandths) and what they are worth together (millionths).
 * The average is derived from the two and never stored, so no rounding is ever carried on.
 */
export type Shelf = Readonly<{ quantity: bigint; value: bigint }>;

export const emptyShelf: Shelf = { quantity: 0n, value: 0n };

/** The shelf after a movement, as the event froze it. */
export const shelfAfter = ({ onHandAfter, valueAfter }: Readonly<{ onHandAfter: Decimal; valueAfter: Decimal }>): Shelf => ({
  quantity: toQuantity(onHandAfter),
  value: toValue(valueAfter),
});

/** The shelf before a movement: what the event moved, taken back. */
export const shelfBefore = (
  movement: Readonly<{ quantity: Decimal; value: Decimal; onHandAfter: Decimal; valueAfter: Decimal }>,
): Shelf => ({
  quantity: toQuantity(movement.onHandAfter) - toQuantity(movement.quantity),
  value: toValue(movement.valueAfter) - toValue(movement.value),
});

/** The average cost of one, in millionths. On an empty shelf it is the last one that was known, kept for finding stock again. */
export const averageOf = (shelf: Shelf, lastAverage: bigint): bigint =>
  shelf.quantity === 0n ? lastAverage : divideHalfUp(shelf.value * oneUnit, shelf.quantity);

/** What `quantity` at a cost for one unit is worth, in millionths. */
export const costOf = (quantity: bigint, unitCost: bigint): bigint => divideHalfUp(quantity * unitCost, oneUnit);

/** The share of `value` that belongs to `quantity` out of `whole`. The last part out takes all that is left, so nothing remains on an empty shelf. */
export const shareOf = (value: bigint, quantity: bigint, whole: bigint): bigint =>
  quantity === whole ? value : divideHalfUp(quantity * value, whole);

/** The value that leaves the shelf with `quantity` parts. */
export const valueLeaving = (shelf: Shelf, quantity: bigint): bigint => shareOf(shelf.value, quantity, shelf.quantity);

/** The value of `quantity` parts that turned up: in one rounding, so that the average does not move; on an empty shelf at the average it last had. */
export const valueFound = (shelf: Shelf, lastAverage: bigint, quantity: bigint): bigint =>
  shelf.quantity === 0n ? costOf(quantity, lastAverage) : divideHalfUp(quantity * shelf.value, shelf.quantity);

/** What a movement freezes in its event. `quantity` and `value` are signed by their effect on the shelf. */
export const movement = (shelf: Shelf, transactionId: number, quantity: bigint, value: bigint) => ({
  transactionId,
  quantity: showQuantity(quantity),
  value: showValue(value),
  onHandAfter: showQuantity(shelf.quantity + quantity),
  valueAfter: showValue(shelf.value + value),
});

/** The price variance of a reversal in millionths, a loss positive: what left the shelf beyond what the receipt had brought. */
export const priceVarianceOf = ({ value, receiptValue }: Readonly<{ value: Decimal; receiptValue: Decimal }>): bigint =>
  -toValue(value) - toValue(receiptValue);

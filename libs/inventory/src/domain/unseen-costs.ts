import { largestValue, oneUnit, toValue } from '#millwright/quantities';

/** Parts up to this cost for one unit (millionths) are refused alike. */
const alikeUpTo = toValue('1000');

/**
 * How many of a part (thousandths) somebody may take or find who does not see what one costs (millionths). Where the limit of a value begins, halving
 * finds the quantity, and the quantity tells the cost to the cent; so each counts for him as 1,000, or where it is dearer as the next power of ten
 * (contract, part 4, section 3). It is never more than the limit itself allows.
 */
export function mostUnseen(cost: bigint): bigint {
  let counted = alikeUpTo;
  while (counted < cost) counted *= 10n;
  return (largestValue * oneUnit) / counted;
}

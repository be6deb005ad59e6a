import { roundToCurrency, toValue } from '#millwright/quantities';
import type { PartEvent } from './part.events.js';
import { priceVarianceOf } from './valuation.js';

/** The accounts of one part. `charge` is one account for each work order. Balances are debit positive: what a loss took is positive. */
export type Account =
  'stock' | 'receipts' | 'adjustments' | 'revaluations' | 'price_variance' | 'non_stock_purchases' | 'charge' | 'rounding';

/** An exact change of one account, in millionths. `workOrderId` is null except for charges. */
type Leg = Readonly<{ account: Account; workOrderId: number | null; amount: bigint }>;

/** The exact legs of an event; they sum to zero. None where no value moved. */
function legsOf({ type, data }: PartEvent): Leg[] {
  switch (type) {
    case 'PartOpeningStockRecorded':
    case 'PartRestocked':
      return twoLegs('receipts', toValue(data.value));
    case 'PartReconciled':
      return twoLegs('adjustments', toValue(data.value));
    case 'PartAverageCostSet':
      return twoLegs('revaluations', toValue(data.value));
    case 'PartIssued':
    case 'PartReturned':
      return withoutZeros([
        leg('stock', toValue(data.value)),
        leg('charge', toValue(data.charge), data.workOrderId),
        leg('non_stock_purchases', -toValue(data.value) - toValue(data.charge)),
      ]);
    case 'PartMovementReversed':
      return withoutZeros([
        leg('stock', toValue(data.value)),
        leg('receipts', toValue(data.receiptValue)),
        leg('price_variance', priceVarianceOf(data)),
      ]);
    case 'PartRegistered':
    case 'PartUnitCostSet':
    case 'PartReserved':
    case 'PartReservationReleased':
    case 'PartReservationRefused':
    case 'PartDetailsChanged':
    case 'PartAssetLinked':
    case 'PartAssetUnlinked':
    case 'PartArchived':
    case 'PartUnarchived':
      return [];
  }
}

const leg = (account: Account, amount: bigint, workOrderId: number | null = null): Leg => ({ account, workOrderId, amount });
const withoutZeros = (legs: Leg[]): Leg[] => legs.filter(({ amount }) => amount !== 0n);
const twoLegs = (from: Account, value: bigint): Leg[] => withoutZeros([leg('stock', value), leg(from, -value)]);

/** What finance sees of a change: the difference of the rounded balances, so that postings always add up to the rounded balance. In millionths. */
export const postingOf = (balanceBefore: bigint, change: bigint, currency: string): bigint =>
  roundToCurrency(balanceBefore + change, currency) - roundToCurrency(balanceBefore, currency);

/** A line of a journal entry: the exact balance that the account has after it, and the posting. In millionths. */
export type JournalLine = Readonly<{ account: Account; workOrderId: number | null; balanceAfter: bigint; posting: bigint }>;

/**
 * The journal entry of an event. Where the rounded postings of its legs differ by a cent, the cent goes to the rounding account:
 * every entry sums to zero, every account's postings to its rounded balance.
 */
export function journalEntryOf(
  event: PartEvent,
  currency: string,
  balanceOf: (account: Account, workOrderId: number | null) => bigint,
): JournalLine[] {
  const lines = legsOf(event).map(({ account, workOrderId, amount }): JournalLine => {
    const before = balanceOf(account, workOrderId);
    return { account, workOrderId, balanceAfter: before + amount, posting: postingOf(before, amount, currency) };
  });
  const difference = -lines.reduce((sum, { posting }) => sum + posting, 0n);
  if (difference === 0n) return lines;
  const rounding: JournalLine = {
    account: 'rounding',
    workOrderId: null,
    balanceAfter: balanceOf('rounding', null) + difference,
    posting: difference,
  };
  return [...lines, rounding];
}

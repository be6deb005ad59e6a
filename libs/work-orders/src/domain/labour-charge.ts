import { divideHalfUp, roundToCurrency, scaled, toValue, unscaled, type Decimal } from '#millwright/quantities';
import type { LabourEvent } from './labour.events.js';

const hourDecimals = 4;
const secondsInAnHour = 3600n;
const tenThousandths = 10n ** BigInt(hourDecimals);

/** How long was worked: hours as they were said, or seconds as they were counted. */
export type WorkedTime = Readonly<{ hours: Decimal; seconds: null } | { hours: null; seconds: number }>;

/**
 * What work costs at the rate of an hour, in millionths: one rounding, half-up. 20 minutes at 41.00 are 13.666667. The rate of a person is said at one site
 * and counts as it is at each of them (S8), also where a cost has fewer decimals: it is the posting that is rounded to the currency.
 */
export function chargeOf({ hours, seconds }: WorkedTime, rate: Decimal): bigint {
  const cost = toValue(rate);
  return hours === null
    ? divideHalfUp(BigInt(seconds) * cost, secondsInAnHour)
    : divideHalfUp(scaled(hours, hourDecimals) * cost, tenThousandths);
}

/** The same time in hours, with up to 4 decimals, half-up. */
export const hoursOfWork = ({ hours, seconds }: Pick<LabourEvent['data'], 'hours' | 'seconds'>): Decimal =>
  hours ?? unscaled(divideHalfUp(BigInt(seconds ?? 0) * tenThousandths, secondsInAnHour), hourDecimals);

/** The same time in seconds, exactly: up to 2 decimals, since hours have up to 4. */
export const secondsOfWork = ({ hours, seconds }: Pick<LabourEvent['data'], 'hours' | 'seconds'>): Decimal =>
  hours === null ? String(seconds ?? 0) : unscaled(scaled(hours, hourDecimals) * secondsInAnHour, hourDecimals);

/**
 * What an entry adds to its account of order and person, in millionths: r2(balance after) − r2(balance before) (costing.md, "Rounding"), so that the
 * postings of an account always add up to what it shows.
 */
export function labourPosting({ charge, chargeAfter, currency }: Pick<LabourEvent['data'], 'charge' | 'chargeAfter' | 'currency'>): bigint {
  const after = toValue(chargeAfter);
  return roundToCurrency(after, currency) - roundToCurrency(after - toValue(charge), currency);
}

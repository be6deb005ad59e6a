import { divideHalfUp, unscaled, type Decimal } from '#millwright/quantities';

/** A time for which an asset was down, in milliseconds since 1970; `to` is null while it is. */
export type TimeDown = Readonly<{ from: number; to: number | null; planned: boolean }>;

/** Half-open, in milliseconds since 1970. */
export type Period = Readonly<{ from: number; to: number }>;

/** How an asset ran in a period: hours and a share of 1 with up to 6 decimals, half-up. */
export type ReliabilityFigures = Readonly<{
  period_hours: Decimal;
  failures: number;
  downtime_hours: Decimal;
  availability: Decimal;
  mttr_hours: Decimal | null;
  mtbf_hours: Decimal | null;
}>;

/** How much of a time down lies inside the period, in milliseconds. One that has not ended is down until the period ends. */
export const insideOf = ({ from, to }: Pick<TimeDown, 'from' | 'to'>, period: Period): number =>
  Math.max(0, Math.min(to ?? period.to, period.to) - Math.max(from, period.from));

const decimals = 6;
const one = 10n ** BigInt(decimals);
const millisecondsAnHour = 3_600_000;

const quotient = (dividend: number, divisor: number): Decimal => unscaled(divideHalfUp(BigInt(dividend) * one, BigInt(divisor)), decimals);

/** Exact hours, rounded once: what lies inside the period, as `GET /reports` and `explain` show it. */
export const hoursOf = (milliseconds: number): Decimal => quotient(milliseconds, millisecondsAnHour);

/**
 * Planned downtimes lower availability and up time and are no failures; a failure that had not ended by the end of the period was not repaired in it.
 * The period is longer than nothing.
 */
export function reliabilityOf(timesDown: readonly TimeDown[], period: Period): ReliabilityFigures {
  const whole = period.to - period.from;
  const inside = timesDown.map((time) => ({ ...time, inside: insideOf(time, period) })).filter((time) => time.inside > 0);
  const down = sum(inside);
  const failures = inside.filter(({ planned }) => !planned);
  const repaired = failures.filter(({ to }) => to !== null && to <= period.to);
  return {
    period_hours: hoursOf(whole),
    failures: failures.length,
    downtime_hours: hoursOf(down),
    availability: quotient(whole - down, whole),
    mttr_hours: repaired.length === 0 ? null : quotient(sum(repaired), repaired.length * millisecondsAnHour),
    mtbf_hours: failures.length === 0 ? null : quotient(whole - down, failures.length * millisecondsAnHour),
  };
}

const sum = (times: readonly Readonly<{ inside: number }>[]): number => times.reduce((total, { inside }) => total + inside, 0);

import { IANAZone } from 'luxon';

/** An instant in milliseconds since 1970, or the reading of a wall clock counted the same way, as if it were UTC. */
type Milliseconds = number;

const minuteMs = 60_000;
export const dayMs = 86_400_000;

/** What a clock on the wall shows, and when it will show something: the one place that knows of time zones here (Luxon's tables are Node's own). */
export type WallClock = Readonly<{
  /** What the wall shows at an instant. */
  reading(instant: Milliseconds): Milliseconds;
  /**
   * When the wall shows it: a reading that it skips is moved forward by the gap, of one that it shows twice the first is meant.
   */
  instant(reading: Milliseconds): Milliseconds;
}>;

const clocks = new Map<string, WallClock>();
/** Days of a zone whose offsets are remembered; after that it begins anew. */
const mostDays = 20_000;

/** @param timeZone an IANA name; one that is unknown is read as UTC, as everywhere where a site names none */
export function wallClock(timeZone: string): WallClock {
  let clock = clocks.get(timeZone);
  if (!clock) clocks.set(timeZone, (clock = clockOf(offsetsOf(IANAZone.create(timeZone)))));
  return clock;
}

const clockOf = (offsetAt: (instant: Milliseconds) => Milliseconds): WallClock => ({
  reading: (instant) => instant + offsetAt(instant),
  instant(reading) {
    // Between a day before and a day after lies at most one change of the offset.
    const before = reading - offsetAt(reading - dayMs);
    const after = reading - offsetAt(reading + dayMs);
    if (before === after || before + offsetAt(before) === reading) return before;
    return after + offsetAt(after) === reading ? after : before;
  },
});

/** Asking for an offset takes microseconds, a calendar asks for a hundred thousand: a day without a change has one for all its hours. */
function offsetsOf(zone: IANAZone): (instant: Milliseconds) => Milliseconds {
  if (!zone.isValid) return () => 0;
  const offset = (instant: Milliseconds): Milliseconds => zone.offset(instant) * minuteMs;
  const midnights = new Map<number, Milliseconds>();
  const atMidnight = (day: number): Milliseconds => {
    let known = midnights.get(day);
    if (known === undefined) {
      if (midnights.size >= mostDays) midnights.clear();
      midnights.set(day, (known = offset(day * dayMs)));
    }
    return known;
  };
  return (instant) => {
    const day = Math.floor(instant / dayMs);
    const known = atMidnight(day);
    return known === atMidnight(day + 1) ? known : offset(instant);
  };
}

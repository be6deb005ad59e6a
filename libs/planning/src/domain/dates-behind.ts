import { dayOf, dayText, startOfDay, textOfDay } from './calendar-days.js';
import type { PmScheduleTimeZoneChanged } from './pm-schedule.events.js';
import type { PmSchedule } from './pm-schedule.state.js';
import { datesOf, dayNamed, placedOn, type Rule } from './recurrence.js';
import { dayMs } from './wall-clock.js';

/** Days that one event names: it has room for them beside the longest texts of a template. */
const mostDaysNamed = 1_000;

/** By a change of its zone a date that follows from the start moves no further: two offsets change by less, and the last of a month by a day. */
const reachMs = 1.5 * dayMs;

type Behind = Pick<PmSchedule, 'details' | 'timeZone' | 'passed'>;

/**
 * The days at the site, from today on, whose dates were raised or skipped, which no change of the rule raises again: what is moved to a later time of its day
 * is the same date (S17). Only where there is but one date it is given anew on a day that it has begun on. Undefined where they are too many to be named.
 */
export function daysTakenFrom({ details, timeZone, passed }: Behind, to: Rule, instant: number): string[] | undefined {
  const today = dayText(timeZone, instant);
  const days = new Set(passed.daysTaken.filter((day) => day >= today));
  const last = passed.date === null ? Number.NEGATIVE_INFINITY : Date.parse(passed.date);
  const isOne = details.repeatFrequency === 'none' && to.repeatFrequency === 'none';
  const behind = isOne ? instant : startOfDay(timeZone, instant) - 1;
  const after = Math.max(behind, passed.notBefore === null ? Number.NEGATIVE_INFINITY : Date.parse(passed.notBefore));
  for (const date of details.type === 'floating' ? [last] : datesOf(details, timeZone, after)) {
    if (date > last || date <= after) break;
    if (days.add(dayText(timeZone, date)).size > mostDaysNamed) return undefined;
  }
  return [...days];
}

/**
 * Where the dates that are behind lie in another zone: as moved ones they are behind there, too, and what comes after them comes after them still. A rule
 * that names its days keeps them; the days of any other follow from its start, which stays the instant that it is.
 */
export function behindIn(
  { details, timeZone, passed }: Behind,
  to: string,
): Pick<PmScheduleTimeZoneChanged['data'], 'passedDate' | 'daysTaken'> {
  const start = Date.parse(details.startDate);
  const keepsDays = details.type === 'floating' || dayNamed(details);
  const shift = keepsDays ? 0 : dayOf(to, start) - dayOf(timeZone, start);
  return {
    ...(passed.date !== null && { passedDate: new Date(moved(Date.parse(passed.date))).toISOString() }),
    ...(shift !== 0 &&
      passed.daysTaken.length > 0 && { daysTaken: passed.daysTaken.map((day) => textOfDay(Date.parse(day) / dayMs + shift)) }),
  };

  function moved(date: number): number {
    if (keepsDays) return placedOn(details, to, dayOf(timeZone, date));
    let nearest = date;
    let distance = reachMs;
    for (const other of datesOf(details, to, date - reachMs)) {
      if (other - date > distance) break;
      [nearest, distance] = [other, Math.abs(other - date)];
    }
    return nearest;
  }
}

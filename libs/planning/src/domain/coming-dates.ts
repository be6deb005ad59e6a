import { toQuantity, type Decimal } from '#millwright/quantities';
import { dayText } from './calendar-days.js';
import { isHeld, isLastOpen, type PmSchedule } from './pm-schedule.state.js';
import { dateAfterDay, datesOf } from './recurrence.js';
import { dayMs, wallClock } from './wall-clock.js';

/** A date of a schedule, RFC 3339 in UTC, and its number, from 1. */
export type Occurrence = Readonly<{ number: number; date: string }>;

/** What says when a schedule is due, wherever it was read. */
export type Planned = Pick<PmSchedule, 'details' | 'timeZone' | 'passed' | 'countsFrom' | 'last' | 'openOrders'>;

const instantOf = (date: string | null): number => (date === null ? Number.NEGATIVE_INFINITY : Date.parse(date));
export const textOf = (instant: number): string => new Date(instant).toISOString();

/** Hours of at most 3 decimals in milliseconds. */
const hoursMs = (hours: Decimal | null): number => Number(toQuantity(hours ?? '0') * 3_600n);

/** When an order of that date is to be done by. */
export const dueDateOf = ({ timeToComplete }: PmSchedule['details'], date: string): string =>
  textOf(Date.parse(date) + hoursMs(timeToComplete));

/** When the order of that date is opened. */
export const momentOf = ({ leadTimeHours }: PmSchedule['details'], date: string): number => Date.parse(date) - hoursMs(leadTimeHours);

/**
 * The dates that are still to come, whether or not the schedule is paused: of a floating one the next, and none while its last order is open.
 */
export function* comingDates(schedule: Planned): Generator<Occurrence, void, undefined> {
  const { details, timeZone, passed } = schedule;
  const lastNumber = details.maxOccurrences ?? Number.POSITIVE_INFINITY;
  const lastInstant = endOf(details, timeZone);
  const taken = new Set(passed.daysTaken);
  let { number } = passed;
  for (const date of details.type === 'floating' ? floatingDates(schedule) : fixedDates(schedule)) {
    if (taken.size > 0 && taken.has(dayText(timeZone, date))) continue;
    number += 1;
    if (number > lastNumber || date > lastInstant) return;
    yield { number, date: textOf(date) };
    // The one after it counts from what becomes of its order.
    if (details.type === 'floating') return;
  }
}

const fixedDates = ({ details, timeZone, passed }: Planned): Iterable<number> =>
  datesOf(details, timeZone, Math.max(instantOf(passed.date), instantOf(passed.notBefore)));

function* floatingDates(schedule: Planned): Generator<number, void, undefined> {
  const { details, timeZone, passed, countsFrom, last } = schedule;
  if (isLastOpen(schedule)) return;
  // The next one counts from the day of the completion, however long that is past; one that was skipped does not come again.
  const skipped = passed.number === (last?.number ?? 0) ? null : passed.date;
  const after = Math.max(instantOf(passed.notBefore), instantOf(skipped));
  if (countsFrom === null) return yield* datesOf(details, timeZone, after);
  let date = dateAfterDay(details, timeZone, instantOf(countsFrom));
  for (; date !== undefined; date = dateAfterDay(details, timeZone, date)) if (date > after) yield date;
}

/** The last instant that may have a date; of a plain date the last of that day at the site. */
export function endOf({ endDate }: PmSchedule['details'], timeZone: string): number {
  if (endDate === null) return Number.POSITIVE_INFINITY;
  const instant = Date.parse(endDate);
  return endDate.includes('T') ? instant : wallClock(timeZone).instant(instant + dayMs) - 1;
}

/** The dates that have come by an instant, at most so many. */
export function datesBy(schedule: Planned, instant: number, atMost = Number.POSITIVE_INFINITY): Occurrence[] {
  const found: Occurrence[] = [];
  for (const occurrence of comingDates(schedule)) {
    if (found.length >= atMost || Date.parse(occurrence.date) > instant) break;
    found.push(occurrence);
  }
  return found;
}

/** What is raised next; undefined where nothing will be, and while a schedule or its site is held. */
export function nextOccurrence(schedule: PmSchedule): Occurrence | undefined {
  if (isHeld(schedule)) return undefined;
  const next = comingDates(schedule).next();
  return next.done ? undefined : next.value;
}

/** Where the schedule stands (S46). Unarchiving is a resume (S69), so that what is put away is paused, by itself or with its site. */
export function statusOf(schedule: PmSchedule): 'planned' | 'active' | 'paused' | 'finished' {
  if (isHeld(schedule)) return 'paused';
  if (!schedule.openOrders.isEmpty()) return 'active';
  return comingDates(schedule).next().done ? 'finished' : 'planned';
}

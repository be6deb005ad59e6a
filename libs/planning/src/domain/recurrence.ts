import { dayOf, dayOfMonth, mondayOf, monthDayOf, monthOf, type Day } from './calendar-days.js';
import { dayMs, wallClock } from './wall-clock.js';

/** When something is due again and again, in the words of the API (contract, section 8). Empty lists and nulls say nothing. */
export type Rule = Readonly<{
  /** RFC 3339 in UTC: the first date, whose time of day at the site all others have. */
  startDate: string;
  repeatFrequency: 'none' | 'day' | 'week' | 'month' | 'year';
  /** Every n-th unit, counted from the one that `startDate` is in. */
  repeatInterval: number;
  repeatOccurrence: 'every' | 'custom';
  /** 0 Sunday to 6 Saturday. */
  onWeekDays: readonly number[];
  /** 1 to 12. */
  inMonths: readonly number[];
  /** 1 to 31; a day that a month lacks is its last. */
  onMonthDay: number | null;
}>;

/** Nothing is planned from this day on: the years that dates may have end before it (contract, conventions). */
const end: Day = Date.UTC(2101, 0, 1) / dayMs;

/** The days of each unit of the rule in their order, and which unit a day is in: what all frequencies differ in. */
type Units = Readonly<{ daysOf(unit: number): readonly Day[]; unitOf(day: Day): number }>;

/**
 * The instants of a rule after another one, in order of time, in milliseconds since 1970; without `after` from the first.
 * A time of day that the site skips moves forward by the gap, one that it has twice is the first; `startDate` itself is taken as it is (S66).
 * @param timeZone the site's, an IANA name
 */
export function* datesOf(rule: Rule, timeZone: string, after = Number.NEGATIVE_INFINITY): Generator<number, void, undefined> {
  const start = Date.parse(rule.startDate);
  const wall = wallClock(timeZone);
  const startDay = Math.floor(wall.reading(start) / dayMs);
  const timeOfDay = wall.reading(start) - startDay * dayMs;
  let last = Math.max(after, start - 1);
  for (const day of daysFrom(rule, startDay, Math.floor(wall.reading(last) / dayMs) - 1)) {
    const date = day === startDay ? start : wall.instant(day * dayMs + timeOfDay);
    // Where a site skips a whole day, two days of the rule have one instant.
    if (date <= last) continue;
    yield (last = date);
  }
}

/**
 * The first date of a rule that counts from a day on which something was done, at the time of day of `startDate`: the interval later or, for a `custom`
 * rule, the first of its dates on a later day (S15). Undefined where the rule has none.
 * @param since in milliseconds since 1970
 */
export function dateAfterDay(rule: Rule, timeZone: string, since: number): number | undefined {
  if (rule.repeatFrequency === 'none') return undefined;
  const day = dayOf(timeZone, since);
  if (rule.repeatOccurrence === 'custom' && rule.repeatFrequency !== 'day') {
    for (const next of daysFrom(rule, dayOf(timeZone, Date.parse(rule.startDate)), day + 1)) return placedOn(rule, timeZone, next);
    return undefined;
  }
  const [next] = unitsOf({ ...rule, repeatOccurrence: 'every' }, day).daysOf(1);
  return next === undefined || next >= end ? undefined : placedOn(rule, timeZone, next);
}

/** The instant on a day of the site that has the time of day of the rule. */
export function placedOn({ startDate }: Pick<Rule, 'startDate'>, timeZone: string, day: Day): number {
  const start = Date.parse(startDate);
  const wall = wallClock(timeZone);
  return wall.instant(wall.reading(start) + (day - dayOf(timeZone, start)) * dayMs);
}

/** Whether the rule says on which day of a week or month its dates are, and does not take that of its start. */
export function dayNamed({ repeatFrequency, repeatOccurrence, onWeekDays, onMonthDay }: Rule): boolean {
  if (repeatOccurrence !== 'custom') return false;
  return repeatFrequency === 'week' ? onWeekDays.length > 0 : ['month', 'year'].includes(repeatFrequency) && onMonthDay !== null;
}

/** The days of a rule from one of the calendar on, none before the rule's start. */
function* daysFrom(rule: Rule, startDay: Day, from: Day): Generator<Day, void, undefined> {
  const first = Math.max(startDay, from);
  const { daysOf, unitOf } = unitsOf(rule, startDay);
  const lastUnit = rule.repeatFrequency === 'none' ? 0 : unitOf(end);
  for (let unit = unitOf(first); unit <= lastUnit; unit += 1) for (const day of daysOf(unit)) if (day >= first && day < end) yield day;
}

function unitsOf(rule: Rule, startDay: Day): Units {
  const { repeatFrequency, repeatInterval: interval, inMonths } = rule;
  const custom = rule.repeatOccurrence === 'custom';
  switch (repeatFrequency) {
    case 'none':
      return { daysOf: () => [startDay], unitOf: (day) => Math.sign(day - startDay) };
    case 'day':
      return everyDays(startDay, interval, [0]);
    case 'week':
      return custom ? everyDays(mondayOf(startDay), interval * 7, placesInWeek(rule, startDay)) : everyDays(startDay, interval * 7, [0]);
    case 'month': {
      const isWanted = (month: number): boolean => !custom || inMonths.length === 0 || inMonths.includes((month % 12) + 1);
      return everyMonths(monthOf(startDay), interval, (first) => [first].filter(isWanted), dayWanted(rule, startDay));
    }
    case 'year': {
      const startMonth = monthOf(startDay) % 12;
      const months = custom && inMonths.length > 0 ? inOrder(inMonths.map((month) => month - 1)) : [startMonth];
      const inYear = (january: number): number[] => months.map((month) => january + month);
      return everyMonths(monthOf(startDay) - startMonth, interval * 12, inYear, dayWanted(rule, startDay));
    }
  }
}

const everyDays = (base: Day, size: number, places: readonly number[]): Units => ({
  daysOf: (unit) => places.map((place) => base + unit * size + place),
  unitOf: (day) => Math.floor((day - base) / size),
});

/** Units of months, the first of which begins with `base`. */
const everyMonths = (base: number, size: number, monthsOf: (first: number) => readonly number[], wanted: number): Units => ({
  daysOf: (unit) => monthsOf(base + unit * size).map((month) => dayOfMonth(month, wanted)),
  unitOf: (day) => Math.floor((monthOf(day) - base) / size),
});

const dayWanted = ({ repeatOccurrence, onMonthDay }: Rule, startDay: Day): number =>
  (repeatOccurrence === 'custom' ? onMonthDay : null) ?? monthDayOf(startDay).dayOfMonth;

/** Where the wanted days stand in a week that begins on Monday (S14). */
const placesInWeek = ({ onWeekDays }: Rule, startDay: Day): number[] =>
  onWeekDays.length === 0 ? [startDay - mondayOf(startDay)] : inOrder(onWeekDays.map((day) => (day + 6) % 7));

const inOrder = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((one, other) => one - other);

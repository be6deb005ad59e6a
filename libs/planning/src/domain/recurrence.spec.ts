import fc from 'fast-check';
import { dateAfterDay, datesOf, type Rule } from './recurrence.js';

const every = (startDate: string, repeatFrequency: Rule['repeatFrequency'], more: Partial<Rule> = {}): Rule => ({
  startDate: new Date(startDate).toISOString(),
  repeatFrequency,
  repeatInterval: 1,
  repeatOccurrence: 'every',
  onWeekDays: [],
  inMonths: [],
  onMonthDay: null,
  ...more,
});
const custom = (startDate: string, frequency: Rule['repeatFrequency'], more: Partial<Rule> = {}): Rule =>
  every(startDate, frequency, { repeatOccurrence: 'custom', ...more });

/** The first dates, without seconds. */
function first(count: number, rule: Rule, timeZone = 'Etc/UTC', after?: string): string[] {
  const dates = taken(count, datesOf(rule, timeZone, after === undefined ? undefined : Date.parse(after)));
  return dates.map((date) => `${new Date(date).toISOString().slice(0, 16)}Z`);
}

function taken(count: number, dates: Iterable<number>): number[] {
  const found: number[] = [];
  if (count > 0) for (const date of dates) if (found.push(date) === count) break;
  return found;
}

describe('the dates of a schedule', () => {
  it('are the last of a month that lacks the day', () =>
    expect(first(4, every('2025-01-31T12:00Z', 'month'))).toEqual(['01-31', '02-28', '03-31', '04-30'].map((day) => `2025-${day}T12:00Z`)));

  it('lie in the months and on the day that are named', () =>
    expect(first(3, custom('2025-02-18T12:00Z', 'month', { inMonths: [7, 2], onMonthDay: 18 }))).toEqual([
      '2025-02-18T12:00Z',
      '2025-07-18T12:00Z',
      '2026-02-18T12:00Z',
    ]));

  it('keep the time of day at the site when the clock goes forward', () =>
    expect(first(10, custom('2026-03-02T09:00+01:00', 'week', { onWeekDays: [1, 4] }), 'Europe/Berlin')).toEqual([
      ...['02', '05', '09', '12', '16', '19', '23', '26'].map((day) => `2026-03-${day}T08:00Z`),
      '2026-03-30T07:00Z',
      '2026-04-02T07:00Z',
    ]));

  it('move forward by the gap where their time of day does not exist', () =>
    expect(first(3, every('2026-03-28T01:30Z', 'day'), 'Europe/Berlin')).toEqual([
      '2026-03-28T01:30Z',
      '2026-03-29T01:30Z',
      '2026-03-30T00:30Z',
    ]));

  it('are the first of the two where their time of day exists twice', () =>
    expect(first(3, every('2026-10-24T00:30Z', 'day'), 'Europe/Berlin')).toEqual([
      '2026-10-24T00:30Z',
      '2026-10-25T00:30Z',
      '2026-10-26T01:30Z',
    ]));

  it('begin with the start itself, even in the second pass of its hour', () =>
    expect(first(2, every('2026-10-25T01:30Z', 'day'), 'Europe/Berlin')).toEqual(['2026-10-25T01:30Z', '2026-10-26T01:30Z']));

  it('have one where a site skips a whole day', () =>
    expect(first(3, every('2011-12-29T12:00-10:00', 'day'), 'Pacific/Apia')).toEqual([
      '2011-12-29T22:00Z',
      '2011-12-30T22:00Z',
      '2011-12-31T22:00Z',
    ]));

  it('count every n-th week from the Monday of the start', () =>
    expect(first(4, custom('2026-03-05T06:00Z', 'week', { repeatInterval: 2, onWeekDays: [0, 1] }))).toEqual([
      '2026-03-08T06:00Z',
      '2026-03-16T06:00Z',
      '2026-03-22T06:00Z',
      '2026-03-30T06:00Z',
    ]));

  it('begin with the start only where the rule has its day', () =>
    expect(first(2, custom('2026-01-20T06:00Z', 'month', { onMonthDay: 15 }))).toEqual(['2026-02-15T06:00Z', '2026-03-15T06:00Z']));

  it('are the 28th of February in years without a 29th', () =>
    expect(first(5, every('2024-02-29T06:00Z', 'year'))).toEqual([
      '2024-02-29T06:00Z',
      '2025-02-28T06:00Z',
      '2026-02-28T06:00Z',
      '2027-02-28T06:00Z',
      '2028-02-29T06:00Z',
    ]));

  it('are one where nothing repeats, and none in months that no interval meets', () => {
    expect(first(3, every('2026-01-20T06:00Z', 'none'))).toEqual(['2026-01-20T06:00Z']);
    expect(first(3, every('2026-01-20T06:00Z', 'none'), 'Etc/UTC', '2026-01-20T06:00Z')).toEqual([]);
    expect(first(3, custom('2026-01-20T06:00Z', 'month', { repeatInterval: 12, inMonths: [2] }))).toEqual([]);
  });

  it('end with the years that dates may have', () =>
    expect(first(3, every('2099-06-01T06:00Z', 'year'))).toEqual(['2099-06-01T06:00Z', '2100-06-01T06:00Z']));
});

describe('the date that counts from a day', () => {
  const after = (rule: Rule, since: string, timeZone = 'Etc/UTC'): string | undefined => {
    const date = dateAfterDay(rule, timeZone, Date.parse(since));
    return date === undefined ? undefined : new Date(date).toISOString();
  };

  it('is the interval later, at the time of day of the start', () => {
    expect(after(every('2026-01-01T06:00Z', 'day', { repeatInterval: 10 }), '2026-03-05T23:59Z')).toBe('2026-03-15T06:00:00.000Z');
    expect(after(every('2026-01-01T06:00Z', 'month'), '2026-01-31T01:00Z')).toBe('2026-02-28T06:00:00.000Z');
    expect(after(every('2026-01-01T05:00Z', 'week'), '2026-03-24T23:30Z', 'Europe/Berlin')).toBe('2026-04-01T04:00:00.000Z');
  });

  it('is the first of the named days after it', () =>
    expect(after(custom('2026-01-01T06:00Z', 'week', { onWeekDays: [5] }), '2026-03-06T01:00Z')).toBe('2026-03-13T06:00:00.000Z'));

  it('is none where nothing repeats', () => expect(after(every('2026-01-01T06:00Z', 'none'), '2026-03-06T01:00Z')).toBeUndefined());
});

/** The same from nothing but the words of the contract: day by day, the zone read off a printed clock. */
const naive = {
  /** To make a format takes as long as to print some hundred instants. */
  formats: new Map<string, Intl.DateTimeFormat>(),
  clock(timeZone: string) {
    const format = naive.formats.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
    naive.formats.set(timeZone, format);
    return (instant: number): string => format.format(instant).slice(0, 16);
  },
  /** The first minute at which the clock shows the reading, else the reading moved by what the clock jumps over. */
  instant(shows: (instant: number) => string, reading: string): number {
    const around = Date.parse(`${reading.replace(' ', 'T')}Z`);
    for (let minutes = -16 * 60; minutes <= 16 * 60; minutes += 15)
      if (shows(around + minutes * 60_000) === reading) return around + minutes * 60_000;
    for (let minutes = -16 * 60; ; minutes += 15) {
      const at = around + minutes * 60_000;
      const [before, now] = [at - 900_000, at].map((instant) => Date.parse(`${shows(instant).replace(' ', 'T')}Z`)) as [number, number];
      if (before < around && now > around) return at + (around - before) - 900_000;
    }
  },
  *dates(rule: Rule, timeZone: string, days: number) {
    const shows = naive.clock(timeZone);
    const start = Date.parse(rule.startDate);
    const [startDay = '', time = ''] = shows(start).split(' ');
    const isCustom = rule.repeatOccurrence === 'custom';
    const from = new Date(`${startDay}T00:00Z`);
    const isNth = (units: number): boolean => units % rule.repeatInterval === 0;
    const isIn = (allowed: readonly number[], value: number, otherwise: boolean): boolean =>
      allowed.length === 0 ? otherwise : allowed.includes(value);
    const years = (day: Date): number => day.getUTCFullYear() - from.getUTCFullYear();
    const months = (day: Date): number => years(day) * 12 + day.getUTCMonth() - from.getUTCMonth();
    const weeks = (passed: number): number => Math.floor((passed + ((from.getUTCDay() + 6) % 7)) / 7);
    const isDay = (day: Date): boolean => {
      const last = new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() + 1, 0)).getUTCDate();
      return day.getUTCDate() === Math.min(last, (isCustom ? rule.onMonthDay : null) ?? from.getUTCDate());
    };
    const ways: Readonly<Record<Rule['repeatFrequency'], (day: Date, passed: number) => boolean>> = {
      none: (_, passed) => passed === 0,
      day: (_, passed) => isNth(passed),
      week: (day, passed) =>
        isCustom
          ? isNth(weeks(passed)) && isIn(rule.onWeekDays, day.getUTCDay(), day.getUTCDay() === from.getUTCDay())
          : passed % 7 === 0 && isNth(passed / 7),
      month: (day) => isNth(months(day)) && isDay(day) && (!isCustom || isIn(rule.inMonths, day.getUTCMonth() + 1, true)),
      year: (day) =>
        isNth(years(day)) &&
        isDay(day) &&
        isIn(isCustom ? rule.inMonths : [], day.getUTCMonth() + 1, day.getUTCMonth() === from.getUTCMonth()),
    };
    const isHit = ways[rule.repeatFrequency];
    for (let day = new Date(from), passed = 0; passed < days; day = new Date(from.getTime() + passed * 86_400_000)) {
      if (isHit(day, passed)) yield passed === 0 ? start : naive.instant(shows, `${day.toISOString().slice(0, 10)} ${time}`);
      passed += 1;
    }
  },
};

const zones = ['Etc/UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Africa/Cairo', 'Asia/Kathmandu']; // prettier-ignore

describe('any rule', () => {
  const rules = fc.record({
    // Quarters of an hour, so that the printed clock can be walked in them; odd places around changes of the clock come often.
    startDate: fc.oneof(
      fc.integer({ min: Date.UTC(2010, 0) / 900_000, max: Date.UTC(2040, 0) / 900_000 }),
      fc.integer({ min: -96, max: 96 }).map((quarters) => Date.UTC(2026, 2, 29, 1) / 900_000 + quarters),
      fc.integer({ min: -96, max: 96 }).map((quarters) => Date.UTC(2024, 1, 29, 12) / 900_000 + quarters),
    ).map((quarters) => new Date(quarters * 900_000).toISOString()), // prettier-ignore
    repeatFrequency: fc.constantFrom<Rule['repeatFrequency'][]>('none', 'day', 'week', 'month', 'year'),
    repeatInterval: fc.integer({ min: 1, max: 5 }),
    repeatOccurrence: fc.constantFrom<Rule['repeatOccurrence'][]>('every', 'custom'),
    onWeekDays: fc.uniqueArray(fc.integer({ min: 0, max: 6 })),
    inMonths: fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
    onMonthDay: fc.option(fc.integer({ min: 1, max: 31 })),
  });

  it('has the dates that a walk over the calendar finds, and can be entered anywhere', () =>
    fc.assert(
      fc.property(rules, fc.constantFrom(...zones), (rule, timeZone) => {
        const walked = taken(5, naive.dates(rule, timeZone, 1_200));
        const entered = walked.slice(1).flatMap((_, place) => taken(1, datesOf(rule, timeZone, walked[place])));
        expect([taken(walked.length, datesOf(rule, timeZone)), entered]).toEqual([walked, walked.slice(1)]);
      }),
      { numRuns: 5_000 },
    ));
});

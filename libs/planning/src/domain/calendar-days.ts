import { dayMs, wallClock } from './wall-clock.js';

/** A day of the calendar, counted from 1970-01-01. */
export type Day = number;

/** The day at a site that an instant is in. */
export const dayOf = (timeZone: string, instant: number): Day => Math.floor(wallClock(timeZone).reading(instant) / dayMs);

/** When the day at a site that an instant is in begins. */
export const startOfDay = (timeZone: string, instant: number): number => wallClock(timeZone).instant(dayOf(timeZone, instant) * dayMs);

/** `2026-03-02` */
export const textOfDay = (day: Day): string => new Date(day * dayMs).toISOString().slice(0, 10);

/** The day at a site that an instant is in, as text, whose order is that of time. */
export const dayText = (timeZone: string, instant: number): string => textOfDay(dayOf(timeZone, instant));

export type MonthDay = Readonly<{ year: number; /** 0 to 11. */ month: number; dayOfMonth: number }>;

export function monthDayOf(day: Day): MonthDay {
  const date = new Date(day * dayMs);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), dayOfMonth: date.getUTCDate() };
}

/** The day of a month, counted from January of year 0; a day that the month lacks is its last. */
export function dayOfMonth(month: number, wanted: number): Day {
  const [year, place] = [Math.floor(month / 12), month % 12];
  const last = new Date(Date.UTC(year, place + 1, 0)).getUTCDate();
  return Date.UTC(year, place, Math.min(wanted, last)) / dayMs;
}

/** The month of a day, counted from January of year 0. */
export function monthOf(day: Day): number {
  const { year, month } = monthDayOf(day);
  return year * 12 + month;
}

/** The Monday of a day's week. 1970-01-01 was a Thursday. */
export const mondayOf = (day: Day): Day => day - ((((day + 3) % 7) + 7) % 7);

import { DateTime } from 'luxon';

type Day = Readonly<{ from: number; until: number; date: string }>;

/** Whether a business time is a date (`2026-01-31`) and no instant. */
export const isPlainDate = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text);

/** The day each zone was last asked for: nearly every command falls on the same one. */
const latest = new Map<string, Day>();

/** The calendar date (`2026-01-31`) of an instant in a time zone (an IANA name). */
export function dayIn(timeZone: string, instant: Date): string {
  const at = instant.getTime();
  const known = latest.get(timeZone);
  if (known && at >= known.from && at < known.until) return known.date;
  const start = DateTime.fromMillis(at, { zone: timeZone }).startOf('day');
  const day = {
    from: start.toMillis(),
    until: start.plus({ days: 1 }).toMillis(),
    date: start.toISODate() ?? instant.toISOString().slice(0, 10),
  };
  latest.set(timeZone, day);
  return day.date;
}

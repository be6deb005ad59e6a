import { DateTime } from 'luxon';
import type { Detail } from '#millwright/event-sourcing';
import { instantFrom, instantProblem, invalid, plainDateProblem } from '#millwright/fields';
import type { RawQuery } from '#millwright/lists';
import type { Period } from './domain/reliability.js';

const isPlainDate = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);

/**
 * The part of `askedPeriod` that is past.
 * @param now in milliseconds since 1970
 * @throws Rejection VALIDATION_FAILED (unknown_field, required, invalid_date, out_of_range)
 */
export function periodOf(query: RawQuery, timeZone: string, now: number): Period {
  const { from, to } = askedPeriod(query, timeZone);
  if (from >= now) throw invalid([{ field: 'from', code: 'out_of_range', message: 'must not lie ahead' }]);
  return { from, to: Math.min(to, now) };
}

/**
 * The period that a query asks about: `from` and `to` are instants (`from` included, `to` excluded) or plain dates, days of the site, both
 * included.
 * @param timeZone an IANA name
 * @throws Rejection VALIDATION_FAILED (unknown_field, required, invalid_date, out_of_range)
 */
export function askedPeriod(query: RawQuery, timeZone: string): Period {
  const strangers = Object.keys(query).filter((name) => name !== 'from' && name !== 'to');
  const details = strangers.map((field): Detail => ({
    field,
    code: 'unknown_field',
    message: 'there is no such parameter; allowed: from, to',
  }));
  const from = placeOf('from', query['from'], timeZone, details);
  const to = placeOf('to', query['to'], timeZone, details);
  if (details.length > 0) throw invalid(details);
  if (from >= to) throw invalid([{ field: 'to', code: 'out_of_range', message: 'must lie after from' }]);
  return { from, to };
}

function placeOf(field: 'from' | 'to', value: unknown, timeZone: string, details: Detail[]): number {
  if (value === undefined || value === '') {
    details.push({ field, code: 'required', message: 'must be given' });
    return 0;
  }
  const problem = isPlainDate(value) ? plainDateProblem(value) : instantProblem(value);
  if (problem) {
    details.push({ field, ...problem });
    return 0;
  }
  if (!isPlainDate(value)) return Date.parse(String(instantFrom(value)));
  // A day of the site may have 23 or 25 hours, and begin later than at midnight.
  const day = DateTime.fromISO(value, { zone: timeZone });
  return (field === 'from' ? day : day.plus({ days: 1 })).startOf('day').toMillis();
}

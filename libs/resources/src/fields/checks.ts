import { DateTime } from 'luxon';
import type { DetailCode } from '#millwright/event-sourcing';
import type { Problem } from './field-definition.js';

export const largestId = Number.MAX_SAFE_INTEGER;

const problem = (code: DetailCode, message: string): Problem => ({ code, message });

// NUL cannot be stored in PostgreSQL, and a lone surrogate has no UTF-8: both would be lost or altered, so both are refused.
const unstorable = /\0|\p{Surrogate}/u;

export const isStorable = (text: string): boolean => !unstorable.test(text);

/** What something is called or known by: without blanks around it and composed (NFC), so that what looks alike is alike. */
export const canonicalText = (text: string): string => text.normalize('NFC').trim();

/** The canonical form of a text; anything else as it came. */
export const canonicalFrom = (value: unknown): unknown => (typeof value === 'string' ? canonicalText(value) : value);

export function textProblem(value: unknown, { max, required }: { max: number; required: boolean }): Problem | undefined {
  if (typeof value !== 'string') return problem('not_text', 'must be text');
  if (!isStorable(value)) return problem('invalid_text', 'must not contain NUL or unpaired surrogates');
  if (required && value.trim() === '') return problem('required', 'must not be empty');
  return value.length > max ? problem('too_long', `must not be longer than ${max} characters`) : undefined;
}

export function integerProblem(value: unknown, { atLeast, atMost }: { atLeast: number; atMost: number }): Problem | undefined {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) return problem('not_an_integer', 'must be an integer');
  return value < atLeast || value > atMost ? problem('out_of_range', `must be between ${atLeast} and ${atMost}`) : undefined;
}

export const flagProblem = (value: unknown): Problem | undefined =>
  typeof value === 'boolean' ? undefined : problem('not_a_boolean', 'must be true or false');

export function choiceProblem(value: unknown, choices: readonly string[]): Problem | undefined {
  return typeof value === 'string' && choices.includes(value)
    ? undefined
    : problem('not_a_choice', `must be one of: ${choices.join(', ')}`);
}

/** An id that came as text (GraphQL's ID) as a number; anything else as it came. */
export const idFrom = (value: unknown): unknown => (typeof value === 'string' && /^[1-9]\d{0,15}$/.test(value) ? Number(value) : value);

const isId = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

export const idProblem = (value: unknown): Problem | undefined =>
  isId(value) ? undefined : problem('not_an_id', 'must be a positive integer id');

/** Ids without repetitions, in the order they came. */
export const idsFrom = (value: unknown): unknown => (Array.isArray(value) ? [...new Set(value.map(idFrom))] : value);

export function idsProblem(value: unknown, max: number): Problem | undefined {
  if (!Array.isArray(value)) return problem('not_a_list', 'must be a list of ids');
  if (value.length > max) return problem('too_many', `must not have more than ${max} entries`);
  return value.every(isId) ? undefined : problem('not_an_id', 'must contain positive integer ids only');
}

const firstYear = 1900;
const lastYear = 2100;
const yearOutOfRange = problem('out_of_range', `must lie between the years ${firstYear} and ${lastYear}`);
const inRange = (year: number): boolean => year >= firstYear && year <= lastYear;

export function plainDateProblem(value: unknown): Problem | undefined {
  const invalid = problem('invalid_date', 'must be a calendar date like 2026-01-31');
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return invalid;
  const date = DateTime.fromISO(value, { zone: 'utc' });
  if (!date.isValid) return invalid;
  return inRange(date.year) ? undefined : yearOutOfRange;
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** An RFC 3339 instant as UTC with milliseconds, the form that is stored; anything else as it came. */
export function instantFrom(value: unknown): unknown {
  if (typeof value !== 'string' || !rfc3339.test(value)) return value;
  const instant = DateTime.fromISO(value.toUpperCase(), { zone: 'utc' });
  return instant.isValid ? instant.toJSDate().toISOString() : value;
}

export function instantProblem(value: unknown): Problem | undefined {
  const invalid = problem('invalid_date', 'must be an RFC 3339 date and time with an offset, like 2026-01-31T08:00:00Z');
  if (typeof value !== 'string' || !rfc3339.test(value)) return invalid;
  const instant = DateTime.fromISO(value.toUpperCase(), { zone: 'utc' });
  if (!instant.isValid) return invalid;
  return inRange(instant.year) ? undefined : yearOutOfRange;
}

/** A relation to a record that comes in a later version: nothing may be said about it yet. */
export function notYetProblem(value: unknown): Problem | undefined {
  const empty = (Array.isArray(value) && value.length === 0) || value === '';
  return empty ? undefined : problem('not_available_yet', 'is not available yet; leave it out or empty');
}

import { DateTime } from 'luxon';
import type { Problem } from '../field-definition.js';
import { DateTimeScalar } from '../graphql/date-time-scalar.js';
import { instantTextOrNull } from '../instants.js';
import { inputField, shownField, type FieldKind, type FieldOptions, type ShownOptions } from '../kind.js';
import { yearProblem } from './years.js';

/** RFC 3339, and ISO 8601 to the minute. */
const written = /^\d{4}-\d{2}-\d{2}[Tt]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** What is said of an instant that is none. */
export const noInstant: Problem = { code: 'invalid_date', message: 'must be a date and time with an offset, like 2026-01-31T08:00:00Z' };

/** An instant as UTC with milliseconds, the form that is stored; anything else as it came. */
export function instantFrom(value: unknown): unknown {
  if (typeof value !== 'string' || !written.test(value)) return value;
  const instant = DateTime.fromISO(value.toUpperCase(), { zone: 'utc' });
  return instant.isValid ? instant.toJSDate().toISOString() : value;
}

export function instantProblem(value: unknown): Problem | undefined {
  if (typeof value !== 'string' || !written.test(value)) return noInstant;
  const instant = DateTime.fromISO(value.toUpperCase(), { zone: 'utc' });
  return instant.isValid ? yearProblem(instant.year) : noInstant;
}

const instant: FieldKind = {
  column: 'timestamptz',
  attribute: 'instant',
  convert: instantFrom,
  check: instantProblem,
  graphql: () => DateTimeScalar,
  openApi: { type: 'string', format: 'date-time' },
  print: (value) => instantTextOrNull(value as string | null),
};

/** An instant with an offset, in ISO 8601 to the minute or finer, years 1900 to 2100; UTC with milliseconds inside. Codes: invalid_date, out_of_range. */
export const Instant = (options: FieldOptions = {}): PropertyDecorator => inputField(instant, options);

const hasFraction = (value: unknown): boolean => typeof value === 'string' && /\.\d*[1-9]/.test(value);

/** The same without a fraction of a second, however small: what is finer than milliseconds is refused and not cut off. Codes: as those, not_whole_seconds. */
export const WholeSecond = (options: FieldOptions = {}): PropertyDecorator =>
  inputField(
    {
      ...instant,
      convert: (value) => (hasFraction(value) ? value : instantFrom(value)),
      check: (value) =>
        instantProblem(value) ??
        (hasFraction(value) ? { code: 'not_whole_seconds', message: 'must not have a fraction of a second' } : undefined),
    },
    options,
  );

export const ShownInstant = (options?: ShownOptions): PropertyDecorator => shownField(instant, options);

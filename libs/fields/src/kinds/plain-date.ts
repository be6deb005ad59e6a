import { DateTime } from 'luxon';
import type { Problem } from '../field-definition.js';
import { inputField, shownField, type FieldKind, type FieldOptions, type ShownOptions } from '../kind.js';
import { yearProblem } from './years.js';

export function plainDateProblem(value: unknown): Problem | undefined {
  const invalid: Problem = { code: 'invalid_date', message: 'must be a calendar date like 2026-01-31' };
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return invalid;
  const date = DateTime.fromISO(value, { zone: 'utc' });
  return date.isValid ? yearProblem(date.year) : invalid;
}

const plainDate: FieldKind = {
  column: 'date',
  attribute: 'date',
  check: plainDateProblem,
  graphql: () => String,
  openApi: { type: 'string', format: 'date' },
};

/** A calendar date like 2026-01-31, years 1900 to 2100. Codes: invalid_date, out_of_range. */
export const PlainDate = (options: FieldOptions = {}): PropertyDecorator => inputField(plainDate, options);

export const ShownPlainDate = (options?: ShownOptions): PropertyDecorator => shownField(plainDate, options);

import type { Problem } from '../field-definition.js';
import { instantText } from '../instants.js';
import { inputField, type FieldOptions } from '../kind.js';
import { instantFrom, instantProblem } from './instant.js';
import { plainDateProblem } from './plain-date.js';

const isDay = (value: unknown): boolean => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);

const problem = (value: unknown): Problem | undefined => (isDay(value) ? plainDateProblem(value) : instantProblem(value));

const shown = (value: unknown): unknown => (value == null || isDay(value) ? (value ?? null) : instantText(value as string));

/**
 * An instant, kept in UTC, or a day of the site, kept as it is said: `2026-12-31`. Lists that find by it have a column of `instantOfSql`.
 * Codes: invalid_date, out_of_range.
 */
export const InstantOrDay = (options: FieldOptions): PropertyDecorator =>
  inputField(
    {
      column: 'text',
      convert: (value) => (isDay(value) ? value : instantFrom(value)),
      check: problem,
      graphql: () => String,
      openApi: { type: 'string' },
      print: shown,
    },
    options,
    (name, { output }) => ({ output: { ...output, resolve: (row) => shown(row[name]) } }),
  );

/** SQL of the instant that a text of that kind says: a day counts from its first moment in UTC, as in queries. */
export const instantOfSql = (column: string): string =>
  `(${column} || CASE WHEN ${column} ~ 'T' THEN '' ELSE 'T00:00:00Z' END)::timestamptz`;

import type { Problem } from '../field-definition.js';
import { instantText } from '../instants.js';
import { inputField, type FieldOptions } from '../kind.js';
import { instantFrom, instantProblem } from './instant.js';
import { plainDateProblem } from './plain-date.js';

const isDay = (value: unknown): boolean => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value);

const problem = (value: unknown): Problem | undefined => (isDay(value) ? plainDateProblem(value) : instantProblem(value));

/** An RFC 3339 instant, kept in UTC, or a day of the site, kept as it is said: `2026-12-31`. Codes: invalid_date, out_of_range. */
export const InstantOrDay = (options: FieldOptions): PropertyDecorator =>
  inputField(
    {
      column: 'text',
      attribute: 'text',
      convert: (value) => (isDay(value) ? value : instantFrom(value)),
      check: problem,
      graphql: () => String,
      openApi: { type: 'string' },
      print: (value) => (value === null || isDay(value) ? value : instantText(value as string)),
    },
    options,
  );

import type { ColumnType } from '../projection.js';

/*
 * A fold sees a row either as an earlier event of the same batch wrote it or as the table gave it back, and must not be able to tell the difference:
 * so every value is brought to one form when it is put, and the same form is made of what is read.
 */

type Convert = (value: unknown) => unknown;

const text: Convert = (value) => {
  if (typeof value !== 'string') throw new TypeError(`a text was expected, not ${typeof value}`);
  return value;
};

const integer: Convert = (value) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (typeof value !== 'bigint' && !(typeof value === 'string' && /^-?\d{1,20}$/.test(value)))
    throw new TypeError(`an integer was expected, not ${String(value)}`);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
};

const numeric: Convert = (value) => {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value))) return String(value);
  throw new TypeError(`a decimal was expected, not ${String(value)}`);
};

const boolean: Convert = (value) => {
  if (typeof value !== 'boolean') throw new TypeError(`a boolean was expected, not ${typeof value}`);
  return value;
};

const isoInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

const instant: Convert = (value) => {
  if (typeof value === 'string' && isoInstant.test(value)) return value;
  if (value instanceof Date || typeof value === 'string') return new Date(value).toISOString();
  throw new TypeError(`an instant was expected, not ${typeof value}`);
};

const integers: Convert = (value) => {
  if (!Array.isArray(value)) throw new TypeError('a list of integers was expected');
  return value.map(integer);
};

/** What a value becomes when a fold puts it; throws what no column of this type can hold. */
export const normalForm: Readonly<Record<ColumnType, Convert>> = {
  bigint: integer,
  integer,
  text,
  boolean,
  numeric,
  timestamptz: instant,
  date: text,
  jsonb: (value) => value,
  'bigint[]': integers,
  uuid: (value) => (text(value) as string).toLowerCase(),
};

/** `2026-01-31 12:00:00.5+00` (the session's time zone is UTC) → `2026-01-31T12:00:00.500Z`. */
const instantOfText = (value: string): string => {
  const fraction = value.slice(20, -3);
  return `${value.slice(0, 10)}T${value.slice(11, 19)}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
};

const integerOfText = (value: string): number | string => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
};

const integersOfText = (value: string): (number | string)[] => (value === '{}' ? [] : value.slice(1, -1).split(',').map(integerOfText));

/** The same form, from the text PostgreSQL answers with. */
export const fromDatabaseText: Readonly<Record<ColumnType, (value: string) => unknown>> = {
  bigint: integerOfText,
  integer: Number,
  text: (value) => value,
  boolean: (value) => value === 't',
  numeric: (value) => value,
  timestamptz: instantOfText,
  date: (value) => value,
  jsonb: (value) => JSON.parse(value) as unknown,
  'bigint[]': integersOfText,
  uuid: (value) => value,
};

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const escaped = (value: string): string =>
  /[\\\t\n\r]/.test(value) ? value.replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character) : value;
const plain = (value: unknown): string => String(value);
const escapedText = (value: unknown): string => escaped(value as string);

/** A normal value as a field of COPY's text format; null is the caller's. */
export const copyField: Readonly<Record<ColumnType, (value: unknown) => string>> = {
  bigint: plain,
  integer: plain,
  text: escapedText,
  boolean: plain,
  numeric: escapedText,
  timestamptz: plain,
  date: escapedText,
  jsonb: (value) => escaped(JSON.stringify(value)),
  'bigint[]': (value) => `{${(value as unknown[]).join(',')}}`,
  uuid: escapedText,
};

import { createHash } from 'node:crypto';
import { currentAsOf } from './as-of.js';
import { attributeValue } from './attribute-values.js';
import { invalid, type AttributeType } from '#millwright/fields';
import { filterName, sortText, type ListQuery } from './list-query.js';

/** Where a walk goes on: the sort values and the tie breaker of the last row, and the total counted on the first page. */
export type CursorPlace = Readonly<{ values: readonly (string | null)[]; total: number }>;

/** An opaque text that carries a place. It is bound to its list, to search, sort, filters and the moment that is asked for, since elsewhere it would point at nothing. */
export const cursorText = (place: CursorPlace, list: string, query: ListQuery): string =>
  Buffer.from(JSON.stringify([fingerprint(list, query), place.total, ...place.values])).toString('base64url');

/** The place that a query's cursor points at. @throws Rejection VALIDATION_FAILED for a cursor that does not belong to this list */
export function placeNamedIn(list: string, query: ListQuery, types: readonly AttributeType[]): CursorPlace {
  const place = placeOfCursor(list, query, types);
  if (place) return place;
  const message = 'is not a cursor of this list with this search, sort and filter';
  throw invalid([{ field: query.cursorName ?? 'cursor', code: 'invalid_cursor', message }]);
}

/** The same, or undefined where it is broken or belongs to another list. `types` are those of its values. */
function placeOfCursor(list: string, query: ListQuery, types: readonly AttributeType[]): CursorPlace | undefined {
  const parts = parsed(query.cursor ?? '');
  if (!Array.isArray(parts) || parts.length !== types.length + 2 || parts[0] !== fingerprint(list, query)) return undefined;
  const [, total, ...values] = parts as unknown[];
  if (!Number.isSafeInteger(total) || (total as number) < 0) return undefined;
  const valid = values.every((value, index) => value === null || (typeof value === 'string' && isOf(types[index] ?? 'text', value)));
  return valid ? { values: values as (string | null)[], total: total as number } : undefined;
}

const fingerprint = (list: string, { search, sort, filters }: ListQuery): string =>
  createHash('sha256')
    .update(JSON.stringify([list, search, sort.map(sortText), filters.map((filter) => [filterName(filter), filter.values]), ...momentOf()]))
    .digest('base64url')
    .slice(0, 16);

const momentOf = (): string[] => {
  const position = currentAsOf();
  return position === undefined ? [] : [String(position)];
};

/** Cursors carry what the database printed, which may have more digits than a query may, or lie past the years that may be said. */
function isOf(type: AttributeType, value: string): boolean {
  if (type === 'decimal') return /^-?\d{1,40}(\.\d{1,40})?$/.test(value);
  return type === 'instant' ? isInstant(value) : attributeValue(type, value) !== undefined;
}

/** PostgreSQL knows no year 0. */
function isInstant(value: string): boolean {
  const instant = Date.parse(value);
  return /^(?!0000)\d{4}-[\d-]{5}T[\d:]{8}\.\d{3,6}Z$/.test(value) && !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(value.slice(0, 19)); // prettier-ignore
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined;
  }
}

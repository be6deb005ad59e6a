import type { Row } from '#millwright/event-sourcing';
import { cursorText, placeNamedIn } from './cursor.js';
import { metaOf, type ListPage } from './list-page.js';
import type { ListQuery } from './list-query.js';

/** What lies in memory has a number and no other order. */
type Numbered = Row & Readonly<{ id: number }>;

/**
 * A page of what is few and lies in memory, by the conventions of all lists.
 * @param list whose cursors it takes
 * @param found what search and filters have let through, in the order that the query wants: by `id`, one way or the other
 * @throws Rejection VALIDATION_FAILED for a cursor that does not belong to this list
 */
export function pageOfFew(list: string, query: ListQuery, found: readonly Numbered[]): ListPage {
  const start = query.cursor === null ? query.offset : firstAfterCursor(list, query, found);
  const rows = found.slice(start, start + query.perPage);
  const cursorAfter = (index: number): string | null => {
    const row = rows[index];
    return row ? cursorText({ values: [String(row.id)], total: found.length }, list, query) : null;
  };
  const more = start + rows.length < found.length;
  return { rows, meta: metaOf(query, found.length, more ? cursorAfter(rows.length - 1) : null), aggregates: {}, cursorAfter };
}

/** The row that the cursor names may be gone meanwhile; what comes after it is still there. */
function firstAfterCursor(list: string, query: ListQuery, found: readonly Numbered[]): number {
  const last = Number(placeNamedIn(list, query, ['id']).values[0]);
  const isAfter = query.sort[0]?.descending ? ({ id }: Numbered): boolean => id < last : ({ id }: Numbered): boolean => id > last;
  const first = found.findIndex(isAfter);
  return first < 0 ? found.length : first;
}

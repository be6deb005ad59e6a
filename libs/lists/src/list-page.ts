import type { Row } from '#millwright/event-sourcing';
import { filterName, sortText, type ListQuery } from './list-query.js';

export type Pagination = Readonly<{ total: number; page: number; per_page: number; total_pages: number; next_cursor: string | null }>;

type ListMeta = Readonly<{
  pagination: Pagination;
  sort: readonly string[];
  search: string | null;
  filter: Readonly<Record<string, unknown>>;
  /** A row of this page could not be folded any further. */
  stale?: true;
}>;

export type ListPage = Readonly<{
  rows: readonly Row[];
  meta: ListMeta;
  aggregates: Readonly<Record<string, unknown>>;
  /** The cursor that goes on after the row with this index. */
  cursorAfter(index: number): string | null;
}>;

export function metaOf(query: ListQuery, total: number, nextCursor: string | null): ListMeta {
  return {
    pagination: {
      total,
      page: query.page,
      per_page: query.perPage,
      total_pages: Math.ceil(total / query.perPage),
      next_cursor: nextCursor,
    },
    sort: query.sort.map(sortText),
    search: query.search,
    filter: Object.fromEntries(query.filters.map((filter) => [filterName(filter), filter.asked])),
  };
}

import type { Matcher } from './list-definition.js';

export type Sort = Readonly<{ attribute: string; descending: boolean }>;

/** One condition: its values in canonical spelling, and how it was asked, for `meta.filter`. */
export type Filter = Readonly<{ attribute: string; matcher: Matcher; values: readonly (string | null)[]; asked: unknown }>;

/** A list request after every spelling was understood and every name was checked against the definition. */
export type ListQuery = Readonly<{
  search: string | null;
  sort: readonly Sort[];
  filters: readonly Filter[];
  /** Rows to leave out before the first, unless a cursor says where to go on. */
  offset: number;
  page: number;
  perPage: number;
  cursor: string | null;
  /** What the edge calls the cursor, where that is not `cursor`. */
  cursorName?: string;
}>;

export const sortText = ({ attribute, descending }: Sort): string => `${attribute} ${descending ? 'desc' : 'asc'}`;

/** The name a filter has in `meta.filter`; plain equality goes without a matcher, as the documents print it. */
export const filterName = ({ attribute, matcher }: Filter): string => (matcher === 'eq' ? attribute : `${attribute}_${matcher}`);

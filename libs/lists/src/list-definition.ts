import type { RowRule } from '#millwright/access';
import type { AttributeType, Choices, FieldScope } from '#millwright/fields';
import { charactersInOrder } from './language.js';
import type { RowSource } from './parked-rows.js';
import type { View } from './view.js';

export type ListAttribute = Readonly<{
  type: AttributeType;
  /** The right that filtering and sorting by it needs, since both tell what it is. */
  seenWith?: FieldScope;
  /** How many characters a text has at most; left out, nobody knows. */
  most?: number;
  /** How a text is kept that is said, where that is not as it comes. */
  kept?(text: string): string;
  /** The words it is one of, where they are fixed. */
  choices?: Choices;
  /** The records that it is a number of: whoever does not see one of them finds nothing by its number. */
  names?(): Readonly<{ view: View; rows?: RowRule }>;
  /** The view's column, where it is named otherwise. */
  column?: string;
  /** False for what can be filtered by only; lists of ids are never sorted by. */
  sortable?: boolean;
  /** Says that no row has a null here, so that a cursor can use an index. */
  neverNull?: boolean;
  /** Compares without regard to case: words that people and other systems spell `HIGH` or `high`. */
  ignoresCase?: boolean;
  /** What it is, where it is neither a field nor shown. */
  description?: string;
}>;

/** Everything the one list machine needs to know of a resource: what can be searched, sorted and filtered, and whose rows they are. */
export type ListDefinition = Readonly<{
  view: View;
  attributes: Readonly<Record<string, ListAttribute>>;
  /** Text columns that `search` looks into, each only for whoever may see it. */
  search: readonly string[];
  /** The rights that show a column that `search` looks into, where it is no attribute that says its own. */
  searchSeenWith?: Readonly<Record<string, readonly FieldScope[]>>;
  /** As in the query: "name asc". */
  defaultSort: string;
  /** Which rows those see who do not see all. */
  rows?: RowRule;
  /** The attribute that names what the rows belong to: nobody sees those of what he does not see. */
  belongsTo?: string;
  /** The column that must equal the request's entity or customer; `'none'` where the caller restricts the rows himself. */
  scope: 'entity' | 'customer' | 'none';
  /** The unique column that ties are broken by; default `id`. */
  tieBreaker?: string;
  /** Where rows come from, so that a page with one that is parked says `stale`. */
  source?: RowSource;
  /** Archived rows are left out unless the query filters by `archived`. */
  hidesArchived?: boolean;
}>;

export const matchers = [
  'eq', 'not_eq', 'in', 'not_in', 'cont', 'not_cont', 'i_cont', 'start', 'end', 'gt', 'gteq', 'lt', 'lteq',
  'present', 'blank', 'null', 'not_null', 'true', 'false',
] as const; // prettier-ignore

export type Matcher = (typeof matchers)[number];

/** What a whole value is compared by; the other matchers of text look into it. */
export const comparing: ReadonlySet<Matcher> = new Set(['eq', 'not_eq', 'in', 'not_in']);

const presence = ['present', 'blank', 'null', 'not_null'] as const;
const ordered = ['eq', 'not_eq', 'in', 'not_in', 'gt', 'gteq', 'lt', 'lteq', ...presence] as const;

/** The matchers each type of attribute takes. */
export const matchersOf: Readonly<Record<AttributeType, readonly Matcher[]>> = {
  text: ['eq', 'not_eq', 'in', 'not_in', 'cont', 'not_cont', 'i_cont', 'start', 'end', ...presence],
  integer: ordered,
  decimal: ordered,
  date: ordered,
  instant: ordered,
  id: ordered,
  ids: ['eq', 'not_eq', 'in', 'not_in', ...presence],
  flag: ['eq', 'not_eq', 'in', 'not_in', 'true', 'false', 'null', 'not_null', 'present', 'blank'],
};

/** Where nobody knows how long a text may be, it may be long. */
export const isLong = ({ type, most = Number.POSITIVE_INFINITY, choices }: ListAttribute): boolean =>
  type === 'text' && !choices && most > charactersInOrder;

/** What documents say of sorting by long texts, where a list has such. */
export const sortedTexts = (attributes: ListDefinition['attributes']): string =>
  Object.values(attributes).some((attribute) => isLong(attribute) && isSortable(attribute))
    ? `Texts that may have more than ${charactersInOrder} characters are sorted by their first ${charactersInOrder}. `
    : '';

/** The attributes that a list can be sorted by. */
export const sortsOf = (attributes: ListDefinition['attributes']): string[] =>
  Object.entries(attributes).flatMap(([name, attribute]) => (isSortable(attribute) ? [name] : []));

export const isSortable = ({ type, sortable }: ListAttribute): boolean => sortable !== false && type !== 'ids';

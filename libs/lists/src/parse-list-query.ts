import { requireSeen } from '#millwright/access';
import type { Detail } from '#millwright/event-sourcing';
import { invalid, isStorable, snakeCase, type Problem } from '#millwright/fields';
import { isSortable, sortsOf, type ListDefinition } from './list-definition.js';
import type { Filter, ListQuery, Sort } from './list-query.js';
import { parseFilter, writtenFilters } from './parse-filters.js';

const defaultPerPage = 50;
const largestPerPage = 1000;
const largestOffset = 1_000_000_000;
/** Of a cursor, too, which never has as many. */
const longestText = 20_000;

/** A query string as the framework parses it: names with their brackets, repeated names as lists. */
export type RawQuery = Readonly<Record<string, unknown>>;

/**
 * Reads the conventions of lists: `search`, `sort`, `page` and `per_page` (or `pageSize`, or `start` and `limit`), `cursor`, and the three spellings of filters.
 * @param spell how the edge spells the names of attributes, for its refusals; as they are where nothing is said
 * @throws Rejection VALIDATION_FAILED naming each parameter that is unknown or wrong, with what is allowed
 */
export function parseListQuery(definition: ListDefinition, raw: RawQuery, spell = (name: string): string => name): ListQuery {
  const details: Detail[] = [];
  const parameters = new Map(
    Object.entries(raw).flatMap(([name, value]) => (/[[\]]./.test(name) ? [] : [[snakeCase(name.replace('[]', '')), value] as const])),
  );
  const search = textOf(parameters.get('search'), 'search', details);
  const paging = pagingOf(parameters, details);
  const sort = sortOf(definition, textOf(parameters.get('sort'), 'sort', details), { details, spell });
  const cursor = textOf(parameters.get('cursor'), 'cursor', details);
  const filters: Filter[] = [];
  for (const written of writtenFilters(raw, details)) {
    const filter = parseFilter(definition, written, details);
    if (filter) filters.push(filter);
  }
  if (details.length > 0) throw invalid(details);
  return { search, sort, filters, cursor, ...paging };
}

function textOf(value: unknown, field: string, details: Detail[]): string | null {
  const text: unknown = Array.isArray(value) && field === 'sort' ? value.join(',') : value;
  if (text === undefined || text === null || text === '') return null;
  const problem = textProblemOf(text);
  if (!problem) return text as string;
  details.push({ field, ...problem });
  return null;
}

function textProblemOf(text: unknown): Problem | undefined {
  if (typeof text !== 'string') return { code: 'not_text', message: 'must be one text' };
  if (!isStorable(text)) return { code: 'invalid_text', message: 'must not contain NUL or unpaired surrogates' };
  return text.length > longestText ? { code: 'too_long', message: `must not be longer than ${longestText} characters` } : undefined;
}

function pagingOf(parameters: ReadonlyMap<string, unknown>, details: Detail[]): Pick<ListQuery, 'offset' | 'page' | 'perPage'> {
  const number = (name: string, least: number, most: number): number | undefined => {
    const value = parameters.get(name);
    if (value === undefined || value === '') return undefined;
    const parsed = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
    if (typeof parsed === 'number' && Number.isInteger(parsed) && parsed >= least && parsed <= most) return parsed;
    details.push({ field: name, code: 'out_of_range', message: `must be an integer between ${least} and ${most}` });
    return undefined;
  };
  const perPage =
    number('per_page', 1, largestPerPage) ?? number('page_size', 1, largestPerPage) ?? number('limit', 1, largestPerPage) ?? defaultPerPage;
  const start = number('start', 0, largestOffset);
  const page = number('page', 1, largestOffset) ?? Math.floor((start ?? 0) / perPage) + 1;
  return { perPage, page, offset: Math.min(start ?? (page - 1) * perPage, Number.MAX_SAFE_INTEGER) };
}

/** `name asc, createdAt desc`: at most five, each attribute once, ascending where nothing is said. */
function sortOf(
  definition: ListDefinition,
  text: string | null,
  { details, spell }: Readonly<{ details: Detail[]; spell: (name: string) => string }>,
): Sort[] {
  const sorts: Sort[] = [];
  for (const part of (text ?? definition.defaultSort).split(',')) {
    const [, name = '', direction = 'asc'] = /^\s*(\S+)(?:\s+(\S+))?\s*$/.exec(part) ?? [];
    const attribute = snakeCase(name);
    const definitionOfIt = Object.hasOwn(definition.attributes, attribute) ? definition.attributes[attribute] : undefined;
    requireSeen(definitionOfIt?.seenWith);
    const order = direction.toLowerCase();
    if (!definitionOfIt || !isSortable(definitionOfIt)) details.push(unknownSort(definition, name, spell));
    else if (order !== 'asc' && order !== 'desc')
      details.push({ field: 'sort', code: 'not_a_choice', message: `"${direction}" must be asc or desc` });
    else if (!sorts.some((sort) => sort.attribute === attribute)) sorts.push({ attribute, descending: order === 'desc' });
  }
  if (sorts.length > 5) details.push({ field: 'sort', code: 'too_many', message: 'must not name more than 5 attributes' });
  return sorts;
}

function unknownSort({ attributes }: ListDefinition, name: string, spell: (name: string) => string): Detail {
  const allowed = sortsOf(attributes).map(spell);
  return {
    field: 'sort',
    code: 'unknown_attribute',
    message: `"${name.slice(0, 100)}" cannot be sorted by; allowed: ${allowed.join(', ')}`,
  };
}

import { requireSeen } from '#millwright/access';
import type { Detail } from '#millwright/event-sourcing';
import { canonicalText, choiceProblem, snakeCase, type Problem } from '#millwright/fields';
import { attributeValue, valueMeanings } from './attribute-values.js';
import { comparing, matchers, matchersOf, type ListAttribute, type ListDefinition, type Matcher } from './list-definition.js';
import type { Filter } from './list-query.js';

/** A filter as it was written: under which parameter, what name, and its values. */
type WrittenFilter = Readonly<{ field: string; name: string; value: unknown }>;

/** Parameters of a list that are no filters. */
const reserved = new Set(['search', 'sort', 'page', 'per_page', 'page_size', 'start', 'limit', 'cursor', 'filter', 'min_position']);
const mostFilters = 50;
const mostValues = 1000;

/**
 * Gathers the three spellings: `filter[name_cont]=x`, `?name_cont=x`, and `filter={"name_cont":"x"}`.
 * A name with `[]` behind it has a list of values, also where it stands only once.
 */
export function writtenFilters(raw: Readonly<Record<string, unknown>>, details: Detail[]): WrittenFilter[] {
  const written: WrittenFilter[] = [];
  for (const [parameter, given] of Object.entries(raw)) {
    const plain = parameter.replace(/\[\]$/, '');
    const value = plain === parameter ? given : [given].flat();
    const bracketed = /^filter\[([^[\]]+)\]$/.exec(plain);
    if (bracketed) written.push({ field: parameter, name: bracketed[1] ?? '', value });
    else if (plain === 'filter') written.push(...filtersOfJson(value, details));
    else if (!reserved.has(snakeCase(plain))) written.push({ field: parameter, name: plain, value });
  }
  if (written.length > mostFilters)
    details.push({ field: 'filter', code: 'too_many', message: `must not have more than ${mostFilters} conditions` });
  return written.slice(0, mostFilters);
}

const namingRecords: ReadonlySet<string> = new Set(['id', 'id_eq', 'id_in']);

/** The ids of the records that a list is asked for one by one, of a query that nobody has checked yet. */
export function idsAskedFor(raw: Readonly<Record<string, unknown>>): number[] {
  return writtenFilters(raw, []).flatMap(({ name, value }) =>
    namingRecords.has(snakeCase(name))
      ? (textsOf(value, 'in', 'integer') ?? []).flatMap((text) => (text !== null && /^[1-9]\d{0,14}$/.test(text) ? [Number(text)] : []))
      : [],
  );
}

function filtersOfJson(value: unknown, details: Detail[]): WrittenFilter[] {
  const parsed = typeof value === 'string' ? parsedJson(value) : value;
  if (value === '' || value === undefined) return [];
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
    return Object.entries(parsed).map(([name, item]) => ({ field: `filter[${name}]`, name, value: item as unknown }));
  details.push({ field: 'filter', code: 'invalid_filter', message: 'must be filter[attribute_matcher]=… or a JSON object' });
  return [];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Checks a written filter against the definition; undefined after noting what is wrong with it. */
export function parseFilter(list: ListDefinition, { field, name, value }: WrittenFilter, details: Detail[]): Filter | undefined {
  const known = attributeAndMatcher(list, snakeCase(name));
  if ('code' in known) {
    details.push({ field, ...known });
    return undefined;
  }
  const { attribute, definition, matcher } = known;
  const { type, choices } = definition;
  const ofWords = choices !== undefined && comparing.has(matcher);
  const said = textsOf(value, matcher, type);
  const texts = ofWords ? said?.map((text) => text && wordMeant(definition, canonicalText(text))) : said;
  if (texts === undefined || texts.length === 0 || texts.length > mostValues) {
    details.push({ field, code: 'invalid_value', message: 'must be one value, or a list for in and not_in' });
    return undefined;
  }
  const values = texts.map((text) => (text === null ? null : valueFor(type, matcher, text)));
  if (values.some((item) => item === undefined)) {
    details.push({ field, code: 'invalid_value', message: isQuestion(matcher) ? `${matcher} takes =true only` : valueMeanings[type] });
    return undefined;
  }
  const problem = ofWords ? wordProblem(definition, texts) : undefined;
  if (problem) {
    details.push({ field, ...problem });
    return undefined;
  }
  const sought = comparing.has(matcher) ? spellingsOf(definition, values as (string | null)[]) : (values as (string | null)[]);
  return withNulls({ attribute, matcher, values: sought, asked: value });
}

/** A text as it came, and as it is kept if it was said so: earlier releases kept some as they came, so that whoever looks for it may have either. */
const spellingsOf = ({ kept }: ListAttribute, values: readonly (string | null)[]): (string | null)[] =>
  kept ? [...new Set(values.flatMap((value) => (value === null ? [value] : [value, kept(value)])))] : [...values];

type Known = Readonly<{ attribute: string; definition: ListAttribute; matcher: Matcher }>;

function attributeAndMatcher(definition: ListDefinition, name: string): Known | Problem {
  const attributes = new Map(Object.entries(definition.attributes));
  const exact = attributes.get(name);
  if (exact) return seen({ attribute: name, definition: exact, matcher: 'eq' });
  for (const matcher of matchers) {
    const attribute = name.endsWith(`_${matcher}`) ? name.slice(0, -matcher.length - 1) : undefined;
    const found = attribute === undefined ? undefined : attributes.get(attribute);
    if (attribute !== undefined && found && matchersOf[found.type].includes(matcher))
      return seen({ attribute, definition: found, matcher });
  }
  return unknownName(attributes, name);
}

/** What may not be seen cannot be guessed by halving. @throws Rejection INSUFFICIENT_PERMISSIONS */
function seen(known: Known): Known {
  requireSeen(known.definition.seenWith);
  return known;
}

function unknownName(attributes: ReadonlyMap<string, ListAttribute>, name: string): Problem {
  const shown = name.slice(0, 100);
  const owner = [...attributes]
    .filter(([attribute]) => name.startsWith(`${attribute}_`))
    .sort(([one], [other]) => other.length - one.length)[0];
  if (!owner)
    return { code: 'unknown_attribute', message: `"${shown}" cannot be filtered by; allowed: ${[...attributes.keys()].join(', ')}` };
  const [attribute, { type }] = owner;
  return { code: 'unknown_matcher', message: `"${shown}" is no matcher of ${attribute}; allowed: ${matchersOf[type].join(', ')}` };
}

const isList = (matcher: Matcher): boolean => matcher === 'in' || matcher === 'not_in';
const questions: ReadonlySet<Matcher> = new Set(['present', 'blank', 'null', 'not_null', 'true', 'false']);
const isQuestion = (matcher: Matcher): boolean => questions.has(matcher);

/**
 * The values as text; a list is `1,2,3`, with or without a comma at its end, or repeated, and then a comma is a comma. Undefined for what is neither
 * text, number, boolean nor null.
 */
function textsOf(value: unknown, matcher: Matcher, type: ListAttribute['type']): (string | null)[] | undefined {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  if (!isList(matcher) && items.length > 1) return undefined;
  const texts: (string | null)[] = [];
  for (const item of items) {
    if (item === null) texts.push(null);
    else if (typeof item === 'number' || typeof item === 'boolean') texts.push(String(item));
    else if (typeof item === 'string') texts.push(...(isList(matcher) && !Array.isArray(value) ? itemsOf(item, type) : [item]));
    else return undefined;
  }
  return texts;
}

/** One text is as it is typed; blanks around another value, and around each of several, are none of theirs. */
function itemsOf(list: string, type: ListAttribute['type']): string[] {
  if (type === 'text' && !list.includes(',')) return [list];
  const items = list.split(',').map((item) => item.trim());
  const said = items.filter((item) => item !== '');
  return said.length > 0 ? said : items.slice(0, 1);
}

/** OPEN and Open ask for open. */
const wordMeant = ({ choices }: ListAttribute, text: string): string =>
  choices?.words.find((word) => word.toLowerCase() === text.toLowerCase()) ?? text;

/** Where the words are fixed, none can equal another: who asks for one has misspelt it. */
function wordProblem({ choices }: ListAttribute, texts: readonly (string | null)[]): Problem | undefined {
  if (!choices) return undefined;
  return texts
    .flatMap((text) => text ?? [])
    .map((word) => choiceProblem(word, choices.words))
    .find((problem) => problem !== undefined);
}

function valueFor(type: ListAttribute['type'], matcher: Matcher, text: string): string | undefined {
  if (isQuestion(matcher)) return text === 'true' || text === '1' ? 'true' : undefined;
  return attributeValue(type, text);
}

/** `{"status": null}` asks for rows without a value. */
function withNulls(filter: Filter): Filter | undefined {
  if (!filter.values.includes(null)) return filter;
  if (filter.matcher === 'eq') return { ...filter, matcher: 'null', values: ['true'] };
  if (filter.matcher === 'not_eq') return { ...filter, matcher: 'not_null', values: ['true'] };
  return { ...filter, values: filter.values.filter((value) => value !== null) };
}

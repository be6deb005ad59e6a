import { currentEntity, currentScope, lacking, restrictionBy } from '#millwright/access';
import { currentAsOf } from './as-of.js';
import { invalid, type AttributeType, type FieldScope } from '#millwright/fields';
import { conditionOf, sqlTypeOf, type Bind } from './conditions.js';
import { cursorText, placeNamedIn, type CursorPlace } from './cursor.js';
import { beginningOf, charactersInOrder, folded, inOrder } from './language.js';
import { isLong, type ListAttribute, type ListDefinition, type Matcher } from './list-definition.js';
import type { Filter, ListQuery } from './list-query.js';
import { restrictionsOf, seenSql } from './restricted-rows.js';
import { columnSql, rowsOf, selectList, versionOf, type View } from './view.js';

export type ListOptions = Readonly<{
  /** Rows must have these values: `{ part_id: 72 }`. */
  where?: Readonly<Record<string, string | number | boolean>>;
  /** Every column of the rows is wanted from the statement itself. */
  wholeRows?: true;
  /** SQL over the whole filtered set, by name: `{ total_used: 'coalesce(sum(-quantity), 0)' }`. Read as the driver gives them (numeric as text). */
  aggregates?: Readonly<Record<string, string>>;
}>;

/** A column to sort by; the tie breaker is the last. */
type Key = Readonly<{ sql: string; type: AttributeType; descending: boolean; nullable: boolean; isLong: boolean }>;

/** A list query in the pieces that statements are made of. */
export type ListStatement = Readonly<{
  /** Whose cursors it takes. */
  list: string;
  keys: readonly Key[];
  place: CursorPlace | undefined;
  /** What is selected: the view's columns, and those that a cursor is made of. */
  columns: string;
  /** FROM and WHERE of the whole filtered set. */
  from: string;
  /** The values of `from` alone, for counting. */
  restricting: readonly unknown[];
  /** Of `from`, and of the place that a cursor names. */
  parameters: unknown[];
  after: string;
  order: string;
  /** LIMIT and OFFSET; one row more than a page, which tells whether there is a next one. */
  limit: string;
}>;

/** @throws Rejection VALIDATION_FAILED for a cursor that does not belong to this list */
export function listStatement(definition: ListDefinition, query: ListQuery, options: ListOptions = {}): ListStatement {
  const { view } = definition;
  requireHistory(view);
  const keys = keysOf(definition, query);
  const list = JSON.stringify([view.from, options.where]);
  const place =
    query.cursor === null
      ? undefined
      : placeNamedIn(
          list,
          query,
          keys.map(({ type }) => type),
        );
  const parameters: unknown[] = [];
  const bind: Bind = (value) => `$${parameters.push(value)}`;
  const conditions = conditionsOf(definition, query, options, bind);
  const restricting = [...parameters];
  return {
    list,
    keys,
    place,
    columns: `${selectList(view)}, ${cursorColumns(keys)}`,
    from: `FROM ${rowsOf(view, undefined, columnsOf(definition, query, options))} WHERE ${conditions.join(' AND ') || 'true'}`,
    restricting,
    after: place ? ` AND ${afterPlace(keys, place.values, bind)}` : '',
    parameters,
    order: keys.map(({ sql, descending }) => `${sql} ${descending ? 'DESC' : 'ASC'}`).join(', '),
    limit: `LIMIT ${query.perPage + 1}${place ? '' : ` OFFSET ${query.offset}`}`,
  };
}

/** @throws Rejection VALIDATION_FAILED where a past moment is asked of a view that knows only today's rows */
export function requireHistory({ history }: View): void {
  if (currentAsOf() !== undefined && !history)
    throw invalid([{ field: 'as_of', code: 'not_applicable', message: 'cannot be asked here: no earlier versions are kept' }]);
}

/**
 * The rows of a page. Of a past moment they are found first, in the narrowest table that can tell which they are, and then looked up one by one:
 * a page by name walks past renames, not past movements.
 */
export function pageSql({ view, tieBreaker = 'id' }: ListDefinition, statement: ListStatement): string {
  const { keys, columns, from, after, order, limit } = statement;
  const version = versionOf(view, 'page.found_id');
  if (version === undefined) return `SELECT ${columns} ${from}${after} ORDER BY ${order} ${limit}`;
  const cursors = keys.map((_, index) => `"cursor_${index}"`).join(', ');
  const found = `SELECT ${columnSql(view, tieBreaker)} AS found_id, ${cursorColumns(keys)} ${from}${after} ORDER BY ${order} ${limit}`;
  return `SELECT ${selectList(view)}, ${cursors} FROM (SELECT *, row_number() OVER () AS place FROM (${found}) found) page
    CROSS JOIN ${version} ORDER BY page.place`;
}

const cursorColumns = (keys: readonly Key[]): string => keys.map((key, index) => `${cursorSql(key)} AS "cursor_${index}"`).join(', ');

/** The stored columns that tell which rows a list has and in which order; undefined where the rows are wanted whole. */
function columnsOf(definition: ListDefinition, query: ListQuery, { where = {}, wholeRows, aggregates }: ListOptions): string[] | undefined {
  const { attributes, scope, hidesArchived, tieBreaker = 'id' } = definition;
  if (wholeRows || aggregates) return undefined;
  const asked = [...query.filters, ...query.sort].map(({ attribute }) => attributeOf(attributes, attribute).column ?? attribute);
  return [
    ...asked,
    tieBreaker,
    ...Object.keys(where),
    ...(scope === 'none' ? [] : [`${scope}_id`]),
    ...(query.search === null ? [] : searched(definition)),
    ...(hidesArchived ? ['archived'] : []),
    ...(restrictionBy(definition.rows)?.columns ?? []),
  ];
}

/** The cursor that goes on after a row that was selected with the statement's columns. */
export const cursorAt = ({ list, keys }: ListStatement, row: Readonly<Record<string, unknown>>, total: number, query: ListQuery): string =>
  cursorText({ values: keys.map((_, key) => row[`cursor_${key}`] as string | null), total }, list, query);

function conditionsOf(definition: ListDefinition, query: ListQuery, { where = {} }: ListOptions, bind: Bind): string[] {
  const { view, attributes, hidesArchived } = definition;
  const conditions: string[] = [];
  // A site belongs to one customer, which the gate has made sure of.
  if (definition.scope === 'entity') conditions.push(`${columnSql(view, 'entity_id')} = ${bind(currentEntity().id)}`);
  if (definition.scope === 'customer') conditions.push(`${columnSql(view, 'customer_id')} = ${bind(currentScope().principal.customerId)}`);
  conditions.push(...restrictionsOf(definition, bind));
  for (const [column, value] of Object.entries(where)) conditions.push(`${columnSql(view, column)} = ${bind(value)}`);
  if (hidesArchived && !query.filters.some(({ attribute }) => attribute === 'archived'))
    conditions.push(`${columnSql(view, 'archived')} = false`);
  for (const filter of query.filters) {
    const attribute = attributeOf(attributes, filter.attribute);
    const { type, ignoresCase } = attribute;
    const sql = seenSql(view, attribute, filter.attribute);
    if (!ignoresCase) conditions.push(...beginningCondition(filter, attribute, sql, bind), conditionOf(filter, sql, type, bind));
    else
      conditions.push(
        conditionOf({ ...filter, values: filter.values.map((value) => value?.toLowerCase() ?? null) }, `lower(${sql})`, type, bind),
      );
  }
  if (query.search !== null && definition.search.length > 0) conditions.push(foundIn(definition, query.search, bind));
  return conditions;
}

function foundIn(definition: ListDefinition, search: string, bind: Bind): string {
  const columns = searched(definition);
  if (columns.length === 0) return 'false';
  const sought = folded(`${bind(search)}::text`);
  return `(${columns.map((column) => `strpos(${folded(columnSql(definition.view, column))}, ${sought}) > 0`).join(' OR ')})`;
}

/** What may not be seen is not looked into either: it could be guessed letter by letter (contract, part 4, S92). */
function searched({ search, attributes, searchSeenWith = {} }: ListDefinition): readonly string[] {
  const isLacking = lacking();
  if (!isLacking) return search;
  const rightsOf = (column: string): readonly FieldScope[] =>
    searchSeenWith[column] ??
    Object.entries(attributes).flatMap(([name, { column: stored = name, seenWith }]) =>
      stored === column && seenWith !== undefined ? [seenWith] : [],
    );
  return search.filter((column) => !rightsOf(column).some(isLacking));
}

function attributeOf(attributes: ListDefinition['attributes'], name: string): ListAttribute {
  const attribute = attributes[name];
  if (!attribute) throw new Error(`no attribute ${name}`);
  return attribute;
}

/** The sort, and the tie breaker in the direction of the last, so that one index serves both directions. */
function keysOf({ view, attributes, tieBreaker = 'id' }: ListDefinition, { sort }: ListQuery): Key[] {
  const keys: Key[] = sort.map(({ attribute, descending }) => {
    const definition = attributeOf(attributes, attribute);
    const { type, column = attribute, neverNull = false } = definition;
    const sql = seenSql(view, definition, attribute);
    // The number of a record that whoever asks does not see is none.
    const nullable = !neverNull || sql !== columnSql(view, column);
    const compared = type === 'text' ? inOrder(comparedOf(definition, sql)) : sql;
    return { sql: compared, type, descending, nullable, isLong: isLong(definition) };
  });
  const tie = columnSql(view, tieBreaker);
  if (keys.some(({ sql }) => sql === tie)) return keys;
  return [...keys, { sql: tie, type: 'id', descending: keys.at(-1)?.descending ?? false, nullable: false, isLong: false }];
}

/** What of a text lists are sorted by. A cursor holds no more of it, so that it fits into an address and goes on at the same place whatever becomes of its row. */
const comparedOf = (attribute: ListAttribute, sql: string): string => (isLong(attribute) ? beginningOf(sql) : sql);

/** As PostgreSQL counts: by code points. */
const beginningOfText = (text: string): string => Array.from(text).slice(0, charactersInOrder).join('');

const lookedUp: ReadonlySet<Matcher> = new Set(['eq', 'in']);

/** What has a beginning that an index has, in the order of lists, is looked for among those alone. */
function beginningCondition(filter: Filter, attribute: ListAttribute, sql: string, bind: Bind): string[] {
  if (!isLong(attribute) || !lookedUp.has(filter.matcher)) return [];
  const values = filter.values.map((value) => value && beginningOfText(value));
  return [conditionOf({ ...filter, values }, beginningOf(sql), 'text', bind)];
}

/** Instants in the spelling that a query takes, whatever the session's time zone, to the last digit that is stored; the rest as the database prints it. */
const cursorSql = ({ sql, type }: Key): string =>
  type === 'instant' ? `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')` : `(${sql})::text`;

/** "Comes after the row at this place". PostgreSQL sorts nulls last ascending and first descending; an index can serve the row comparison. */
function afterPlace(keys: readonly Key[], values: readonly (string | null)[], bind: Bind): string {
  const bound = keys.map(({ type, isLong }, index) => {
    const value = values[index] ?? null;
    // A cursor of an earlier release holds the whole of a long text.
    return value === null ? null : `${bind(isLong ? beginningOfText(value) : value)}::${sqlTypeOf(type)}`;
  });
  const descending = keys[0]?.descending ?? false;
  if (keys.every((key, index) => !key.nullable && key.descending === descending && bound[index] !== null))
    return `(${keys.map(({ sql }) => sql).join(', ')}) ${descending ? '<' : '>'} (${bound.join(', ')})`;
  const alternatives = keys.map((key, index) => {
    const equal = keys.slice(0, index).map(({ sql }, before) => (bound[before] == null ? `${sql} IS NULL` : `${sql} = ${bound[before]}`));
    return [...equal, after(key, bound[index] ?? null)].join(' AND ');
  });
  return `(${alternatives.map((alternative) => `(${alternative})`).join(' OR ')})`;
}

function after({ sql, descending, nullable }: Key, value: string | null): string {
  if (value === null) return descending ? `${sql} IS NOT NULL` : 'false';
  if (descending) return `${sql} < ${value}`;
  return nullable ? `(${sql} > ${value} OR ${sql} IS NULL)` : `${sql} > ${value}`;
}

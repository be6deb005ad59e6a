import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity, currentScope } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import type { Pagination } from '../answer.js';
import { invalid } from '../rest/index.js';
import { conditionOf, escapeLike, sqlTypeOf, type Bind } from './conditions.js';
import { cursorText, placeOfCursor, type CursorPlace } from './cursor.js';
import type { AttributeType, ListAttribute, ListDefinition } from './list-definition.js';
import { filterName, sortText, type ListQuery } from './list-query.js';
import { ListTotals } from './list-totals.js';
import { ParkedRows } from './parked-rows.js';
import { columnSql, readRow, selectList } from './view.js';

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

export type ListOptions = Readonly<{
  /** Rows must have these values: `{ part_id: 72 }`. */
  where?: Readonly<Record<string, string | number | boolean>>;
  /** SQL over the whole filtered set, by name: `{ total_used: 'coalesce(sum(-quantity), 0)' }`. Read as the driver gives them (numeric as text). */
  aggregates?: Readonly<Record<string, string>>;
}>;

/** A column to sort by; the tie breaker is the last. */
type Key = Readonly<{ sql: string; type: AttributeType; descending: boolean; nullable: boolean }>;

/** Runs a list query against the read models: one statement for the rows, one for the total. */
@Injectable()
export class ListReader {
  private readonly totals = new ListTotals();

  constructor(
    private readonly database: DataSource,
    private readonly parked: ParkedRows,
  ) {}

  /** @throws Rejection VALIDATION_FAILED for a cursor that does not belong to this list */
  async read(definition: ListDefinition, query: ListQuery, options: ListOptions = {}): Promise<ListPage> {
    const { view } = definition;
    const keys = keysOf(definition, query);
    const place = placeOf(query, keys);
    const parameters: unknown[] = [];
    const bind: Bind = (value) => `$${parameters.push(value)}`;
    const conditions = conditionsOf(definition, query, options, bind);
    const restricted = parameters.length;
    const from = `FROM ${view.from} WHERE ${conditions.join(' AND ') || 'true'}`;
    const after = place ? ` AND ${afterPlace(keys, place.values, bind)}` : '';
    const order = keys.map(({ sql, descending }) => `${sql} ${descending ? 'DESC' : 'ASC'}`).join(', ');
    const cursorColumns = keys.map((key, index) => `${cursorSql(key)} AS "cursor_${index}"`).join(', ');
    const skip = place ? '' : ` OFFSET ${query.offset}`;
    const statement = `SELECT ${selectList(view)}, ${cursorColumns} ${from}${after} ORDER BY ${order} LIMIT ${query.perPage + 1}${skip}`;
    const found = await this.database.query<Record<string, unknown>[]>(statement, parameters);
    const more = found.length > query.perPage;
    const page = found.slice(0, query.perPage);
    const counted = await this.count(from, parameters.slice(0, restricted), options, { query, place, found: page.length, more });
    const cursorAfter = (index: number): string | null => {
      const row = page[index];
      return row ? cursorText({ values: keys.map((_, key) => row[`cursor_${key}`] as string | null), total: counted.total }, query) : null;
    };
    const rows = page.map((raw) => readRow(view, raw));
    const stale = definition.source !== undefined && (await this.parked.containedIn(rows, definition.source));
    return {
      rows,
      meta: { ...metaOf(query, counted.total, more ? cursorAfter(page.length - 1) : null), ...(stale && { stale: true as const }) },
      aggregates: counted.aggregates,
      cursorAfter,
    };
  }

  /** A walk counts once, on its first page, and the last page of a list needs no counting at all. */
  private async count(
    from: string,
    parameters: readonly unknown[],
    { aggregates = {} }: ListOptions,
    seen: { query: ListQuery; place: CursorPlace | undefined; found: number; more: boolean },
  ): Promise<{ total: number; aggregates: Record<string, unknown> }> {
    const { query, place, found, more } = seen;
    const names = Object.keys(aggregates);
    if (names.length === 0) {
      if (place) return { total: place.total, aggregates: {} };
      if (!more && (found > 0 || query.offset === 0)) return { total: query.offset + found, aggregates: {} };
    }
    const statement = `SELECT ${['count(*) AS "total"', ...names.map((name) => `${aggregates[name] ?? ''} AS "${name}"`)].join(', ')} ${from}`;
    const read = async (): Promise<Record<string, unknown>> =>
      (await this.database.query<Record<string, unknown>[]>(statement, [...parameters]))[0] ?? {};
    if (names.length === 0) {
      return { total: await this.totals.of(statement, parameters, async () => Number((await read())['total'])), aggregates: {} };
    }
    const row = await read();
    return { total: Number(row['total']), aggregates: Object.fromEntries(names.map((name) => [name, row[name]])) };
  }
}

function conditionsOf(definition: ListDefinition, query: ListQuery, { where = {} }: ListOptions, bind: Bind): string[] {
  const { view, attributes, search, hidesArchived } = definition;
  const conditions: string[] = [];
  // A site belongs to one customer, which the gate has made sure of.
  if (definition.scope === 'entity') conditions.push(`${columnSql(view, 'entity_id')} = ${bind(currentEntity().id)}`);
  if (definition.scope === 'customer') conditions.push(`${columnSql(view, 'customer_id')} = ${bind(currentScope().principal.customerId)}`);
  for (const [column, value] of Object.entries(where)) conditions.push(`${columnSql(view, column)} = ${bind(value)}`);
  if (hidesArchived && !query.filters.some(({ attribute }) => attribute === 'archived'))
    conditions.push(`${columnSql(view, 'archived')} = false`);
  for (const filter of query.filters) {
    const { type, column = filter.attribute, ignoresCase } = attributeOf(attributes, filter.attribute);
    const sql = columnSql(view, column);
    if (!ignoresCase) conditions.push(conditionOf(filter, sql, type, bind));
    else
      conditions.push(
        conditionOf({ ...filter, values: filter.values.map((value) => value?.toLowerCase() ?? null) }, `lower(${sql})`, type, bind),
      );
  }
  if (query.search !== null && search.length > 0) {
    const pattern = bind(`%${escapeLike(query.search)}%`);
    conditions.push(`(${search.map((column) => `${columnSql(view, column)} ILIKE ${pattern}`).join(' OR ')})`);
  }
  return conditions;
}

function attributeOf(attributes: ListDefinition['attributes'], name: string): ListAttribute {
  const attribute = attributes[name];
  if (!attribute) throw new Error(`no attribute ${name}`);
  return attribute;
}

/** The sort, and the tie breaker in the direction of the last, so that one index serves both directions. */
function keysOf({ view, attributes, tieBreaker = 'id' }: ListDefinition, { sort }: ListQuery): Key[] {
  const keys: Key[] = sort.map(({ attribute, descending }) => {
    const { type, column = attribute, neverNull = false } = attributeOf(attributes, attribute);
    return { sql: columnSql(view, column), type, descending, nullable: !neverNull };
  });
  const tie = columnSql(view, tieBreaker);
  if (keys.some(({ sql }) => sql === tie)) return keys;
  return [...keys, { sql: tie, type: 'id', descending: keys.at(-1)?.descending ?? false, nullable: false }];
}

function placeOf(query: ListQuery, keys: readonly Key[]): CursorPlace | undefined {
  if (query.cursor === null) return undefined;
  const place = placeOfCursor(
    query,
    keys.map(({ type }) => type),
  );
  if (!place)
    throw invalid([{ field: 'cursor', code: 'invalid_cursor', message: 'is not a cursor of this list with this search, sort and filter' }]);
  return place;
}

/** Instants in the spelling that a query takes, whatever the session's time zone; the rest as the database prints it. */
const cursorSql = ({ sql, type }: Key): string =>
  type === 'instant' ? `to_char(${sql} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')` : `(${sql})::text`;

/** "Comes after the row at this place". PostgreSQL sorts nulls last ascending and first descending; an index can serve the row comparison. */
function afterPlace(keys: readonly Key[], values: readonly (string | null)[], bind: Bind): string {
  const bound = keys.map(({ type }, index) => (values[index] == null ? null : `${bind(values[index])}::${sqlTypeOf(type)}`));
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

function metaOf(query: ListQuery, total: number, nextCursor: string | null): ListMeta {
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

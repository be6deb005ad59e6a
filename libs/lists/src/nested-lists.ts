import { Injectable } from '@nestjs/common';
import DataLoader from 'dataloader';
import { DataSource } from 'typeorm';
import { currentScope, type RequestScope } from '#millwright/access';
import type { ListDefinition } from './list-definition.js';
import { currentAsOf, statementAsOf } from './as-of.js';
import { metaOf, type ListPage } from './list-page.js';
import type { ListQuery } from './list-query.js';
import { cursorAt, listStatement, type ListStatement } from './list-statement.js';
import { ParkedRows } from './parked-rows.js';
import { columnSql, readRow } from './view.js';

type RawRow = Readonly<Record<string, unknown>>;

/**
 * Lists that stand inside rows (the transactions of a part, the other costs of an order): one statement reads the pages of all rows that ask for
 * theirs in the same moment, and one counts where that is needed.
 */
@Injectable()
export class NestedLists {
  private readonly requests = new WeakMap<RequestScope, Map<string, DataLoader<number, ListPage>>>();

  constructor(
    private readonly database: DataSource,
    private readonly parked: ParkedRows,
  ) {}

  /** The page of the rows whose `column` is `parent`. @throws Rejection VALIDATION_FAILED for a cursor that does not belong to this list */
  page(definition: ListDefinition, column: string, parent: number, query: ListQuery): Promise<ListPage> {
    const scope = currentScope();
    const loaders = this.requests.get(scope) ?? new Map<string, DataLoader<number, ListPage>>();
    this.requests.set(scope, loaders);
    const name = JSON.stringify([definition.view.from, String(currentAsOf()), column, query]);
    // Nothing is kept, since several mutations may stand in one document; what is asked for in one moment is read together all the same.
    const loader =
      loaders.get(name) ??
      new DataLoader<number, ListPage>((parents) => this.read(definition, column, parents, query), { cache: false, maxBatchSize: 1000 });
    loaders.set(name, loader);
    return loader.load(parent);
  }

  private async read(definition: ListDefinition, column: string, parents: readonly number[], query: ListQuery): Promise<ListPage[]> {
    const statement = listStatement(definition, query, { wholeRows: true });
    const { columns, from, after, order, limit, parameters } = statement;
    const found = await this.database.query<RawRow[]>(
      ...statementAsOf(
        `SELECT parents.parent AS "of_parent", page.* FROM unnest($${parameters.length + 1}::bigint[]) AS parents(parent)
       CROSS JOIN LATERAL (
         SELECT ${columns}, row_number() OVER (ORDER BY ${order}) AS "in_page" ${from} AND ${columnSql(definition.view, column)} = parents.parent${after}
         ORDER BY ${order} ${limit}
       ) page ORDER BY parents.parent, page."in_page"`,
        [...parameters, [...new Set(parents)]],
      ),
    );
    const rowsOf = new Map<number, RawRow[]>(parents.map((parent) => [parent, []]));
    for (const row of found) rowsOf.get(Number(row['of_parent']))?.push(row);
    const totals = await this.totals(definition, column, statement, query, rowsOf);
    return Promise.all(
      parents.map((parent) => this.pageOf(definition, statement, query, rowsOf.get(parent) ?? [], totals.get(parent) ?? 0)),
    );
  }

  /** What a page itself does not tell: how many rows there are before and after it. */
  private async totals(
    definition: ListDefinition,
    column: string,
    { from, restricting, place }: ListStatement,
    query: ListQuery,
    rowsOf: ReadonlyMap<number, readonly RawRow[]>,
  ): Promise<ReadonlyMap<number, number>> {
    const totals = new Map([...rowsOf].map(([parent, rows]) => [parent, query.offset + rows.length]));
    const uncounted = [...rowsOf].flatMap(([parent, rows]) =>
      place !== undefined || rows.length > query.perPage || (rows.length === 0 && query.offset > 0) ? [parent] : [],
    );
    if (uncounted.length === 0) return totals;
    for (const parent of uncounted) totals.set(parent, 0);
    const sql = columnSql(definition.view, column);
    const counted = await this.database.query<{ parent: string; total: string }[]>(
      ...statementAsOf(
        `SELECT ${sql} AS "parent", count(*) AS "total" ${from} AND ${sql} = ANY($${restricting.length + 1}::bigint[]) GROUP BY ${sql}`,
        [...restricting, uncounted],
      ),
    );
    for (const { parent, total } of counted) totals.set(Number(parent), Number(total));
    return totals;
  }

  private async pageOf(
    definition: ListDefinition,
    statement: ListStatement,
    query: ListQuery,
    found: readonly RawRow[],
    total: number,
  ): Promise<ListPage> {
    const page = found.slice(0, query.perPage);
    const cursorAfter = (index: number): string | null => {
      const row = page[index];
      return row ? cursorAt(statement, row, total, query) : null;
    };
    const rows = page.map((raw) => readRow(definition.view, raw));
    const stale = definition.source !== undefined && (await this.parked.containedIn(rows, definition.source));
    const next = found.length > query.perPage ? cursorAfter(page.length - 1) : null;
    return { rows, meta: { ...metaOf(query, total, next), ...(stale && { stale: true as const }) }, aggregates: {}, cursorAfter };
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CursorPlace } from './cursor.js';
import type { ListDefinition } from './list-definition.js';
import { metaOf, type ListPage } from './list-page.js';
import type { ListQuery } from './list-query.js';
import { cursorAt, listStatement, pageSql, type ListOptions } from './list-statement.js';
import { ListTotals } from './list-totals.js';
import { ParkedRows } from './parked-rows.js';
import { statementAsOf } from './as-of.js';
import { Snapshots } from './snapshots.js';
import { readRow } from './view.js';

/** Runs a list query against the read models: one statement for the rows, one for the total. */
@Injectable()
export class ListReader {
  private readonly totals = new ListTotals();

  constructor(
    private readonly database: DataSource,
    private readonly parked: ParkedRows,
    private readonly snapshots: Snapshots,
  ) {}

  /** Rows, total and aggregates are of one moment. @throws Rejection VALIDATION_FAILED for a cursor that does not belong to this list */
  read(definition: ListDefinition, query: ListQuery, options: ListOptions = {}): Promise<ListPage> {
    // A walk by cursor counts nothing.
    return query.cursor === null
      ? this.snapshots.of(() => this.readOnce(definition, query, options))
      : this.readOnce(definition, query, options);
  }

  private async readOnce(definition: ListDefinition, query: ListQuery, options: ListOptions): Promise<ListPage> {
    const { view } = definition;
    const statement = listStatement(definition, query, options);
    const { from, restricting, parameters, place } = statement;
    const found = await this.database.query<Record<string, unknown>[]>(...statementAsOf(pageSql(definition, statement), parameters));
    const more = found.length > query.perPage;
    const page = found.slice(0, query.perPage);
    const counted = await this.count(from, restricting, options, { query, place, found: page.length, more });
    const cursorAfter = (index: number): string | null => {
      const row = page[index];
      return row ? cursorAt(statement, row, counted.total, query) : null;
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
    restricting: readonly unknown[],
    { aggregates = {} }: ListOptions,
    seen: { query: ListQuery; place: CursorPlace | undefined; found: number; more: boolean },
  ): Promise<{ total: number; aggregates: Record<string, unknown> }> {
    const { query, place, found, more } = seen;
    const names = Object.keys(aggregates);
    if (names.length === 0) {
      if (place) return { total: place.total, aggregates: {} };
      if (!more && (found > 0 || query.offset === 0)) return { total: query.offset + found, aggregates: {} };
    }
    const text = `SELECT ${['count(*) AS "total"', ...names.map((name) => `${aggregates[name] ?? ''} AS "${name}"`)].join(', ')} ${from}`;
    const [statement, parameters] = statementAsOf(text, restricting);
    const read = async (): Promise<Record<string, unknown>> =>
      (await this.database.query<Record<string, unknown>[]>(statement, parameters))[0] ?? {};
    if (names.length === 0) {
      return { total: await this.totals.of(statement, parameters, async () => Number((await read())['total'])), aggregates: {} };
    }
    const row = await read();
    return { total: Number(row['total']), aggregates: Object.fromEntries(names.map((name) => [name, row[name]])) };
  }
}

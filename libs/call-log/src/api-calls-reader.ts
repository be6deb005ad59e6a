import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runInScope, type RequestScope } from '#millwright/access';
import { allKnown } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import {
  listQueryOf,
  ListReader,
  listStatement,
  parseListQuery,
  type ListArguments,
  type ListDefinition,
  type ListPage,
  type ListQuery,
  type RawQuery,
} from '#millwright/lists';
import { Answer, RelatedRecords, StreamedAnswer } from '#millwright/resources';
import { apiCall } from './api-call.shown.js';
import { apiCallsList, visibleCalls } from './api-calls-list.js';
import { CallLog } from './call-log.js';
import { statisticsKeys, type StatisticsGrouping } from './call-statistics.shown.js';

/** A row of the statistics as the database gives it; numerics and counts are text. */
export type StatisticsRow = Readonly<{
  key: string | null;
  calls: number;
  errors: number;
  average_ms: string | null;
  longest_ms: string | null;
  bytes_in: number;
  bytes_out: number;
}>;

const rowsAtOnce = 1_000;
const onlyVisible = { where: { visible: true } } as const;

/** Reads the log of calls. What this process was asked until now is in it; what others were, within a second. */
@Injectable()
export class ApiCallsReader {
  constructor(
    private readonly lists: ListReader,
    private readonly related: RelatedRecords,
    private readonly database: DataSource,
    private readonly calls: CallLog,
  ) {}

  async list(raw: RawQuery): Promise<Answer> {
    const { rows, meta } = await this.read((definition) => parseListQuery(definition, raw));
    return new Answer(await allKnown(rows.map((row) => apiCall.print(row, this.related))), { meta });
  }

  page(list: ListArguments): Promise<ListPage> {
    return this.read((definition) => listQueryOf(definition, list));
  }

  /** @throws Rejection VALIDATION_FAILED for what the list would refuse */
  export(raw: RawQuery): StreamedAnswer {
    const query = { ...parseListQuery(apiCallsList, raw), perPage: rowsAtOnce, page: 1, offset: 0 };
    return new StreamedAnswer((now) => this.pages(query, now));
  }

  /** Each page is read with the rights of its moment: who has lost them is sent no more. */
  private async *pages(query: ListQuery, now: () => RequestScope): AsyncGenerator<readonly object[]> {
    await this.calls.settled();
    let { cursor } = query;
    do {
      const { rows, meta } = await runInScope(now(), async () => {
        const definition = await visibleCalls();
        return this.lists.read(definition, { ...query, cursor }, onlyVisible);
      });
      yield await allKnown(rows.map((row) => apiCall.print(row, this.related)));
      cursor = meta.pagination.next_cursor;
    } while (cursor !== null);
  }

  /** @throws Rejection VALIDATION_FAILED naming `by`, or what a list would refuse */
  async statistics({ by, ...raw }: RawQuery): Promise<Answer> {
    const rows = await this.statisticsBy(by, (definition) => parseListQuery(definition, raw));
    const shown = rows.map(({ average_ms, longest_ms, ...row }) => ({
      ...row,
      average_ms: average_ms === null ? null : Number(average_ms),
      longest_ms: longest_ms === null ? null : Number(longest_ms),
    }));
    return new Answer(shown, { meta: { by } });
  }

  /** @throws Rejection VALIDATION_FAILED */
  async statisticsBy(by: unknown, parse: (definition: ListDefinition) => ListQuery): Promise<readonly StatisticsRow[]> {
    const key = typeof by === 'string' && Object.hasOwn(statisticsKeys, by) ? statisticsKeys[by as StatisticsGrouping] : undefined;
    if (key === undefined) {
      const allowed = Object.keys(statisticsKeys).join(', ');
      throw invalid([{ field: 'by', code: by === undefined ? 'required' : 'not_one_of', message: `must be one of ${allowed}` }]);
    }
    const definition = await visibleCalls();
    const query = parse(definition);
    await this.calls.settled();
    const { from, restricting } = listStatement(definition, { ...query, cursor: null }, onlyVisible);
    const rows = await this.database.query<Record<string, unknown>[]>(
      `SELECT ${key} AS "key", count(*) AS "calls", count(*) FILTER (WHERE code IS NOT NULL) AS "errors", round(avg(duration_ms), 3) AS "average_ms",
         max(duration_ms) AS "longest_ms", coalesce(sum(bytes_in), 0) AS "bytes_in", coalesce(sum(bytes_out), 0) AS "bytes_out"
       ${from} GROUP BY 1 ORDER BY ${by === 'hour' ? '1' : '2 DESC, 1'}`,
      [...restricting],
    );
    return rows.map((row) => ({
      key: row['key'] as string | null,
      calls: Number(row['calls']),
      errors: Number(row['errors']),
      average_ms: row['average_ms'] as string | null,
      longest_ms: row['longest_ms'] as string | null,
      bytes_in: Number(row['bytes_in']),
      bytes_out: Number(row['bytes_out']),
    }));
  }

  private async read(parse: (definition: ListDefinition) => ListQuery): Promise<ListPage> {
    const definition = await visibleCalls();
    const query = parse(definition);
    await this.calls.settled();
    return this.lists.read(definition, query, onlyVisible);
  }
}

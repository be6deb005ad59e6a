import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { allKnown, type Row } from '#millwright/event-sourcing';
import { printed } from '#millwright/quantities';
import { listQueryOf, ListReader, NestedLists, parseListQuery, type ListArguments, type ListPage, type RawQuery } from '#millwright/lists';
import { Answer, noSuchRecord, readRowsById, RelatedRecords, ResourceReader } from '#millwright/resources';
import { part } from './domain/part.js';
import { partTransaction } from './part-transaction.shown.js';
import { parts } from './part.resource.js';
import { transactionList } from './read-models/transaction-list.js';

/** Reads the transactions of parts from the read models. */
@Injectable()
export class PartTransactionReader {
  constructor(
    private readonly database: DataSource,
    private readonly resources: ResourceReader,
    private readonly lists: ListReader,
    private readonly nested: NestedLists,
    private readonly related: RelatedRecords,
  ) {}

  page(partId: number, list: ListArguments): Promise<ListPage> {
    return this.nested.page(transactionList, 'part_id', partId, listQueryOf(transactionList, list));
  }

  /** `meta.total_used`: how many work orders used over the whole filtered set, net of what they gave back. @throws Rejection NOT_FOUND */
  async list(partId: number, query: RawQuery): Promise<Answer> {
    const asked = parseListQuery(transactionList, query);
    const { rows, meta, aggregates } = await this.resources.together(parts, partId, () =>
      this.lists.read(transactionList, asked, {
        where: { part_id: partId },
        aggregates: { total_used: `trim_scale(coalesce(sum(-quantity) FILTER (WHERE type IN ('usage', 'return')), 0))` },
      }),
    );
    const total_used = printed(String(aggregates['total_used']));
    return new Answer(await allKnown(rows.map((row) => partTransaction.print(row, this.related))), { meta: { ...meta, total_used } });
  }

  async one(partId: number, transactionId: number): Promise<Answer> {
    const row = await this.row(partId, transactionId);
    return new Answer(await partTransaction.print(row, this.related), { revision: Number(row['revision']) });
  }

  /** @throws Rejection NOT_FOUND */
  async row(partId: number, transactionId: number): Promise<Row> {
    await this.resources.row(parts, partId);
    const row = (await readRowsById(this.database, transactionList.view, [transactionId])).get(transactionId);
    if (!row || row['part_id'] !== partId) throw noSuchRecord();
    return row;
  }

  /** Why the average is what it is: every movement in log order, with the figures that lead to it and the event behind it. @throws Rejection NOT_FOUND */
  async explain(partId: number, query: RawQuery): Promise<Answer> {
    const asked = parseListQuery(transactionList, { sort: 'position asc', per_page: '1000', ...query });
    const { row, list } = await this.resources.together(parts, partId, async (found) => ({
      row: found,
      list: await this.lists.read(transactionList, asked, { where: { part_id: partId } }),
    }));
    const movements = await Promise.all(list.rows.map((movement) => this.movementOf(movement)));
    const part = await parts.printer.print(row, 'full', this.related);
    return new Answer({ part, movements }, { meta: list.meta, revision: Number(row['revision']) });
  }

  private async movementOf(row: Readonly<Row>): Promise<object> {
    return {
      ...(await partTransaction.print(row, this.related)),
      explanation: row['explanation'],
      event: {
        id: row['event_id'],
        type: row['event_type'],
        stream: `${part.category}-${String(row['part_id'])}`,
        revision: row['revision'],
        position: row['position'],
        actor: { kind: row['actor_kind'], id: row['actor_id'] },
        recorded_at: row['created_at'],
        effective_at: row['effective_at'],
      },
    };
  }
}

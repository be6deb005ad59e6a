import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Row } from '#millwright/event-sourcing';
import { printed } from '#millwright/quantities';
import {
  Answer,
  listQueryOf,
  ListReader,
  NestedLists,
  noSuchRecord,
  parseListQuery,
  readRowsById,
  RelatedRecords,
  ResourceReader,
  type ListArguments,
  type ListPage,
  type RawQuery,
} from '#millwright/resources';
import { part } from './domain/part.js';
import { PartPresenter } from './part-presenter.js';
import { parts } from './part.definition.js';
import { transactionList } from './read-models/lists.js';
import type { PartRow } from './read-models/part-row.js';

/** Reads the transactions of parts from the read models. */
@Injectable()
export class PartTransactionReader {
  constructor(
    private readonly database: DataSource,
    private readonly resources: ResourceReader,
    private readonly lists: ListReader,
    private readonly nested: NestedLists,
    private readonly related: RelatedRecords,
    private readonly presenter: PartPresenter,
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
    return new Answer(await Promise.all(rows.map((row) => this.transactionOf(row))), { meta: { ...meta, total_used } });
  }

  async one(partId: number, transactionId: number): Promise<Answer> {
    const row = await this.row(partId, transactionId);
    return new Answer(await this.transactionOf(row), { revision: Number(row['revision']) });
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
    const part = await this.presenter.full(row as PartRow);
    return new Answer({ part, movements }, { meta: list.meta, revision: Number(row['revision']) });
  }

  private async movementOf(row: Readonly<Row>): Promise<object> {
    return {
      ...(await this.transactionOf(row)),
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

  /** A transaction is never edited, so it was updated when and by whom it was created. */
  private async transactionOf(row: Readonly<Row>): Promise<object> {
    const created_by = await this.related.label('user', row['created_by_id'], ['id', 'name', 'surname']);
    const decimal = (column: string) => printed(row[column] as string | null);
    return {
      id: row['id'],
      note: row['note'],
      type: row['type'],
      work_order_id: row['work_order_id'],
      cost: decimal('cost'),
      total_cost: decimal('total_cost'),
      quantity: decimal('quantity'),
      on_hand_qty: decimal('on_hand_qty'),
      stock_value: decimal('stock_value_posted'),
      avg_unit_cost: decimal('avg_unit_cost'),
      work_order_charge: decimal('work_order_charge'),
      reversed_transaction_id: row['reversed_transaction_id'],
      images: [],
      documents: [],
      actor: { kind: row['actor_kind'], id: row['actor_id'] },
      created_at: row['created_at'],
      updated_at: row['created_at'],
      created_by,
      updated_by: created_by,
    };
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity, currentScope } from '#millwright/access';
import { EventStore, type Row } from '#millwright/event-sourcing';
import { printed } from '#millwright/quantities';
import {
  Answer,
  defineReferenceTarget,
  isHere,
  listQueryOf,
  ListReader,
  NestedLists,
  noSuchRecord,
  ParkedRows,
  parseListQuery,
  readRowsById,
  RelatedRecords,
  type ListArguments,
  type ListPage,
  type RawQuery,
} from '#millwright/resources';
import { part } from './domain/part.js';
import { PartPresenter } from './part-presenter.js';
import { PartType } from './part.types.js';
import { partList, transactionList } from './read-models/lists.js';
import { partRow, type PartRow } from './read-models/part-row.js';

/** Parts as other records refer to them: by id, printed with their name. */
export const partTarget = defineReferenceTarget({
  kind: 'part',
  view: partList.view,
  async find(id, { events }) {
    const { state, revision } = await events.load(part, id);
    return state.partId === null ? undefined : partRow(state, revision);
  },
  label: ({ id, name }) => ({ id, name }),
  graphql: () => PartType,
});

/** Reads parts and their transactions from the read models. */
@Injectable()
export class PartReader {
  constructor(
    private readonly database: DataSource,
    private readonly events: EventStore,
    private readonly lists: ListReader,
    private readonly nested: NestedLists,
    private readonly parked: ParkedRows,
    private readonly related: RelatedRecords,
    private readonly parts: PartPresenter,
  ) {}

  async list(query: RawQuery): Promise<Answer> {
    const { rows, meta } = await this.lists.read(partList, parseListQuery(partList, query));
    return new Answer(await Promise.all(rows.map((row) => this.parts.sparse(row as unknown as PartRow))), { meta });
  }

  page(list: ListArguments): Promise<ListPage> {
    return this.lists.read(partList, listQueryOf(partList, list));
  }

  transactionPage(partId: number, list: ListArguments): Promise<ListPage> {
    return this.nested.page(transactionList, 'part_id', partId, listQueryOf(transactionList, list));
  }

  async one(id: number): Promise<Answer> {
    const row = await this.row(id);
    const stale = partList.source !== undefined && (await this.parked.containedIn([row], partList.source));
    return new Answer(await this.parts.full(row), { revision: row.revision, stale });
  }

  /**
   * The part's row, from the log where the read model does not have it yet: what was just created is found.
   * @throws Rejection NOT_FOUND
   */
  async row(id: number): Promise<PartRow> {
    const row = await this.related.row(partTarget.kind, id);
    if (!row || !isHere(row, { customerId: currentScope().principal.customerId, entityId: currentEntity().id })) throw noSuchRecord();
    return row as unknown as PartRow;
  }

  /** `meta.total_used`: how many work orders used over the whole filtered set, net of what they gave back. @throws Rejection NOT_FOUND */
  async transactions(partId: number, query: RawQuery): Promise<Answer> {
    await this.row(partId);
    const { rows, meta, aggregates } = await this.lists.read(transactionList, parseListQuery(transactionList, query), {
      where: { part_id: partId },
      aggregates: { total_used: `trim_scale(coalesce(sum(-quantity) FILTER (WHERE type IN ('usage', 'return')), 0))` },
    });
    const total_used = printed(String(aggregates['total_used']));
    return new Answer(await Promise.all(rows.map((row) => this.transactionOf(row))), { meta: { ...meta, total_used } });
  }

  async transaction(partId: number, transactionId: number): Promise<Answer> {
    return new Answer(await this.transactionOf(await this.transactionRow(partId, transactionId)));
  }

  /** @throws Rejection NOT_FOUND */
  async transactionRow(partId: number, transactionId: number): Promise<Row> {
    await this.row(partId);
    const row = (await readRowsById(this.database, transactionList.view, [transactionId])).get(transactionId);
    if (!row || row['part_id'] !== partId) throw noSuchRecord();
    return row;
  }

  /** Why the average is what it is: every movement in log order, with the figures that lead to it and the event behind it. @throws Rejection NOT_FOUND */
  async explain(partId: number, query: RawQuery): Promise<Answer> {
    const row = await this.row(partId);
    const asked = parseListQuery(transactionList, { sort: 'position asc', per_page: '1000', ...query });
    const { rows, meta } = await this.lists.read(transactionList, asked, { where: { part_id: partId } });
    const movements = await Promise.all(rows.map((movement) => this.movementOf(movement)));
    return new Answer({ part: await this.parts.full(row), movements }, { meta });
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
  async transactionOf(row: Readonly<Row>): Promise<object> {
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

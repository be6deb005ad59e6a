import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity, currentScope } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
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
  RelatedRecords,
  type ListArguments,
  type ListPage,
  type RawQuery,
} from '#millwright/resources';
import { workOrder } from './domain/work-order.js';
import { otherCostList, workOrderList } from './read-models/lists.js';
import { workOrderRow, type WorkOrderRow } from './read-models/work-order-row.js';
import { WorkOrderType } from './work-order.types.js';
import { WorkOrderPresenter } from './work-order-presenter.js';

/** Work orders as other records refer to them: by id, printed with their title. */
export const workOrderTarget = defineReferenceTarget({
  kind: 'work_order',
  view: workOrderList.view,
  async find(id, { events }) {
    const { state } = await events.load(workOrder, id);
    return state.workOrderId === null ? undefined : workOrderRow(state);
  },
  label: ({ id, title }) => ({ id, title }),
  graphql: () => WorkOrderType,
});

/** Reads work orders and their other costs from the read models. */
@Injectable()
export class WorkOrderReader {
  constructor(
    private readonly database: DataSource,
    private readonly lists: ListReader,
    private readonly nested: NestedLists,
    private readonly parked: ParkedRows,
    private readonly related: RelatedRecords,
    private readonly presenter: WorkOrderPresenter,
  ) {}

  async list(query: RawQuery): Promise<Answer> {
    const { rows, meta } = await this.lists.read(workOrderList, parseListQuery(workOrderList, query));
    return new Answer(await Promise.all(rows.map((row) => this.presenter.sparse(row as unknown as WorkOrderRow))), { meta });
  }

  page(list: ListArguments): Promise<ListPage> {
    return this.lists.read(workOrderList, listQueryOf(workOrderList, list));
  }

  otherCostPage(workOrderId: number, list: ListArguments): Promise<ListPage> {
    return this.nested.page(otherCostList, 'work_order_id', workOrderId, listQueryOf(otherCostList, list));
  }

  async one(id: number): Promise<Answer> {
    const row = await this.row(id);
    const stale = workOrderList.source !== undefined && (await this.parked.containedIn([row], workOrderList.source));
    return new Answer(await this.presenter.full(row), { revision: row.revision, stale });
  }

  /**
   * The order's row, from the log where the read model does not have it yet: what was just created is found.
   * @throws Rejection NOT_FOUND
   */
  async row(id: number): Promise<WorkOrderRow> {
    const row = await this.related.row(workOrderTarget.kind, id);
    if (!row || !isHere(row, { customerId: currentScope().principal.customerId, entityId: currentEntity().id })) throw noSuchRecord();
    return row as unknown as WorkOrderRow;
  }

  /** @throws Rejection NOT_FOUND */
  async otherCosts(workOrderId: number, query: RawQuery): Promise<Answer> {
    await this.row(workOrderId);
    const { rows, meta } = await this.lists.read(otherCostList, parseListQuery(otherCostList, query), {
      where: { work_order_id: workOrderId },
    });
    return new Answer(await Promise.all(rows.map((row) => this.otherCost(row))), { meta });
  }

  async otherCost(row: Readonly<Row>): Promise<object> {
    return {
      id: row['id'],
      work_order_id: row['work_order_id'],
      amount: printed(row['amount'] as string),
      currency: row['currency'],
      date: row['date'],
      note: row['note'],
      category: await this.related.label('category', row['category_id'], ['id', 'name']),
      external_reference: row['external_reference'],
      created_at: row['created_at'],
      updated_at: row['created_at'],
      created_by: await this.related.label('user', row['created_by_id'], ['id', 'name', 'surname']),
    };
  }
}

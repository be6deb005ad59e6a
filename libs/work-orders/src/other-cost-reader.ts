import { Injectable } from '@nestjs/common';
import type { Row } from '#millwright/event-sourcing';
import { printed } from '#millwright/quantities';
import {
  Answer,
  listQueryOf,
  ListReader,
  NestedLists,
  parseListQuery,
  RelatedRecords,
  ResourceReader,
  type ListArguments,
  type ListPage,
  type RawQuery,
} from '#millwright/resources';
import { otherCostList } from './read-models/lists.js';
import { workOrders } from './work-order.definition.js';

/** Reads the other costs of work orders from the read models. */
@Injectable()
export class OtherCostReader {
  constructor(
    private readonly resources: ResourceReader,
    private readonly lists: ListReader,
    private readonly nested: NestedLists,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED for a query that is not understood */
  async list(workOrderId: number, query: RawQuery): Promise<Answer> {
    const asked = parseListQuery(otherCostList, query);
    const { rows, meta } = await this.resources.together(workOrders, workOrderId, () =>
      this.lists.read(otherCostList, asked, { where: { work_order_id: workOrderId } }),
    );
    return new Answer(await Promise.all(rows.map((row) => this.shown(row))), { meta });
  }

  page(workOrderId: number, list: ListArguments): Promise<ListPage> {
    return this.nested.page(otherCostList, 'work_order_id', workOrderId, listQueryOf(otherCostList, list));
  }

  /** A cost as the contract prints it. */
  async shown(row: Readonly<Row>): Promise<object> {
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

import { Injectable } from '@nestjs/common';
import type { Row } from '#millwright/event-sourcing';
import { ListReader, parseListQuery, type ListArguments, type ListPage, type RawQuery } from '#millwright/lists';
import { Answer, noSuchRecord, OwnedLists, RelatedRecords, ResourceReader, type OtherAnswers } from '#millwright/resources';
import { otherCost } from './other-cost.shown.js';
import { otherCostList } from './read-models/other-cost-list.js';
import type { RecordedCost } from './work-order.commands.js';
import { workOrders } from './work-order.resource.js';

const otherCosts = { list: otherCostList, shown: otherCost };

/** Reads the other costs of work orders from the read models. */
@Injectable()
export class OtherCostReader implements OtherAnswers<RecordedCost, object> {
  constructor(
    private readonly resources: ResourceReader,
    private readonly lists: ListReader,
    private readonly owned: OwnedLists,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED for a query that is not understood */
  list(workOrderId: number, query: RawQuery): Promise<Answer> {
    return this.owned.list(otherCosts, workOrders, workOrderId, query);
  }

  /** Its tag is the order's, on whose stream it is decided. @throws Rejection NOT_FOUND */
  async one(workOrderId: number, otherCostId: number): Promise<Answer> {
    const row = await this.row(workOrderId, otherCostId);
    return new Answer(await otherCost.print(row, this.related), { revision: Number(row['revision']) });
  }

  /** With the order's revision. @throws Rejection NOT_FOUND */
  async row(workOrderId: number, otherCostId: number): Promise<Row> {
    const { rows, revision } = await this.resources.together(workOrders, workOrderId, async (order) => ({
      ...(await this.lists.read(otherCostList, parseListQuery(otherCostList, {}), {
        where: { work_order_id: workOrderId, id: otherCostId },
      })),
      revision: Number(order['revision']),
    }));
    const [cost] = rows;
    if (!cost) throw noSuchRecord();
    return { ...cost, revision };
  }

  page(workOrderId: number, list: ListArguments): Promise<ListPage> {
    return this.owned.page(otherCosts, workOrders, workOrderId, list);
  }

  async answer({ cost, revision, position }: RecordedCost): Promise<Answer> {
    return new Answer(await otherCost.print(cost, this.related), { revision, position });
  }

  source({ cost }: RecordedCost): Row {
    return cost;
  }
}

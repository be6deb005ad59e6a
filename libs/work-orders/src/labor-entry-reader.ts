import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { allKnown, type Row } from '#millwright/event-sourcing';
import { listQueryOf, ListReader, NestedLists, parseListQuery, type ListArguments, type ListPage, type RawQuery } from '#millwright/lists';
import { Answer, noSuchRecord, readRowsById, RelatedRecords, ResourceReader, type OtherAnswers } from '#millwright/resources';
import { laborEntry } from './labor-entry.shown.js';
import type { WrittenLabour } from './labour.commands.js';
import { laborEntryList } from './read-models/labor-entry-list.js';
import { workOrders } from './work-order.resource.js';

/** Reads the labour of work orders from the read models. */
@Injectable()
export class LaborEntryReader implements OtherAnswers<WrittenLabour, object> {
  constructor(
    private readonly database: DataSource,
    private readonly resources: ResourceReader,
    private readonly lists: ListReader,
    private readonly nested: NestedLists,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED for a query that is not understood */
  async list(workOrderId: number, query: RawQuery): Promise<Answer> {
    const asked = parseListQuery(laborEntryList, query);
    const { rows, meta } = await this.resources.together(workOrders, workOrderId, () =>
      this.lists.read(laborEntryList, asked, { where: { work_order_id: workOrderId } }),
    );
    return new Answer(await allKnown(rows.map((row) => laborEntry.print(row, this.related))), { meta });
  }

  page(workOrderId: number, list: ListArguments): Promise<ListPage> {
    return this.nested.page(laborEntryList, 'work_order_id', workOrderId, listQueryOf(laborEntryList, list));
  }

  /** Its tag is that of its order, on which it was decided. @throws Rejection NOT_FOUND */
  async one(workOrderId: number, id: number): Promise<Answer> {
    const { row, revision } = await this.found(workOrderId, id);
    return new Answer(await laborEntry.print(row, this.related), { revision });
  }

  /** @throws Rejection NOT_FOUND */
  async row(workOrderId: number, id: number): Promise<Row> {
    return (await this.found(workOrderId, id)).row;
  }

  private found(workOrderId: number, id: number): Promise<Readonly<{ row: Row; revision: number }>> {
    return this.resources.together(workOrders, workOrderId, async ({ revision }) => {
      const row = (await readRowsById(this.database, laborEntryList.view, [id])).get(id);
      if (!row || row['work_order_id'] !== workOrderId) throw noSuchRecord();
      return { row, revision: Number(revision) };
    });
  }

  async answer({ entry, revision, position }: WrittenLabour): Promise<Answer> {
    return new Answer(await laborEntry.print(entry, this.related), { revision, position });
  }

  source({ entry }: WrittenLabour): Row {
    return entry;
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Row } from '#millwright/event-sourcing';
import type { ListArguments, ListPage, RawQuery } from '#millwright/lists';
import { Answer, noSuchRecord, OwnedLists, readRowsById, RelatedRecords, ResourceReader, type OtherAnswers } from '#millwright/resources';
import { laborEntry } from './labor-entry.shown.js';
import type { WrittenLabour } from './labour.commands.js';
import { laborEntryList } from './read-models/labor-entry-list.js';
import { workOrders } from './work-order.resource.js';

const laborEntries = { list: laborEntryList, shown: laborEntry };

/** Reads the labour of work orders from the read models. */
@Injectable()
export class LaborEntryReader implements OtherAnswers<WrittenLabour, object> {
  constructor(
    private readonly database: DataSource,
    private readonly resources: ResourceReader,
    private readonly owned: OwnedLists,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED for a query that is not understood */
  list(workOrderId: number, query: RawQuery): Promise<Answer> {
    return this.owned.list(laborEntries, workOrders, workOrderId, query);
  }

  page(workOrderId: number, list: ListArguments): Promise<ListPage> {
    return this.owned.page(laborEntries, workOrders, workOrderId, list);
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

import { Injectable } from '@nestjs/common';
import { allKnown, type Row } from '#millwright/event-sourcing';
import { ListReader, parseListQuery, type RawQuery } from '#millwright/lists';
import { Answer, noSuchRecord, RelatedRecords, ResourceReader, type OtherAnswers } from '#millwright/resources';
import { workOrders } from '../work-order.resource.js';
import type { AnsweredProcedure, AnswerProcedure } from './procedure.commands.js';
import { procedureList } from './procedure-list.js';
import { procedure, proceduresOfOrders } from './procedure.shown.js';

/** Reads the procedures of work orders from the read models. */
@Injectable()
export class ProcedureReader implements OtherAnswers<AnsweredProcedure, AnswerProcedure> {
  constructor(
    private readonly resources: ResourceReader,
    private readonly lists: ListReader,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED for a query that is not understood */
  async list(workOrderId: number, query: RawQuery): Promise<Answer> {
    const asked = parseListQuery(procedureList, query);
    const { rows, meta } = await this.resources.together(workOrders, workOrderId, () =>
      this.lists.read(procedureList, asked, { where: { work_order_id: workOrderId } }),
    );
    return new Answer(await allKnown(rows.map((row) => procedure.print(row, this.related))), { meta });
  }

  /** Its tag is the revision of its order, on which it is answered. @throws Rejection NOT_FOUND */
  async one(workOrderId: number, procedureId: number): Promise<Answer> {
    const row = await this.row(workOrderId, procedureId);
    return new Answer(await procedure.print(row, this.related), { revision: Number(row['revision']) });
  }

  /** With the revision of its order. @throws Rejection NOT_FOUND */
  row(workOrderId: number, procedureId: number): Promise<Row> {
    return this.resources.together(workOrders, workOrderId, async ({ revision }) => {
      const found = (await this.related.load(proceduresOfOrders, workOrderId)).find(({ id }) => id === procedureId);
      if (!found) throw noSuchRecord();
      return { ...found, revision };
    });
  }

  async answer({ procedure: row, revision, position }: AnsweredProcedure): Promise<Answer> {
    return new Answer(await procedure.print(row, this.related), { revision, position });
  }

  source({ procedure: row }: AnsweredProcedure): Row {
    return row;
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { allKnown, type Row } from '#millwright/event-sourcing';
import { currentEntity } from '#millwright/access';
import { listQueryOf, ListReader, parseListQuery, type ListArguments, type ListPage, type RawQuery } from '#millwright/lists';
import { Answer, noSuchRecord, readRowsById, RelatedRecords, type OtherAnswers } from '#millwright/resources';
import type { StartedTimer } from './timer.commands.js';
import { timerList } from './read-models/timer-list.js';
import { runningTimer } from './timer.shown.js';

/** Reads the timers that run from the read models. */
@Injectable()
export class TimerReader implements OtherAnswers<StartedTimer, object> {
  constructor(
    private readonly database: DataSource,
    private readonly lists: ListReader,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection VALIDATION_FAILED for a query that is not understood */
  async list(query: RawQuery): Promise<Answer> {
    const { rows, meta } = await this.lists.read(timerList, parseListQuery(timerList, query));
    return new Answer(await allKnown(rows.map((row) => runningTimer.print(row, this.related))), { meta });
  }

  page(list: ListArguments): Promise<ListPage> {
    return this.lists.read(timerList, listQueryOf(timerList, list));
  }

  /** Its tag is that of its person's time, on which it was decided. @throws Rejection NOT_FOUND */
  async one(id: number): Promise<Answer> {
    const row = await this.row(id);
    return new Answer(await runningTimer.print(row, this.related), { revision: Number(row['revision']) });
  }

  /** @throws Rejection NOT_FOUND */
  async row(id: number): Promise<Row> {
    const row = (await readRowsById(this.database, timerList.view, [id])).get(id);
    if (!row || row['entity_id'] !== currentEntity().id) throw noSuchRecord();
    if ((await this.related.shownId('work_order', row['work_order_id'])) === null) throw noSuchRecord();
    return row;
  }

  async answer({ timer, revision, position }: StartedTimer): Promise<Answer> {
    return new Answer(await runningTimer.print(timer, this.related), { revision, position });
  }

  source({ timer }: StartedTimer): Row {
    return timer;
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Row } from '#millwright/event-sourcing';
import { readRow, rowsOf, selectList, statementAsOf, type ListArguments, type ListPage, type RawQuery } from '#millwright/lists';
import { Answer, noSuchRecord, OwnedLists, RelatedRecords, ResourceReader, type OtherAnswers } from '#millwright/resources';
import { assets } from './assets.js';
import type { WrittenDowntime } from './downtime.commands.js';
import { downtime } from './downtime.shown.js';
import { downtimeList } from './read-models/downtime-list.js';
import { downtimeRevisionSql } from './read-models/downtimes.js';

const downtimes = { list: downtimeList, shown: downtime };

/** Reads the downtimes of assets from the read models. */
@Injectable()
export class DowntimeReader implements OtherAnswers<WrittenDowntime, object> {
  constructor(
    private readonly database: DataSource,
    private readonly resources: ResourceReader,
    private readonly owned: OwnedLists,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED for a query that is not understood */
  list(assetId: number, query: RawQuery): Promise<Answer> {
    return this.owned.list(downtimes, assets, assetId, query);
  }

  page(assetId: number, list: ListArguments): Promise<ListPage> {
    return this.owned.page(downtimes, assets, assetId, list);
  }

  /** Its tag is the revision of the asset's downtimes, on which each of them is decided. @throws Rejection NOT_FOUND */
  async one(assetId: number, downtimeId: number): Promise<Answer> {
    const row = await this.row(assetId, downtimeId);
    return new Answer(await downtime.print(row, this.related), { revision: Number(row['revision']) });
  }

  /** @throws Rejection NOT_FOUND */
  async row(assetId: number, downtimeId: number): Promise<Row> {
    const { view } = downtimeList;
    await this.resources.row(assets, assetId);
    const [raw] = await this.database.query<Record<string, unknown>[]>(
      ...statementAsOf(
        `SELECT ${selectList(view)}, ${downtimeRevisionSql()} AS "revision" FROM ${rowsOf(view, 'downtimes')} WHERE id = $1 AND asset_id = $2`,
        [downtimeId, assetId],
      ),
    );
    if (!raw) throw noSuchRecord();
    return { ...readRow(view, raw), revision: Number(raw['revision']) };
  }

  async answer({ downtime: row, revision, position }: WrittenDowntime): Promise<Answer> {
    return new Answer(await downtime.print(row, this.related), { revision, position });
  }

  source({ downtime: row }: WrittenDowntime): Row {
    return row;
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity, timeZoneOf } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import { readRow, rowsOf, selectList, statementAsOf, viewOf, type RawQuery } from '#millwright/lists';
import { Answer, RelatedRecords, ResourceReader } from '#millwright/resources';
import { assets } from './assets.js';
import { reliabilityOf, type Period, type ReliabilityFigures, type TimeDown } from './domain/reliability.js';
import { downtimeTable } from './read-models/downtimes.js';
import { periodOf } from './reliability-period.js';
import { assetReliability } from './reliability.shown.js';

const downtimes = viewOf(downtimeTable);

/** A downtime with when it was, in milliseconds since 1970. */
export type ReadDowntime = TimeDown & Readonly<{ row: DowntimeRow }>;

type DowntimeRow = Row & Readonly<{ started_at: string; ended_at: string | null; planned: boolean }>;

/** Adds up when assets were down. */
@Injectable()
export class ReliabilityReader {
  constructor(
    private readonly database: DataSource,
    private readonly resources: ResourceReader,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED for a period that is not understood */
  async answer(assetId: number, query: RawQuery): Promise<Answer> {
    const row = await this.row(assetId, query);
    return new Answer(await assetReliability.print(row, this.related), { revision: Number(row['revision']) });
  }

  /** With the revision of the asset. @throws Rejection NOT_FOUND, VALIDATION_FAILED */
  async row(assetId: number, query: RawQuery): Promise<Row> {
    const period = this.period(query);
    return this.resources.together(assets, assetId, async ({ revision }) => ({
      ...this.figures(assetId, period, await this.timesDown(assetId, period)),
      revision,
    }));
  }

  /** @throws Rejection VALIDATION_FAILED */
  period(query: RawQuery): Period {
    return periodOf(query, timeZoneOf(currentEntity()), Date.now());
  }

  figures(assetId: number, period: Period, timesDown: readonly TimeDown[]): Row & ReliabilityFigures {
    const [from, to] = [period.from, period.to].map((at) => new Date(at).toISOString());
    return { asset_id: assetId, from, to, ...reliabilityOf(timesDown, period) };
  }

  /** The downtimes of an asset of which some lies inside the period, the earliest first. */
  async timesDown(assetId: number, { from, to }: Period): Promise<ReadDowntime[]> {
    const found = await this.database.query<Record<string, unknown>[]>(
      ...statementAsOf(
        `SELECT ${selectList(downtimes)} FROM ${rowsOf(downtimes)} WHERE asset_id = $1 AND started_at < $3 AND (ended_at IS NULL OR ended_at > $2) ORDER BY started_at`,
        [assetId, new Date(from), new Date(to)],
      ),
    );
    return found.map((raw) => {
      const row = readRow(downtimes, raw) as DowntimeRow;
      const { started_at, ended_at, planned } = row;
      return { row, from: Date.parse(started_at), to: ended_at === null ? null : Date.parse(ended_at), planned };
    });
  }
}

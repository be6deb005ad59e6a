import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity, timeZoneOf } from '#millwright/access';
import { allKnown, type Row } from '#millwright/event-sourcing';
import { readRow, rowsOf, selectList, Snapshots, statementAsOf, viewOf, type RawQuery } from '#millwright/lists';
import { Answer, RelatedRecords, ResourceReader, type ShownType } from '#millwright/resources';
import { askedPeriod } from '#millwright/sites';
import { comingDates, dueDateOf } from './domain/coming-dates.js';
import { isHeld } from './domain/pm-schedule.state.js';
import { pmCalendarEntry, pmOccurrence } from './occurrences.shown.js';
import { pmSchedules } from './pm-schedule.resource.js';
import { scheduleIn } from './read-models/pm-schedule-row.js';
import { occurrenceTable } from './read-models/pm-schedules.js';

/** Dates that one answer has (S44). */
const mostRows = 1_000;

/** The dates of a period in their order, the first 1,000, and whether there are others. */
export type Occurrences = Readonly<{ rows: readonly Row[]; has_more: boolean }>;

type Period = ReturnType<typeof askedPeriod>;

const past = viewOf(occurrenceTable);

/** Reads what became of the dates of schedules, and reckons those that are to come. */
@Injectable()
export class OccurrenceReader {
  constructor(
    private readonly database: DataSource,
    private readonly resources: ResourceReader,
    private readonly snapshots: Snapshots,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection NOT_FOUND, VALIDATION_FAILED for a period that is not understood */
  ofSchedule(id: number, query: RawQuery): Promise<Occurrences> {
    const period = askedPeriod(query, timeZoneOf(currentEntity()));
    return this.resources.together(pmSchedules, id, async (row) =>
      firstOf([...(await this.past(period, 'pm_schedule_id = $1', id)), ...comingIn(row, period, mostRows + 1)]),
    );
  }

  /** Of every schedule of the site that is not archived. @throws Rejection VALIDATION_FAILED for a period that is not understood */
  async ofSite(query: RawQuery): Promise<Occurrences> {
    const entity = currentEntity();
    const period = askedPeriod(query, timeZoneOf(entity));
    return this.snapshots.of(() => this.datesOf(entity.id, period));
  }

  private async datesOf(entityId: number, { from, to }: Period): Promise<Occurrences> {
    const { view } = pmSchedules.list;
    const inUse = `${rowsOf(view)} WHERE entity_id = $1 AND NOT archived`;
    const found = await this.database.query<Record<string, unknown>[]>(
      ...statementAsOf(`SELECT ${selectList(view)} FROM ${inUse}`, [entityId]),
    );
    const schedules = found.map((raw) => readRow(view, raw));
    let dates = await this.past({ from, to }, `entity_id = $1 AND pm_schedule_id IN (SELECT id FROM ${inUse})`, entityId);
    let until = to;
    for (const schedule of schedules) {
      dates.push(...comingIn(schedule, { from, to: until }, mostRows + 1));
      // What lies behind the first thousand is not looked at any more, whatever comes of the other schedules.
      if (dates.length <= 10 * mostRows) continue;
      dates = inOrder(dates).slice(0, mostRows + 1);
      until = Math.min(until, Date.parse(String(dates.at(-1)?.['date'])) + 1);
    }
    return firstOf(dates);
  }

  async answerOfSchedule(id: number, query: RawQuery): Promise<Answer> {
    return this.answer(await this.ofSchedule(id, query), pmOccurrence);
  }

  async answerOfSite(query: RawQuery): Promise<Answer> {
    return this.answer(await this.ofSite(query), pmCalendarEntry);
  }

  private async answer({ rows, has_more }: Occurrences, shown: ShownType): Promise<Answer> {
    return new Answer(await allKnown(rows.map((row) => shown.print(row, this.related))), { meta: { has_more } });
  }

  /** @param whose SQL that asks for `$1` */
  private async past({ from, to }: Period, whose: string, id: number): Promise<Row[]> {
    const found = await this.database.query<Record<string, unknown>[]>(
      ...statementAsOf(
        `SELECT ${selectList(past)} FROM ${rowsOf(past)} WHERE ${whose} AND date >= $2 AND date < $3 ORDER BY date, pm_schedule_id, number LIMIT ${mostRows + 1}`,
        [id, new Date(from), new Date(to)],
      ),
    );
    return found.map((raw) => readRow(past, raw));
  }
}

/** The first dates of a schedule that are to come in a period; none, while it is held. */
function comingIn(row: Row, { from, to }: Period, atMost: number): Row[] {
  const schedule = scheduleIn(row);
  const rows: Row[] = [];
  if (isHeld(schedule)) return rows;
  for (const { number, date } of comingDates(schedule)) {
    const instant = Date.parse(date);
    if (instant >= to || rows.length >= atMost) break;
    if (instant < from) continue;
    const due_date = dueDateOf(schedule.details, date);
    rows.push({ pm_schedule_id: row['id'], number, date, due_date, status: 'coming', work_order_id: null });
  }
  return rows;
}

const inOrder = (rows: readonly Row[]): Row[] =>
  rows
    .map((row) => ({ row, at: Date.parse(String(row['date'])) }))
    .sort(
      (one, other) =>
        one.at - other.at ||
        Number(one.row['pm_schedule_id']) - Number(other.row['pm_schedule_id']) ||
        Number(one.row['number']) - Number(other.row['number']),
    )
    .map(({ row }) => row);

const firstOf = (rows: readonly Row[]): Occurrences => ({ rows: inOrder(rows).slice(0, mostRows), has_more: rows.length > mostRows });

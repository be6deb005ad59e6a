import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { currentEntity, restrictionBy, timeZoneOf } from '#millwright/access';
import { allKnown, type Detail, type Row } from '#millwright/event-sourcing';
import { instantText, invalid, plainDateProblem } from '#millwright/fields';
import { rowsOf, seenIdSql, Snapshots, statementAsOf, viewOf, type RawQuery } from '#millwright/lists';
import { Answer, RelatedRecords } from '#millwright/resources';
import { askedPeriod } from '#millwright/sites';
import { workOrders } from '#millwright/work-orders';
import { complianceLine, pmCompliance } from './pm-compliance.shown.js';
import { pmSchedules } from './pm-schedule.resource.js';
import { occurrenceTable } from './read-models/pm-schedules.js';

/** The figures with the lines that they are made of. */
export type ExplainedCompliance = Readonly<{ compliance: Row; lines: readonly Row[] }>;

const occurrences = viewOf(occurrenceTable);

/** Lines of one explanation: they add up to the figures, so that more of them are refused rather than cut off. */
const mostLines = 10_000;

/** SQL of what became of an occurrence by its order, as S49 has it: due is the occurrence's, whatever was done to the order since. */
const kindSql = `CASE
  WHEN occurrence.status = 'skipped' THEN 'skipped'
  WHEN orders.status_kind = 'cancelled' THEN 'cancelled'
  WHEN orders.status_kind = 'completed' THEN CASE WHEN orders.completed_at <= occurrence.due_date THEN 'on_time' ELSE 'late' END
  ELSE 'open' END`;

/** Says how much of the planned maintenance was done on time. */
@Injectable()
export class PmComplianceReport {
  constructor(
    private readonly database: DataSource,
    private readonly snapshots: Snapshots,
    private readonly related: RelatedRecords,
  ) {}

  /** @throws Rejection VALIDATION_FAILED for parameters that are not understood */
  async answer(query: RawQuery): Promise<Answer> {
    return new Answer(await pmCompliance.print(await this.row(query), this.related));
  }

  /** @throws Rejection VALIDATION_FAILED */
  async row(query: RawQuery): Promise<Row> {
    const period = periodIn(query);
    const counted = await this.database.query<{ kind: string; count: string }[]>(
      ...statementAsOf(`SELECT ${kindSql} AS kind, count(*) AS count ${fromSql()} GROUP BY 1`, parametersOf(period)),
    );
    const count = (kind: string): number => Number(counted.find((row) => row.kind === kind)?.count ?? 0);
    const [on_time, late, open, cancelled, skipped] = ['on_time', 'late', 'open', 'cancelled', 'skipped'].map(count) as [number, number, number, number, number]; // prettier-ignore
    const raised = on_time + late + open + cancelled;
    const share = raised === cancelled ? null : decimalOf(on_time, raised - cancelled);
    return { from: period.from, to: period.to, raised, on_time, late, open, skipped, cancelled, compliance: share };
  }

  /** @throws Rejection VALIDATION_FAILED, also where the period has more occurrences than one answer explains */
  explanation(query: RawQuery): Promise<ExplainedCompliance> {
    const period = periodIn(query);
    return this.snapshots.of(async () => {
      const compliance = await this.row(query);
      refuseMoreThanOneAnswer(Number(compliance['raised']) + Number(compliance['skipped']));
      return { compliance, lines: await this.lines(period) };
    });
  }

  /** @throws Rejection VALIDATION_FAILED */
  async explain(query: RawQuery): Promise<Answer> {
    const { compliance, lines } = await this.explanation(query);
    return new Answer({
      compliance: await pmCompliance.print(compliance, this.related),
      lines: await allKnown(lines.map((line) => complianceLine.print(line, this.related))),
    });
  }

  private async lines(period: Period): Promise<Row[]> {
    const found = await this.database.query<Row[]>(
      ...statementAsOf(
        `SELECT ${kindSql} AS kind, occurrence.pm_schedule_id::text, occurrence.number, occurrence.date, occurrence.due_date,
           occurrence.work_order_id::text, orders.completed_at, occurrence.position::text,
           event.event_id, event.type AS event_type, event.stream, event.revision::text AS event_revision, event.actor_kind, event.actor_id,
           event.recorded_at, event.effective_at
         ${fromSql()} ORDER BY occurrence.date, occurrence.pm_schedule_id, occurrence.number`,
        parametersOf(period),
      ),
    );
    return found.map((row) => {
      const { pm_schedule_id, work_order_id, event_revision, date, due_date, recorded_at } = row;
      const line: Row = {
        ...row,
        pm_schedule_id: Number(pm_schedule_id),
        work_order_id: work_order_id === null ? null : Number(work_order_id),
        event_revision: Number(event_revision),
        date: instantText(date as Date),
        due_date: instantText(due_date as Date),
        recorded_at: instantText(recorded_at as Date),
      };
      return { ...line, explanation: toldOf(line) };
    });
  }
}

/** SQL of the occurrences of site `$1` from `$2` until before `$3`, with their orders and events. */
const fromSql = (): string => `
  FROM ${rowsOf(occurrences, 'occurrence')}
  JOIN ${rowsOf(pmSchedules.list.view, 'schedules')} ON schedules.id = occurrence.pm_schedule_id
  LEFT JOIN ${rowsOf(workOrders.list.view, 'orders')} ON orders.id = occurrence.work_order_id
  LEFT JOIN read.audit_events event ON event.position = occurrence.position
  WHERE occurrence.entity_id = $1::bigint AND occurrence.date >= $2 AND occurrence.date < $3${ofSeenOrders()}`;

/** Whoever does not see an order is neither told nor counted what became of its date (contract, part 4, S18). */
const ofSeenOrders = (): string =>
  restrictionBy(workOrders.list.rows)
    ? ` AND (occurrence.work_order_id IS NULL OR EXISTS (${seenIdSql(workOrders.list, 'occurrence.work_order_id')}))`
    : '';

function toldOf({ kind, number, date, due_date, work_order_id, completed_at }: Row): string {
  const occurrence = `Date ${String(number)}, ${String(date)},`;
  if (kind === 'skipped') return `${occurrence} got no order.`;
  const order = `${occurrence} got work order ${String(work_order_id)}, due at ${String(due_date)},`;
  switch (kind) {
    case 'on_time':
      return `${order} which was completed by then, at ${instantText(completed_at as Date)}.`;
    case 'late':
      return `${order} which was completed later, at ${instantText(completed_at as Date)}.`;
    case 'cancelled':
      return `${order} which was cancelled and does not count.`;
    default:
      return `${order} which is open.`;
  }
}

/** A share with up to 6 decimals, half-up, as canonical text. */
function decimalOf(part: number, whole: number): string {
  const millionths = Math.floor((2_000_000 * part + whole) / (2 * whole));
  return (millionths / 1_000_000).toFixed(6).replace(/\.?0+$/, '');
}

function refuseMoreThanOneAnswer(lines: number): void {
  if (lines <= mostLines) return;
  const message = `has ${lines} occurrences until \`to\`, and ${mostLines} at most are explained in one answer; ask for a part of the period`;
  throw invalid([{ field: 'from', code: 'out_of_range', message }]);
}

type Period = Readonly<{ from: string; to: string }>;

/** Days of the site, both included. @throws Rejection VALIDATION_FAILED (unknown_field, required, invalid_date, out_of_range) */
function periodIn(query: RawQuery): Period {
  const details: Detail[] = ['from', 'to'].flatMap((field) => {
    const value = query[field];
    const problem = typeof value === 'string' && value.includes('T') ? plainDateProblem(value) : undefined;
    return problem ? [{ field, ...problem }] : [];
  });
  if (details.length > 0) throw invalid(details);
  askedPeriod(query, timeZoneOf(currentEntity()));
  return { from: String(query['from']), to: String(query['to']) };
}

function parametersOf(period: Period): unknown[] {
  const entity = currentEntity();
  const { from, to } = askedPeriod(period, timeZoneOf(entity));
  return [entity.id, new Date(from), new Date(to)];
}

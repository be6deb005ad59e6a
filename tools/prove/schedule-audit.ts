import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { Caller } from './caller.js';
import type { PlannedSchedule } from './planned-schedules.js';

type Raised = Readonly<{ schedule: number; number: number; date: string; order: number }>;
type Opened = Readonly<{ order: number; schedule: number }>;

/** What the log says of occurrences and of their orders. */
export type Audit = Readonly<{ raised: readonly Raised[]; opened: readonly Opened[] }>;

const dayMs = 86_400_000;
/** What the changes of two zones' clocks can come to, and a little. */
const clocksMs = 3 * 3_600_000;

export async function auditOf(database: Client): Promise<Audit> {
  const { rows } = await database.query<{ type: string; stream: string; data: Readonly<Record<string, unknown>> }>(
    `select type, stream, canonical::jsonb -> 'data' as data from log.events
     where type in ('PmOccurrenceRaised', 'WorkOrderOpened') order by global_position`,
  );
  const idOf = (stream: string): number => Number(stream.slice(stream.indexOf('-') + 1));
  return {
    raised: rows.flatMap(({ type, stream, data }) =>
      type === 'PmOccurrenceRaised'
        ? [{ schedule: idOf(stream), number: Number(data['number']), date: String(data['date']), order: Number(data['workOrderId']) }]
        : [],
    ),
    opened: rows.flatMap(({ type, stream, data }) =>
      type === 'WorkOrderOpened' && typeof data['pmScheduleId'] === 'number'
        ? [{ order: idOf(stream), schedule: data['pmScheduleId'] }]
        : [],
    ),
  };
}

/** Reads until everything that must come is there, or has not come in that time. */
export async function auditOnceSettled(database: Client, planned: readonly PlannedSchedule[], patienceMs: number): Promise<Audit> {
  const wanted = planned.reduce((sum, { raised }) => sum + raised, 0);
  for (const until = performance.now() + patienceMs; ; await delay(100)) {
    const audit = await auditOf(database);
    if ((audit.raised.length >= wanted && audit.opened.length >= audit.raised.length) || performance.now() > until) return audit;
  }
}

/** @returns the schedules whose dates are not exactly those that had to come, each once and in its place */
export function wrongDates(planned: readonly PlannedSchedule[], { raised }: Audit): string[] {
  return planned.flatMap(({ id, what, raised: count, daysApart, first }) => {
    const dates = raised.filter(({ schedule }) => schedule === id);
    const named = `schedule ${id} (${what})`;
    if (dates.length !== count) return [`${named} raised ${dates.length} of ${count}`];
    if (dates.some(({ number }, place) => number !== place + 1))
      return [`${named} has the numbers ${dates.map(({ number }) => number).join(', ')}`];
    if (first !== undefined && dates[0]?.date !== first) return [`${named} began at ${dates[0]?.date}, not at ${first}`];
    const apart = dates.slice(1).map(({ date }, place) => Date.parse(date) - Date.parse(dates[place]?.date ?? ''));
    const reach = first === undefined ? clocksMs : 0;
    return apart.every((between) => Math.abs(between - daysApart * dayMs) <= reach)
      ? []
      : [`${named} has the dates ${dates.map(({ date }) => date).join(', ')}`];
  });
}

/** @returns the occurrences that have not exactly one order, and the orders that belong to none */
export function wrongOrders({ raised, opened }: Audit): string[] {
  const keyOf = ({ schedule, order }: Opened): string => `order ${order} of schedule ${schedule}`;
  const orders = new Map<string, number>();
  for (const one of opened) orders.set(keyOf(one), (orders.get(keyOf(one)) ?? 0) + 1);
  const wrong: string[] = [];
  for (const one of raised) {
    const count = orders.get(keyOf(one)) ?? 0;
    if (count !== 1) wrong.push(`occurrence ${one.number}: ${keyOf(one)} was opened ${count} times`);
    orders.delete(keyOf(one));
  }
  return [...wrong, ...[...orders.keys()].map((key) => `${key} belongs to no occurrence`)];
}

type Shown = Readonly<{ number: number; status: string; work_order_id: number | null }>;

/** @returns the schedules of which some process shows other occurrences or orders than the log has */
export async function wronglyShown(
  planned: readonly PlannedSchedule[],
  { raised }: Audit,
  callerOf: (schedule: PlannedSchedule) => Caller,
) {
  const wrong: string[] = [];
  for (const schedule of planned) {
    const caller = callerOf(schedule);
    const { data } = await caller.get<readonly Shown[]>(`/pm_schedules/${schedule.id}/occurrences`, {
      from: '2000-01-01',
      to: '2099-12-31',
    });
    const { meta } = await caller.get('/work_orders', { pm_schedule_id: schedule.id, per_page: 1 });
    const shown = data.flatMap(({ number, status, work_order_id }) => (status === 'raised' ? [`${number}: ${work_order_id}`] : []));
    const logged = raised.flatMap((one) => (one.schedule === schedule.id ? [`${one.number}: ${one.order}`] : []));
    const { total } = meta['pagination'] as { total: number };
    if (shown.join() !== logged.join() || total !== logged.length)
      wrong.push(`schedule ${schedule.id} shows ${shown.length} dates and ${total} orders where the log has ${logged.length}`);
  }
  return wrong;
}

/** @returns the schedules of a site that are not in its time zone */
export async function leftBehind(database: Client, siteId: number): Promise<string[]> {
  const { rows } = await database.query<{ id: string; zone: string; wanted: string }>(
    `select schedule.id::text, schedule.plan ->> 'timeZone' as zone, entity.timezone as wanted
     from read.pm_schedules schedule join read.entities entity on entity.id = schedule.entity_id
     where schedule.entity_id = $1 and schedule.plan ->> 'timeZone' is distinct from entity.timezone`,
    [siteId],
  );
  return rows.map(({ id, zone, wanted }) => `schedule ${id} is in ${zone} and its site in ${wanted}`);
}

import type pg from 'pg';
import { idOf, type Position, type Projection, type RecordedEvent, type Row, type TableDefinition } from '#millwright/event-sourcing';
import { viewOf, type View } from '#millwright/lists';
import { timekeeping } from '../domain/timekeeping.js';
import type { TimekeepingEvent, TimerStarted } from '../domain/timekeeping.events.js';

/** The timers that run. */
export const timerTable: TableDefinition = {
  name: 'timers',
  columns: {
    id: 'bigint',
    technician_id: 'bigint',
    work_order_id: 'bigint',
    customer_id: 'bigint',
    entity_id: 'bigint',
    started_at: 'timestamptz',
    revision: 'bigint',
    position: 'numeric',
  },
  key: ['id'],
  indexes: [['work_order_id'], ['entity_id', 'started_at']],
  history: { owner: 'entity_id', figures: ['technician_id', 'work_order_id', 'started_at'] },
};

export const timersProjection: Projection<TimekeepingEvent> = {
  name: 'timers',
  version: 1,
  tables: [timerTable],
  categories: [timekeeping.category],
  keys: ({ data }) => [[timerTable.name, { id: data.timerId }]],
  apply(event, rows) {
    if (event.type === 'TimerStarted') rows.put(timerTable.name, timerRow(event));
    else rows.remove(timerTable.name, { id: event.data.timerId });
  },
};

/** A timer as the table `read.timers` has it. */
export const timerRow = ({ data, stream, metadata, revision, position }: RecordedEvent<TimerStarted>): Row => ({
  id: data.timerId,
  technician_id: idOf(stream),
  work_order_id: data.workOrderId,
  customer_id: metadata.customer_id,
  entity_id: metadata.entity_id,
  started_at: data.startedAt,
  revision,
  position: position.toString(),
});

/** How long a timer has been running, and whether that is longer than a day, is said of the moment of the answer. */
export const timerView: View = {
  ...viewOf(timerTable),
  columns: {
    ...viewOf(timerTable).columns,
    hours: { type: 'numeric', sql: `trim_scale(round(greatest(extract(epoch FROM now() - started_at), 0)::numeric / 3600, 4))` },
    overdue: { type: 'boolean', sql: `(started_at < now() - interval '24 hours')` },
  },
};

/** The timers of an order that were started before a position of the log and run still. */
export async function runningTimersOf(
  pool: Pick<pg.Pool, 'query'>,
  workOrderId: number,
  before: Position,
): Promise<Readonly<{ timerId: number; userId: number }>[]> {
  const { rows } = await pool.query<{ id: string; technician_id: string }>({
    name: 'running timers of an order',
    text: `select id, technician_id from read.${timerTable.name} where work_order_id = $1 and position < $2::numeric order by id`,
    values: [workOrderId, before.toString()],
  });
  return rows.map(({ id, technician_id }) => ({ timerId: Number(id), userId: Number(technician_id) }));
}

import type { Projection, Row, TableDefinition } from '#millwright/event-sourcing';
import { commentsCountOf, commentTable } from '#millwright/comments';
import type { BulkRead, Related } from '#millwright/fields';
import { rowsOf, selectList, statementAsOf, viewOf } from '#millwright/lists';
import { alarm } from '../domain/alarm.js';
import type { AlarmEvent } from '../domain/alarm.events.js';

const table: TableDefinition = {
  name: 'work_order_alarms',
  columns: { work_order_id: 'bigint', alarm_count: 'integer' },
  key: ['work_order_id'],
  history: {},
};

/** How often the alarm of a work order came. */
export const alarmsProjection: Projection<AlarmEvent> = {
  name: 'alarms',
  version: 1,
  tables: [table],
  categories: [alarm.category],
  keys: ({ data }) => [[table.name, { work_order_id: data.workOrderId }]],
  apply({ type, data }, rows) {
    rows.put(table.name, { work_order_id: data.workOrderId, alarm_count: type === 'AlarmRaised' ? 1 : data.alarmCount });
  },
};

const view = viewOf(table);
const comments = viewOf(commentTable);
const shownComments = commentsCountOf('work_order');

const counts: BulkRead<number, number | null> = {
  shared: true,
  async read(workOrderIds, database) {
    const statement = `SELECT ${selectList(view)} FROM ${rowsOf(view)} WHERE work_order_id = ANY($1)`;
    const found = await database.query<Row[]>(...statementAsOf(statement, [[...workOrderIds]]));
    const known = new Map(found.map(({ work_order_id, alarm_count }) => [Number(work_order_id), Number(alarm_count)]));
    return workOrderIds.map((id) => known.get(id) ?? null);
  },
};

/** How often an alarm had come and how many comments stand, both of one moment. */
type Counted = Readonly<{ alarms: number; comments: number }>;

const countedTogether: BulkRead<number, Counted> = {
  shared: true,
  async read(workOrderIds, database) {
    const statement = `SELECT sought.id, coalesce(max(alarm_count), 1) AS alarms, count(said.id) AS comments FROM unnest($1::bigint[]) sought(id)
         LEFT JOIN ${rowsOf(view, 'alarm')} ON alarm.work_order_id = sought.id
         LEFT JOIN ${rowsOf(comments, 'said')} ON said.work_order_id = sought.id AND said.withdrawn_at IS NULL GROUP BY sought.id`;
    const found = await database.query<Record<'id' | keyof Counted, string>[]>(...statementAsOf(statement, [[...workOrderIds]]));
    const known = new Map(found.map(({ id, alarms, comments: said }) => [Number(id), { alarms: Number(alarms), comments: Number(said) }]));
    return workOrderIds.map((id) => known.get(id) ?? { alarms: 1, comments: 0 });
  },
};

/**
 * How many comments stand. The answer to an alarm does not wait for the read models: each repeat that they do not show yet is one more, and both are shown
 * at once, being one event.
 */
export async function commentsCount(row: Row, related: Related): Promise<number> {
  if (row['alarm_count'] === undefined) return shownComments(row, related);
  const { alarms, comments: shown } = await related.load(countedTogether, Number(row['id']));
  return shown + Math.max(0, Number(row['alarm_count']) - alarms);
}

/** Null without a key. The answer to an alarm has counted itself. */
export const alarmCountOf = ({ id, dedup_key, alarm_count }: Row, related: Related): Promise<number | null> | number | null =>
  dedup_key == null ? null : ((alarm_count as number | undefined) ?? related.load(counts, Number(id)));

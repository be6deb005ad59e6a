import type { Projection, Row, TableDefinition } from '#millwright/event-sourcing';
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

const counts: BulkRead<number, number | null> = {
  async read(workOrderIds, database) {
    const statement = `SELECT ${selectList(view)} FROM ${rowsOf(view)} WHERE work_order_id = ANY($1)`;
    const found = await database.query<Row[]>(...statementAsOf(statement, [[...workOrderIds]]));
    const known = new Map(found.map(({ work_order_id, alarm_count }) => [Number(work_order_id), Number(alarm_count)]));
    return workOrderIds.map((id) => known.get(id) ?? null);
  },
};

/** Null without a key. The answer to an alarm has counted itself. */
export const alarmCountOf = ({ id, dedup_key, alarm_count }: Row, related: Related): Promise<number | null> | number | null =>
  dedup_key == null ? null : ((alarm_count as number | undefined) ?? related.load(counts, Number(id)));

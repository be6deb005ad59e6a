import { idOf, type Projection, type RecordedEvent, type Row, type TableDefinition } from '#millwright/event-sourcing';
import { dueDateOf } from '../domain/coming-dates.js';
import type { PmScheduleEvent } from '../domain/pm-schedule.events.js';
import { pmScheduleFold, scheduleIn } from './pm-schedule-row.js';

/** The dates that were raised or skipped. What became of an order is the order's to say. */
export const occurrenceTable: TableDefinition = {
  name: 'pm_occurrences',
  columns: {
    pm_schedule_id: 'bigint',
    number: 'integer',
    entity_id: 'bigint',
    date: 'timestamptz',
    due_date: 'timestamptz',
    status: 'text',
    work_order_id: 'bigint',
    position: 'numeric',
  },
  key: ['pm_schedule_id', 'number'],
  indexes: [['entity_id', 'date']],
  appendOnly: true,
};

/** Schedules and their past dates, folded by the same `evolve` that decides. */
export const pmSchedulesProjection: Projection<PmScheduleEvent> = {
  ...pmScheduleFold,
  name: 'pm-schedules',
  // 4: one that is archived, or whose site is, is paused.
  version: 4,
  tables: [pmScheduleFold.table, occurrenceTable],
  apply(event, rows) {
    pmScheduleFold.apply(event, rows);
    if (event.type !== 'PmOccurrenceRaised' && event.type !== 'PmOccurrencesSkipped') return;
    const schedule = rows.get(pmScheduleFold.table.name, { id: idOf(event.stream) });
    for (const row of occurrencesIn(event, schedule ?? {})) rows.add(occurrenceTable.name, row);
  },
};

function occurrencesIn(event: RecordedEvent<PmScheduleEvent>, schedule: Readonly<Row>): Row[] {
  const { type, data, stream, metadata, position } = event;
  const place = { pm_schedule_id: idOf(stream), entity_id: metadata.entity_id, position: position.toString() };
  if (type === 'PmOccurrenceRaised') {
    const { number, date, dueDate, workOrderId } = data;
    return [{ ...place, number, date, due_date: dueDate, status: 'raised', work_order_id: workOrderId }];
  }
  if (type !== 'PmOccurrencesSkipped') return [];
  const { details } = scheduleIn(schedule);
  return data.occurrences.map(({ number, date }) => ({
    ...place,
    number,
    date,
    due_date: dueDateOf(details, date),
    status: 'skipped',
    work_order_id: null,
  }));
}

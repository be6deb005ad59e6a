import { Set as PersistentSet } from 'immutable';
import { foldOf, type Row, type RowFold, type TableDefinition } from '#millwright/event-sourcing';
import { beginningOf, inOrder } from '#millwright/lists';
import { detailsIn, resourceColumns, resourceRow, type ResourceRow } from '#millwright/resources';
import { dueDateOf, nextOccurrence, statusOf } from '../domain/coming-dates.js';
import type { PmScheduleDetails, PmScheduleEvent, WorkOrderTemplate } from '../domain/pm-schedule.events.js';
import { pmSchedule } from '../domain/pm-schedule.js';
import { unknownPmSchedule, type PmSchedule } from '../domain/pm-schedule.state.js';
import { pmScheduleFields, type PmScheduleFields, type PmScheduleFigures } from '../pm-schedule.fields.js';

/** What of a state says which dates are to come, and is no column of its own. */
type Plan = Pick<PmSchedule, 'timeZone' | 'siteRevision' | 'passed' | 'decidedAt' | 'countsFrom' | 'last' | 'paused' | 'site'> &
  Readonly<{ title: string | null; openOrders: readonly number[] }>;

/** A schedule as the table `read.pm_schedules` has it. Times are ISO 8601 UTC. */
export type PmScheduleRow = ResourceRow<
  Omit<PmScheduleFields, 'template_work_order' | 'title'>,
  Pick<
    PmScheduleFigures,
    | 'title'
    | 'status'
    | 'next_order_date'
    | 'next_due_date'
    | 'skipped_count'
    | 'has_work_orders'
    | 'has_uncompleted_wo'
    | 'last_active_work_order_id'
  >
> &
  Readonly<{ template_work_order_id: number; template_work_order: WorkOrderTemplate; plan: Plan }>;

/** The row of a registered schedule: what reads show, and what answers of writes show before the projection has seen them. */
export function pmScheduleRow(schedule: PmSchedule, revision: number): PmScheduleRow {
  const { pmScheduleId, templateWorkOrderId, details, template, openOrders, last, skippedCount, archived } = schedule;
  const { timeZone, siteRevision, passed, decidedAt, countsFrom, paused, site } = schedule;
  const next = nextOccurrence(schedule);
  const { title } = details;
  return resourceRow<Omit<PmScheduleFields, 'template_work_order' | 'title'>, PmScheduleRow>(pmScheduleFields, schedule, {
    id: pmScheduleId ?? 0,
    title: title ?? (template['title'] as string),
    status: statusOf(schedule),
    next_order_date: next?.date ?? null,
    next_due_date: next ? dueDateOf(details, next.date) : null,
    skipped_count: skippedCount,
    has_work_orders: last !== null,
    has_uncompleted_wo: !openOrders.isEmpty(),
    last_active_work_order_id: last?.workOrderId ?? null,
    template_work_order_id: templateWorkOrderId,
    template_work_order: template,
    plan: { timeZone, siteRevision, passed, decidedAt, countsFrom, last, paused, site, title, openOrders: [...openOrders] },
    archived,
    revision,
  });
}

const table = {
  name: 'pm_schedules',
  columns: {
    ...resourceColumns(pmScheduleFields.all, 'entity'),
    template_work_order_id: 'bigint',
    template_work_order: 'jsonb',
    plan: 'jsonb',
  },
  key: ['id'],
  indexes: [
    ['entity_id', 'created_at', 'id'],
    ['entity_id', inOrder(beginningOf('"title"')), 'id'],
    ['entity_id', 'next_order_date', 'id'],
  ],
  history: { owner: 'entity_id', figures: ['status', 'next_order_date', 'created_at', 'updated_at', 'archived'] },
} satisfies Omit<TableDefinition, 'memory'>;

/** The state that a row was made from, but for who touched it. Every field is named, so that one that is nowhere does not compile. */
export function scheduleIn(row: Readonly<Row>): PmSchedule {
  const { id, template_work_order_id, template_work_order, skipped_count, archived, plan } = row as PmScheduleRow;
  const { title, openOrders, ...planned } = plan;
  return {
    // Rows that were written before these were kept lack them.
    ...{ siteRevision: null, site: unknownPmSchedule.site },
    ...planned,
    passed: { ...unknownPmSchedule.passed, ...planned.passed },
    pmScheduleId: id,
    templateWorkOrderId: template_work_order_id,
    details: { ...detailsIn<PmScheduleDetails>(pmScheduleFields, row), title },
    template: template_work_order,
    openOrders: PersistentSet(openOrders),
    skippedCount: skipped_count,
    archived,
    history: undefined,
  };
}

export const pmScheduleFold: RowFold<PmScheduleEvent> = foldOf(pmSchedule, table, (state, { revision }) => pmScheduleRow(state, revision), {
  remember: ({ history }) => ({ history }),
  recall: (remembered, row) => ({ ...scheduleIn(row), ...(remembered as Pick<PmSchedule, 'history'>) }),
});

export const pmScheduleTable = pmScheduleFold.table;

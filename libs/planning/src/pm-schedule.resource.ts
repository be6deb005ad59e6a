import type { IdSequence } from '#millwright/event-sourcing';
import { defineResource } from '#millwright/resources';
import { pmSchedule } from './domain/pm-schedule.js';
import { soughtAsSeen } from './orders-seen.js';
import { pmScheduleFields } from './pm-schedule.fields.js';
import { pmScheduleRow } from './read-models/pm-schedule-row.js';
import { pmScheduleView } from './read-models/pm-schedule-view.js';

/** Schedules as a resource like any other; what is special about them is in `domain/`. */
export const pmSchedules = defineResource({
  name: 'pm_schedule',
  plural: 'pm_schedules',
  description: 'Preventive maintenance that comes again: when it is due, and what each of its work orders is opened with.',
  scope: 'entity',
  notes: {
    create: {
      description: 'Dates before now are missed ones: the last, or with `catch_up: all` each, is raised at once.',
      refusals:
        'VALIDATION_FAILED (also more than 1,000 dates to be raised at once, and an end before the start), EVENT_TOO_LARGE (no order could begin with all of its template)',
    },
    update: {
      description:
        'Other dates hold from now on, and nothing is raised for what lies before; a changed template reaches later orders only.',
      refusals: 'EVENT_TOO_LARGE (no order could begin with all of its template)',
    },
    archive: { description: 'It raises nothing any more.' },
    unarchive: { description: 'Nothing is raised for the time in between.' },
  },
  fields: pmScheduleFields,
  stream: pmSchedule,
  rowOf: pmScheduleRow,
  view: pmScheduleView,
  projection: 'pm-schedules',
  label: ['id', 'title'],
  attributes: {
    ...soughtAsSeen.attributes,
    asset_id: { type: 'id', description: 'The asset of its work orders.' },
    end_date: { type: 'instant', column: 'sought_end', description: 'Its last instant; a day counts from its first moment in UTC.' },
  },
  search: ['title'],
  defaultSort: 'created_at desc',
});

/** Templates are numbered across all schedules. */
export const templateWorkOrderIds = { name: 'template_work_order', field: 'templateWorkOrderId' } as const satisfies IdSequence;

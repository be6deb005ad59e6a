import { ShownInstant, ShownInteger, ShownOneOf, ShownReference } from '#millwright/fields';
import { defineShownType } from '#millwright/resources';
import { occurrenceStatuses } from './pm-schedule.choices.js';

class OccurrenceFields {
  @ShownInteger({ description: 'Its number among the dates of the schedule, from 1.', always: true }) number!: number;
  @ShownInstant({ description: 'When the maintenance is planned for.', always: true }) date!: string;
  @ShownInstant({ description: 'When its order is, or will be, due.', always: true }) due_date!: string;
  @ShownOneOf(occurrenceStatuses, { description: 'What became of it.', always: true }) status!: string;
  @ShownReference('work_order', { description: 'The work order that was opened for it; null where there is none.' }) work_order_id!:
    number | null;
}

export const pmOccurrence = defineShownType('PmOccurrence', OccurrenceFields, 'A date of a PM schedule.');

class CalendarFields extends OccurrenceFields {
  @ShownReference('pm_schedule', { description: 'Whose date it is.', always: true, label: ['id', 'title'] }) pm_schedule_id!: number;
}

export const pmCalendarEntry = defineShownType('PmCalendarEntry', CalendarFields, 'A date of one of the PM schedules of a site.');

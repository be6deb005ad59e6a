import { timer } from '#millwright/event-sourcing';
import { workOrders } from '#millwright/work-orders';
import { holdSchedule } from './domain/archived-site.js';
import { dueOf, raiseDue } from './domain/pm-occurrences.js';
import { pmSchedule } from './domain/pm-schedule.js';

/** Raises the dates of schedules when they come, a schedule's lead time earlier. */
export const pmTimer = timer({
  name: 'pm-raising',
  on: pmSchedule,
  draws: workOrders.name,
  due: dueOf,
  // One whose site was archived this very moment may not have been told.
  atArchivedSite: (schedule, { revision }) => holdSchedule(schedule, revision),
  then: (schedule, dueAt, { now, id }) => raiseDue(schedule, { dueAt, now, workOrderId: id }),
});

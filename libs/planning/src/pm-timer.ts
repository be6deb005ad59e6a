import { timer } from '#millwright/event-sourcing';
import { workOrders } from '#millwright/work-orders';
import { dueOf, raiseDue } from './domain/pm-occurrences.js';
import { pmSchedule } from './domain/pm-schedule.js';

/** Raises the dates of schedules when they come, a schedule's lead time earlier. */
export const pmTimer = timer({
  name: 'pm-raising',
  on: pmSchedule,
  draws: workOrders.name,
  due: dueOf,
  then: (schedule, dueAt, { now, id }) => raiseDue(schedule, { dueAt, now, workOrderId: id }),
});

import { Rejection, timer, type Origin, type TimerWorld } from '#millwright/event-sourcing';
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

type WhatWasDue = Readonly<{ isRaised: boolean; alone: Readonly<{ before: number; after: number }> | undefined }>;

/**
 * Raises what is due by now as the timer would a moment later, under the same ids, so that each date has one order whoever comes first. Whoever decides
 * something after which no earlier date is raised any more does this before: a date that came before a pause, before the schedule was put away or before its
 * dates were changed is none of those that are passed over (work.md, S16, S17). That may be a thousand dates, of a schedule that was made with an early start
 * and catches up with all (S11), or more after a standstill.
 * @param until how long somebody waits for it, in milliseconds since 1970; what was raised by then has its order
 * @returns whether nothing is due any more, and the revisions of the schedule between which this alone was appended; undefined where something else was, too
 * @throws Rejection UNAVAILABLE there is more than could be raised until then
 */
export async function raiseWhatIsDue(
  pmScheduleId: number,
  origin: Origin,
  world: TimerWorld,
  until = Number.POSITIVE_INFINITY,
): Promise<WhatWasDue> {
  const now = world.clock.now();
  let { due, revision } = await pmTimer.dueOf(pmScheduleId, world);
  const before = revision;
  let appended = 0;
  let isRaised = true;
  while (isRaised && due && due <= now) {
    if (Date.now() >= until) throw new Rejection('UNAVAILABLE', 'The dates that came before are still being raised. Please try again.');
    const raised = await pmTimer.raise(pmScheduleId, due, origin, world);
    // What is refused is due at the same instant still.
    isRaised = raised.due?.getTime() !== due.getTime();
    appended += raised.appended;
    ({ due, revision } = raised);
  }
  return { isRaised, alone: revision - before === appended ? { before, after: revision } : undefined };
}

import { dueOf, raiseDue } from './pm-occurrences.js';
import type { PmScheduleEvent } from './pm-schedule.events.js';
import { pmSchedule } from './pm-schedule.js';
import type { PmSchedule } from './pm-schedule.state.js';

type Decide = (schedule: PmSchedule) => readonly PmScheduleEvent[];

/** `idAt` numbers the orders that are raised, by their place from 0; without an id for one, the rest is left. */
export type DueBy = Readonly<{ now: Date; idAt: (place: number) => number | undefined }>;

/**
 * A decision, and before it what the timer would have raised by now, where no date that lies before the decision is raised after it. The timer is a moment
 * late, and a date that came before a pause, before the schedule was put away or before its dates were changed is none of those that are passed over (S16, S17).
 */
export function afterWhatIsDue(schedule: PmSchedule, due: DueBy, decide: Decide): PmScheduleEvent[] {
  const decided = decide(schedule);
  if (!decided.some(passesOver)) return [...decided];
  const raised = whatIsDue(schedule, due);
  return [...raised, ...(raised.length === 0 ? decided : decide(raised.reduce(pmSchedule.evolve, schedule)))];
}

/** What the timer would raise by then, one order after the other. */
export function whatIsDue(schedule: PmSchedule, { now, idAt }: DueBy): PmScheduleEvent[] {
  const events: PmScheduleEvent[] = [];
  if (schedule.pmScheduleId === null) return events;
  let after = schedule;
  for (let dueAt = dueOf(after); dueAt && dueAt <= now; dueAt = dueOf(after)) {
    const workOrderId = idAt(ordersIn(events));
    if (workOrderId === undefined) break;
    const raised = raiseDue(after, { dueAt, now, workOrderId });
    events.push(...raised);
    after = raised.reduce(pmSchedule.evolve, after);
  }
  return events;
}

/** How many orders events of a schedule raise. */
export const ordersIn = (events: readonly PmScheduleEvent[]): number => events.filter(({ type }) => type === 'PmOccurrenceRaised').length;

const passesOver = ({ type, data }: PmScheduleEvent): boolean =>
  type === 'PmSchedulePaused' || type === 'PmScheduleArchived' || (type === 'PmScheduleChanged' && data.newDates !== undefined);

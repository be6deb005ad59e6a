import { Rejection } from '#millwright/event-sourcing/decider';
import { datesBy, dueDateOf, momentOf, nextOccurrence, type Occurrence } from './coming-dates.js';
import type { PmOccurrencesSkipped, PmScheduleEvent } from './pm-schedule.events.js';
import { pmSchedule } from './pm-schedule.js';
import { isLastOpen, requireInUse, type PmSchedule } from './pm-schedule.state.js';

/** Dates that one event skips. */
const mostSkipped = 1_000;

/** When the timer is to look at the schedule next. It decides an instant once, so a date that comes due at one that it has decided waits for the next. */
export function dueOf(schedule: PmSchedule): Date | undefined {
  const next = nextOccurrence(schedule);
  if (!next) return undefined;
  const moment = momentOf(schedule.details, next.date);
  const decided = schedule.decidedAt === null ? Number.NEGATIVE_INFINITY : Date.parse(schedule.decidedAt);
  return new Date(Math.max(moment, decided + 1));
}

export type RaiseDue = Readonly<{ dueAt: Date; now: Date; workOrderId: number }>;

/**
 * What is due gets its order. Of several dates that were missed until now, a schedule that catches up with the latest skips all but the last one; while
 * the last order is open, one that skips then raises none.
 */
export function raiseDue(schedule: PmSchedule, { dueAt, now, workOrderId }: RaiseDue): PmScheduleEvent[] {
  const due = dueAt.toISOString();
  const missed = missedBy(schedule, now);
  if (missed.length > mostSkipped) return [skipped(missed.slice(0, mostSkipped), 'missed', due)];
  const passed = missed.slice(0, -1);
  const events = passed.length === 0 ? [] : [skipped(passed, 'missed', due)];
  const after = events.reduce(pmSchedule.evolve, schedule);
  const next = nextOccurrence(after);
  if (!next) return events;
  if (schedule.details.whenUncompleted === 'skip' && isLastOpen(schedule)) return [...events, skipped([next], 'uncompleted', due)];
  return [...events, raised(schedule, next, workOrderId, due)];
}

const missedBy = (schedule: PmSchedule, now: Date): Occurrence[] =>
  schedule.details.catchUp === 'latest' ? datesBy(schedule, now.getTime(), mostSkipped + 1) : [];

const skipped = (occurrences: readonly Occurrence[], reason: PmOccurrencesSkipped['data']['reason'], dueAt: string): PmScheduleEvent => ({
  type: 'PmOccurrencesSkipped',
  data: { occurrences, reason, dueAt, skippedAt: null },
});

const raised = ({ details }: PmSchedule, { number, date }: Occurrence, workOrderId: number, dueAt: string | null): PmScheduleEvent => ({
  type: 'PmOccurrenceRaised',
  data: { number, date, dueDate: dueDateOf(details, date), workOrderId, dueAt },
});

/** The next date gets its order now. @throws Rejection NOT_FOUND; CONFLICT archived, paused, or no date is to come */
export const raiseNext = (schedule: PmSchedule, { workOrderId }: Readonly<{ workOrderId: number }>): PmScheduleEvent[] => [
  raised(schedule, requireNext(schedule), workOrderId, null),
];

/** The next date gets none. @throws Rejection NOT_FOUND; CONFLICT archived, paused, or no date is to come */
export const skipNext = (schedule: PmSchedule, { now }: Readonly<{ now: string }>): PmScheduleEvent[] => [
  {
    type: 'PmOccurrencesSkipped',
    data: { occurrences: [requireNext(schedule)], reason: 'by_hand', dueAt: null, skippedAt: now },
  },
];

function requireNext(schedule: PmSchedule): Occurrence {
  requireInUse(schedule);
  const next = nextOccurrence(schedule);
  if (next) return next;
  const why = schedule.paused
    ? 'is paused; resume it first'
    : schedule.site.archived
      ? 'is of an archived entity; bring that back first'
      : isLastOpen(schedule) && schedule.details.type === 'floating'
        ? 'counts its next date from the completion of its order, which is open'
        : 'is finished: no date is to come';
  throw new Rejection('CONFLICT', `The PM schedule ${why}.`);
}

/** Nothing, where it is paused already. @throws Rejection NOT_FOUND; CONFLICT archived */
export function pauseSchedule(schedule: PmSchedule): PmScheduleEvent[] {
  requireInUse(schedule);
  return schedule.paused ? [] : [{ type: 'PmSchedulePaused', data: {} }];
}

/** Dates of the pause are numbered, and neither raised nor counted. Nothing, where it is not paused. @throws Rejection NOT_FOUND; CONFLICT archived */
export function resumeSchedule(schedule: PmSchedule, { now }: Readonly<{ now: string }>): PmScheduleEvent[] {
  requireInUse(schedule);
  return schedule.paused ? [{ type: 'PmScheduleResumed', data: passedThrough(schedule, now) }] : [];
}

/** The number of the last date by then, where none is raised that lies before. */
export const passedThrough = (schedule: PmSchedule, now: string): Readonly<{ from: string; number: number }> => ({
  from: now,
  number: schedule.passed.number + datesBy(schedule, Date.parse(now)).length,
});

/** Whether more dates have come by then than may be raised at once. */
export function hasMoreThan(schedule: PmSchedule, most: number, now: string): boolean {
  return datesBy(schedule, Date.parse(now), most + 1).length > most;
}

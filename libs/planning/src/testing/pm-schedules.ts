import { comingDates, nextOccurrence } from '../domain/coming-dates.js';
import { dueOf, raiseDue, raiseNext } from '../domain/pm-occurrences.js';
import { closeOrder } from '../domain/pm-orders.js';
import { changeSchedule, followTimeZone, registerSchedule } from '../domain/pm-schedule-registration.js';
import type { PmScheduleDetails, PmScheduleEvent } from '../domain/pm-schedule.events.js';
import { unknownPmSchedule, type PmSchedule } from '../domain/pm-schedule.state.js';

// What happens to a schedule, for its specs.

export type Step = (schedule: PmSchedule) => readonly PmScheduleEvent[];

export const day = (date: string): string => `2026-03-${date}T09:00:00.000Z`;
export const registered =
  (details: Partial<PmScheduleDetails> = {}, now = day('01'), timeZone = 'Etc/UTC'): Step =>
  (schedule) =>
    registerSchedule(schedule, {
      pmScheduleId: 3,
      templateWorkOrderId: 4,
      timeZone,
      siteRevision: 5,
      details: { ...unknownPmSchedule.details, startDate: day('02'), repeatFrequency: 'day', ...details },
      template: { title: 'Filters', partAssignments: [] },
      now,
    });
export const floating = (details: Partial<PmScheduleDetails> = {}): Step => registered({ type: 'floating', repeatInterval: 7, ...details });
export const byHand =
  (workOrderId: number): Step =>
  (schedule) =>
    raiseNext(schedule, { workOrderId });
export const due =
  (now: string, workOrderId: number): Step =>
  (schedule) =>
    raiseDue(schedule, { dueAt: dueOf(schedule) ?? new Date(0), now: new Date(now), workOrderId });
export const closed =
  (workOrderId: number, closedAt: string): Step =>
  (schedule) =>
    closeOrder(schedule, { workOrderId, closedAt });
export const changed =
  (changes: Partial<PmScheduleDetails>, now: string): Step =>
  (schedule) =>
    changeSchedule(schedule, { changes, template: {}, now });

export const moved =
  (timeZone: string, siteRevision = 6): Step =>
  (schedule) =>
    followTimeZone(schedule, { timeZone, siteRevision });

export const next = (schedule: PmSchedule): string => {
  const occurrence = nextOccurrence(schedule);
  return occurrence ? `${occurrence.number}: ${occurrence.date.slice(0, 16)}` : 'none';
};
export const numbered = (schedule: PmSchedule, count: number): string[] => {
  const found: string[] = [];
  for (const { number, date } of comingDates(schedule)) if (found.push(`${number}: ${date.slice(0, 10)}`) === count) break;
  return found;
};
export const raised = (number: number, date: string, workOrderId: number, dueAt: string | null, dueDate = date): PmScheduleEvent => ({
  type: 'PmOccurrenceRaised',
  data: { number, date, dueDate, workOrderId, dueAt },
});
export const skipped = (
  reason: 'missed' | 'uncompleted',
  dueAt: string,
  ...occurrences: readonly (readonly [number: number, date: string])[]
): PmScheduleEvent => ({
  type: 'PmOccurrencesSkipped',
  data: { occurrences: occurrences.map(([number, date]) => ({ number, date })), reason, dueAt, skippedAt: null },
});

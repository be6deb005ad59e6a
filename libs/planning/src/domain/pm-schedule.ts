import { historyAfter, type Stream } from '#millwright/event-sourcing/decider';
import type {
  PmOccurrenceRaised,
  PmOccurrencesSkipped,
  PmScheduleChanged,
  PmScheduleDetails,
  PmScheduleEvent,
  PmScheduleTimeZoneChanged,
} from './pm-schedule.events.js';
import { unknownPmSchedule, type Passed, type PmSchedule } from './pm-schedule.state.js';
import { dayMs } from './wall-clock.js';

export const pmSchedule: Stream<PmSchedule, PmScheduleEvent> = {
  category: 'pmSchedule',
  initialState: unknownPmSchedule,
  evolve: (schedule, event) => ({ ...applied(schedule, event), history: historyAfter(schedule.history, event) }),
};

function applied(schedule: PmSchedule, { type, data }: PmScheduleEvent): PmSchedule {
  switch (type) {
    case 'PmScheduleRegistered':
      return { ...schedule, ...data };
    case 'PmScheduleChanged':
      return changed(schedule, data);
    case 'PmScheduleTimeZoneChanged':
      return moved(schedule, data);
    case 'PmOccurrenceRaised':
      return raised(schedule, data);
    case 'PmOccurrencesSkipped':
      return skipped(schedule, data);
    case 'PmSchedulePaused':
      return { ...schedule, paused: true };
    case 'PmScheduleResumed':
      return resumed(schedule, data);
    case 'PmOrderClosed': {
      const openOrders = schedule.openOrders.delete(data.workOrderId);
      return { ...schedule, openOrders, countsFrom: isLast(schedule, data) ? data.closedAt : schedule.countsFrom };
    }
    case 'PmOrderReopened': {
      const openOrders = schedule.openOrders.add(data.workOrderId);
      return { ...schedule, openOrders, countsFrom: isLast(schedule, data) ? null : schedule.countsFrom };
    }
    case 'PmScheduleArchived':
      return { ...schedule, archived: true };
    case 'PmScheduleUnarchived':
      return { ...resumed(schedule, data), archived: false };
  }
}

const isLast = ({ last }: PmSchedule, { workOrderId }: Readonly<{ workOrderId: number }>): boolean => last?.workOrderId === workOrderId;

function changed(schedule: PmSchedule, { changes, template, newDates }: PmScheduleChanged['data']): PmSchedule {
  return {
    ...schedule,
    details: { ...schedule.details, ...changes },
    template: { ...schedule.template, ...template },
    passed: newDates ? passedBefore(schedule, changes.type ?? schedule.details.type, newDates) : schedule.passed,
  };
}

/** What a floating one has skipped stays behind it; the days of all others say what has its order. */
const passedBefore = (
  { details, passed }: PmSchedule,
  type: PmScheduleDetails['type'],
  { daysTaken, ...by }: NonNullable<PmScheduleChanged['data']['newDates']>,
): Passed => ({
  ...passedBy(passed, by),
  ...(daysTaken && { date: details.type === 'floating' && type === 'floating' ? passed.date : null, daysTaken }),
});

const moved = (schedule: PmSchedule, { timeZone, siteRevision, passedDate, daysTaken }: PmScheduleTimeZoneChanged['data']): PmSchedule => ({
  ...schedule,
  timeZone,
  siteRevision: siteRevision ?? schedule.siteRevision,
  passed: {
    ...schedule.passed,
    date: passedDate ?? schedule.passed.date,
    daysTaken: daysTaken ?? schedule.passed.daysTaken,
  },
});

/** What is behind once a date is. A day of a site is over two days after it has begun anywhere. */
const passedWith = ({ daysTaken, ...passed }: Passed, number: number, date: string | null): Passed => ({
  ...passed,
  number,
  date,
  daysTaken: date === null ? daysTaken : daysTaken.filter((day) => Date.parse(day) + 2 * dayMs > Date.parse(date)),
});

const passedBy = (passed: Passed, { from, number }: Readonly<{ from: string; number: number }>): Passed => ({
  ...passed,
  number,
  notBefore: from,
});

/** A floating schedule whose date fell into the pause counts from its end. */
const resumed = (schedule: PmSchedule, until: Readonly<{ from: string; number: number }>): PmSchedule => ({
  ...schedule,
  paused: false,
  passed: passedBy(schedule.passed, until),
  countsFrom: until.number > schedule.passed.number && schedule.details.type === 'floating' ? until.from : schedule.countsFrom,
});

const raised = (schedule: PmSchedule, { number, date, workOrderId, dueAt }: PmOccurrenceRaised['data']): PmSchedule => ({
  ...schedule,
  passed: passedWith(schedule.passed, number, date),
  decidedAt: dueAt ?? schedule.decidedAt,
  last: { number, date, workOrderId },
  openOrders: schedule.openOrders.add(workOrderId),
  countsFrom: null,
});

function skipped(schedule: PmSchedule, { occurrences, dueAt, skippedAt }: PmOccurrencesSkipped['data']): PmSchedule {
  const { number, date } = occurrences.at(-1) ?? schedule.passed;
  return {
    ...schedule,
    passed: passedWith(schedule.passed, number, date),
    decidedAt: dueAt ?? schedule.decidedAt,
    countsFrom: skippedAt ?? schedule.countsFrom,
    skippedCount: schedule.skippedCount + occurrences.length,
  };
}

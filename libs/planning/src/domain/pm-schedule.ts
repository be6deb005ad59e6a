import { historyAfter, type Stream } from '#millwright/event-sourcing/decider';
import { dayText } from './calendar-days.js';
import type {
  PmOccurrenceRaised,
  PmOccurrencesSkipped,
  PmScheduleChanged,
  PmScheduleDetails,
  PmScheduleEvent,
  PmScheduleTimeZoneChanged,
} from './pm-schedule.events.js';
import { unknownPmSchedule, type Passed, type PmSchedule } from './pm-schedule.state.js';

export const pmSchedule: Stream<PmSchedule, PmScheduleEvent> = {
  category: 'pmSchedule',
  initialState: unknownPmSchedule,
  evolve: (schedule, event) => ({ ...applied(schedule, event), history: historyAfter(schedule.history, event) }),
};

function applied(schedule: PmSchedule, { type, data }: PmScheduleEvent): PmSchedule {
  switch (type) {
    case 'PmScheduleRegistered':
      return { ...schedule, ...data, site: { archived: false, revision: data.siteRevision ?? null } };
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
    case 'PmScheduleSiteArchived':
      return { ...schedule, site: { archived: true, revision: data.siteRevision } };
    case 'PmScheduleSiteUnarchived':
      return { ...resumed(schedule, data), paused: schedule.paused, site: { archived: false, revision: data.siteRevision } };
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

/** Days that a floating schedule remembers: a year of daily dates. */
const mostDaysRemembered = 366;

/**
 * What is behind once dates are. Only a floating schedule can come to a date again that lies
 * behind: where its order is done before its day, the interval or the rule leads there once more (S15). It goes on after that (S16), so it remembers them.
 */
function passedWith(
  { passed, details, timeZone }: Pick<PmSchedule, 'passed' | 'details' | 'timeZone'>,
  dates: readonly PassedDate[],
): Passed {
  const last = dates.at(-1);
  if (!last) return passed;
  const { number, date } = last;
  const daysTaken =
    details.type === 'floating'
      ? [...passed.daysTaken, ...dates.map((other) => dayText(timeZone, Date.parse(other.date)))].slice(-mostDaysRemembered)
      : passed.daysTaken;
  return { ...passed, number, date, daysTaken };
}

type PassedDate = Readonly<{ number: number; date: string }>;

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
  passed: passedWith(schedule, [{ number, date }]),
  decidedAt: dueAt ?? schedule.decidedAt,
  last: { number, date, workOrderId },
  openOrders: schedule.openOrders.add(workOrderId),
  countsFrom: null,
});

const skipped = (schedule: PmSchedule, { occurrences, dueAt, skippedAt }: PmOccurrencesSkipped['data']): PmSchedule => ({
  ...schedule,
  passed: passedWith(schedule, occurrences),
  decidedAt: dueAt ?? schedule.decidedAt,
  countsFrom: skippedAt ?? schedule.countsFrom,
  skippedCount: schedule.skippedCount + occurrences.length,
});

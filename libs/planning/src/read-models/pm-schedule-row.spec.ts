import { missingIn, recordedAs, rowsAfterEach } from '#millwright/event-sourcing/testing';
import { followSite } from '../domain/archived-site.js';
import { pauseSchedule, raiseDue, raiseNext, resumeSchedule, skipNext } from '../domain/pm-occurrences.js';
import { closeOrder, reopenOrder } from '../domain/pm-orders.js';
import {
  archiveSchedule,
  changeSchedule,
  followTimeZone,
  registerSchedule,
  unarchiveSchedule,
} from '../domain/pm-schedule-registration.js';
import type { PmScheduleEvent } from '../domain/pm-schedule.events.js';
import { pmSchedule } from '../domain/pm-schedule.js';
import { unknownPmSchedule, type PmSchedule } from '../domain/pm-schedule.state.js';
import { pmScheduleFold } from './pm-schedule-row.js';

type Step = (state: PmSchedule) => readonly PmScheduleEvent[];

const startDate = '2026-03-02T09:00:00.000Z';
const now = '2026-03-06T10:00:00.000Z';

/** Through everything that can happen to a schedule. */
const history: readonly Step[] = [
  (schedule) =>
    registerSchedule(schedule, {
      pmScheduleId: 3,
      templateWorkOrderId: 4,
      timeZone: 'Etc/UTC',
      siteRevision: 2,
      details: { ...unknownPmSchedule.details, startDate, repeatFrequency: 'day', timeToComplete: '1.5', procedureTemplateIds: [] },
      template: { title: 'Filters', partAssignments: [{ partId: 5, quantity: '2.5' }] },
      now: startDate,
    }),
  (schedule) => raiseDue(schedule, { dueAt: new Date(startDate), now: new Date(now), workOrderId: 7 }),
  (schedule) => closeOrder(schedule, { workOrderId: 7, closedAt: now }),
  (schedule) => reopenOrder(schedule, { workOrderId: 7 }),
  (schedule) => raiseNext(schedule, { workOrderId: 8 }),
  (schedule) => skipNext(schedule, { now }),
  (schedule) => changeSchedule(schedule, { changes: { title: 'Weekly', repeatFrequency: 'week' }, template: { title: 'Belts' }, now }),
  (schedule) => changeSchedule(schedule, { changes: { title: null }, template: {}, now }),
  (schedule) => followTimeZone(schedule, { timeZone: 'Europe/Berlin', siteRevision: 3 }),
  pauseSchedule,
  (schedule) => resumeSchedule(schedule, { now }),
  archiveSchedule,
  (schedule) => unarchiveSchedule(schedule, { now }),
  (schedule) => followSite(schedule, { siteArchived: true, siteRevision: 4 }, { now }),
  (schedule) => followSite(schedule, { siteArchived: false, siteRevision: 5 }, { now }),
];

/** One that is missing here does not compile, and one that is not in the history is tried by nothing below. */
const everyEvent: Readonly<Record<PmScheduleEvent['type'], true>> = {
  PmScheduleRegistered: true,
  PmScheduleChanged: true,
  PmScheduleTimeZoneChanged: true,
  PmOccurrenceRaised: true,
  PmOccurrencesSkipped: true,
  PmSchedulePaused: true,
  PmScheduleResumed: true,
  PmOrderClosed: true,
  PmOrderReopened: true,
  PmScheduleArchived: true,
  PmScheduleUnarchived: true,
  PmScheduleSiteArchived: true,
  PmScheduleSiteUnarchived: true,
};

function eventsOf(steps: readonly Step[]): PmScheduleEvent[] {
  const events: PmScheduleEvent[] = [];
  let state = pmSchedule.initialState;
  for (const step of steps)
    for (const event of step(state)) {
      events.push(event);
      state = pmSchedule.evolve(state, event);
    }
  return events;
}

describe('the row of a PM schedule', () => {
  const events = recordedAs('pmSchedule-3', eventsOf(history));

  it('is the same after every event, whether it was remembered in the process or in the database', () => {
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(Object.keys(everyEvent)));
    expect(rowsAfterEach(pmScheduleFold, events, true)).toEqual(rowsAfterEach(pmScheduleFold, events, false));
  });

  it('has a value for every column that is shown', () => {
    for (const row of rowsAfterEach(pmScheduleFold, events, false)) expect(missingIn(row, pmScheduleFold)).toEqual([]);
  });

  it('is called as its orders are, where nobody has called it otherwise', () => {
    const titles = rowsAfterEach(pmScheduleFold, events, true).map(({ title }) => title);
    expect(titles.filter((title, place) => title !== titles[place - 1])).toEqual(['Filters', 'Weekly', 'Belts']);
  });
});

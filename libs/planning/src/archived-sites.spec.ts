import { TrialLog } from '#millwright/event-sourcing/testing';
import { entities } from '#millwright/sites';
import { archivedSites } from './archived-sites.js';
import { nextOccurrence } from './domain/coming-dates.js';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import { unknownPmSchedule } from './domain/pm-schedule.state.js';

const registered = (siteRevision: number): PmScheduleEvent => ({
  type: 'PmScheduleRegistered',
  data: {
    pmScheduleId: 3,
    templateWorkOrderId: 4,
    timeZone: 'Etc/UTC',
    siteRevision,
    details: { ...unknownPmSchedule.details, startDate: '2090-03-02T09:00:00.000Z', repeatFrequency: 'day' },
    template: { partAssignments: [] },
  },
});

/** A site that was archived, and the schedules of it that are known. */
function site(...known: readonly number[]) {
  const log = new TrialLog();
  const stream = `${entities.stream.category}-1`;
  log.record(stream, { type: `${entities.typeName}Registered`, data: { timezone: 'Etc/UTC' } });
  const archived = log.record(stream, { type: `${entities.typeName}Archived`, data: {} });
  const comesBack = () => log.record(stream, { type: `${entities.typeName}Unarchived`, data: {} });
  const follower = archivedSites({ events: log.events(), schedulesOf: () => Promise.resolve(known) });
  const next = async () => nextOccurrence((await log.events().load(pmSchedule, 3)).state)?.number;
  return { log, archived, comesBack, follower, next };
}

describe('the schedules of a site that is archived', () => {
  it('are held until it is back, each told once', async () => {
    const { log, archived, comesBack, follower, next } = site(3);
    log.record('pmSchedule-3', registered(0));
    await follower.handle(archived);
    expect(await next()).toBeUndefined();
    const { length } = log;
    await follower.handle(archived);
    expect(log.length).toBe(length);
    await follower.handle(comesBack());
    expect(await next()).toBe(1);
  });

  it('are held also where they were registered meanwhile by whoever had been let in just before', async () => {
    const { log, archived, follower, next } = site();
    await follower.handle(archived);
    await follower.handle(log.record('pmSchedule-3', registered(0)));
    expect(await next()).toBeUndefined();
  });

  it('are told nothing of a time that is over, in which an earlier release held none', async () => {
    const { log, archived, comesBack, follower } = site(3);
    log.record('pmSchedule-3', registered(0));
    const back = comesBack();
    const { length } = log;
    await follower.handle(archived);
    await follower.handle(back);
    expect(log.length).toBe(length);
  });

  it('go on when the archiving is handled late, after it has ended', async () => {
    const { log, archived, comesBack, follower, next } = site(3);
    comesBack();
    await follower.handle(log.record('pmSchedule-3', registered(2)));
    await follower.handle(archived);
    expect(await next()).toBe(1);
  });
});

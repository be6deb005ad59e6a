import { TrialLog } from '#millwright/event-sourcing/testing';
import { entities } from '#millwright/sites';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import { unknownPmSchedule } from './domain/pm-schedule.state.js';
import { timeZoneFollower } from './time-zone-follower.js';

const registered = (timeZone: string, siteRevision: number): PmScheduleEvent => ({
  type: 'PmScheduleRegistered',
  data: {
    pmScheduleId: 3,
    templateWorkOrderId: 4,
    timeZone,
    siteRevision,
    details: { ...unknownPmSchedule.details, startDate: '2026-03-02T09:00:00.000Z', repeatFrequency: 'day' },
    template: { partAssignments: [] },
  },
});

/** A site in Berlin that has moved to Tokyo since, and the schedules of it that are known. */
function site(...known: readonly number[]) {
  const log = new TrialLog();
  const { category } = entities.stream;
  log.record(`${category}-1`, { type: `${entities.typeName}Registered`, data: { timezone: 'Europe/Berlin' } });
  const moved = log.record(`${category}-1`, { type: `${entities.typeName}Changed`, data: { timezone: 'Asia/Tokyo' } });
  const follower = timeZoneFollower({ events: log.events(), schedulesOf: () => Promise.resolve(known) });
  const zone = async () => (await log.events().load(pmSchedule, 3)).state.timeZone;
  return { log, moved, follower, zone };
}

describe('the schedules of a site that moves', () => {
  it('follow it', async () => {
    const { log, moved, follower, zone } = site(3);
    log.record('pmSchedule-3', registered('Europe/Berlin', 0));
    await follower.handle(moved);
    expect(await zone()).toBe('Asia/Tokyo');
    const { length } = log;
    await follower.handle(moved);
    expect(log.length).toBe(length);
  });

  it('follow it also where they were registered meanwhile by whoever had read its old zone', async () => {
    const { log, moved, follower, zone } = site();
    await follower.handle(moved);
    await follower.handle(log.record('pmSchedule-3', registered('Europe/Berlin', 0)));
    expect(await zone()).toBe('Asia/Tokyo');
  });

  it('stay where they are when an earlier move is handled late', async () => {
    const { log, moved, follower, zone } = site(3);
    log.record(moved.stream, { type: `${entities.typeName}Changed`, data: { timezone: 'America/New_York' } });
    await follower.handle(log.record('pmSchedule-3', registered('America/New_York', 2)));
    await follower.handle(moved);
    expect(await zone()).toBe('America/New_York');
  });
});

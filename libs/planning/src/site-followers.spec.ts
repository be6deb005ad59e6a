import { TrialLog } from '#millwright/event-sourcing/testing';
import { entities } from '#millwright/sites';
import { nextOccurrence } from './domain/coming-dates.js';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import { unknownPmSchedule } from './domain/pm-schedule.state.js';
import { archivedSites, timeZoneFollower, type SitesWorld } from './site-followers.js';

const registered = (siteRevision: number, timeZone = 'Europe/Berlin'): PmScheduleEvent => ({
  type: 'PmScheduleRegistered',
  data: {
    pmScheduleId: 3,
    templateWorkOrderId: 4,
    timeZone,
    siteRevision,
    details: { ...unknownPmSchedule.details, startDate: '2090-03-02T09:00:00.000Z', repeatFrequency: 'day' },
    template: { partAssignments: [] },
  },
});

/** A site in Berlin, and the schedules of it that are known. */
function site(follow: (world: SitesWorld) => ReturnType<typeof archivedSites>, ...known: readonly number[]) {
  const log = new TrialLog();
  const happens = (what: string, data: object = {}) =>
    log.record(`${entities.stream.category}-1`, { type: `${entities.typeName}${what}`, data });
  happens('Registered', { timezone: 'Europe/Berlin' });
  const follower = follow({ events: log.events(), schedulesOf: () => Promise.resolve(known) });
  const registers = (...how: Parameters<typeof registered>) => log.record('pmSchedule-3', registered(...how));
  const schedule = async () => (await log.events().load(pmSchedule, 3)).state;
  return { log, happens, follower, registers, schedule };
}

describe('the schedules of a site that moves', () => {
  const moves = (...known: readonly number[]) => {
    const berlin = site(timeZoneFollower, ...known);
    const moved = berlin.happens('Changed', { timezone: 'Asia/Tokyo' });
    return { ...berlin, moved, zone: async () => (await berlin.schedule()).timeZone };
  };

  it('follow it', async () => {
    const { log, moved, follower, registers, zone } = moves(3);
    registers(0);
    await follower.handle(moved);
    expect(await zone()).toBe('Asia/Tokyo');
    const { length } = log;
    await follower.handle(moved);
    expect(log.length).toBe(length);
  });

  it('follow it also where they were registered meanwhile by whoever had read its old zone', async () => {
    const { moved, follower, registers, zone } = moves();
    await follower.handle(moved);
    await follower.handle(registers(0));
    expect(await zone()).toBe('Asia/Tokyo');
  });

  it('stay where they are when an earlier move is handled late', async () => {
    const { happens, moved, follower, registers, zone } = moves(3);
    happens('Changed', { timezone: 'America/New_York' });
    await follower.handle(registers(2, 'America/New_York'));
    await follower.handle(moved);
    expect(await zone()).toBe('America/New_York');
  });
});

describe('the schedules of a site that is archived', () => {
  const archives = (...known: readonly number[]) => {
    const plant = site(archivedSites, ...known);
    const archived = plant.happens('Archived');
    return { ...plant, archived, next: async () => nextOccurrence(await plant.schedule())?.number };
  };

  it('are held until it is back, each told once', async () => {
    const { log, archived, happens, follower, registers, next } = archives(3);
    registers(0);
    await follower.handle(archived);
    expect(await next()).toBeUndefined();
    const { length } = log;
    await follower.handle(archived);
    expect(log.length).toBe(length);
    await follower.handle(happens('Unarchived'));
    expect(await next()).toBe(1);
  });

  it('are held also where they were registered meanwhile by whoever had been let in just before', async () => {
    const { archived, follower, registers, next } = archives();
    await follower.handle(archived);
    await follower.handle(registers(0));
    expect(await next()).toBeUndefined();
  });

  it('are held also where whoever registered them had read the site when it was archived already', async () => {
    const { archived, follower, registers, next } = archives();
    await follower.handle(archived);
    await follower.handle(registers(archived.revision));
    expect(await next()).toBeUndefined();
  });

  it('are told nothing of a time that is over, in which an earlier release held none', async () => {
    const { log, archived, happens, follower, registers } = archives(3);
    registers(0);
    const back = happens('Unarchived');
    const { length } = log;
    await follower.handle(archived);
    await follower.handle(back);
    expect(log.length).toBe(length);
  });

  it('go on where the timer held one by what it had read, after the site was back', async () => {
    const { log, archived, happens, follower, registers, next } = archives(3);
    registers(0);
    const back = happens('Unarchived');
    await follower.handle(archived);
    await follower.handle(back);
    const held = log.record('pmSchedule-3', { type: 'PmScheduleSiteArchived', data: { siteRevision: archived.revision } });
    expect(await next()).toBeUndefined();
    await follower.handle(held);
    expect(await next()).toBe(1);
    const { length } = log;
    await follower.handle(held);
    expect(log.length).toBe(length);
  });

  it('go on when the archiving is handled late, after it has ended', async () => {
    const { archived, happens, follower, registers, next } = archives(3);
    happens('Unarchived');
    await follower.handle(registers(2));
    await follower.handle(archived);
    expect(await next()).toBe(1);
  });
});

import type { Event, RecordedEvent } from '#millwright/event-sourcing';
import { TrialLog } from '#millwright/event-sourcing/testing';
import { entities } from '#millwright/sites';
import { followingSite } from './domain/archived-site.js';
import { nextOccurrence } from './domain/coming-dates.js';
import { changeSchedule } from './domain/pm-schedule-registration.js';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import { unknownPmSchedule } from './domain/pm-schedule.state.js';
import { archivedSites, timeZoneFollower, type SitesWorld } from './site-followers.js';
import { siteSince } from './site-zone.js';

const registered = (
  siteRevision: number,
  timeZone = 'Europe/Berlin',
  details: Partial<typeof unknownPmSchedule.details> = {},
): PmScheduleEvent => ({
  type: 'PmScheduleRegistered',
  data: {
    pmScheduleId: 3,
    templateWorkOrderId: 4,
    timeZone,
    siteRevision,
    details: { ...unknownPmSchedule.details, startDate: '2090-03-02T09:00:00.000Z', repeatFrequency: 'day', ...details },
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

  it('are told with one look at what the site has been, however much became of it since', async () => {
    const { log, archived, happens, registers } = archives(3);
    registers(0);
    happens('Unarchived');
    for (let changes = 0; changes < 9; changes += 1) happens('Changed', { name: `Plant ${changes}` });
    const [events, looked]: [ReturnType<TrialLog['events']>, number[]] = [log.events(), []];
    const loadAt: typeof events.loadAt = (stream, id, revision) => {
      looked.push(revision);
      return events.loadAt(stream, id, revision);
    };
    const follower = archivedSites({ events: { ...events, loadAt }, schedulesOf: () => Promise.resolve([3]) });
    await follower.handle(log.record('pmSchedule-3', { type: 'PmScheduleSiteArchived', data: { siteRevision: archived.revision } }));
    expect(looked).toEqual([11]);
  });

  it('go on when the archiving is handled late, after it has ended', async () => {
    const { archived, happens, follower, registers, next } = archives(3);
    happens('Unarchived');
    await follower.handle(registers(2));
    await follower.handle(archived);
    expect(await next()).toBe(1);
  });
});

describe('a date that came before its site was archived', () => {
  it('has its order, however late whoever tells of the archiving is, and those that follow have none', async () => {
    const raised = async (catchUp: 'latest' | 'all'): Promise<unknown[]> => {
      const { log, follower, registers } = site(archivedSites, 3);
      registers(0, 'Europe/Berlin', { catchUp, startDate: '2026-03-02T09:00:00.000Z' });
      const event = { type: `${entities.typeName}Archived`, data: {} };
      const archived = log.record(`${entities.stream.category}-1`, event, undefined, { recorded_at: '2026-03-04T09:00:00.000Z' });
      const { length } = log;
      await follower.handle(archived);
      await follower.handle(archived);
      return ((log.since(length)['pmSchedule-3'] ?? []) as PmScheduleEvent[]).map(({ type, data }) =>
        type === 'PmOccurrenceRaised' ? data.number : type,
      );
    };
    expect(await raised('latest')).toEqual(['PmOccurrencesSkipped', 3, 'PmScheduleSiteArchived']);
    expect(await raised('all')).toEqual([1, 2, 3, 'PmScheduleSiteArchived']);
  });
});

describe('a site that is archived for three weeks', () => {
  const archived = '2090-03-06T18:00:00.000Z';
  const back = '2090-03-30T07:30:00.000Z';
  const goesOn = { number: 29, date: '2090-03-30T08:00:00.000Z' };

  /** A daily schedule of 2 March there, and a follower that hears of everything in the order of the log, when it comes to it. */
  function plant() {
    const log = new TrialLog();
    const [events, unheard]: [ReturnType<TrialLog['events']>, RecordedEvent[]] = [log.events(), []];
    const record = (stream: string, event: Event, at = '2090-03-01T12:00:00.000Z') => {
      const recorded = log.record(stream, event, undefined, { recorded_at: at });
      unheard.push(recorded);
      return recorded;
    };
    const world: SitesWorld['events'] = {
      ...events,
      async execute(...command) {
        const outcome = await events.execute(...command);
        unheard.push(...outcome.events);
        return outcome;
      },
    };
    const happens = (what: string, at?: string, data: object = {}) =>
      record(`${entities.stream.category}-1`, { type: `${entities.typeName}${what}`, data }, at);
    happens('Registered', undefined, { timezone: 'Europe/Berlin' });
    const follower = archivedSites({ events: world, schedulesOf: () => Promise.resolve([3]) });
    record('pmSchedule-3', registered(0));
    const hears = async (atMost = Number.POSITIVE_INFINITY): Promise<void> => {
      for (let heard = 0; heard < atMost; heard += 1) {
        const next = unheard.shift();
        if (!next) return;
        await follower.handle(next);
        // Whoever ended before he had noted it does it again.
        await follower.handle(next);
      }
    };
    const schedule = async () => (await events.load(pmSchedule, 3)).state;
    return { record, happens, hears, schedule, events, next: async () => nextOccurrence(await schedule()) };
  }

  it('has its schedules go on with the first date after its return', async () => {
    const { happens, hears, next } = plant();
    happens('Archived', archived);
    await hears();
    happens('Unarchived', back);
    await hears();
    expect(await next()).toEqual(goesOn);
  });

  it('has them do so where the holding is heard of after the return, and after more that became of it', async () => {
    const { happens, hears, next } = plant();
    happens('Archived', archived);
    await hears(3);
    expect(await next()).toBeUndefined();
    happens('Unarchived', back);
    happens('Changed', '2090-04-02T12:00:00.000Z', { name: 'Plant 2' });
    await hears(1);
    expect(await next()).toEqual(goesOn);
    await hears();
    expect(await next()).toEqual(goesOn);
  });

  it('has them do so where somebody does something to one after that date, before the return was heard of', async () => {
    const { happens, hears, record, schedule, events, next } = plant();
    happens('Archived', archived);
    await hears();
    happens('Unarchived', back);
    happens('Changed', '2090-03-30T08:30:00.000Z', { name: 'Plant 2' });
    const now = '2090-03-30T09:00:00.000Z';
    const renamed = followingSite(await schedule(), await siteSince(events, 1), now, (current) =>
      changeSchedule(current, { changes: { title: 'Rounds' }, template: {}, now }),
    );
    for (const event of renamed) record('pmSchedule-3', event, now);
    expect(await next()).toEqual(goesOn);
    await hears();
    expect(await next()).toEqual(goesOn);
  });

  it('has them do so where the timer held one by what it had read, after the return was heard of', async () => {
    const { happens, hears, record, next } = plant();
    const { revision: siteRevision } = happens('Archived', archived);
    happens('Unarchived', back);
    await hears();
    record('pmSchedule-3', { type: 'PmScheduleSiteArchived', data: { siteRevision } }, '2090-03-30T08:00:01.000Z');
    await hears();
    expect(await next()).toEqual(goesOn);
  });

  it('passes over what follows an earlier return too, once it was archived again before that was heard of', async () => {
    const { happens, hears, next } = plant();
    happens('Archived', '2090-03-03T18:00:00.000Z');
    await hears();
    happens('Unarchived', '2090-03-04T18:00:00.000Z');
    happens('Archived', archived);
    await hears(1);
    expect(await next()).toBeUndefined();
    happens('Unarchived', back);
    await hears();
    expect(await next()).toEqual(goesOn);
  });

  it('passes over the second time also where both returns are heard of late', async () => {
    const { happens, hears, next } = plant();
    happens('Archived', '2090-03-03T18:00:00.000Z');
    await hears();
    happens('Unarchived', '2090-03-04T18:00:00.000Z');
    happens('Archived', archived);
    happens('Unarchived', back);
    await hears(1);
    expect(await next()).toEqual(goesOn);
    await hears();
    expect(await next()).toEqual(goesOn);
  });

  it('holds them where another process told of an earlier return, after the archiving was heard of', async () => {
    const { happens, hears, record, next } = plant();
    happens('Archived', '2090-03-03T18:00:00.000Z');
    await hears();
    const { revision: siteRevision } = happens('Unarchived', '2090-03-04T18:00:00.000Z');
    happens('Archived', archived);
    await hears();
    record('pmSchedule-3', { type: 'PmScheduleSiteUnarchived', data: { siteRevision, from: '2090-03-04T18:00:00.000Z', number: 3 } });
    await hears();
    expect(await next()).toBeUndefined();
    happens('Unarchived', back);
    await hears();
    expect(await next()).toEqual(goesOn);
  });
});

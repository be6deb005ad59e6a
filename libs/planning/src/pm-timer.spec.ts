import { TimerTrial, TrialLog } from '#millwright/event-sourcing/testing';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import { unknownPmSchedule, type PmSchedule } from './domain/pm-schedule.state.js';
import { pmTimer, raiseWhatIsDue } from './pm-timer.js';

const registered = (details: Partial<PmSchedule['details']>): PmScheduleEvent => ({
  type: 'PmScheduleRegistered',
  data: {
    pmScheduleId: 3,
    templateWorkOrderId: 4,
    timeZone: 'Etc/UTC',
    details: { ...unknownPmSchedule.details, startDate: '2026-03-02T09:00:00.000Z', repeatFrequency: 'day', ...details },
    template: { partAssignments: [] },
  },
});

/** The numbers that were raised, and how many dates were skipped. */
async function after(now: readonly string[], details: Partial<PmSchedule['details']> = {}): Promise<[raised: number[], skipped: number]> {
  const trial = new TimerTrial(pmTimer).given(pmSchedule, 3, registered(details));
  const events: PmScheduleEvent[] = [];
  for (const instant of now) events.push(...(((await trial.at(instant))['pmSchedule-3'] ?? []) as PmScheduleEvent[]));
  return [
    events.flatMap(({ type, data }) => (type === 'PmOccurrenceRaised' ? [data.number] : [])),
    events.reduce((count, { type, data }) => (type === 'PmOccurrencesSkipped' ? count + data.occurrences.length : count), 0),
  ];
}

describe('the timer of PM schedules', () => {
  it('raises each date once, whatever the clock does', async () => {
    expect(await after(['2026-03-02T08:59:59.999Z'])).toEqual([[], 0]);
    expect(await after(['2026-03-02T09:00:00Z', '2026-02-01T00:00:00Z', '2026-03-02T09:00:00Z', '2026-03-03T09:00:00Z'])).toEqual([
      [1, 2],
      0,
    ]);
  });

  it('catches up with the last of a standstill, or with each', async () => {
    expect(await after(['2026-03-02T09:00:00Z', '2026-03-09T12:00:00Z'])).toEqual([[1, 8], 6]);
    expect(await after(['2026-03-02T09:00:00Z', '2026-03-09T12:00:00Z'], { catchUp: 'all' })).toEqual([[1, 2, 3, 4, 5, 6, 7, 8], 0]);
  });

  it('raises nothing at a site that is archived by then, though the schedule was not told, and the date later once the site is back before it', async () => {
    const trial = new TimerTrial(pmTimer).given(pmSchedule, 3, registered({ leadTimeHours: '24' })).siteIs('2026-03-01T08:59:59.999Z', 7);
    expect(await trial.at('2026-03-01T09:00:00Z')).toEqual({
      'pmSchedule-3': [{ type: 'PmScheduleSiteArchived', data: { siteRevision: 7 } }],
    });
    expect(await trial.at('2026-03-01T10:00:00Z')).toEqual({});
    const back = '2026-03-01T12:00:00.000Z';
    trial.siteIs(undefined, 8).given(pmSchedule, 3, { type: 'PmScheduleSiteUnarchived', data: { siteRevision: 8, from: back, number: 0 } });
    expect(await trial.at(back)).toMatchObject({ 'pmSchedule-3': [{ type: 'PmOccurrenceRaised', data: { number: 1 } }] });
  });

  it('raises what came before its site was archived, with the last or with each, and nothing that came since', async () => {
    const raisedLate = async (catchUp: 'latest' | 'all'): Promise<unknown> => {
      const trial = new TimerTrial(pmTimer).given(pmSchedule, 3, registered({ catchUp })).siteIs('2026-03-04T09:00:00.000Z', 7);
      const events = ((await trial.at('2026-03-09T12:00:00Z'))['pmSchedule-3'] ?? []) as PmScheduleEvent[];
      return events.map(({ type, data }) => (type === 'PmOccurrenceRaised' ? data.number : type));
    };
    expect(await raisedLate('latest')).toEqual(['PmOccurrencesSkipped', 3, 'PmScheduleSiteArchived']);
    expect(await raisedLate('all')).toEqual([1, 2, 3, 'PmScheduleSiteArchived']);
  });

  it('catches up with years in steps, in one turn', async () => {
    expect(await after(['2036-03-02T09:00:00Z'])).toEqual([[3_654], 3_653]);
  });
});

describe('what came due before a schedule is held', () => {
  const origin = { entityId: 1, customerId: 1, correlationId: 'request', causationId: 'request' };

  /** A schedule whose dates the timer has not come to, at an instant. */
  function untouched(now: string, details: Partial<PmSchedule['details']> = {}) {
    const log = new TrialLog();
    log.record('pmSchedule-3', registered(details));
    const siteOf = () => Promise.resolve({ timeZone: 'Etc/UTC', archivedAt: undefined, revision: 0 });
    const world = { events: log.events(), siteOf, clock: { now: () => new Date(now), until: () => Promise.resolve() } };
    const raised = (): number[] =>
      ((log.since(1)['pmSchedule-3'] ?? []) as PmScheduleEvent[]).flatMap(({ type, data }) =>
        type === 'PmOccurrenceRaised' ? [data.number] : [],
      );
    return { world, raised };
  }

  async function before(now: string, details: Partial<PmSchedule['details']> = {}): Promise<number[]> {
    const { world, raised } = untouched(now, details);
    expect(await raiseWhatIsDue(3, origin, world)).toMatchObject({ isRaised: true });
    return raised();
  }

  it('is raised, also by its lead time, and caught up with as the schedule does it; nothing else is', async () => {
    expect(await before('2026-03-02T08:59:59.999Z')).toEqual([]);
    expect(await before('2026-03-02T09:00:00Z')).toEqual([1]);
    expect(await before('2026-03-01T09:00:00Z', { leadTimeHours: '24' })).toEqual([1]);
    expect(await before('2026-03-04T09:00:00Z')).toEqual([3]);
    expect(await before('2026-03-04T09:00:00Z', { catchUp: 'all' })).toEqual([1, 2, 3]);
  });

  it('is each date of one that catches up with all, however many it owes', async () =>
    expect(await before('2029-03-04T09:00:00Z', { catchUp: 'all' })).toHaveLength(1_099));

  it('is said to take longer than somebody waits for it, so that nothing is passed over', async () => {
    const { world, raised } = untouched('2026-03-04T09:00:00Z', { catchUp: 'all' });
    await expect(raiseWhatIsDue(3, origin, world, Date.now() - 1)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(raised()).toEqual([]);
    expect(await raiseWhatIsDue(3, origin, world)).toEqual({ isRaised: true, alone: { before: 0, after: 3 } });
    expect(await raiseWhatIsDue(3, origin, world, Date.now() - 1)).toEqual({ isRaised: true, alone: { before: 3, after: 3 } });
    expect(raised()).toEqual([1, 2, 3]);
  });

  it('is raised once, though the timer comes to it at the same moment', async () => {
    const { world, raised } = untouched('2026-03-02T09:00:00Z');
    await Promise.all([raiseWhatIsDue(3, origin, world), pmTimer.raise(3, new Date('2026-03-02T09:00:00Z'), origin, world)]);
    expect(raised()).toEqual([1]);
  });
});

import type { Caller } from './caller.js';
import type { Random } from './random.js';

/** A schedule, and the dates that must have been raised in the end: so many, a day or a week apart. */
export type PlannedSchedule = Readonly<{
  id: number;
  what: 'missed' | 'coming' | 'by hand' | 'of a site that moves';
  raised: number;
  daysApart: 1 | 7;
  /** The first date, where it is known to the millisecond. */
  first?: string;
}>;

const dayMs = 86_400_000;
const hourMs = 3_600_000;
export const handsAtOnce = 50;
const zones = ['Asia/Tokyo', 'America/New_York', 'Europe/Berlin'] as const;

type Scene = Readonly<{ caller: Caller; random: Random }>;

const register = async (caller: Caller, title: string, fields: object): Promise<number> =>
  caller.create('/pm_schedules', { pm_schedule: { title, repeat_frequency: 'day', template_work_order: { priority: 'low' }, ...fields } });

/** Dates that were missed: each gets its order, one after the other, as fast as the processes go. */
export async function missedDates({ caller, random }: Scene): Promise<PlannedSchedule> {
  const days = random.between(5, 25);
  // The next date is hours away, so that none comes before the end of the proof.
  const first = new Date(Date.now() - days * dayMs - random.between(1, 10) * hourMs - random.between(0, 999)).toISOString();
  const id = await register(caller, 'Missed', { start_date: first, catch_up: 'all' });
  return { id, what: 'missed', raised: days + 1, daysApart: 1, first };
}

/** A date whose moment comes within seconds, by itself or by its lead time. */
export async function comingDate({ caller, random }: Scene): Promise<PlannedSchedule> {
  const lead_time_hours = random.pick([0, 24]);
  const first = new Date(Date.now() + lead_time_hours * hourMs + random.between(0, 2_500)).toISOString();
  const id = await register(caller, 'Coming', { start_date: first, lead_time_hours });
  return { id, what: 'coming', raised: 1, daysApart: 1, first };
}

/** Fifty people raise the next date at the same moment: each has one of his own. */
export async function raisedByHand({ caller }: Scene): Promise<PlannedSchedule> {
  const first = '2095-01-03T08:00:00.000Z';
  const id = await register(caller, 'By hand', { start_date: first });
  await Promise.all(Array.from({ length: handsAtOnce }, () => caller.post(`/pm_schedules/${id}/raise`, {})));
  return { id, what: 'by hand', raised: handsAtOnce, daysApart: 1, first };
}

/** The site moves from zone to zone while schedules of it are made and raised: no week is left out, and none comes twice. */
export async function ofASiteThatMoves(siteId: number, moving: Caller, { random }: Scene): Promise<PlannedSchedule[]> {
  const move = async (): Promise<void> => {
    for (let times = 0; times < 2; times++) await moving.patch(`/entities/${siteId}`, { entity: { timezone: random.pick(zones) } });
  };
  const plan = async (): Promise<PlannedSchedule> => {
    // Near the days on which clocks change, so that dates of one zone lie later in another.
    const start_date = `2095-${random.pick(['02-27', '03-20', '10-15'])}T22:00:00.000Z`;
    const id = await register(moving, 'Moving', { start_date, repeat_frequency: 'week' });
    const raised = random.between(3, 6);
    for (let number = 0; number < raised; number++) await moving.post(`/pm_schedules/${id}/raise`, {});
    return { id, what: 'of a site that moves', raised, daysApart: 7 };
  };
  const [, ...planned] = await Promise.all([move(), plan(), plan(), plan()]);
  return planned;
}

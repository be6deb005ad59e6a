import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Cost, Measurement } from './line.js';
import { MeasuredServer } from './over-http/measured-server.js';
import { many } from './over-http/plant.js';
import { onePart, restock } from './over-http/scenarios.js';
import type { BenchPlace } from './place.js';
import { poolOf } from './pool.js';
import { perOperation } from './processor-time.js';

const mostSchedules = 10_000;
const schedulesPerSecond = 2_000;
/** What is asked beside, half reads and half writes, whatever becomes of the answers before: a server that is late is not asked less. */
const requestsPerSecond = 40;
const partsAskedFor = 50;
/** Made beforehand, to see how fast schedules are made. */
const trials = 100;
const usualMs = 10_000;
const longestMs = 900_000;

/** Schedules that all come due at one instant: how long until the last has its order, and what it does to whoever asks meanwhile. */
export async function schedulesDueAtOnce(place: BenchPlace): Promise<Measurement[]> {
  const count = Math.min(mostSchedules, place.seconds * schedulesPerSecond);
  const server = await MeasuredServer.start(place);
  const pool = poolOf(place.superuserUrl, 1);
  try {
    const parts = await many(partsAskedFor, (number) =>
      server.create('/parts', { part: { name: `Seal ${number}`, on_hand_qty: 1_000_000, unit_cost: 2.5 } }),
    );
    const dueAt = await makeSchedules(server, count);
    await server.settled();
    // Long enough for a p99 where they were made sooner than was reckoned with.
    await delay(Math.max(0, dueAt - usualMs - Date.now()));
    const before = await asking(server, parts, () => Promise.resolve(Date.now() >= dueAt));
    const spent = await server.processorTime();
    const during = await asking(server, parts, async () => (await ordersOpened(pool)) >= count || Date.now() > dueAt + longestMs);
    const seconds = (Date.now() - dueAt) / 1_000;
    await server.settled();
    // With what was asked beside, which is little.
    const processor = perOperation(spent, await server.processorTime(), count);
    const name = `${count} schedules due at one instant`;
    return [
      {
        name: `${name}: until the last order is open`,
        unit: 's',
        value: seconds,
        probe: null,
        budget: { atMost: (60 * count) / mostSchedules },
        cost: { count, ...(await waited(pool, dueAt)), processor },
      },
      {
        name: `${name}: p99 of ${requestsPerSecond} requests a second meanwhile`,
        unit: 'ms',
        value: during,
        probe: before,
        budget: { atMostTimesProbe: 2 },
      },
    ];
  } finally {
    await pool.end();
    await server.dispose();
  }
}

/** @returns when all are due, in milliseconds since 1970: soon after the last is made */
async function makeSchedules(server: MeasuredServer, count: number): Promise<number> {
  const make = (start_date: string) =>
    server.create('/pm_schedules', {
      pm_schedule: { title: 'Lubricate', start_date, repeat_frequency: 'day', template_work_order: { priority: 'low' } },
    });
  const began = performance.now();
  await many(trials, () => make('2095-01-01T00:00:00Z'));
  const eachMs = (performance.now() - began) / trials;
  const dueAt = Date.now() + 1.5 * count * eachMs + 2 * usualMs;
  await many(count, () => make(new Date(dueAt).toISOString()));
  if (Date.now() > dueAt - usualMs)
    throw new Error('the schedules were due before all of them were made: the machine has become slower meanwhile');
  return dueAt;
}

async function ordersOpened(pool: pg.Pool): Promise<number> {
  await delay(250);
  const { rows } = await pool.query<{ count: string }>(`select count(*) from log.events where type = 'WorkOrderOpened'`);
  return Number(rows[0]?.count ?? 0);
}

/** How long the orders came after the instant, in milliseconds. */
async function waited(pool: pg.Pool, dueAt: number): Promise<Pick<Cost, 'p50' | 'p99'>> {
  const { rows } = await pool.query<{ moments: [Date, Date] }>(
    `select percentile_disc(array[0.5, 0.99]) within group (order by (canonical::jsonb -> 'metadata' ->> 'recorded_at')::timestamptz) as moments
     from log.events where type = 'WorkOrderOpened'`,
  );
  const [p50 = 0, p99 = 0] = (rows[0]?.moments ?? []).map((moment) => moment.getTime() - dueAt);
  return { p50, p99 };
}

/** Asks until it is over. @returns p99 of the answers, in milliseconds */
async function asking(server: MeasuredServer, parts: readonly number[], isOver: () => Promise<boolean>): Promise<number> {
  const times: number[] = [];
  const under: Promise<void>[] = [];
  let over = false;
  const watching = (async () => {
    while (!(await isOver())) await delay(50);
    over = true;
  })();
  const started = performance.now();
  for (let sent = 0; !over; sent++) {
    const due = started + (sent * 1_000) / requestsPerSecond;
    if (due > performance.now()) await delay(due - performance.now());
    const part = parts[sent % parts.length] ?? 0;
    const asked = performance.now();
    under.push(server.insist(sent % 2 === 0 ? onePart(part) : restock(part)).then(() => void times.push(performance.now() - asked)));
  }
  await Promise.all([watching, ...under]);
  times.sort((one, other) => one - other);
  return times[Math.floor(times.length * 0.99)] ?? 0;
}

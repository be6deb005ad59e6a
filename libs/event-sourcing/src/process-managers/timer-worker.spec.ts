import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { commandContext } from '../contract/counting.js';
import type { RecordedEvent } from '../event.js';
import { EventStore } from '../event-store.js';
import { Precedence } from '../precedence.js';
import { eventually, World } from '../projections/testing/world.js';
import { Sequences } from '../sequences.js';
import { filter, filterTimer, planned, type FilterEvent } from '../testing/filters.js';
import { MovedClock } from '../testing/moved-clock.js';
import { ProcessManagerEngine } from './process-manager-engine.js';
import { processManagerOfTimer } from './timer-worker.js';

const first = '2026-02-01T23:30:00.000Z';
const dayOf = (day: number): string => `2026-02-0${day}T23:30:00.000Z`;

describe('timers on PostgreSQL', () => {
  let world: World;
  let pool: pg.Pool;
  let events: EventStore;
  const precedence = new Precedence();
  const engines: ProcessManagerEngine[] = [];
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    world = await World.create();
    pool = new pg.Pool({ connectionString: world.database.url, max: 4 });
    pool.on('error', () => undefined);
    events = new EventStore(world.log, new Sequences(pool));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await Promise.all(engines.splice(0).map((engine) => engine.stop()));
    await events.close();
    await pool.end();
    await world.end();
  });

  const started = async (clock: MovedClock, through: Pick<pg.Pool, 'query'> = pool): Promise<ProcessManagerEngine> => {
    const timer = processManagerOfTimer(filterTimer, {
      clock,
      events,
      precedence,
      pool: through,
      siteOf: () => Promise.resolve({ timeZone: 'Europe/Berlin', archivedAt: undefined, revision: 0 }),
    });
    const engine = new ProcessManagerEngine({ log: world.log, managers: [timer], database: { connectionString: world.database.url } });
    engines.push(engine);
    await engine.start();
    return engine;
  };
  const plan = async (id: number, ...given: FilterEvent[]): Promise<bigint> =>
    (await events.execute(filter, id, () => given, { context: commandContext({ customerId: 7, entityId: 3 }) })).position;
  const raisedEvents = async (id: number): Promise<RecordedEvent[]> =>
    (await world.log.readStream(`filter-${id}`)).filter(({ type }) => type === 'ChangeRaised');
  const raised = async (id: number): Promise<string[]> =>
    (await raisedEvents(id)).map(({ data }) => (data as Readonly<{ dueAt: string }>).dueAt);
  const settled = async (now: string): Promise<void> =>
    eventually(async () => (await world.rows(`select from app.timers where due_at <= $1`, now)).length === 0);
  const workerProcess = (now: string, deadlyStep = ''): ChildProcess => {
    const script = 'libs/event-sourcing/src/process-managers/testing/timers-worker.ts';
    const child = spawn(process.execPath, ['--import', './test/harness/typescript.mjs', script, world.database.url, now, deadlyStep], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  };

  it('raise what is due once the clock is moved there, as the system, for the site and customer of the stream, on the day at the site', async () => {
    const clock = new MovedClock('2026-02-01T00:00:00Z');
    const engine = await started(clock);
    await engine.waitFor('change-filters', await plan(1, planned(first, 1)), { timeout: 120_000 });
    expect(await raised(1)).toEqual([]);
    clock.moveTo(first);
    await eventually(async () => (await raised(1)).length > 0);
    await settled(first);
    const [change] = await raisedEvents(1);
    expect(change?.metadata).toMatchObject({
      actor: { kind: 'process_manager', id: 'change-filters' },
      entity_id: 3,
      customer_id: 7,
      effective_at: '2026-02-02',
      $causationId: (await world.log.readStream('filter-1'))[0]?.id,
    });
    expect(await raised(1)).toEqual([first]);
  });

  it('catch up after a standstill in order, and raise nothing twice where the clock is set back', async () => {
    await plan(1, planned(first, 1));
    const clock = new MovedClock(dayOf(8));
    const engine = await started(clock);
    const week = [1, 2, 3, 4, 5, 6, 7, 8].map(dayOf);
    await eventually(async () => (await raised(1)).length >= week.length);
    clock.moveTo('2026-01-01T00:00:00Z');
    await engine.waitFor('change-filters', await plan(2, planned('2026-01-01T00:00:00.000Z', 1)), { timeout: 120_000 });
    await eventually(async () => (await raised(2)).length > 0);
    clock.moveTo(dayOf(8));
    await eventually(async () => (await raised(2)).length === 39);
    expect(await raised(1)).toEqual(week);
  });

  it('catch up without a pause from one instant to the next', async () => {
    await plan(1, planned('2026-01-01T23:30:00.000Z', 1));
    let [decided, pauses] = [0, 0];
    const query = ((statement: pg.QueryConfig) => {
      if (statement.name === 'note a decided instant') decided += 1;
      if (statement.name === 'next due instant' && decided > 0 && decided < 39) pauses += 1;
      return pool.query(statement);
    }) as pg.Pool['query'];
    await started(new MovedClock(dayOf(8)), { query });
    await eventually(async () => (await raised(1)).length === 39);
    // Whoever looks in between finds the next one.
    expect(pauses).toBeLessThanOrEqual(2);
  });

  it('decide an instant once although the stream stays due at it, and leave no row to streams that never were due', async () => {
    await plan(1, planned(first, 0));
    await plan(2, planned(first, -1));
    await plan(3, { type: 'Stopped', data: {} });
    const engine = await started(new MovedClock(dayOf(2)));
    await eventually(async () => (await world.rows('select from app.timers where decided_at is not null')).length === 2);
    await engine.waitFor('change-filters', await world.log.head(), { timeout: 120_000 });
    expect(await world.rows('select stream_id, due_at from app.timers order by 1')).toEqual([
      { stream_id: '1', due_at: null },
      { stream_id: '2', due_at: null },
    ]);
    expect([await raised(1), await raised(2)]).toEqual([[first], []]);
  });

  it('try a stream that fails again and show it, and hold up no other', async () => {
    await plan(1, planned('2026-01-01T00:00:00.000Z', 1_001));
    await plan(2, planned(first, 1));
    const engine = await started(new MovedClock(first));
    await eventually(async () => (await raised(2)).length > 0);
    await eventually(async () => ((await engine.status())[0]?.stuck.length ?? 0) > 0);
    expect((await engine.status())[0]?.stuck).toMatchObject([{ stream: 'filter-1', error: 'nobody can wait that long' }]);
    await engine.waitFor('change-filters', await plan(2, { type: 'Stopped', data: {} }), { timeout: 120_000 });
  });

  it('are decided once where that could not be noted, and the stream stays due at the instant', async () => {
    await plan(1, planned(first, 0));
    let failures = 0;
    const query = (statement: pg.QueryConfig): Promise<pg.QueryResult> => {
      if (statement.name !== 'note a decided instant' || failures > 0) return pool.query(statement);
      failures += 1;
      return Promise.reject(new Error('the connection was cut'));
    };
    await started(new MovedClock(first), { query: query as unknown as pg.Pool['query'] });
    await eventually(async () => (await world.rows('select from app.timers where decided_at is not null')).length === 1);
    expect(failures).toBe(1);
    expect(await raised(1)).toEqual([first]);
  });

  it('are decided once, whatever step the process that works them is killed at', async () => {
    await plan(1, planned(first, 1));
    await plan(2, planned(first, 0));
    const steps = ['execute', 'note a due instant', 'note a decided instant'].flatMap((step) => [`before ${step}`, `after ${step}`]);
    for (const [index, step] of steps.entries()) {
      const child = workerProcess(dayOf(8), step);
      expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
      await plan(3 + index, planned(first, 1)); // so that the next one has something to note and to raise
    }
    await started(new MovedClock(dayOf(8)));
    const repeated = [1, ...steps.map((_, index) => 3 + index)];
    for (const id of repeated) await eventually(async () => (await raised(id)).length >= 8);
    await settled(dayOf(8));
    for (const id of repeated) expect(await raised(id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map(dayOf));
    expect(await raised(2)).toEqual([first]);
  });

  it('are worked by one of three processes, and once, while they are killed and stopped', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => index + 1);
    for (const id of ids) await plan(id, planned(first, 1));
    const all = async (): Promise<number> => (await Promise.all(ids.map(async (id) => (await raised(id)).length))).reduce((a, b) => a + b);
    const processes = [workerProcess(dayOf(8)), workerProcess(dayOf(8)), workerProcess(dayOf(8))];
    await eventually(async () => (await all()) >= 20);
    for (const child of processes.slice(0, 2)) child.kill('SIGSTOP');
    processes[2]?.kill('SIGKILL');
    await started(new MovedClock(dayOf(8)));
    await eventually(async () => (await all()) >= 160);
    for (const child of processes.slice(0, 2)) child.kill('SIGCONT');
    await eventually(async () => (await all()) >= 320);
    await settled(dayOf(8));
    for (const id of ids) expect(await raised(id)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map(dayOf));
  });
});

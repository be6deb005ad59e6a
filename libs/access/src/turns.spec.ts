import pg from 'pg';
import { runInContext, type CommandContext } from '#millwright/event-sourcing';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { TurnLocks } from './turn-locks.js';
import { Turns } from './turns.js';

let database: TestDatabase;
let pools: pg.Pool[];
beforeEach(async () => {
  database = await createDatabase();
  pools = [0, 1].map(() => new pg.Pool({ connectionString: database.url, max: 3 }));
});
afterEach(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database.drop();
});

const poolOf = (place: number): pg.Pool => pools[place] as pg.Pool;

/** Of one process, or of another. */
const turns = (place = 0): Turns => new Turns(poolOf(place));
const within = <T>(milliseconds: number, run: () => T): T =>
  runInContext({ deadline: Date.now() + milliseconds } as unknown as CommandContext, run);
const take = <T>(of: Turns, what: string, run: () => Promise<T>): Promise<T> => within(20_000, () => of.take(what, run));

/** Work that goes on until it is told to end, and resolves `begun` when it begins. */
function work(): { begun: Promise<void>; end: () => void; run: () => Promise<void> } {
  let [begin, end] = [(): void => undefined, (): void => undefined];
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { begun, end, run: () => (begin(), ended) };
}

describe('turns', () => {
  it('come one after another where they are about the same, in a process or two', async () => {
    const ofProcesses = [turns(0), turns(0), turns(1)];
    let underWay = 0;
    let done = 0;
    const one = async (): Promise<void> => {
      expect((underWay += 1)).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 2));
      underWay -= 1;
      done += 1;
    };
    await Promise.all(Array.from({ length: 90 }, (_, index) => take(ofProcesses[index % 3] as Turns, 'user 1', one)));
    expect(done).toBe(90);
  });

  it('are had in the order in which they were asked for, and by another process before a long queue has ended', async () => {
    const order: number[] = [];
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const slowly = (who: number) => async (): Promise<void> => {
      order.push(who);
      begin();
      await new Promise((resolve) => setTimeout(resolve, 10));
    };
    let asked = 0;
    let isOver = false;
    // Its queue never ends by itself, however slow the other process is to ask.
    const again = async (): Promise<void> => {
      while (!isOver) await take(turns(0), 'user 1', slowly((asked += 1)));
    };
    const all = Array.from({ length: 4 }, again);
    await begun;
    await take(turns(1), 'user 1', slowly(-1)).finally(() => (isOver = true));
    await Promise.all(all);
    expect(order.filter((who) => who >= 0)).toEqual(Array.from({ length: asked }, (_, index) => index + 1));
    expect(order[0]).toBe(1);
  });

  it('hold one connection of a pool together, so that work of all kinds has the others, also inside another turn', async () => {
    const [held, others] = [work(), Array.from({ length: 300 }, work)];
    const first = take(turns(), 'user 1', held.run);
    await held.begun;
    const waiting = take(turns(), 'user 1', () => Promise.resolve('late'));
    const asking = (index: number) => async (): Promise<void> => {
      await others[index]?.run();
      await poolOf(0).query('SELECT 1');
      if (index % 10 === 0) await take(turns(), `role ${index}`, () => poolOf(0).query('SELECT 1'));
    };
    const all = others.map((_, index) => take(turns(), `asset ${index}`, asking(index)));
    await Promise.all(others.map(({ begun }) => begun));
    expect(poolOf(0).totalCount - poolOf(0).idleCount).toBe(1);
    for (const { end } of [held, ...others]) end();
    await Promise.all([first, ...all]);
    expect(await waiting).toBe('late');
  });

  it('are given up in time, in their process and in another, and leave the connection as it was', async () => {
    const held = work();
    const failing = take(turns(), 'user 1', () => held.run().then(() => Promise.reject(new Error('no'))));
    await held.begun;
    for (const place of [0, 1])
      await expect(within(30, () => turns(place).take('user 1', () => Promise.resolve()))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    held.end();
    await expect(failing).rejects.toThrow('no');
    for (const place of [1, 0]) expect(await take(turns(place), 'user 1', () => Promise.resolve(7))).toBe(7);
    while (poolOf(0).idleCount < poolOf(0).totalCount) await new Promise((resolve) => setImmediate(resolve));
    const { rows } = await poolOf(0).query<{ setting: string }>(`SELECT current_setting('idle_session_timeout') AS setting`);
    expect(rows).toEqual([{ setting: '0' }]);
    expect(poolOf(0).totalCount).toBe(1);
  });

  it('are kept by work that goes on for longer than a stopped process would have them', async () => {
    const locks = new TurnLocks(poolOf(0), 3_000);
    const others = new TurnLocks(poolOf(1), 3_000);
    expect(await locks.take('user 1')).toBe(true);
    await poolOf(1).query('SELECT pg_sleep(4)');
    expect(await others.take('user 1')).toBe(false);
    locks.giveBack('user 1');
    while (!(await others.take('user 1'))) await new Promise((resolve) => setImmediate(resolve));
    others.giveBack('user 1');
    while (poolOf(0).idleCount < poolOf(0).totalCount) await new Promise((resolve) => setImmediate(resolve));
    const { rows } = await poolOf(0).query<{ setting: string }>(`SELECT current_setting('idle_session_timeout') AS setting`);
    expect(rows).toEqual([{ setting: '0' }]);
  });

  it('stay apart in their process where the connection is lost, and go on', async () => {
    const [held, after] = [work(), work()];
    const first = take(turns(), 'user 1', held.run);
    await held.begun;
    let hasEnded = false;
    const second = take(turns(), 'user 1', () => (expect(hasEnded).toBe(true), after.run()));
    await poolOf(1).query(`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    while (poolOf(0).totalCount > 0) await new Promise((resolve) => setImmediate(resolve));
    hasEnded = true;
    held.end();
    await first;
    await after.begun;
    await expect(within(50, () => turns(1).take('user 1', () => Promise.resolve()))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    after.end();
    await second;
  });

  it('are refused with what the database says where it cannot be asked', async () => {
    const nobody = new pg.Pool({ host: '127.0.0.1', port: 1 });
    await expect(take(new Turns(nobody), 'user 1', () => Promise.resolve())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await nobody.end();
  });
});

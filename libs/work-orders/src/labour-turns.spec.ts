import pg from 'pg';
import { runInContext, type CommandContext } from '#millwright/event-sourcing';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { LabourTurns } from './labour-turns.js';

let database: TestDatabase;
let pools: pg.Pool[];
beforeAll(async () => {
  database = await createDatabase();
  pools = [0, 1].map(() => new pg.Pool({ connectionString: database.url, max: 10 }));
});
afterAll(async () => {
  await Promise.all(pools.map((pool) => pool.end()));
  await database.drop();
});

const turns = (place = 0): LabourTurns => new LabourTurns(pools[place] as pg.Pool);
const within = <T>(milliseconds: number, work: () => T): T =>
  runInContext({ deadline: Date.now() + milliseconds } as unknown as CommandContext, work);

/** Work that goes on until it is told to end, and resolves `begun` when it begins. */
function work(): { begun: Promise<void>; end: () => void; run: () => Promise<void> } {
  let [begin, end] = [(): void => undefined, (): void => undefined];
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { begun, end, run: () => (begin(), ended) };
}

describe('turns of labour', () => {
  it('are one after another of one person on one order, in a process or two', async () => {
    const ofProcesses = [turns(0), turns(1)] as const;
    let underWay = 0;
    let done = 0;
    const one = async (): Promise<void> => {
      expect((underWay += 1)).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      done += 1;
    };
    await Promise.all(Array.from({ length: 20 }, (_, index) => within(20_000, () => ofProcesses[index % 2 === 0 ? 0 : 1].take(7, 3, one))));
    expect(done).toBe(20);
  });

  it('let hundreds begin at once who are about others, also while one is waited for', async () => {
    const [held, ofProcess] = [work(), turns()];
    const first = within(20_000, () => ofProcess.take(7, 3, held.run));
    await held.begun;
    const waiting = within(20_000, () => ofProcess.take(7, 3, () => Promise.resolve('late')));
    const others = Array.from({ length: 300 }, work);
    const all = others.map(({ run }, index) => within(20_000, () => ofProcess.take(7, 4 + index, run)));
    await Promise.all(others.map(({ begun }) => begun));
    for (const { end } of [held, ...others]) end();
    await Promise.all([first, ...all]);
    expect(await waiting).toBe('late');
  });

  it('are given up in time, and go on after work that fails', async () => {
    const [held, ofProcess] = [work(), turns()];
    const failing = within(20_000, () => ofProcess.take(7, 3, () => held.run().then(() => Promise.reject(new Error('no')))));
    await held.begun;
    await expect(within(30, () => ofProcess.take(7, 3, () => Promise.resolve()))).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    held.end();
    await expect(failing).rejects.toThrow('no');
    await within(20_000, () => ofProcess.take(7, 3, () => Promise.resolve()));
  });
});

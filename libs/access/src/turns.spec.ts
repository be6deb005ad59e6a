import pg from 'pg';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { Turns } from './turns.js';

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

const turns = (place = 0): Turns => new Turns(pools[place] as pg.Pool);

/** Work that goes on until it is told to end, and resolves `begun` when it begins. */
function work(): { begun: Promise<void>; end: () => void; run: () => Promise<void> } {
  let [begin, end] = [(): void => undefined, (): void => undefined];
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { begun, end, run: () => (begin(), ended) };
}

describe('turns', () => {
  it('let nobody wait for who does something else', async () => {
    const [one, other] = [work(), work()];
    const ofProcess = turns();
    const done = [ofProcess.take('user 1', one.run), ofProcess.take('user 2', other.run)];
    await Promise.all([one.begun, other.begun]);
    for (const { end } of [one, other]) end();
    await Promise.all(done);
  });

  it.each([0, 1])('come one after another where they are about the same, in one process or two (%i)', async (place) => {
    const [first, second] = [work(), work()];
    let hasEnded = false;
    const ofFirst = turns();
    const done = ofFirst.take('user 3', first.run).then(() => undefined);
    await first.begun;
    const after = (place === 0 ? ofFirst : turns(1)).take('user 3', () => {
      expect(hasEnded).toBe(true);
      return second.run();
    });
    const waiting = async (): Promise<number> => {
      const { rows } = await (pools[0] as pg.Pool).query<{ count: string }>(
        `select count(*) from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`,
      );
      return Number(rows[0]?.count);
    };
    while ((await waiting()) === 0);
    hasEnded = true;
    first.end();
    second.end();
    await Promise.all([done, after]);
  });

  it('go on after work that fails', async () => {
    const ofProcess = turns();
    const fails = Array.from({ length: 3 }, () => ofProcess.take('user 4', () => Promise.reject(new Error('no'))));
    for (const failed of fails) await expect(failed).rejects.toThrow('no');
    expect(await ofProcess.take('user 4', () => Promise.resolve(7))).toBe(7);
  });
});

import pg from 'pg';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { CallWindows } from './call-windows.js';
import { retryAfterSeconds, standingOf } from './domain/standing.js';
import { limitMigrations } from './migrations.js';

let database: TestDatabase;
let pool: pg.Pool;
let windows: CallWindows;
const faults: unknown[] = [];

const another = (): CallWindows => new CallWindows(pool, (fault) => faults.push(fault));

beforeAll(async () => {
  database = await createDatabase();
  // What is counted here is in no danger, and twelve thousand calls one after the other would each wait for the disk.
  pool = new pg.Pool({ connectionString: database.ownerUrl, options: '-c synchronous_commit=off' });
  pool.on('error', () => undefined); // connections that are being closed while the database is dropped
  await pool.query('CREATE SCHEMA app');
  for (const { sql } of limitMigrations) await pool.query(sql);
  windows = another();
});

afterAll(async () => {
  windows.close();
  await pool.end();
  await database.drop();
});

/** The same numbers in the same order on every run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

type Call = Readonly<{ at: number; weight: number }>;
type Decision = Readonly<{ accepted: boolean; used: number; at: number; wait: number | null; oldest_leaves_at: number | null; one_more_at: number | null }>; // prettier-ignore

/** What the contract says, looked up in all that was ever taken: slow, and plainly right. */
class Oracle {
  private readonly taken: Call[] = [];

  constructor(private readonly window: Readonly<{ requests: number; seconds: number }>) {}

  usedAt = (at: number): number => this.taken.reduce((used, call) => used + (at < call.at + this.window.seconds ? call.weight : 0), 0);

  fits = (at: number, weight: number): boolean => this.usedAt(at) + weight <= this.window.requests;

  /** The first instant at which so much fits: room comes only when something leaves. */
  fitsAt(at: number, weight: number): number {
    const leaving = this.taken.map((call) => call.at + this.window.seconds).filter((instant) => instant > at);
    return [at, ...leaving.sort((one, other) => one - other)].find((instant) => this.fits(instant, weight)) ?? Number.NaN;
  }

  take(call: Call): boolean {
    const accepted = this.fits(call.at, call.weight);
    if (accepted) this.taken.push(call);
    return accepted;
  }
}

/** Instants are whole milliseconds after this one, in seconds; PostgreSQL counts microseconds, so nothing is rounded. */
const start = 1_800_000_000;
const seconds = (milliseconds: number): number => Math.round(milliseconds) / 1_000;

async function decideAt(subject: string, window: object, { at, weight }: Call): Promise<Decision> {
  const calls = JSON.stringify([{ place: 0, subject, weight, instead_of: null, ...window }]);
  const sql = `SELECT accepted, used, at, wait, oldest_leaves_at, one_more_at
    FROM app.count_calls($1::jsonb, to_timestamp($2::numeric / 1000))`;
  const { rows } = await pool.query<Decision>({ name: 'decide', text: sql, values: [calls, Math.round((start + at) * 1_000)] });
  return rows[0] as Decision;
}

describe('a window', () => {
  it('takes exactly what a naive look at all calls allows, ten thousand times on a simulated clock', async () => {
    const random = numbers(12);
    const window = { requests: 60, seconds: 60 };
    const oracle = new Oracle(window);
    let now = 0;
    for (let calls = 0; calls < 10_000; calls++) {
      // Crowds and lulls, and every so often exactly the instant at which room comes.
      const pace = random.next().value < 0.9 ? 900 : 20_000;
      now = random.next().value < 0.1 ? oracle.fitsAt(now, 1) : seconds((now + seconds(random.next().value * pace)) * 1_000);
      const weight = random.next().value < 0.8 ? 1 : 1 + Math.floor(random.next().value * 20);
      const call = { at: now, weight };
      const fitsAt = oracle.fitsAt(now, weight);
      const accepted = oracle.take(call);
      const decision = await decideAt('oracle', window, call);
      expect({ calls, accepted: decision.accepted, used: decision.used }).toEqual({ calls, accepted, used: oracle.usedAt(now) });
      if (!accepted) expect(decision.wait).toBeCloseTo(fitsAt - now, 5);
      const oneMoreAt = oracle.usedAt(now) >= window.requests ? oracle.fitsAt(now, 1) : null;
      if (oneMoreAt === null) expect(decision.one_more_at).toBeNull();
      else expect(decision.one_more_at).toBeCloseTo(start + oneMoreAt, 5);
    }
  }, 120_000);

  it('never refuses again who waits exactly as long as Retry-After says', async () => {
    const random = numbers(7);
    const window = { requests: 10, seconds: 60 };
    let now = 0;
    let refused = 0;
    for (let calls = 0; calls < 2_000; calls++) {
      now += seconds(random.next().value * 5_000);
      const weight = 1 + Math.floor(random.next().value * 3);
      const first = await decideAt('patient', window, { at: now, weight });
      if (first.accepted) continue;
      refused++;
      now += retryAfterSeconds(first.wait ?? 0);
      expect(await decideAt('patient', window, { at: now, weight })).toMatchObject({ accepted: true });
    }
    expect(refused).toBeGreaterThan(500);
  }, 120_000);

  it('lets a call count up to the end of its window, and not at it', async () => {
    const window = { requests: 1, seconds: 60 };
    await decideAt('edge', window, { at: 0, weight: 1 });
    expect(await decideAt('edge', window, { at: 59.999, weight: 1 })).toMatchObject({ accepted: false });
    expect(await decideAt('edge', window, { at: 60, weight: 1 })).toMatchObject({ accepted: true });
  });

  it('says of a limit that was lowered when one more fits, not when the oldest leaves', async () => {
    for (const at of [0, 1, 2]) await decideAt('lowered', { requests: 3, seconds: 60 }, { at, weight: 1 });
    const decision = await decideAt('lowered', { requests: 2, seconds: 60 }, { at: 3, weight: 1 });
    expect(decision).toMatchObject({ accepted: false, wait: 58, one_more_at: start + 61, oldest_leaves_at: start + 60 });
  });
});

describe('calls of one moment', () => {
  const window = { requests: 25, seconds: 600 };

  it('are taken up to the limit, whichever process they come to', async () => {
    const processes = [another(), another(), another()];
    const asked = processes.flatMap((each) => Array.from({ length: 30 }, () => each.count({ subject: 'crowd', weight: 1, window })));
    const counted = await Promise.all(asked);
    expect(counted.filter(({ accepted }) => accepted)).toHaveLength(25);
    processes.forEach((each) => each.close());
  });

  it('of several subjects do not wait for each other for ever', async () => {
    const one = another();
    const other = another();
    const subjects = Array.from({ length: 20 }, (_, index) => `subject ${index}`);
    const ask = (by: CallWindows, names: readonly string[]): Promise<unknown>[] =>
      names.map((subject) => by.count({ subject, weight: 1, window }));
    const counted = await Promise.all([...ask(one, subjects), ...ask(other, subjects.toReversed()), ...ask(one, subjects)]);
    expect(counted).toHaveLength(60);
    one.close();
    other.close();
  });
});

describe('a call that turns out to count more', () => {
  const window = { requests: 10, seconds: 600 };

  it('counts in place of what it was taken for', async () => {
    const first = await windows.count({ subject: 'batch', weight: 1, window });
    const whole = await windows.count({ subject: 'batch', weight: 10, window, insteadOf: idOf(first) });
    expect(whole).toMatchObject({ accepted: true, used: 10 });
  });

  it('is refused whole, and then counts nothing', async () => {
    await windows.count({ subject: 'too much', weight: 4, window });
    const first = await windows.count({ subject: 'too much', weight: 1, window });
    const whole = await windows.count({ subject: 'too much', weight: 7, window, insteadOf: idOf(first) });
    expect(whole).toMatchObject({ accepted: false, used: 4 });
  });
});

const idOf = (counted: Awaited<ReturnType<CallWindows['count']>>): string => (counted.accepted && counted.id) || '';

it('is told how one stands without calling', async () => {
  const window = { requests: 3, seconds: 600 };
  await windows.count({ subject: 'looked at', weight: 1, window });
  const look = await windows.count({ subject: 'looked at', weight: 0, window });
  expect(standingOf(window, look)).toMatchObject({ limit: 3, remaining: 2, reset: Math.ceil(look.oldestLeavesAt ?? 0) });
});

it('keeps nobody’s name for longer than his calls count', async () => {
  await windows.count({ subject: 'passing by', weight: 1, window: { requests: 3, seconds: 0.001 } });
  await windows.count({ subject: 'staying', weight: 1, window: { requests: 3, seconds: 600 } });
  const { rows: later } = await pool.query<{ later: boolean }>('SELECT pg_sleep(0.002), true AS later');
  expect(later).toMatchObject([{ later: true }]);
  await windows.clear();
  const { rows } = await pool.query<{ subject: string }>(
    `SELECT subject FROM app.call_windows WHERE subject IN ('passing by', 'staying') UNION SELECT subject FROM app.counted_calls WHERE subject = 'passing by'`,
  );
  expect(rows).toEqual([{ subject: 'staying' }]);
  expect(faults).toEqual([]);
});

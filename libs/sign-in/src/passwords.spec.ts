import { Pool } from 'pg';
import { EventStore, Rejection } from '#millwright/event-sourcing';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { signInMigrations } from './migrations.js';
import { Passwords } from './passwords.js';
import { People } from './people.js';
import { WaitingPairs } from './waiting-pairs.js';

let database: TestDatabase;
let pool: Pool;
let passwords: Passwords;

beforeAll(async () => {
  database = await createDatabase();
  // One connection: whoever holds it while something is written down keeps everybody else waiting.
  pool = new Pool({ connectionString: database.ownerUrl, max: 1, connectionTimeoutMillis: 1_000 });
  await pool.query('CREATE SCHEMA IF NOT EXISTS app');
  for (const { sql } of signInMigrations) await pool.query(sql);
  // Nobody is looked up here.
  const people = new People(undefined as unknown as EventStore, undefined as never, pool);
  passwords = new Passwords(pool, people, new WaitingPairs(pool));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => pool.query("INSERT INTO app.passwords VALUES (7, 'old') ON CONFLICT (user_id) DO UPDATE SET hash = 'old'"));

const kept = async () => (await pool.query<{ hash: string }>('SELECT hash FROM app.passwords WHERE user_id = 7')).rows[0]?.hash;
const owes = async () => (await pool.query<{ owes: unknown }>('SELECT owes FROM app.passwords WHERE user_id = 7')).rows[0]?.owes;
const owed = { event: '0199d1e4-0000-7000-8000-000000000001', because: 'change', requestId: 'a request', keptSession: null } as const;
const change = (written: () => Promise<void>) => passwords.replace(7, { current: 'old', hashed: 'new', owed }, written);

describe('a change of a password', () => {
  it('holds no connection while it is written down', async () => {
    await change(async () => void (await pool.query('SELECT')));
    expect([await kept(), await owes()]).toEqual(['new', owed]);
    await passwords.settled(7, { ...owed, event: 'another' });
    expect(await owes()).toEqual(owed);
    await passwords.settled(7, owed);
    expect(await owes()).toBeNull();
  });

  it('is none where it was certainly not written down', async () => {
    const refused = new Rejection('NOT_FOUND', 'there is no such person');
    await expect(change(() => Promise.reject(refused))).rejects.toBe(refused);
    expect([await kept(), await owes()]).toEqual(['old', null]);
  });

  it('stays where nobody knows whether it was written down', async () => {
    await expect(change(() => Promise.reject(new Rejection('UNAVAILABLE', 'the log does not answer')))).rejects.toThrow();
    expect([await kept(), await owes()]).toEqual(['new', owed]);
  });

  it('is written down by one of two who knew the same', async () => {
    let times = 0;
    const write = async () => void (times += 1);
    const [first, second] = await Promise.allSettled([change(write), change(write)]);
    expect([first.status, second.status, times]).toEqual(['fulfilled', 'rejected', 1]);
  });
});

import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'pg';
import { noteLogin, PersonalTraces, userMigrations, type PersonalTrace } from '#millwright/people';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { inTransaction } from './in-transaction.js';
import type { LiveSessions } from './live-sessions.js';
import { signInMigrations } from './migrations.js';
import { Passwords } from './passwords.js';
import { SignInTraces } from './sign-in-traces.js';

let database: TestDatabase;
let pool: Pool;
let trace: PersonalTrace;

beforeAll(async () => {
  database = await createDatabase();
  pool = new Pool({ connectionString: database.ownerUrl, max: 4 });
  await pool.query('CREATE SCHEMA IF NOT EXISTS app');
  const ofSignIns = userMigrations.filter(({ name }) => /-(sign-ins|issuers)$/.test(name));
  for (const { sql } of [...ofSignIns, ...signInMigrations]) await pool.query(sql);
  const traces = { register: (registered: PersonalTrace) => (trace = registered) } as unknown as PersonalTraces;
  new SignInTraces(traces, pool, { forget: () => undefined } as unknown as LiveSessions).onModuleInit();
});
beforeEach(() =>
  pool.query(
    `INSERT INTO app.passwords VALUES (7, 'old') ON CONFLICT DO NOTHING; INSERT INTO app.sign_ins (user_id) VALUES (7) ON CONFLICT DO NOTHING`,
  ),
);
afterAll(async () => {
  await pool.end();
  await database.drop();
});

const count = async (table: string) => (await pool.query(`SELECT FROM app.${table} WHERE user_id = 7`)).rowCount;

/** Signs somebody in as far as his password being locked, and goes on when `beside` waits for that. */
const signInBeside = (beside: () => Promise<unknown>): Promise<unknown> =>
  inTransaction(pool, async (client) => {
    await client.query('SELECT FROM app.passwords WHERE user_id = 7 FOR SHARE');
    await client.query(
      `INSERT INTO app.sessions (id, user_id, expires_at, address, user_agent) VALUES ($1, 7, now() + interval '1 day', '::1', 'test')`,
      [randomUUID()],
    );
    const done = beside().then(
      () => 'done',
      (failure: unknown) => failure,
    );
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while ((await pool.query(waiting)).rowCount === 0) await pause(5);
    await noteLogin(client, 7);
    return { done };
  }).then(({ done }) => done);

describe('whoever signs in', () => {
  it('beside his erasure waits for none that waits for him, and nothing is left of it', async () => {
    expect(await signInBeside(async () => trace.erase?.({ id: 7, texts: [], emails: [], places: [] }))).toBe('done');
    expect(await Promise.all(['passwords', 'sessions', 'sign_ins'].map(count))).toEqual([0, 0, 0]);
  });

  it('beside a password that a link brings waits for none that waits for him', async () => {
    const passwords = new Passwords(pool, undefined as never, undefined as never);
    const owed = { event: randomUUID(), because: 'reset', requestId: 'a request', keptSession: null } as const;
    expect(await signInBeside(() => inTransaction(pool, (client) => passwords.keep(7, 'new', owed, client)))).toBe('done');
    expect(await count('passwords')).toBe(1);
  });
});

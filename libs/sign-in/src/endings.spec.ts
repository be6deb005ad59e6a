import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { access, accessId } from '#millwright/access';
import { TrialLog } from '#millwright/event-sourcing/testing';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { endingsOfSessions, endNobodysSessions } from './endings.js';
import { signInMigrations } from './migrations.js';

let database: TestDatabase;
let pool: Pool;
let log: TrialLog;

beforeAll(async () => {
  database = await createDatabase();
  pool = new Pool({ connectionString: database.ownerUrl, max: 1 });
  await pool.query('CREATE SCHEMA IF NOT EXISTS app');
  for (const { sql } of signInMigrations) await pool.query(sql);
});
beforeEach(async () => {
  log = new TrialLog();
  await pool.query('DELETE FROM app.sessions');
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function session(userId: number, byEmail: boolean): Promise<string> {
  const id = randomUUID();
  await pool.query(
    `INSERT INTO app.sessions (id, user_id, expires_at, address, user_agent, by_email) VALUES ($1, $2, now() + interval '1 day', '::1', 'test', $3)`,
    [id, userId, byEmail],
  );
  return id;
}

async function open(): Promise<string[]> {
  const { rows } = await pool.query<{ id: string }>('SELECT id FROM app.sessions WHERE ended_at IS NULL');
  return rows.map(({ id }) => id).sort();
}

/** Gets to look after the installation, or does so no more. */
const named = (userId: number, granted: boolean) =>
  log.record(`${access.category}-${accessId}`, { type: 'InstallationManagerNamed', data: { userId, granted } });

describe('what an address has begun', () => {
  it('is over when its person gets to look after access or the installation, also where he does so no more when that is heard of', async () => {
    await session(7, true);
    const kept = [await session(7, false), await session(8, true)];
    const [promoted, demoted] = [named(7, true), named(7, false)];
    const { handle } = endingsOfSessions(pool, log.events());
    await handle(demoted);
    expect(await open()).toHaveLength(3);
    await handle(promoted);
    expect(await open()).toEqual(kept.sort());
  });

  it('is ended where its person has looked after them since before that was kept', async () => {
    named(7, true);
    await session(7, true);
    const kept = [await session(7, false), await session(8, true)];
    await endNobodysSessions(pool, log.events());
    expect(await open()).toEqual(kept.sort());
  });
});

import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { signInMigrations } from './migrations.js';

let database: TestDatabase;
let pool: Pool;
const before = signInMigrations.findIndex(({ name }) => name === '0007-whom-an-address-has-let-in') + 1;
const run = async (from: number, to?: number) => {
  for (const { sql } of signInMigrations.slice(from, to)) await pool.query(sql);
};

beforeAll(async () => {
  database = await createDatabase();
  pool = new Pool({ connectionString: database.ownerUrl, max: 1 });
  await pool.query('CREATE SCHEMA IF NOT EXISTS app');
  await run(0, before);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** An open session of a person that began this many hours ago. */
async function session(userId: number, hours: number): Promise<string> {
  const id = randomUUID();
  await pool.query(
    `INSERT INTO app.sessions (id, user_id, started_at, expires_at, address, user_agent)
     VALUES ($1, $2, now() - make_interval(hours => $3), now() + interval '1 day', '::1', 'test')`,
    [id, userId, hours],
  );
  return id;
}

/** An account of a person, linked two hours ago. */
const account = (userId: number, because: string) =>
  pool.query(
    `INSERT INTO app.issuer_links (issuer, subject, user_id, because, linked_at)
     VALUES ('https://login.example.com', $1, $2, $3, now() - interval '2 hours')`,
    [randomUUID(), userId, because],
  );

describe('sessions from before it was kept that an address has begun them', () => {
  it('are taken for such where nothing else can have begun them, and no others are', async () => {
    const [found, withPassword, brought, own, unlinked] = [1, 2, 3, 4, 5];
    await account(found, 'email');
    await account(withPassword, 'email');
    await account(brought, 'created');
    await account(own, 'session');
    await pool.query(`INSERT INTO app.passwords VALUES ($1, 'a hash'), ($2, 'a hash')`, [withPassword, own]);
    const byEmail = await session(found, 1);
    await session(found, 3);
    for (const userId of [withPassword, brought, own, unlinked]) await session(userId, 1);
    const ended = await session(found, 1);
    await pool.query('UPDATE app.sessions SET ended_at = now() WHERE id = $1', [ended]);
    await run(before);
    const { rows } = await pool.query('SELECT id FROM app.sessions WHERE by_email');
    expect(rows).toEqual([{ id: byEmail }]);
  });
});

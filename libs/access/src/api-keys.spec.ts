import pg from 'pg';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { ApiKeys, newApiKey } from './api-keys.js';
import { accessMigrations } from './migrations.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.ownerUrl });
  pool.on('error', () => undefined); // connections that are being closed while the database is dropped
  for (const { sql } of accessMigrations) await pool.query(sql);
});

beforeEach(() => pool.query('DELETE FROM app.api_keys'));

afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('the bootstrap admin key', () => {
  it('is made once, however many processes start at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => new ApiKeys(pool).ensureBootstrapKey()));
    const [key, ...others] = made.filter((each) => each !== null);
    expect(others).toEqual([]);
    expect(await new ApiKeys(pool).authenticate(key ?? '')).toMatchObject({ customerId: 1, userId: 1, scopes: 'all' });
  });

  it('is the configured one where there is one, and replaces what was made before', async () => {
    const made = await new ApiKeys(pool).ensureBootstrapKey();
    expect(await new ApiKeys(pool).ensureBootstrapKey('a configured key!!!!')).toBeNull();
    expect(await new ApiKeys(pool).authenticate('a configured key!!!!')).toMatchObject({ credential: { kind: 'bootstrap', id: 'admin' } });
    expect(await new ApiKeys(pool).authenticate(made ?? '')).toBeNull();
    await new ApiKeys(pool).ensureBootstrapKey('another configured key');
    expect(await new ApiKeys(pool).authenticate('a configured key!!!!')).toBeNull();
    expect(await new ApiKeys(pool).ensureBootstrapKey()).toBeNull();
  });

  it('is nowhere stored in the clear', async () => {
    const made = await new ApiKeys(pool).ensureBootstrapKey();
    const { rows } = await pool.query('SELECT * FROM app.api_keys');
    expect(JSON.stringify(rows)).not.toContain(made?.split('_')[2]);
  });
});

describe('authentication', () => {
  it('refuses unknown, altered, short and revoked keys', async () => {
    const key = (await new ApiKeys(pool).ensureBootstrapKey()) ?? '';
    for (const wrong of [newApiKey(), `${key.slice(0, -1)}!`, key.slice(0, 25), '', 'admin', `${key}x`])
      expect(await new ApiKeys(pool).authenticate(wrong)).toBeNull();
    await pool.query('UPDATE app.api_keys SET revoked_at = now()');
    expect(await new ApiKeys(pool).authenticate(key)).toBeNull();
  });
});

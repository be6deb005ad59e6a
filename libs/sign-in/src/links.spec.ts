import { Pool } from 'pg';
import { PublicUrl } from '#millwright/credentials';
import { peopleMigrations } from '#millwright/resources';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { Links } from './links.js';
import { signInMigrations } from './migrations.js';

let database: TestDatabase;
let pool: Pool;
let links: Links;
const tomorrow = new Date(Date.now() + 86_400_000);

beforeAll(async () => {
  database = await createDatabase();
  pool = new Pool({ connectionString: database.ownerUrl, max: 4 });
  await pool.query('CREATE SCHEMA IF NOT EXISTS app');
  for (const { sql } of [...peopleMigrations, ...signInMigrations]) await pool.query(sql);
  links = new Links(pool, new PublicUrl('https://cmms.example.com'));
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

describe('links', () => {
  it('lead to a page, with the token where no server sees it', async () => {
    const { link, token } = await links.make('reset', { id: 12, email: 'Ada@example.com' }, tomorrow);
    expect(link).toBe(`https://cmms.example.com/app/reset_password#${token}`);
    expect(await links.read('reset', token)).toMatchObject({ userId: 12, maker: null });
  });

  it('keep what a machine held when it was shown them, site by site', async () => {
    const held = { '1': ['users:read'], '*': 'all' } as const;
    const { token } = await links.make('reset', { id: 15, email: 'Ada@example.com' }, tomorrow, { held });
    const { maker } = await links.read('reset', token);
    expect(maker).toMatchObject({ holds: expect.any(Function) as unknown });
    const holds = (site: number) => maker !== null && typeof maker === 'object' && 'holds' in maker && maker.holds(site);
    expect(holds(1)).toEqual(new Set(['users:read']));
    expect(holds(2)).toBe('all');
  });

  it('are good once, also where two use one at the same moment', async () => {
    const { token } = await links.make('invitation', { id: 13, email: 'Ada@example.com' }, tomorrow);
    const used = await Promise.all(Array.from({ length: 8 }, () => links.use('invitation', token)));
    expect(used.filter(Boolean)).toHaveLength(1);
    expect(await links.isGood('invitation', token)).toBe(false);
  });

  it('to set up end together, those of earlier starts included, and no others', async () => {
    const [earlier, latest] = [await links.make('setup', null, tomorrow), await links.make('setup', null, tomorrow)];
    const { token } = await links.make('invitation', { id: 14, email: 'Ada@example.com' }, tomorrow);
    await links.use('setup', latest.token);
    await links.revokeKind('setup');
    const good = [earlier, latest].map((each) => links.isGood('setup', each.token));
    expect([...(await Promise.all(good)), await links.isGood('invitation', token)]).toEqual([false, false, true]);
  });

  it('are for the address that the person had, however that is written', async () => {
    const { token } = await links.make('reset', { id: 16, email: 'Ada@example.com' }, tomorrow);
    const { isFor } = await links.read('reset', token);
    expect(['ada@EXAMPLE.com', 'ada@example.org', null].map(isFor)).toEqual([true, false, false]);
    const { token: unwritten } = await links.make('reset', { id: 17, email: null }, tomorrow);
    const none = await links.read('reset', unwritten);
    expect([null, undefined, 'ada@example.com'].map(none.isFor)).toEqual([true, true, false]);
    await pool.query('UPDATE app.sign_in_links SET address_hash = NULL WHERE user_id = 16');
    expect((await links.read('reset', token)).isFor('ada@example.org')).toBe(true);
  });

  it('are on their way for a minute, unless they were used before or the person was changed since', async () => {
    const onTheirWay = (askedAt = new Date()) => Promise.all([18, 19].map((id) => links.isOnItsWay('reset', id, askedAt)));
    const changed = () => pool.query(`INSERT INTO app.people (kind, id, version, details) VALUES ('user', 18, gen_random_uuid(), '{}')`);
    const make = (id: number) => links.make('reset', { id, email: 'Ada@example.com' }, tomorrow);
    expect(await onTheirWay()).toEqual([false, false]);
    await changed();
    const [, { token }] = [await make(18), await make(19)];
    expect(await onTheirWay()).toEqual([true, true]);
    const { rows: [before] } = await pool.query<{ now: Date }>('SELECT clock_timestamp() AS now'); // prettier-ignore
    await links.use('reset', token);
    await changed();
    const after = new Date(Date.now() + 1_000);
    expect([await onTheirWay(before?.now), await onTheirWay(after)]).toEqual([[false, true], [false, false]]); // prettier-ignore
    await make(18);
    expect(await onTheirWay(after)).toEqual([true, false]);
    await pool.query(`UPDATE app.sign_in_links SET made_at = made_at - interval '61 seconds' WHERE user_id = 18`);
    expect(await onTheirWay(after)).toEqual([false, false]);
  });

  it('end by time', async () => {
    const { token } = await links.make('reset', { id: 15, email: 'Ada@example.com' }, new Date(Date.now() - 1));
    await expect(links.read('reset', token)).rejects.toMatchObject({ details: [{ field: 'token', code: 'invalid_token' }] });
  });
});

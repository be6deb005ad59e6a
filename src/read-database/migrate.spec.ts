import pg from 'pg';
import { createDatabase, type TestDatabase } from '../../test/harness/database.js';
import { migrate } from './migrate.js';
import { migrations } from './migrations.js';
import { assertSuitable, UnsuitableDatabase } from './server-checks.js';
import { sortsByCodePoints } from './text-order.js';

describe('the database at start', () => {
  let database: TestDatabase;

  beforeEach(async () => void (database = await createDatabase()));
  afterEach(() => database.drop());

  const query = async (url: string, statement: string): Promise<unknown[]> => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  };
  const bringUp = (): Promise<string | undefined> => migrate({ ownerUrl: database.ownerUrl, appUrl: database.url });

  it('is brought up once when several processes start together, and stays as it is afterwards', async () => {
    await Promise.all([bringUp(), bringUp(), bringUp()]);
    await bringUp();
    const done = await query(database.url, 'SELECT name FROM app.migrations ORDER BY id');
    expect(done).toEqual(migrations.map((Migration) => ({ name: new Migration().name })));
  });

  it('is refused, and left alone, when a newer version has made it', async () => {
    await bringUp();
    await query(database.ownerUrl, `INSERT INTO app.migrations (timestamp, name) VALUES (1, 'log-9999-from-the-future')`);
    await expect(bringUp()).rejects.toThrow('this version does not know its migration log-9999-from-the-future');
  });

  it('lets the application add events and read them, not change them', async () => {
    await bringUp();
    const rights = await query(
      database.url,
      `SELECT bool_and(has_table_privilege(c.oid, 'SELECT')) AS reads,
              bool_or(has_table_privilege(c.oid, 'UPDATE') OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE')) AS changes
       FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname = 'log' AND relkind = 'r'`,
    );
    expect(rights).toEqual([{ reads: true, changes: false }]);
  });

  it('lets the application use what the owner makes later', async () => {
    await bringUp();
    await query(database.ownerUrl, 'CREATE SCHEMA read_stock_v1; CREATE TABLE read_stock_v1.stock (part_id bigint)');
    await query(database.url, 'INSERT INTO read_stock_v1.stock VALUES (1); DELETE FROM read_stock_v1.stock');
  });

  it('makes its indexes over text anew when the server sorts by another version of ICU', async () => {
    expect(await bringUp()).toBeUndefined();
    await query(
      database.ownerUrl,
      'CREATE TABLE app.things (name text); CREATE INDEX things_by_name ON app.things (name COLLATE app.natural)',
    );
    const index = `SELECT pg_relation_filenode('app.things_by_name') AS file`;
    const before = await query(database.ownerUrl, index);
    await bringUp();
    expect(await query(database.ownerUrl, index)).toEqual(before);
    await query(database.superuserUrl, `UPDATE pg_collation SET collversion = '1' WHERE collname = 'natural'`);
    await bringUp();
    expect(await query(database.ownerUrl, index)).not.toEqual(before);
    const moved = `SELECT collversion <> pg_collation_actual_version(oid) AS moved FROM pg_collation WHERE collname = 'natural'`;
    expect(await query(database.ownerUrl, moved)).toEqual([{ moved: false }]);
  });

  it('is used without ICU too, which is said', async () => {
    await bringUp();
    await query(database.ownerUrl, `DROP COLLATION app.natural CASCADE; CREATE COLLATION app.natural FROM "C"`);
    expect(await bringUp()).toBe(sortsByCodePoints);
  });

  it('is refused under a superuser', () => expect(assertSuitable(database.superuserUrl)).rejects.toThrow('is a superuser'));

  it('is refused where it may lose what it acknowledged', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await query(database.superuserUrl, `ALTER DATABASE ${name} SET synchronous_commit = off`);
    await expect(assertSuitable(database.url)).rejects.toThrow(
      new UnsuitableDatabase(['The server runs with synchronous_commit = off and can lose what it has acknowledged. Switch it on.']),
    );
  });

  it('is accepted as the test harness gives it: durable, and under an ordinary role', () => assertSuitable(database.url));
});

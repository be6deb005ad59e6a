import { once } from 'node:events';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import pg from 'pg';
import { migrate } from '../../src/read-database/migrate.js';
import { migrations } from '../../src/read-database/migrations.js';
import { isKept } from '../../tools/backup/kept-tables.js';
import { loadSnapshot } from '../../tools/backup/load-snapshot.js';
import { SnapshotReader } from '../../tools/backup/read-snapshot.js';
import { snapshotOf } from '../../tools/backup/write-snapshot.js';
import { createDatabase, type TestDatabase } from '../harness/database.js';

const allMigrations = migrations.map((Migration) => new Migration().name ?? '');

/** What is hard to carry: every sign that COPY escapes, a backslash before a dot, nulls, bytes, letters outside the first plane, nothing at all. */
const awkward = ['\\.', 'a\tb\nc\rd\\e', '', '\\N', 'Zange № 7 😀', '"}{,', '\u0001\u007f'];

describe('a snapshot', () => {
  const databases: TestDatabase[] = [];
  const clients: pg.Client[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) await client.end();
    for (const database of databases.splice(0)) await database.drop();
  });

  async function migrated(only?: readonly string[]): Promise<{ client: pg.Client; database: TestDatabase }> {
    const database = await createDatabase();
    databases.push(database);
    await migrate({ ownerUrl: database.ownerUrl, appUrl: database.url, ...(only && { only }) });
    const client = new pg.Client({ connectionString: database.ownerUrl });
    clients.push(client);
    await client.connect();
    return { client, database };
  }

  const textOf = async (client: pg.Client): Promise<Buffer> =>
    buffer(Readable.from(snapshotOf(client, { release: '0.0.0', holds: isKept })));

  /** In pieces of so many bytes, as a file may come. */
  const inPieces = (text: Buffer, size: number): AsyncIterable<Buffer> =>
    Readable.from(Array.from({ length: Math.ceil(text.length / size) }, (_, index) => text.subarray(index * size, (index + 1) * size)));

  const load = async (client: pg.Client, text: Buffer, size = 65_536): Promise<ReadonlyMap<string, number>> =>
    loadSnapshot(client, await SnapshotReader.open(inPieces(text, size)));

  async function append(client: pg.Client, stream: string, text: string): Promise<void> {
    await client.query(
      `select log.append_expected(array[$1], array[-1]::bigint[], array[$1], array[0]::bigint[], array[gen_random_uuid()], array['Noted'], array[$2])`,
      [stream, text],
    );
  }

  async function filled(only?: readonly string[]): Promise<pg.Client> {
    const { client } = await migrated(only);
    for (const [index, text] of awkward.entries()) await append(client, `note-${index}`, text);
    await client.query(
      `insert into app.api_keys (key_id, secret_hash, customer_id, user_id, scopes) values ('k', '\\x00ff5c', 1, 1, array['a', null, '{'])`,
    );
    await client.query(`select setval('app.part_id', 41, true), setval('app.work_order_id', 7, false)`);
    await client.query(`insert into app.snapshots values ('note-1', 1, 0, gen_random_uuid())`);
    return client;
  }

  it('brings every row over as it was, in whatever pieces it is read, and takes ids up where they were', async () => {
    const source = await filled();
    const text = await textOf(source);
    for (const size of [7, 65_536]) {
      const { client } = await migrated();
      expect((await load(client, text, size)).get('log.events')).toBe(awkward.length);
      const { rows } = await client.query<{ canonical: string }>('select canonical from log.events order by global_position');
      expect(rows.map(({ canonical }) => canonical)).toEqual(awkward);
      for (const table of ['log.events', 'log.counter', 'app.api_keys'])
        expect((await client.query(`select * from ${table}`)).rows).toEqual((await source.query(`select * from ${table}`)).rows);
      const next = await client.query(`select nextval('app.part_id')::int as part, nextval('app.work_order_id')::int as order`);
      expect(next.rows).toEqual([{ part: 42, order: 7 }]);
      expect((await client.query('select from app.snapshots')).rowCount).toBe(0);
    }
  });

  it('is of one moment, whatever is written while it is taken', async () => {
    const source = await filled();
    const writer = new pg.Client({ connectionString: databases[0]?.url });
    clients.push(writer);
    await writer.connect();
    const pieces: Buffer[] = [];
    for await (const piece of snapshotOf(source, { release: '0.0.0', holds: isKept })) {
      pieces.push(piece);
      await append(writer, `later-${pieces.length}`, 'later');
    }
    const { client } = await migrated();
    expect((await load(client, Buffer.concat(pieces))).get('log.events')).toBe(awkward.length);
    expect((await source.query('select from log.events')).rowCount).toBe(awkward.length + pieces.length);
  });

  it('of an earlier release is loaded into the shape it had, and brought up to date afterwards', async () => {
    const earlier = allMigrations.slice(0, -1);
    const text = await textOf(await filled(earlier));
    const { client, database } = await migrated(earlier);
    await load(client, text);
    await migrate({ ownerUrl: database.ownerUrl, appUrl: database.url });
    const { rows } = await client.query<{ name: string }>('select name from app.migrations order by id');
    expect(rows.map(({ name }) => name)).toEqual(allMigrations);
    expect((await client.query('select from log.events')).rowCount).toBe(awkward.length);
  });

  it('that was altered or cut off anywhere leaves the database as it was', async () => {
    const text = await textOf(await filled());
    const { client } = await migrated();
    const altered = (at: number): Buffer => {
      const copy = Buffer.from(text);
      copy[at] = copy[at] === 0x61 ? 0x62 : 0x61;
      return copy;
    };
    const places = Array.from({ length: 40 }, (_, index) => Math.floor((index * text.length) / 40));
    for (const place of [...places, text.length - 1]) {
      await expect(load(client, text.subarray(0, place))).rejects.toThrow();
      await expect(load(client, altered(place))).rejects.toThrow();
    }
    await expect(load(client, Buffer.concat([text, Buffer.from('\n')]))).rejects.toThrow(/does not end where it should/);
    expect((await client.query('select from log.events')).rowCount).toBe(0);
    expect((await client.query('select position::int from log.counter')).rows).toEqual([{ position: 0 }]);
    await load(client, text);
  });

  it('holds what cannot be made again, and nothing else', async () => {
    const text = (await textOf((await migrated()).client)).toString();
    const [header = ''] = text.split('\n');
    // A new table of schema app is kept, unless kept-tables.ts says that it is made again: decide, then name it here.
    const { tables } = JSON.parse(header) as { tables: string[] };
    // Calls are kept in a table a month.
    const names = new Set(tables.map((table) => table.replace(/_\d{4}_\d{2}$/, '')));
    expect([...names].sort()).toEqual([
      'app.api_call_addresses',
      'app.api_call_agents',
      'app.api_call_batches',
      'app.api_call_head',
      'app.api_call_lines',
      'app.api_call_texts',
      'app.api_keys',
      'app.call_windows',
      'app.counted_calls',
      'app.credential_secrets',
      'app.credential_uses',
      'app.external_references',
      'app.idempotency_keys',
      'app.installation_secret',
      'app.issuer_attempts',
      'app.issuer_links',
      'app.issuer_secrets',
      'app.kept_texts',
      'app.log_home',
      'app.outbox',
      'app.passwords',
      'app.people',
      'app.portal_submissions',
      'app.portal_visits',
      'app.process_managers',
      'app.refresh_tokens',
      'app.sessions',
      'app.sign_in_codes',
      'app.sign_in_links',
      'app.sign_in_waits',
      'app.sign_ins',
      'app.signing_keys',
      'app.taken_up_sequences',
      'app.timers',
      'log.counter',
      'log.events',
    ]);
  });

  it('waits for nobody who only writes, and holds up nobody but changes of its tables', async () => {
    const source = await filled();
    const taking = snapshotOf(source, { release: '0.0.0', holds: isKept });
    await taking.next();
    const { ownerUrl = '' } = databases[0] ?? {};
    const migrating = new pg.Client({ connectionString: ownerUrl });
    clients.push(migrating);
    await migrating.connect();
    await migrating.query(`set lock_timeout = '50ms'`);
    await expect(migrating.query('alter table log.events add column more text')).rejects.toThrow(/lock timeout/);
    await taking.return(undefined);
    await migrating.query('alter table log.events add column more text');
    migrating.end().catch(() => undefined);
    await once(migrating, 'end');
    clients.pop();
  });

  it('ends in the middle of rows where nobody wants the rest', async () => {
    const { client } = await migrated();
    for (let note = 0; note < 16; note++) await append(client, `note-${note}`, 'long '.repeat(200_000));
    let bytes = 0;
    for await (const piece of snapshotOf(client, { release: '0.0.0', holds: isKept })) {
      bytes += piece.length;
      if (bytes > 500_000) break;
    }
    expect(bytes).toBeLessThan(16_000_000);
  });
});

import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import pg from 'pg';
import { migrate } from '../src/read-database/migrate.js';
import { loadSnapshot } from '../tools/backup/load-snapshot.js';
import { SnapshotReader } from '../tools/backup/read-snapshot.js';
import { createDatabase, type TestDatabase } from './harness/database.js';
import { TestServer } from './harness/server.js';

/** What each release left behind (`npm run fixture:release`); one more with every release. */
const folder = 'test/fixtures/releases';
const releases = readdirSync(folder).sort();

type Fixture = Readonly<{ key: string; history: Readonly<Record<string, number>>; answers: Readonly<Record<string, unknown>> }>;

/** The database as that release had it: its migrations, its read models, its rows. */
async function databaseOf(release: string, name: string): Promise<TestDatabase> {
  const database = await createDatabase();
  const text = gunzipSync(await readFile(join(folder, release, `${name}.gz`)));
  const snapshot = await SnapshotReader.open(Readable.from([text]));
  await migrate({ ownerUrl: database.ownerUrl, appUrl: database.url, only: snapshot.header.migrations });
  const owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  try {
    await owner.query(await readFile(join(folder, release, 'read-models.sql'), 'utf8'));
    const { rows } = await owner.query<{ name: string }>(`select nspname as name from pg_namespace where nspname ~ '^read'`);
    for (const schema of rows)
      await owner.query(
        `grant usage on schema ${schema.name} to millwright_app; grant select, insert, update, delete on all tables in schema ${schema.name} to millwright_app`,
      );
    await loadSnapshot(owner, snapshot);
  } finally {
    await owner.end();
  }
  return database;
}

/**
 * Which of a person's or a release's own doings do not count: when a row was last touched is a fold that has become more exact, and whether vendors
 * hear of an order has a default since (S60).
 */
const changedSince = new Set(['updated_at', 'notify_vendors_on_create', 'notify_vendors_on_update']);
function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !changedSince.has(name))
      .map(([name, item]) => [name, comparable(item)]),
  );
}

describe.each(releases)('a database of release %s', (release) => {
  let fixture: Fixture;
  const databases: TestDatabase[] = [];
  const servers: TestServer[] = [];
  beforeAll(async () => void (fixture = JSON.parse(await readFile(join(folder, release, 'answers.json'), 'utf8')) as Fixture));
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.stop();
    for (const database of databases.splice(0)) await database.drop();
  });

  async function started(name: string): Promise<{ server: TestServer; owner: pg.Client; headers: Record<string, string> }> {
    const database = await databaseOf(release, name);
    databases.push(database);
    const environment = { DATABASE_URL: database.url, MIGRATIONS_DATABASE_URL: database.ownerUrl, ADMIN_API_KEY: fixture.key };
    const server = await TestServer.start({ log: 'postgres', environment });
    servers.push(server);
    const owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    return { server, owner, headers: { authorization: `Bearer ${fixture.key}` } };
  }

  const untilRebuilt = async (owner: pg.Client): Promise<void> => {
    for (;;) {
      const { rows } = await owner.query<{ builds: string }>('select count(*) as builds from app.projection_builds where not live');
      if (rows[0]?.builds === '0') return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  const expectAnswers = async (server: TestServer, headers: Record<string, string>): Promise<void> => {
    for (const [path, data] of Object.entries(fixture.answers)) {
      const answer = await server.get(path, headers).expect(200);
      expect({ path, data: comparable(answer.data) }).toMatchObject({ path, data: comparable(data) as object });
    }
  };

  it('is answered from as before, while its read models are rebuilt and afterwards, and goes on', async () => {
    const { server, owner, headers } = await started('database');
    await expectAnswers(server, headers);
    await untilRebuilt(owner);
    await expectAnswers(server, headers);
    await owner.end();
    const { belt = 0, filter = 0 } = fixture.history;
    const restock = { quantity: 5, cost: 13.1, note: 'PO-1' };
    const repeated = await server
      .patch(`/parts/${belt}/restock`, restock, { ...headers, 'idempotency-key': 'restock-of-a-release' })
      .expect(200);
    expect(repeated.headers.get('idempotent-replayed')).toBe('true');
    const before = (await server.get(`/parts/${belt}`, headers).expect(200)).data;
    const order = (await server.post('/work_orders', { work_order: { title: 'After' } }, headers).expect(201)).data.id as number;
    for (const part_id of [belt, filter]) await server.post(`/work_orders/${order}/parts`, { part_id, quantity: 1 }, headers).expect(201);
    await server.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }, headers).expect(200);
    expect((await server.get(`/parts/${belt}`, headers).expect(200)).data.on_hand_qty).toBe(before.on_hand_qty - 1);
    const clash = await server.post('/parts', { part: { name: 'Belt', external_reference: 'belt-1' } }, headers).expect(409);
    expect(clash.error).toMatchObject({ code: 'DUPLICATE_REFERENCE', id: belt });
  });

  it('whose read models stood at different places of the log is one before the first answer, and equals a fresh fold', async () => {
    const { server, owner, headers } = await started('database-under-way');
    const { belt = 0 } = fixture.history;
    const movements = (await server.get(`/parts/${belt}/transactions?sort=position desc&per_page=1`, headers).expect(200)).data as {
      on_hand_qty: number;
    }[];
    expect((await server.get(`/parts/${belt}`, headers).expect(200)).data.on_hand_qty).toBe(movements[0]?.on_hand_qty);
    await server.patch(`/parts/${belt}/restock`, { quantity: 1, cost: 2 }, headers).expect(200);
    await untilRebuilt(owner);
    const { rows } = await owner.query<{ projection: string }>('select projection from app.projection_builds order by 1');
    await owner.end();
    for (const { projection } of rows) {
      const live = (await server.get(`/projections/${projection}/digest`, headers).expect(200)).data;
      const anew = (await server.post(`/projections/${projection}/rebuild`, undefined, headers).expect(200)).data;
      expect([projection, anew.digest]).toEqual([projection, live.digest]);
    }
  });
});

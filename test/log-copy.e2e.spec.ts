import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../src/read-database/migrate.js';
import { Standstill } from '../tools/log-copy/standstill.js';
import { describeOnWire } from './eventstoredb-server/describe-on-wire.js';
import { EventStoreDbServerProcess } from './eventstoredb-server/server-process.js';
import { Client } from './harness/client.js';
import { createDatabase, type TestDatabase } from './harness/database.js';
import { KeyedLoad } from './harness/keyed-load.js';
import { TestServer } from './harness/server.js';
import { ToolProcess, type Finished } from './tools/tool-process.js';

const prefix = 'moved_';

/** An installation on the embedded database moves its log to EventStoreDB, works there, and moves it back. */
describeOnWire('npm run log:copy', () => {
  let folder: string;
  let eventStore: EventStoreDbServerProcess;
  let app: TestServer;
  let load: KeyedLoad;
  let order: number;
  const cleanUp: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millwright-log-copy-'));
    cleanUp.push(() => rm(folder, { recursive: true, force: true }));
    await chmod(folder, 0o755); // root's database server runs as another user, who must get through
    eventStore = await new EventStoreDbServerProcess({ file: join(folder, 'log.jsonl'), firstPosition: 2n ** 53n + 1n }).start();
    cleanUp.push(() => eventStore.kill());
    app = await TestServer.start({ dataDirectory: join(folder, 'data') });
    cleanUp.push(() => app.stop());
    load = await KeyedLoad.prepare([app], 'moved');
    await load.run(6, 600);
    order = await orderWithReservation();
  });

  afterAll(async () => {
    for (const step of cleanUp.reverse()) await step();
  });

  const onEventStore = (): Record<string, string> => ({ EVENTSTORE_URL: eventStore.url, EVENTSTORE_PREFIX: prefix });
  const copying = (from: string, to: string): ToolProcess =>
    ToolProcess.start('log-copy', ['--from', from, '--to', to], { DATA_DIR: join(folder, 'data'), EVENTSTORE_PREFIX: prefix });
  const digestsIn = ({ output }: Finished): string[] =>
    [...output.matchAll(/^digest, \w+ +([0-9a-f]{64})$/gm)].map(([, digest = '']) => digest);
  const eventsIn = ({ output }: Finished): number => Number(/^events +(\d+)$/m.exec(output)?.[1]);
  /** A client that waits for no position yet, since a position of the one log means nothing on the other. */
  const freshClient = (): Client => new Client(app.url, app.adminKey);
  const eventsOfAll = async (): Promise<number> => (await freshClient().get('/audit_trail?per_page=1').expect(200)).meta.pagination.total;

  async function orderWithReservation(): Promise<number> {
    const part = (await app.post('/parts', { part: { name: 'Reserved', on_hand_qty: 5, unit_cost: 2 } }).expect(201)).data.id;
    const { data } = await app.post('/work_orders', { work_order: { title: 'Half way' } }).expect(201);
    await app.post(`/work_orders/${data.id}/parts`, { part_id: part, quantity: 2 }).expect(201);
    return data.id as number;
  }

  /** Events that the audit trail shows, and of all that the tool found, those that belong to no site. */
  let before: number;
  let beyondTrail: number;
  let digest: string | undefined;

  it('refuses while the application runs', async () => {
    const { code, errors } = await copying('embedded', eventStore.url).finished();
    expect([code, errors]).toEqual([1, expect.stringMatching(/already runs on/)]);
  });

  it('goes on where it was killed, and ends with the same bytes on both sides', async () => {
    before = await eventsOfAll();
    await app.kill('SIGTERM');
    await eventStore.misbehave({ delay: 1_200 });
    const killed = copying('embedded', eventStore.url);
    await killed.untilItSays(/\d+ events, \d+ a second/);
    await killed.kill();
    await eventStore.misbehave({ delay: 0 });

    const finished = await copying('embedded', eventStore.url).finished();
    expect([finished.code, finished.errors]).toEqual([0, expect.not.stringContaining(' 0 of them were there')]);
    const [source, target] = digestsIn(finished);
    expect(source).toBe(target);
    digest = source;
    beyondTrail = eventsIn(finished) - before;
    expect((await copying('embedded', eventStore.url).finished()).output).toContain('Nothing was done');
  });

  it('leaves a database that refuses to be started on the log it has left', async () => {
    await expect(app.restart()).rejects.toThrow(/lies in EventStoreDB, under EVENTSTORE_PREFIX=moved_, but EVENTSTORE_URL is not set/);
  });

  it('leaves everything as it was for an application on the copy, which goes on and repeats no effect', async () => {
    await app.restart(onEventStore());
    expect(await eventsOfAll()).toBe(before);
    await load.verify(freshClient());
    expect(await eventsOfAll()).toBe(before);
    await complete(order);
    await load.run(6, 60);
    await load.verify(app);
  });

  it('moves the log back, with what was added meanwhile', async () => {
    before = await eventsOfAll();
    await app.kill('SIGTERM');
    const finished = await copying(eventStore.url, 'embedded').finished();
    expect([finished.code, eventsIn(finished)]).toEqual([0, before + beyondTrail]);
    const [source, target] = digestsIn(finished);
    expect([source === target, source === digest]).toEqual([true, false]);

    await app.restart({ EVENTSTORE_URL: undefined, EVENTSTORE_PREFIX: undefined });
    expect(await eventsOfAll()).toBe(before);
    const client = freshClient();
    const next = await KeyedLoad.prepare([client], 'back again');
    await next.run(4, 40);
    await next.verify(client);
    await load.verify(freshClient());
  });

  async function complete(id: number): Promise<void> {
    const { data } = await freshClient()
      .patch(`/work_orders/${id}`, { work_order: { status_id: 5 } })
      .expect(200);
    expect(data.total_costs).toMatchObject({ parts: 4, is_estimate: false });
  }
});

describe('npm run log:copy on a database of your own', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createDatabase();
    await migrate({ ownerUrl: database.ownerUrl, appUrl: database.url });
  });
  afterAll(() => database.drop());

  it('sees an application that runs on it, whatever role that has', async () => {
    const application = new pg.Client({ connectionString: database.url, application_name: 'millwright' });
    await application.connect();
    await expect(Standstill.begin(database.ownerUrl)).rejects.toThrow(/An application runs on this database/);
    await application.end();
    await (await Standstill.begin(database.ownerUrl)).end();
  });

  it('sees workers by their locks, and keeps applications out while it works', async () => {
    const worker = new pg.Client({ connectionString: database.url });
    await worker.connect();
    await worker.query('SELECT pg_advisory_lock(1)');
    await expect(Standstill.begin(database.ownerUrl)).rejects.toThrow(/An application runs on this database/);
    await worker.end();

    const standstill = await Standstill.begin(database.ownerUrl);
    await expect(Standstill.begin(database.ownerUrl)).rejects.toThrow(/is starting on this database, or another copy runs/);
    let started = false;
    const starting = migrate({ ownerUrl: database.ownerUrl, appUrl: database.url }).then(() => (started = true));
    await untilSomebodyWaits(standstill.client);
    expect(started).toBe(false);
    await standstill.end();
    await starting;
  });

  async function untilSomebodyWaits(client: pg.Client): Promise<void> {
    for (;;) {
      const { rowCount } = await client.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`);
      if (rowCount) return;
    }
  }
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describeOnWire } from '../eventstoredb-server/describe-on-wire.js';
import { EventStoreDbServerProcess } from '../eventstoredb-server/server-process.js';
import type { Answer } from '../harness/client.js';
import { KeyedLoad } from '../harness/keyed-load.js';
import { TestServer } from '../harness/server.js';

/** R1 and R3 where the log is on another machine, which breaks apart from the application and its database. */
describeOnWire('the whole product on the wire-level event store', () => {
  let folder: string;
  let eventStore: EventStoreDbServerProcess;
  let app: TestServer;
  const cleanUp: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millwright-crashes-'));
    cleanUp.push(() => rm(folder, { recursive: true, force: true }));
    eventStore = await new EventStoreDbServerProcess({ file: join(folder, 'log.jsonl'), firstPosition: 2n ** 53n + 1n }).start();
    cleanUp.push(() => eventStore.kill());
    app = await TestServer.start({ environment: { EVENTSTORE_URL: eventStore.url } });
    cleanUp.push(() => app.stop());
  });

  afterAll(async () => {
    for (const step of cleanUp.reverse()) await step();
  });

  it('loses and doubles nothing when the application is killed between an append and what follows from it', async () => {
    const load = await KeyedLoad.prepare([app], 'app killed');
    const running = load.run(8, 240);
    for (const requests of [80, 160]) {
      await load.untilAnswered(requests);
      await app.kill('SIGKILL');
      await app.restart();
    }
    await running;
    await load.verify(app);
  });

  it('loses and doubles nothing when the event store is killed in the middle of appends, and needs no restart itself', async () => {
    const load = await KeyedLoad.prepare([app], 'log killed');
    const running = load.run(8, 240);
    for (const requests of [60, 120, 180]) {
      await load.untilAnswered(requests);
      await eventStore.kill('SIGKILL');
      await eventStore.start();
    }
    await running;
    await load.verify(app);
  });

  it('finds its own events again when connections are cut after the commit', async () => {
    const load = await KeyedLoad.prepare([app], 'cut after commit');
    const running = load.run(8, 160);
    for (const requests of [30, 60, 90, 120]) {
      await load.untilAnswered(requests);
      await eventStore.misbehave({ dropAfterCommit: 3 });
    }
    await running;
    await load.verify(app);
  });

  it('refuses what is larger than the event store takes at once, and goes on', async () => {
    await eventStore.misbehave({ maximumAppendSize: 100 });
    const refused = await app.post('/locations', { location: { name: 'Larger than this event store takes' } });
    expect([refused.status, refused.error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    await eventStore.misbehave({ maximumAppendSize: 1_048_576 });
    await app.post('/locations', { location: { name: 'Small enough again' } }).expect(201);
  });

  it('answers as the first try would have, when that was committed and then both its answer and its process were lost', async () => {
    const create = (): Promise<Answer | undefined> =>
      app.post('/locations', { location: { name: 'Twice asked, once made' } }, { 'idempotency-key': 'lost twice' }).catch(() => undefined);
    await eventStore.misbehave({ dropAfterCommit: Number.MAX_SAFE_INTEGER });
    const first = create();
    await untilInLog('Twice asked, once made');
    await app.kill('SIGKILL');
    await first;
    await eventStore.misbehave({ dropAfterCommit: 0 });
    await app.restart();
    let again = await create();
    while (again?.status !== 201) {
      await delay(50);
      again = await create();
    }
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    const { data, meta } = await app.get('/locations?filter[name_eq]=Twice asked, once made').expect(200);
    expect([meta.pagination.total, data[0].id]).toEqual([1, again.data.id]);
  });

  async function untilInLog(name: string): Promise<void> {
    while (!(await storedData()).some((data) => data.includes(name))) await delay(10);
  }

  /** What the event store has committed, past its protocol: one line a commit. */
  async function storedData(): Promise<string[]> {
    const text = await readFile(join(folder, 'log.jsonl'), 'utf8');
    const lines = text.slice(0, text.lastIndexOf('\n')).split('\n');
    const events = lines.flatMap((line) => (JSON.parse(line) as { events?: { data: string }[] }).events ?? []);
    return events.map(({ data }) => Buffer.from(data, 'base64').toString('utf8'));
  }
});

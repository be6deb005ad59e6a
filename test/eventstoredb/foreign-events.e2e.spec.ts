import { setTimeout as delay } from 'node:timers/promises';
import { describeOnWire } from '../eventstoredb-server/describe-on-wire.js';
import { EventStoreDbTestServer } from '../eventstoredb-server/server.js';
import type { Answer } from '../harness/client.js';
import { insist } from '../harness/insist.js';
import { TestServer } from '../harness/server.js';

const EVENTSTORE_PREFIX = 'plant_';

/** An event store writes about itself, and others may write into it: the last event of the log is hardly ever one of our own. */
describeOnWire('the whole product beside events that are not its own', () => {
  let eventStore: EventStoreDbTestServer;
  let app: TestServer;
  let writing: NodeJS.Timeout;
  const parts = 40;

  beforeAll(async () => {
    eventStore = await new EventStoreDbTestServer({
      firstPosition: 2n ** 53n + 1n,
      neighbours: ['$stats-127.0.0.1:2113', 'neighbour_part-1'],
    }).start();
    app = await TestServer.start({ log: 'postgres', environment: { EVENTSTORE_URL: eventStore.url, EVENTSTORE_PREFIX } });
    for (let n = 0; n < parts; n += 1) {
      const part = { name: `Part ${n}`, on_hand_qty: 5, unit_cost: 2 };
      expect((await insist((headers) => app.post('/parts', { part }, headers))).status).toBe(201);
    }
    writing = setInterval(() => eventStore.log.writeForeign(), 100);
  });

  afterAll(async () => {
    clearInterval(writing);
    await app.stop();
    await eventStore.stop();
  });

  it('shows what is rebuilt although nothing of its own is appended', async () => {
    for (const projection of ['stock-levels', 'audit-trail']) {
      const before = (await app.get(`/projections/${projection}/digest`).expect(200)).data;
      const { data } = await app.post(`/projections/${projection}/rebuild`, undefined).expect(200);
      expect(data.digest).toBe(before.digest);
    }
  });

  it('goes on after a restart, and is waited for by position, although nothing of its own is appended', async () => {
    const restocked = await insist((headers) => app.patch('/parts/1/restock', { quantity: 1, cost: 2 }, headers));
    expect(restocked.status).toBe(200);
    const position = restocked.headers.get('x-position') ?? '';
    await app.kill('SIGKILL');
    eventStore.log.writeForeign(500);
    await app.restart();
    const { data } = await app.get('/parts/1', { 'x-min-position': position }).expect(200);
    expect(data.on_hand_qty).toBe(6);
    let ready: Answer;
    do ready = await app.request('GET', '/health/ready');
    while (ready.status !== 200 || ready.body.status !== 'ok');
  });

  it('is ready on a database that is new beside this log when it shows everything, and not before', async () => {
    eventStore.faults.delay = 20; // so that catching up takes a while
    const fresh = await TestServer.start({ log: 'postgres', environment: { EVENTSTORE_URL: eventStore.url, EVENTSTORE_PREFIX } });
    try {
      const lists = ['parts', 'locations', 'assets', 'work_orders', 'users', 'audit_trail', 'work_order_statuses'];
      while ((await fresh.request('GET', '/health/ready')).status !== 200) await delay(5);
      const answers = await Promise.all(lists.map((list) => fresh.get(`/${list}`)));
      expect(answers.map(({ status }) => status)).toEqual(lists.map(() => 200));
      expect(answers[0]?.meta.pagination.total).toBe(parts);
    } finally {
      eventStore.faults.delay = 0;
      await fresh.stop();
    }
  });
});

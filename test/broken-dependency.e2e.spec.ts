import { setTimeout as delay } from 'node:timers/promises';
import type { Answer } from './harness/client.js';
import { createDatabase, type TestDatabase } from './harness/database.js';
import { FaultyProxy } from '../tools/faulty-proxy.js';
import { TestServer } from './harness/server.js';

/** R11, its short form: the database is gone for seconds, in two ways, under a server that must live on. */
describe('a server whose database is gone', () => {
  let database: TestDatabase;
  let proxy: FaultyProxy;
  let app: TestServer;

  beforeAll(async () => {
    database = await createDatabase();
    const { hostname: host, port } = new URL(database.url);
    proxy = await FaultyProxy.start({ host, port: Number(port) });
    const through = (url: string): string => Object.assign(new URL(url), { port: String(proxy.port) }).href;
    app = await TestServer.start({
      environment: { DATABASE_URL: through(database.url), MIGRATIONS_DATABASE_URL: through(database.ownerUrl) },
    });
  });

  afterAll(async () => {
    proxy.pass();
    await app.stop();
    await proxy.close();
    await database.drop();
  });

  const write = (): Promise<Answer> => app.post('/locations', { location: { name: 'Hall' } });
  const ready = (): Promise<Answer> => app.request('GET', '/health/ready');

  async function until(what: () => Promise<Answer>, status: number): Promise<Answer> {
    for (;;) {
      const answer = await what();
      if (answer.status === status) return answer;
      await delay(50);
    }
  }

  it.each([
    ['refuses connections', () => proxy.refuse()],
    ['has fallen silent', () => proxy.blackHole()],
  ])('refuses writes for now while the database %s, stays alive, and writes again when it is back', async (_case, breakIt) => {
    const { data } = await app.post('/locations', { location: { name: 'Before' } }).expect(201);
    breakIt();

    const refused = await until(write, 503);
    // Where the log is a server of its own, the event may stand although the database cannot say what it made.
    const { MILLWRIGHT_TEST_LOG: log } = process.env;
    expect(log === 'eventstoredb' ? ['UNAVAILABLE', 'COMPLETION_PENDING'] : ['UNAVAILABLE']).toContain(refused.error.code);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await until(ready, 503)).body).toMatchObject({
      status: 'unavailable',
      reasons: expect.arrayContaining([expect.any(String)]) as unknown,
    });
    await app.request('GET', '/health/live').expect(200);
    expect((await app.get('/locations', { 'x-min-position': undefined })).status).toBe(503);

    proxy.pass();
    const back = performance.now();
    await until(write, 201);
    await until(ready, 200);
    // Read models that work through what waited may ask a reader of the newest position to come again, as a client does.
    await until(() => app.get(`/locations/${(data as { id: number }).id}`), 200);
    console.info(`writes and reads again ${Math.round(performance.now() - back)} ms after the database was back`);
  });

  it('is only slower while the database is: what it acknowledges is there, once', async () => {
    const { data } = await app.post('/parts', { part: { name: 'Slow' } }).expect(201);
    const { id } = data as { id: number };
    proxy.delay(30);
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, number) => app.patch(`/parts/${id}/restock`, { quantity: 1, cost: 1, note: `slow ${number}` })),
    );
    proxy.pass();
    const taken = answers.filter(({ status }) => status === 200).length;
    expect(answers.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
    const { on_hand_qty: onHand } = (await app.get(`/parts/${id}`).expect(200)).data as { on_hand_qty: number };
    expect(taken).toBeGreaterThan(0);
    expect(onHand).toBeGreaterThanOrEqual(taken);
    expect(onHand).toBeLessThanOrEqual(answers.length);
  });
});

import { createDatabase, type TestDatabase } from './harness/database.js';
import { FaultyProxy } from '../tools/faulty-proxy.js';
import { TestServer } from './harness/server.js';

/** How long one command may take, in milliseconds; a request of many takes longer here. */
const oneCommandMs = 2_000;

describe('a request of many operations that takes longer than one may', () => {
  let database: TestDatabase;
  let proxy: FaultyProxy;
  let app: TestServer;

  beforeAll(async () => {
    database = await createDatabase();
    const { hostname: host, port } = new URL(database.url);
    proxy = await FaultyProxy.start({ host, port: Number(port) });
    const through = (url: string): string => Object.assign(new URL(url), { port: String(proxy.port) }).href;
    app = await TestServer.start({
      log: 'postgres',
      environment: { DATABASE_URL: through(database.url), MIGRATIONS_DATABASE_URL: through(database.ownerUrl) },
    });
  });

  afterAll(async () => {
    proxy.pass();
    await app.stop();
    await proxy.close();
    await database.drop();
  });

  it('gives each operation of a batch time of its own', async () => {
    // Waits in vain, as long as a read may.
    const waiting = { method: 'GET', url: '/api/v1/parts', params: { min_position: '9'.repeat(15) } };
    const part = { method: 'POST', url: '/api/v1/parts', params: { part: { name: 'Late', on_hand_qty: 1, unit_cost: 1 } } };
    proxy.delay(20);
    const began = performance.now();
    const { body } = await app.post('/batch', { ops: [waiting, part, part], sequential: true }).expect(200);
    expect(performance.now() - began).toBeGreaterThan(oneCommandMs);
    proxy.pass();
    expect((body.results as { status: number }[]).map(({ status }) => status)).toEqual([503, 201, 201]);
  });

  it('gives each field of a GraphQL document time of its own', async () => {
    const part = (await app.post('/parts', { part: { name: 'Bolt', on_hand_qty: 100, unit_cost: 2 } }).expect(201)).data.id as number;
    const orders: number[] = [];
    for (let number = 0; number < 15; number++) {
      orders.push((await app.post('/work_orders', { work_order: { title: 'Many' } }).expect(201)).data.id as number);
      await app.post(`/work_orders/${orders.at(-1)}/parts`, { part_id: part, quantity: 1 }).expect(201);
    }
    const fields = orders.map((id) => `o${id}: completeWorkOrder(input: {workOrderId: ${id}}) { totalCosts { parts isEstimate } }`);
    proxy.delay(20);
    const began = performance.now();
    const answer = await app.graphql(`mutation { ${fields.join(' ')} }`);
    expect(performance.now() - began).toBeGreaterThan(oneCommandMs);
    proxy.pass();
    expect(answer).toEqual(Object.fromEntries(orders.map((id) => [`o${id}`, { totalCosts: { parts: '2', isEstimate: false } }])));
  });
});

import { randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Answer } from './harness/client.js';
import { createDatabase, type TestDatabase } from './harness/database.js';
import { TestServer } from './harness/server.js';

/** Some at a time, so that a busy machine keeps up. */
async function inTurns<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let first = 0; first < items.length; first += 20) results.push(...(await Promise.all(items.slice(first, first + 20).map(work))));
  return results;
}

let app: TestServer;

const createPart = async (): Promise<number> =>
  (await app.post('/parts', { part: { name: 'Bolt', on_hand_qty: 10, unit_cost: 2 } }).expect(201)).data.id as number;

/** An order with one of each of these parts. */
async function orderWith(parts: readonly number[]): Promise<number> {
  const order = (await app.post('/work_orders', { work_order: { title: 'Overhaul' } }).expect(201)).data.id as number;
  await inTurns(parts, (part_id) => app.post(`/work_orders/${order}/parts`, { part_id, quantity: 1 }).expect(201));
  return order;
}

describe('an order whose parts do not answer', () => {
  let database: TestDatabase;
  let owner: pg.Client;
  beforeAll(async () => {
    database = await createDatabase();
    owner = new pg.Client({ connectionString: database.ownerUrl });
    await owner.connect();
    app = await TestServer.start({
      log: 'postgres',
      environment: { DATABASE_URL: database.url, MIGRATIONS_DATABASE_URL: database.ownerUrl },
    });
  });
  afterAll(async () => {
    await owner.end();
    await app.stop();
    await database.drop();
  });

  const complete = (order: number, key: string): Promise<Answer> =>
    app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }, { 'idempotency-key': key });
  const completeOverGraphql = (order: number, key: string): Promise<Answer> =>
    app.graphqlAnswer(
      `mutation { completeWorkOrder(input: { workOrderId: ${order} }, idempotencyKey: "${key}") { statusKind totalCosts { parts } } }`,
    );
  const count = async (query: string): Promise<number> =>
    (await app.get(`/audit_trail?${query}`).expect(200)).meta.pagination.total as number;

  it('is answered as pending, with its position; a repeat waits on, and appends nothing', async () => {
    // More than a process holds ready of the ids that an issue needs, and no more can be had.
    const parts = await inTurns(Array.from({ length: 70 }), () => createPart());
    const [order, another] = [await orderWith(parts), await orderWith(parts)];
    const [key, anotherKey] = [randomUUID(), randomUUID()];
    await owner.query('BEGIN');
    await owner.query('ALTER SEQUENCE app.part_transaction_id CACHE 1');
    const [pending, pendingOverGraphql] = await Promise.all([complete(order, key), completeOverGraphql(another, anotherKey)]);
    await owner.query('ROLLBACK');
    expect([pending.status, pending.error?.code]).toEqual([503, 'COMPLETION_PENDING']);
    expect([pending.headers.get('retry-after'), pending.headers.get('x-position')]).toEqual([
      expect.stringMatching(/^\d+$/),
      expect.stringMatching(/^\d+$/),
    ]);
    expect(pendingOverGraphql.body.errors?.[0].extensions).toMatchObject({
      code: 'COMPLETION_PENDING',
      position: expect.stringMatching(/^\d+$/) as string,
    });

    for (let answer = await complete(order, key); answer.status !== 200; answer = await complete(order, key))
      expect(answer.error.code).toBe('COMPLETION_PENDING');
    for (
      let { body } = await completeOverGraphql(another, anotherKey);
      body.errors;
      { body } = await completeOverGraphql(another, anotherKey)
    )
      expect(body.errors[0].extensions.code).toBe('COMPLETION_PENDING');
    for (const id of [order, another]) {
      const { data } = await app.get(`/work_orders/${id}`).expect(200);
      expect([data.status.id, data.total_costs]).toEqual([5, expect.objectContaining({ parts: 140, is_estimate: false })]);
      expect(await count(`work_order_id=${id}&type=WorkOrderCompletionStarted`)).toBe(1);
    }
    expect(await count('type=PartIssued')).toBe(140);
  });
});

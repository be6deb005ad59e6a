import pg from 'pg';
import { readmeTour } from '../tools/readme-tour.js';
import type { Answer, Client } from './harness/client.js';
import { sharedServer, TestServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

/** The test client names the position it has written by itself; here a read is to see it without. */
const plain = { 'x-min-position': undefined };

describe('a reader', () => {
  it('sees its own writes at once without naming a position, in single reads, lists, explanations and GraphQL', async () => {
    for (let round = 1; round <= 20; round++) {
      const part = (await app.post('/parts', { part: { name: `Own ${round}`, on_hand_qty: 1, unit_cost: 2 } }).expect(201)).data
        .id as number;
      const [one, list, explained] = await Promise.all([
        app.get(`/parts/${part}`, plain).expect(200),
        app.get(`/parts?id=${part}`, plain).expect(200),
        app.get(`/parts/${part}/explain`, plain).expect(200),
      ]);
      expect([one.data.on_hand_qty, list.data.length, explained.data.movements.length]).toEqual([1, 1, 1]);
      await app.patch(`/parts/${part}/restock`, { quantity: round, cost: 3 }).expect(200);
      const { body } = await app.graphqlAnswer(`{ part(id: ${part}) { onHandQty transactions { totalCount } } }`, {}, plain);
      expect(body).toEqual({ data: { part: { onHandQty: String(1 + round), transactions: { totalCount: 2 } } } });
      expect(one.meta).not.toHaveProperty('stale');
    }
  });

  it('sees them after a mutation and inside of a batch, too', async () => {
    const { createPart } = await app.graphql('mutation { createPart(input: {name: "Own", onHandQty: "3", unitCost: "1"}) { id } }');
    expect((await app.get(`/parts/${createPart.id}/transactions`, plain).expect(200)).data).toHaveLength(1);
    const url = `/api/v1/parts/${createPart.id}`;
    const ops = [
      { method: 'PATCH', url: `${url}/restock`, params: { quantity: 2, cost: 1 } },
      { method: 'GET', url: `${url}/transactions` },
    ];
    const { body } = await app.post('/batch', { ops, sequential: true }).expect(200);
    expect(body.results[1].body.data).toHaveLength(2);
  });

  it('sees below a mutation what it and those before it in the document have done, also in records that are read again', async () => {
    const order = (await app.post('/work_orders', { work_order: { title: 'Own' } }).expect(201)).data.id as number;
    const cost = (amount: number): string =>
      `recordOtherCost(input: {workOrderId: ${order}, amount: "${amount}", note: "own"}) { workOrder { totalCosts { other } otherCosts { totalCount } } }`;
    for (let round = 0; round < 10; round++) {
      const seen = (count: number, other: number) => ({
        workOrder: { totalCosts: { other: String(other) }, otherCosts: { totalCount: count } },
      });
      const answer = await app.graphql(`mutation { one: ${cost(3)} other: ${cost(4)} }`);
      expect(answer).toEqual({ one: seen(2 * round + 1, 7 * round + 3), other: seen(2 * round + 2, 7 * round + 7) });
    }
  });

  it('takes what is there when it asks for position 0', async () => {
    await app.post('/parts', { part: { name: 'Own' } }).expect(201);
    expect((await app.get('/parts', { 'x-min-position': '0' }).expect(200)).meta).not.toHaveProperty('stale');
  });
});

describe('a reader who was refused after the order had asked', () => {
  it('finds nothing left of what he had asked for', async () => {
    const left: unknown[] = [];
    let refused = 0;
    for (let round = 0; round < 12; round++) {
      const scarce = { name: 'Scarce', on_hand_qty: 5, unit_cost: 1 };
      const part_id = (await app.post('/parts', { part: scarce }).expect(201)).data.id as number;
      const orders = await Promise.all(
        Array.from({ length: 8 }, async () => (await app.post('/work_orders', { work_order: { title: 'Wants two' } }).expect(201)).data.id),
      );
      await Promise.all(
        orders.map(async (order) => {
          const { status } = await app.post(`/work_orders/${order}/parts`, { part_id, quantity: 2 });
          const { part_assignments } = (await app.get(`/work_orders/${order}`, plain).expect(200)).data;
          const { body } = await app.graphqlAnswer(`{ workOrder(id: ${order}) { partAssignments { quantity } } }`, {}, plain);
          const shown = [part_assignments.length, body.data.workOrder.partAssignments.length];
          if (status === 409) refused += 1;
          if (shown.some((lines) => lines !== Number(status === 201))) left.push({ status, shown });
        }),
      );
    }
    expect(left).toEqual([]);
    expect(refused).toBeGreaterThan(0);
  });
});

describe('a reader whose write the read models do not show in time', () => {
  it('is answered all the same, and told so', async () => {
    const server = await TestServer.start({ log: 'postgres' });
    const holder = new pg.Client({ connectionString: server.ownerUrl });
    await holder.connect();
    try {
      await server.post('/parts', { part: { name: 'Shown' } }).expect(201);
      await server.get('/parts').expect(200);
      // Whoever writes read models waits here, as behind a disk that has no time.
      await holder.query('BEGIN; LOCK TABLE app.live_read_models IN SHARE MODE');
      await server.post('/parts', { part: { name: 'Late' } }).expect(201);
      expect((await server.get('/parts', plain).expect(200)).meta).toMatchObject({ stale: true, pagination: { total: 1 } });
      const { body } = await server.graphqlAnswer('{ parts { totalCount } }', {}, plain);
      expect(body).toEqual({ data: { parts: { totalCount: 1 } }, extensions: { stale: true } });
      // Who takes what is there is told nothing.
      expect((await server.get('/parts', { 'x-min-position': '0' }).expect(200)).meta).not.toHaveProperty('stale');
      await holder.query('COMMIT');
      let shown = await server.get('/parts');
      while (shown.status === 503) shown = await server.get('/parts');
      expect(shown.meta).toMatchObject({ pagination: { total: 2 } });
      expect((await server.get('/parts', plain).expect(200)).meta).not.toHaveProperty('stale');
    } finally {
      await holder.end();
      await server.stop();
    }
  });
});

describe('the tour of the README', () => {
  it('is never behind itself, pasted as it stands', async () => {
    const server = await TestServer.start({ log: 'postgres' });
    try {
      const answers = (await readmeTour(server.url, server.adminKey)) as Pick<Answer, 'data' | 'meta'>[];
      const [, , , , completed, , order, explained, first, again, document, report, trail] = answers;
      expect(completed?.data.status.name).toBe('completed');
      expect([order?.data.status.name, order?.data.total_costs.parts]).toEqual(['completed', 50.8]);
      expect(explained?.data.movements).toHaveLength(4);
      expect(first?.data.on_hand_qty).toBe(12);
      expect(again).toEqual(first);
      expect(document?.data.workOrder.totalCosts).toMatchObject({ parts: '50.8', isEstimate: false });
      expect(report?.meta.total).toBe(50.8);
      expect((trail?.data as { type: string }[] | undefined)?.[0]?.type).toBe('PartRestocked');
      expect(answers.filter(({ meta }) => meta?.stale)).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});

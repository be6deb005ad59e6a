import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

/** A few at a time: how many a busy machine creates at once is no question here. */
async function partsInStock(count: number, fields: object = {}): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < count) {
    const group = Array.from({ length: Math.min(10, count - ids.length) }, async (_, index) => {
      const part = { name: `Part ${ids.length + index}`, on_hand_qty: 10, unit_cost: 2, ...fields };
      return (await app.post('/parts', { part }).expect(201)).data.id as number;
    });
    ids.push(...(await Promise.all(group)));
  }
  return ids;
}
const openOrder = async (): Promise<number> =>
  (await app.post('/work_orders', { work_order: { title: 'Overhaul' } }).expect(201)).data.id as number;
const assign = (order: number, part_id: number, quantity = 1): Promise<Answer> =>
  app.post(`/work_orders/${order}/parts`, { part_id, quantity });
const statusOf = (order: number, status_id: number): Promise<Answer> => app.patch(`/work_orders/${order}`, { work_order: { status_id } });
/** What a client sees that knows no more than the position of its last answer. */
const seenAt = (answer: Answer) => ({ 'x-min-position': answer.headers.get('x-position') ?? 'none' });

describe('an order of many parts', () => {
  it('takes them all at the same time, is completed, reopened and completed again, and nobody is told that it failed', async () => {
    const parts = await partsInStock(150);
    const order = await openOrder();
    const assigned = await Promise.all(parts.map((part) => assign(order, part)));
    expect(new Set(assigned.map(({ status }) => status))).toEqual(new Set([201]));
    const completed = await statusOf(order, 5);
    expect([completed.status, completed.data.total_costs]).toEqual([200, expect.objectContaining({ parts: 300, is_estimate: false })]);
    const reopened = await statusOf(order, 1);
    expect([reopened.status, reopened.data.total_costs]).toEqual([200, expect.objectContaining({ parts: 300, is_estimate: true })]);
    expect((await statusOf(order, 5)).data.part_assignments).toHaveLength(150);
    const { data } = await app.get(`/parts?id_in=${parts.join(',')}&per_page=200`).expect(200);
    expect(
      new Set((data as { on_hand_qty: number; available: number }[]).map((part) => [part.on_hand_qty, part.available].join())),
    ).toEqual(new Set(['9,9']));
  });
});

describe('a refusal that comes after the order had asked', () => {
  it('names the position at which nothing of it is left', async () => {
    const [part = 0] = await partsInStock(1);
    const orders = await Promise.all(Array.from({ length: 25 }, openOrder));
    // Together they ask for more than there is: all pass the first look, and the part says no to some.
    const answers = await Promise.all(orders.map((order) => assign(order, part, 3)));
    const refused = answers.flatMap((answer, index) => (answer.status === 409 ? [{ answer, order: orders[index] ?? 0 }] : []));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
    expect(refused).toHaveLength(22);
    for (const { answer, order } of refused) {
      expect(answer.error.code).toBe('INSUFFICIENT_STOCK');
      if (!answer.headers.has('x-position')) continue; // refused at the first look: nothing was appended
      expect((await app.get(`/work_orders/${order}`, seenAt(answer)).expect(200)).data.part_assignments).toEqual([]);
    }
  });

  it('of a completion comes when what was issued is back', async () => {
    const parts = await partsInStock(20);
    const order = await openOrder();
    for (const part of parts) expect((await assign(order, part, 4)).status).toBe(201);
    const last = parts.at(-1) ?? 0;
    // A count that finds too few meets the completion on its way: before it, or too late.
    const [completion] = await Promise.all([statusOf(order, 5), app.patch(`/parts/${last}/reconcile`, { quantity: -8, note: 'count' })]);
    if (completion.status === 200) return;
    expect(completion.error.code).toBe('INSUFFICIENT_STOCK');
    const headers = completion.headers.has('x-position') ? seenAt(completion) : {};
    const { data } = await app.get(`/parts?id_in=${parts.slice(0, -1).join(',')}&per_page=200`, headers).expect(200);
    expect(
      new Set((data as { on_hand_qty: number; available: number }[]).map((part) => [part.on_hand_qty, part.available].join())),
    ).toEqual(new Set(['10,6']));
  });
});

describe('the time of the last change', () => {
  it('is that of the last event of a part, also where an order moved it', async () => {
    const [part = 0] = await partsInStock(1);
    const order = await openOrder();
    const steps: (() => Promise<Answer>)[] = [
      () => assign(order, part, 2),
      () => statusOf(order, 5),
      () => app.patch(`/work_orders/${order}/parts`, { part_id: part, quantity: 1 }),
      () => statusOf(order, 1),
      () => app.delete(`/work_orders/${order}/parts/${part}`),
    ];
    let before = (await app.get(`/parts/${part}`).expect(200)).data.updated_at as string;
    for (const step of steps) {
      while (Date.now() <= Date.parse(before)) await new Promise((resolve) => setImmediate(resolve));
      const answer = await step();
      expect(answer.status).toBeLessThan(300);
      const { data } = await app.get(`/parts?id=${part}&filter[updated_at_gt]=${encodeURIComponent(before)}`).expect(200);
      expect(data).toHaveLength(1);
      before = data[0].updated_at as string;
    }
  });
});

describe('an operation that says where it leads', () => {
  it('takes no status of another kind', async () => {
    const order = await openOrder();
    for (const [mutation, statusId] of [
      ['completeWorkOrder', 4],
      ['completeWorkOrder', 1],
      ['reopenWorkOrder', 5],
      ['reopenWorkOrder', 4],
    ] as const) {
      const { body } = await app.graphqlAnswer(`mutation { ${mutation}(input: { workOrderId: ${order}, statusId: ${statusId} }) { id } }`);
      expect(body.errors[0].extensions).toMatchObject({
        code: 'VALIDATION_FAILED',
        details: [{ field: 'input.statusId', code: 'wrong_kind' }],
      });
    }
    expect((await app.get(`/work_orders/${order}`).expect(200)).data.status.id).toBe(1);
  });
});

describe('an average', () => {
  it('is shown as it is used, also after the part was a non-stock one for a while', async () => {
    const [part = 0] = await partsInStock(1, { unit_cost: 5 });
    await app.patch(`/parts/${part}/reconcile`, { quantity: -10, note: 'gone' }).expect(200);
    await app.patch(`/parts/${part}`, { part: { is_non_stock: true } }).expect(200);
    await app.patch(`/parts/${part}`, { part: { is_non_stock: false } }).expect(200);
    expect((await app.get(`/parts/${part}`).expect(200)).data.avg_unit_cost).toBe(5);
    const found = await app.patch(`/parts/${part}/reconcile`, { quantity: 3, note: 'found' }).expect(200);
    expect([found.data.avg_unit_cost, found.data.stock_value]).toEqual([5, 15]);
  });
});

it('a thing of 1956 goes in', async () => {
  const { data } = await app.post('/assets', { asset: { name: 'Lathe', purchase_date: '1956-05-05' } }).expect(201);
  expect(data.purchase_date).toBe('1956-05-05');
  await app.post('/assets', { asset: { name: 'Lathe', purchase_date: '1899-12-31' } }).expect(422);
  const order = (await app.post('/work_orders', { work_order: { title: 'Old', completed_at: '1956-05-05T08:00:00Z' } }).expect(201)).data;
  expect(order.completed_at).toBe('1956-05-05T08:00:00Z');
  expect((await app.get(`/work_orders?id=${order.id}&completed_at_lt=1957-01-01`).expect(200)).data).toHaveLength(1);
});

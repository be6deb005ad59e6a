import { randomUUID } from 'node:crypto';
import { isToComeAgain, type Answer, type Client } from './harness/client.js';
import { insist, type Ask } from './harness/insist.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

/** A few at a time: how many a busy machine creates at once is no question here. */
async function partsInStock(count: number, fields: object = {}): Promise<number[]> {
  const ids: number[] = [];
  while (ids.length < count) {
    const group = Array.from({ length: Math.min(10, count - ids.length) }, (_, index) => {
      const part = { name: `Part ${ids.length + index}`, on_hand_qty: 10, unit_cost: 2, ...fields };
      return created((headers) => app.post('/parts', { part }, headers));
    });
    ids.push(...(await Promise.all(group)));
  }
  return ids;
}
const openOrder = (): Promise<number> => created((headers) => app.post('/work_orders', { work_order: { title: 'Overhaul' } }, headers));
const assign = (order: number, part_id: number, quantity = 1): Promise<Answer> =>
  insist((headers) => app.post(`/work_orders/${order}/parts`, { part_id, quantity }, headers));
const statusOf = (order: number, status_id: number): Promise<Answer> =>
  insist((headers) => app.patch(`/work_orders/${order}`, { work_order: { status_id } }, headers));

async function created(ask: Ask): Promise<number> {
  const { status, data } = await insist(ask);
  expect(status).toBe(201);
  return data.id as number;
}

/** What a client sees that knows no more than the position of its last answer. */
const seenAt = (answer: Answer) => ({ 'x-min-position': answer.headers.get('x-position') ?? 'none' });

describe('an order of many parts', () => {
  it('takes them all at the same time, is completed, reopened and completed again, and nobody is told that it failed', async () => {
    const parts = await partsInStock(150);
    const order = await openOrder();
    const assigned = await Promise.all(parts.map((part) => assign(order, part)));
    expect(new Set(assigned.map(({ status }) => status))).toEqual(new Set([201]));
    const moveTo = (status_id: number): Promise<Answer> => statusOf(order, status_id);
    const completed = await moveTo(5);
    expect([completed.status, completed.data.total_costs]).toEqual([200, expect.objectContaining({ parts: 300, is_estimate: false })]);
    const reopened = await moveTo(1);
    expect([reopened.status, reopened.data.total_costs]).toEqual([200, expect.objectContaining({ parts: 300, is_estimate: true })]);
    expect((await moveTo(5)).data.part_assignments).toHaveLength(150);
    const { data } = await app.get(`/parts?id_in=${parts.join(',')}&per_page=200`).expect(200);
    expect(
      new Set((data as { on_hand_qty: number; available: number }[]).map((part) => [part.on_hand_qty, part.available].join())),
    ).toEqual(new Set(['9,9']));
  });
});

async function insistOverGraphql(mutation: string): Promise<Answer> {
  for (;;) {
    const answer = await app.graphqlAnswer(`mutation { ${mutation} }`);
    if (!isToComeAgain(answer.body.errors?.[0].extensions)) return answer;
  }
}

/** Two things at once that now and then meet as they have to: again until they did. */
async function untilMet(round: () => Promise<boolean>): Promise<void> {
  for (let rounds = 1; !(await round()); rounds += 1) if (rounds === 60) throw new Error('in 60 rounds they never met');
}

describe('a refusal that comes after the order had asked', () => {
  /** Together these orders ask for more than there is: all pass the first look, and the part says no to some. */
  async function rivals(part: number): Promise<number[]> {
    const orders = await Promise.all(Array.from({ length: 25 }, openOrder));
    expect((await app.get(`/parts/${part}`).expect(200)).data.available).toBe(10);
    return orders;
  }

  it('names the position at which nothing of it is left', () =>
    untilMet(async () => {
      const [part = 0] = await partsInStock(1);
      const orders = await rivals(part);
      const answers = await Promise.all(orders.map((order) => assign(order, part, 3)));
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(3);
      const refused = answers.flatMap((answer, index) => (answer.status === 409 ? [{ answer, order: orders[index] ?? 0 }] : []));
      expect(refused).toHaveLength(22);
      expect(new Set(refused.map(({ answer }) => answer.error.code))).toEqual(new Set(['INSUFFICIENT_STOCK']));
      // Where none is named, the first look said no and nothing was appended.
      const late = refused.filter(({ answer }) => answer.headers.has('x-position'));
      for (const { answer, order } of late)
        expect((await app.get(`/work_orders/${order}`, seenAt(answer)).expect(200)).data.part_assignments).toEqual([]);
      return late.length > 0;
    }));

  it('names it over GraphQL, too', () =>
    untilMet(async () => {
      const [part = 0] = await partsInStock(1);
      const orders = await rivals(part);
      const ask = async (order: number): Promise<{ code: string; position?: string } | undefined> => {
        const input = `{ workOrderId: ${order}, partId: ${part}, quantity: "3" }`;
        const { body } = await insistOverGraphql(`assignPart(input: ${input}, idempotencyKey: "${randomUUID()}") { id }`);
        return body.errors?.[0].extensions as { code: string; position?: string } | undefined;
      };
      const answers = await Promise.all(orders.map(ask));
      const late = answers.flatMap((refusal, index) => (refusal?.position === undefined ? [] : [{ ...refusal, order: orders[index] }]));
      for (const { code, position = '', order } of late) {
        expect(code).toBe('INSUFFICIENT_STOCK');
        const shown = await app.graphql(`{ workOrder(id: ${order}) { partAssignments { quantity } } }`, {}, { 'x-min-position': position });
        expect(shown.workOrder.partAssignments).toEqual([]);
      }
      return late.length > 0;
    }));

  it('of a completion comes when what was issued is back', () =>
    untilMet(async () => {
      const parts = await partsInStock(20);
      const order = await openOrder();
      for (const part of parts) expect((await assign(order, part, 4)).status).toBe(201);
      const last = parts.at(-1) ?? 0;
      // A count that finds too few meets the completion on its way: before it, too late, or just as it has to.
      const [completion] = await Promise.all([
        statusOf(order, 5),
        insist((headers) => app.patch(`/parts/${last}/reconcile`, { quantity: -8, note: 'count' }, headers)),
      ]);
      if (completion.status === 200) return false;
      expect([completion.status, completion.error.code]).toEqual([409, 'INSUFFICIENT_STOCK']);
      if (!completion.headers.has('x-position')) return false;
      const { data } = await app.get(`/parts?id_in=${parts.slice(0, -1).join(',')}&per_page=200`, seenAt(completion)).expect(200);
      expect(
        new Set((data as { on_hand_qty: number; available: number }[]).map((part) => [part.on_hand_qty, part.available].join())),
      ).toEqual(new Set(['10,6']));
      return true;
    }));
});

describe('the time of the last change', () => {
  it('is that of the last event of a part, also where an order moved it', async () => {
    const [part = 0] = await partsInStock(1);
    const order = await openOrder();
    const steps: (() => Promise<Answer>)[] = [
      () => assign(order, part, 2),
      () => statusOf(order, 5),
      () => insist((headers) => app.patch(`/work_orders/${order}/parts`, { part_id: part, quantity: 1 }, headers)),
      () => statusOf(order, 1),
      () => insist((headers) => app.delete(`/work_orders/${order}/parts/${part}`, undefined, headers)),
    ];
    let before = (await app.get(`/parts/${part}`).expect(200)).data.updated_at as string;
    for (const step of steps) {
      while (Date.now() <= Date.parse(before)) await new Promise((resolve) => setImmediate(resolve));
      const answer = await step();
      expect(answer.status).toBeLessThan(300);
      const { data } = await app.get(`/parts?id=${part}&filter[updated_at_gt]=${encodeURIComponent(before)}`).expect(200);
      expect(data).toHaveLength(1);
      const since = `filter: { id: { eq: ${part} }, updatedAt: { gt: "${before}" } }`;
      const { parts } = await app.graphql(`{ parts(${since}) { nodes { updatedAt } } }`);
      before = data[0].updated_at as string;
      expect(parts.nodes).toEqual([{ updatedAt: before }]);
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

describe('a figure past its limit', () => {
  it('is refused by the name of what was given', async () => {
    const largest = '999999999.99';
    const [part = 0] = await partsInStock(1, { on_hand_qty: 10, unit_cost: largest });
    const [cheap = 0] = await partsInStock(1, { on_hand_qty: 11, unit_cost: 0 });
    const order = await openOrder();
    const [tool = 0] = await partsInStock(1, { on_hand_qty: undefined, is_non_stock: true });
    await assign(order, tool, 999_999_999.999);
    const refusals: [Promise<Answer>, string][] = [
      [app.patch(`/parts/${part}/restock`, { quantity: 1, cost: 1 }), 'quantity'],
      [app.patch(`/parts/${part}/reconcile`, { quantity: 1, note: 'found' }), 'quantity'],
      [app.patch(`/parts/${cheap}/update_avg_unit_cost`, { cost: largest }), 'cost'],
      [app.post('/parts', { part: { name: 'Dear', on_hand_qty: 11, unit_cost: largest } }), 'part.on_hand_qty'],
      [assign(order, tool, 1), 'quantity'],
    ];
    for (const [asked, field] of refusals) {
      const { status, error } = await asked;
      expect([status, error.code, error.details]).toEqual([
        422,
        'VALUE_OUT_OF_RANGE',
        [expect.objectContaining({ field, code: 'out_of_range' })],
      ]);
      expect(error.message).toBe(`${field} ${error.details[0].message}`);
    }
    for (const [mutation, field] of [
      [`restockPart(input: { partId: ${part}, quantity: "1", cost: "1" })`, 'input.quantity'],
      [`createPart(input: { name: "Dear", onHandQty: "11", unitCost: "${largest}" })`, 'input.onHandQty'],
      [`assignPart(input: { workOrderId: ${order}, partId: ${tool}, quantity: "1" })`, 'input.quantity'],
    ]) {
      const [error] = (await app.graphqlAnswer(`mutation { ${mutation} { id } }`)).body.errors;
      expect(error.extensions).toMatchObject({ code: 'VALUE_OUT_OF_RANGE', details: [{ field, code: 'out_of_range' }] });
      expect(error.message).toBe(`${field} ${error.extensions.details[0].message}`);
    }
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
    const { part: read } = await app.graphql(`{ part(id: ${part}) { avgUnitCost stockValue } }`);
    expect(read).toEqual({ avgUnitCost: '5', stockValue: '15' });
  });
});

it('a thing of 1956 goes in, is found by its dates, and counts in the reports of that year', async () => {
  const { data } = await app.post('/assets', { asset: { name: 'Lathe', purchase_date: '1956-05-05' } }).expect(201);
  expect(data.purchase_date).toBe('1956-05-05');
  await app.post('/assets', { asset: { name: 'Lathe', purchase_date: '1899-12-31' } }).expect(422);
  await app.post('/assets', { asset: { name: 'Lathe', warranty_exp_date: '2101-01-01' } }).expect(422);
  const fields = { title: 'Old', due_date: '1900-01-01T00:00:00Z', completed_at: '1956-05-05T08:00:00Z', asset_id: data.id };
  const order = (await app.post('/work_orders', { work_order: fields }).expect(201)).data;
  expect([order.due_date, order.completed_at]).toEqual(['1900-01-01T00:00:00Z', '1956-05-05T08:00:00Z']);
  expect((await app.get(`/work_orders?id=${order.id}&completed_at_lt=1957-01-01&due_date_gteq=1900-01-01`).expect(200)).data).toHaveLength(
    1,
  );
  await app.post(`/work_orders/${order.id}/other_costs`, { other_cost: { amount: 7.5, date: '1956-05-06' } }).expect(201);
  const report = await app.get(`/reports/costs?group_by=asset&from=1956-01-01&to=1956-12-31`).expect(200);
  expect(report.data).toContainEqual(expect.objectContaining({ key: data.id, other: 7.5 }));

  const { createAsset } = await app.graphql(
    `mutation { createAsset(input: { name: "Press", purchaseDate: "1956-05-05" }) { id purchaseDate } }`,
  );
  expect(createAsset.purchaseDate).toBe('1956-05-05');
  const old = `input: { title: "Older", completedAt: "1900-01-01T00:00:00Z", assetId: ${createAsset.id} }`;
  const { createWorkOrder } = await app.graphql(`mutation { createWorkOrder(${old}) { id completedAt } }`);
  const { workOrders } = await app.graphql(
    `{ workOrders(filter: { id: { eq: ${createWorkOrder.id} }, completedAt: { lt: "1901-01-01T00:00:00Z" } }) { nodes { completedAt } } }`,
  );
  expect(workOrders.nodes).toEqual([{ completedAt: createWorkOrder.completedAt }]);
});

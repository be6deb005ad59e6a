import { randomUUID } from 'node:crypto';
import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const createPart = async (on_hand_qty = 10, unit_cost = 5): Promise<number> =>
  (await app.post('/parts', { part: { name: 'Bearing', on_hand_qty, unit_cost, measurement_unit_id: 1 } }).expect(201)).data.id;
const open = async (fields: object = {}): Promise<number> =>
  (await app.post('/work_orders', { work_order: { title: 'Work', ...fields } }).expect(201)).data.id;
const change = (id: number, fields: object) => app.patch(`/work_orders/${id}`, { work_order: fields });
const assign = (order: number, part_id: number, quantity: number) => app.post(`/work_orders/${order}/parts`, { part_id, quantity });

/** As a patient client does it: what was not decided in time is asked again with the same key. */
async function insist(order: number, part_id: number): Promise<Answer> {
  const key = randomUUID();
  for (;;) {
    const answer = await app.post(`/work_orders/${order}/parts`, { part_id, quantity: 1 }, { 'idempotency-key': key });
    if (answer.status !== 503) return answer;
  }
}

const setQuantity = (order: number, part_id: number, quantity: number) => app.patch(`/work_orders/${order}/parts`, { part_id, quantity });
const stock = async (id: number) => {
  const { on_hand_qty, reserved, available } = (await app.get(`/parts/${id}`).expect(200)).data;
  return { on_hand_qty, reserved, available };
};

describe('parts of an open work order', () => {
  it('are reserved, added to, set and removed, and cost an estimate', async () => {
    const part = await createPart();
    const order = await open();
    const line = { part_id: part, part_name: 'Bearing', unit_name: 'Item', unit_short_name: 'itm', type: 'usage' };
    expect((await assign(order, part, 2).expect(201)).data).toEqual({ ...line, quantity: 2, total_cost: 10 });
    expect((await assign(order, part, 1.5).expect(201)).data).toMatchObject({ quantity: 3.5, total_cost: 17.5 });
    expect(await stock(part)).toEqual({ on_hand_qty: 10, reserved: 3.5, available: 6.5 });
    expect((await setQuantity(order, part, 1).expect(200)).data).toMatchObject({ quantity: 1, total_cost: 5 });
    expect((await app.get(`/work_orders/${order}`)).data).toMatchObject({
      part_assignments: [{ ...line, quantity: 1, total_cost: 5 }],
      total_costs: { labor: 0, other: 0, parts: 5, total: 5, is_estimate: true },
    });
    expect((await setQuantity(order, part, 0).expect(200)).data).toMatchObject({ part_id: part, quantity: 0, total_cost: 0 });
    expect((await setQuantity(order, part, 1)).status).toBe(404);
    await assign(order, part, 1).expect(201);
    await app.delete(`/work_orders/${order}/parts/${part}`).expect(204);
    expect((await app.delete(`/work_orders/${order}/parts/${part}`)).status).toBe(404);
    expect(await stock(part)).toEqual({ on_hand_qty: 10, reserved: 0, available: 10 });
  });

  it('are refused beyond what is available, and nothing is appended', async () => {
    const part = await createPart(3);
    const order = await open();
    expect((await assign(order, part, 4)).error).toMatchObject({ code: 'INSUFFICIENT_STOCK' });
    expect((await assign(order, part, 0)).status).toBe(422);
    expect((await assign(order, 987654321, 1)).error.details).toMatchObject([{ field: 'part_id', code: 'not_found' }]);
    expect((await app.get(`/audit_trail?work_order_id=${order}`)).meta.pagination.total).toBe(1);
  });

  it('that are archived are refused by name, as every archived record is', async () => {
    const part = (await app.post('/parts', { part: { name: 'Old' } }).expect(201)).data.id;
    await app.delete(`/parts/${part}`).expect(204);
    const order = await open();
    const { error } = await assign(order, part, 1).expect(422);
    expect(error.details).toEqual([expect.objectContaining({ field: 'part_id', code: 'archived' })]);
  });

  it('go to fifty callers exactly as often as there is stock', async () => {
    const part = await createPart(20);
    const orders = await Promise.all(Array.from({ length: 10 }, () => open()));
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => insist(orders[index % 10] ?? 0, part)));
    const outcomes = answers.map(({ error }) => (error?.code as string | undefined) ?? 'granted');
    expect(outcomes.sort()).toEqual([...Array<string>(30).fill('INSUFFICIENT_STOCK'), ...Array<string>(20).fill('granted')]);
    expect(await stock(part)).toEqual({ on_hand_qty: 20, reserved: 20, available: 0 });
  });
});

describe('completing a work order', () => {
  it('issues every reservation and freezes its cost for ever', async () => {
    const part = await createPart(10, 5);
    const order = await open();
    await assign(order, part, 4).expect(201);
    const { data } = await change(order, { status_id: 5 }).expect(200);
    expect((await app.get(`/work_orders/${order}`)).data).toEqual(data);
    expect(data).toMatchObject({ status: { id: 5, name: 'completed', is_custom: false }, total_costs: { parts: 20, is_estimate: false } });
    expect(data.completed_at).not.toBeNull();
    await app.patch(`/parts/${part}/update_avg_unit_cost`, { cost: 99 }).expect(200);
    await app.patch(`/parts/${part}/restock`, { quantity: 5, cost: 77 }).expect(200);
    expect((await app.get(`/work_orders/${order}`)).data.total_costs).toMatchObject({ parts: 20, total: 20 });
    expect((await assign(order, part, 1)).error.code).toBe('WORK_ORDER_CLOSED');
    expect((await setQuantity(order, part, 5)).error.code).toBe('WORK_ORDER_CLOSED');
    expect((await change(order, { status_id: 4 })).error.code).toBe('WORK_ORDER_CLOSED');
    await change(order, { status_id: 5 }).expect(200);
    expect((await app.get(`/parts/${part}/transactions?type=usage`)).data).toHaveLength(1);
  });

  it('is refused with the parts named when a count found too few, and the order stays open', async () => {
    const [scarce, plenty] = [await createPart(5), await createPart(5)];
    const order = await open();
    await assign(order, plenty, 2).expect(201);
    await assign(order, scarce, 4).expect(201);
    await app.patch(`/parts/${scarce}/reconcile`, { quantity: -3, note: 'count' }).expect(200);
    expect(await stock(scarce)).toEqual({ on_hand_qty: 2, reserved: 4, available: -2 });
    const refused = await change(order, { status_id: 5 });
    expect([refused.status, refused.error.code, refused.error.details[0].field]).toEqual([409, 'INSUFFICIENT_STOCK', `parts.${scarce}`]);
    expect((await app.get(`/work_orders/${order}`)).data).toMatchObject({
      status: { id: 1 },
      completed_at: null,
      total_costs: { is_estimate: true },
    });
    expect(await stock(plenty)).toEqual({ on_hand_qty: 5, reserved: 2, available: 3 });
  });

  it('gives back exactly what was charged when it is reopened, and reserves it again', async () => {
    const part = await createPart(10, 5);
    const order = await open();
    await assign(order, part, 4).expect(201);
    await change(order, { completed_at: '2025-07-15T09:30:00Z' }).expect(200);
    await app.patch(`/parts/${part}/restock`, { quantity: 6, cost: 11 }).expect(200);
    const reopened = await change(order, { completed_at: null }).expect(200);
    expect(reopened.data).toMatchObject({ status: { id: 1 }, completed_at: null, total_costs: { is_estimate: true } });
    expect(await stock(part)).toEqual({ on_hand_qty: 16, reserved: 4, available: 12 });
    expect((await app.get(`/parts/${part}`)).data.stock_value).toBe(10 * 5 + 6 * 11);
    await change(order, { status_id: 4 }).expect(200);
    expect(await stock(part)).toEqual({ on_hand_qty: 16, reserved: 0, available: 16 });
    expect((await assign(order, part, 1)).error.code).toBe('WORK_ORDER_CLOSED');
  });

  it('takes a date of completion in the past, and none that contradicts the status', async () => {
    const order = await open();
    expect((await change(order, { status_id: 2, completed_at: '2025-01-01T00:00:00Z' })).error.details).toMatchObject([
      { code: 'contradicts_status' },
    ]);
    expect((await change(order, { completed_at: '2099-01-01T00:00:00Z' })).status).toBe(422);
    const { data } = await change(order, { completed_at: '2001-02-03T04:05:06+02:00' }).expect(200);
    expect(Date.parse(data.completed_at)).toBe(Date.parse('2001-02-03T02:05:06Z'));
    expect((await change(order, { completed_at: '2002-01-01T00:00:00Z' }).expect(200)).data.completed_at).toContain('2002-01-01');
  });

  it('can be had in the same request that creates it, with a custom status', async () => {
    const { data: status } = await app
      .post('/work_order_statuses', { work_order_status: { name: 'Closed by night shift', kind: 'completed' } })
      .expect(201);
    const { data } = await app
      .post('/work_orders', { work_order: { title: 'Old', status_id: status.id, completed_at: '2010-05-06T00:00:00Z' } })
      .expect(201);
    expect(data).toMatchObject({ status: { id: status.id, is_custom: true }, total_costs: { is_estimate: false } });
  });
});

describe('no lost update', () => {
  it('lets one of fifty writes with one If-Match through, REST and GraphQL mixed', async () => {
    const order = await open();
    const tag = (await app.get(`/work_orders/${order}`)).headers.get('etag') ?? '';
    const revision = Number(tag.replaceAll('"', ''));
    const mutation =
      'mutation ($input: UpdateWorkOrderInput!, $revision: Int) { updateWorkOrder(input: $input, expectedRevision: $revision) { title } }';
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        if (index % 2 === 0)
          return (await app.patch(`/work_orders/${order}`, { work_order: { title: `T${index}` } }, { 'if-match': tag })).status;
        const { body } = await app.graphqlAnswer(mutation, { input: { id: order, title: `T${index}` }, revision });
        return body.errors ? (body.errors[0].extensions.code === 'PRECONDITION_FAILED' ? 412 : 500) : 200;
      }),
    );
    expect(outcomes.filter((status) => status === 200)).toHaveLength(1);
    expect(outcomes.filter((status) => status === 412)).toHaveLength(49);
  });
});

describe('other costs and the report', () => {
  it('are recorded on any order, credits too, and add up by asset, category and period', async () => {
    const asset = (await app.post('/assets', { asset: { name: 'Excavator' } }).expect(201)).data.id;
    const category = (await app.post('/categories', { category: { name: 'Hydraulics' } }).expect(201)).data.id;
    const order = await open({ asset_id: asset, categories_ids: [category], status_id: 5, completed_at: '2010-03-04T12:00:00Z' });
    const record = (fields: object) => app.post(`/work_orders/${order}/other_costs`, { other_cost: fields });
    const reference = `cost-${asset}`;
    const { data } = await record({ amount: 100.1, date: '2010-03-04', note: 'crane', external_reference: reference }).expect(201);
    expect(data).toMatchObject({ amount: 100.1, date: '2010-03-04', note: 'crane', category: null });
    await record({ amount: '-0.07', date: '2011-01-01' }).expect(201);
    expect((await record({ amount: 100.1, external_reference: reference })).error).toMatchObject({
      code: 'DUPLICATE_REFERENCE',
      id: data.id,
    });
    expect((await record({ amount: 1.005 })).error.details).toMatchObject([{ field: 'other_cost.amount', code: 'too_many_decimals' }]);
    expect((await app.get(`/work_orders/${order}`)).data.total_costs).toMatchObject({ other: 100.03, total: 100.03, is_estimate: false });

    const group = async (query: string, key: unknown) =>
      (await app.get(`/reports/costs?${query}`).expect(200)).data.find((row: { key: unknown }) => row.key === key);
    expect(await group('group_by=asset', asset)).toEqual({
      key: asset,
      label: 'Excavator',
      labor: 0,
      parts: 0,
      other: 100.03,
      total: 100.03,
    });
    expect(await group('group_by=category', category)).toMatchObject({ label: 'Hydraulics', total: 100.03 });
    expect(await group('group_by=asset&from=2010-01-01&to=2010-12-31', asset)).toMatchObject({ total: 100.1 });
    await app.rebuild('costs');
    expect(await group('group_by=asset', asset)).toMatchObject({ total: 100.03 });
    expect((await app.get('/reports/costs?group_by=colour')).error.details).toMatchObject([{ field: 'group_by', code: 'not_a_choice' }]);
    expect((await app.get('/reports/costs?from=2010-02-30')).error.details).toMatchObject([{ field: 'from' }]);
  });

  it('stand in lists as in single reads: charged, estimated and credited', async () => {
    const part = await createPart(100, 12.5);
    const title = `Totals ${randomUUID()}`;
    const orders = [await open({ title }), await open({ title }), await open({ title }), await open({ title })] as const;
    for (const order of orders.slice(0, 3)) await assign(order, part, 2).expect(201);
    await change(orders[0], { status_id: 5 }).expect(200);
    await change(orders[1], { status_id: 4 }).expect(200);
    await app.patch(`/parts/${part}/restock`, { quantity: 98, cost: 20 }).expect(200);
    await app.post(`/work_orders/${orders[0]}/other_costs`, { other_cost: { amount: -5.25 } }).expect(201);
    const { data } = await app.get(`/work_orders?search=${encodeURIComponent(title)}&sort=id asc`).expect(200);
    expect(data.map(({ total_costs }: { total_costs: object }) => total_costs)).toMatchObject([
      { parts: 25, other: -5.25, total: 19.75, is_estimate: false },
      { parts: 0, total: 0, is_estimate: false },
      { parts: 32.5, other: 0, total: 32.5, is_estimate: true },
      { parts: 0, total: 0, is_estimate: true },
    ]);
    for (const { id, total_costs } of data as { id: number; total_costs: object }[])
      expect((await app.get(`/work_orders/${id}`)).data.total_costs).toEqual(total_costs);
    const { next_cursor } = (await app.get(`/work_orders?search=${encodeURIComponent(title)}&sort=id asc&per_page=1`)).meta.pagination;
    const walked = await app.get(
      `/work_orders?search=${encodeURIComponent(title)}&sort=id asc&per_page=2&cursor=${encodeURIComponent(next_cursor)}`,
    );
    expect(walked.data[1]).toEqual(data[2]);
  });

  it('fix the currency of the site', async () => {
    await createPart();
    expect((await app.patch('/entities/1', { entity: { currency: 'EUR' } })).error.code).toBe('CURRENCY_IN_USE');
  });
});

describe('the same over GraphQL', () => {
  it('assigns, completes and shows costs in one round trip each', async () => {
    const part = await createPart(8, 2.5);
    const { createWorkOrder } = await app.graphql('mutation { createWorkOrder(input: { title: "Pump" }) { id status { name } } }');
    expect(createWorkOrder.status.name).toBe('open');
    const assigned = await app.graphql(
      'mutation ($input: AssignPartInput!) { assignPart(input: $input) { totalCosts { parts isEstimate } } }',
      {
        input: { workOrderId: createWorkOrder.id, partId: part, quantity: '3' },
      },
    );
    expect(assigned.assignPart.totalCosts).toEqual({ parts: '7.5', isEstimate: true });
    const completed = await app.graphql(
      'mutation ($input: CompleteWorkOrderInput!) { completeWorkOrder(input: $input) { statusKind totalCosts { parts total isEstimate } partAssignments { quantity totalCost part { onHandQty } } } }',
      {
        input: { workOrderId: createWorkOrder.id },
      },
    );
    expect(completed.completeWorkOrder).toEqual({
      statusKind: 'completed',
      totalCosts: { parts: '7.5', total: '7.5', isEstimate: false },
      partAssignments: [{ quantity: '3', totalCost: '7.5', part: { onHandQty: '5' } }],
    });
    const { body } = await app.graphqlAnswer('mutation ($input: AssignPartInput!) { assignPart(input: $input) { id } }', {
      input: { workOrderId: createWorkOrder.id, partId: part, quantity: '1' },
    });
    expect(body.errors[0].extensions.code).toBe('WORK_ORDER_CLOSED');
  });
});

it('a repeated mutation tells the costs of the moment of its first answer, whatever the parts have gone through since', async () => {
  const part = (await app.post('/parts', { part: { name: 'Seal', on_hand_qty: 10, unit_cost: 2 } }).expect(201)).data.id as number;
  const order = (await app.post('/work_orders', { work_order: { title: 'Seals' } }).expect(201)).data.id as number;
  await app.post(`/work_orders/${order}/parts`, { part_id: part, quantity: 3 }).expect(201);
  const rename = `mutation { updateWorkOrder(input: {id: ${order}, title: "Seals again"}, idempotencyKey: "seals-${order}")
    { totalCosts { parts isEstimate } partAssignments { totalCost part { onHandQty } } } }`;
  const first = await app.graphql(rename);
  expect(first.updateWorkOrder.totalCosts).toEqual({ parts: '6', isEstimate: true });
  await app.patch(`/parts/${part}/restock`, { quantity: 10, cost: 9 }).expect(200);
  expect(await app.graphql(rename)).toEqual(first);
});

import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const createPart = async (fields: object = {}): Promise<number> =>
  (await app.post('/parts', { part: { name: 'Filter', ...fields } }).expect(201)).data.id;
const restock = (id: number, quantity: number | string, cost: number | string) => app.patch(`/parts/${id}/restock`, { quantity, cost });
const reconcile = (id: number, quantity: number) => app.patch(`/parts/${id}/reconcile`, { quantity, note: 'count' });
const openOrder = async (): Promise<number> => (await app.post('/work_orders', { work_order: { title: 'Work' } }).expect(201)).data.id;
const assign = (order: number, part_id: number, quantity: number) => app.post(`/work_orders/${order}/parts`, { part_id, quantity });
const complete = (order: number) => app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } });

/** Issues as a technician would: an order, a part on it, completed. */
async function issue(part: number, quantity: number): Promise<number> {
  const order = await openOrder();
  await assign(order, part, quantity).expect(201);
  await complete(order).expect(200);
  return order;
}

const giveBack = (order: number, part_id: number, quantityKept: number) =>
  app.patch(`/work_orders/${order}/parts`, { part_id, quantity: quantityKept });

describe('the worked example of costing.md, through the API', () => {
  it('ends every row with the figures that accountants expect, and charges each order to the cent', async () => {
    const part = await createPart();
    const orders: number[] = [];
    const rows: readonly (readonly [() => Promise<unknown>, onHand: number, value: number, posting: number, average: number])[] = [
      [() => restock(part, 10, 12.5).expect(200), 10, 125, 125, 12.5],
      [() => restock(part, 5, 13.1).expect(200), 15, 190.5, 65.5, 12.7],
      [async () => orders.push(await issue(part, 4)), 11, 139.7, -50.8, 12.7],
      [async () => orders.push(await issue(part, 2.5)), 8.5, 107.95, -31.75, 12.7],
      [() => restock(part, 3.333, 14.99).expect(200), 11.833, 157.91, 49.96, 13.345024],
      [() => giveBack(orders[0] ?? 0, part, 3).expect(200), 12.833, 170.61, 12.7, 13.294761],
      [() => reconcile(part, -0.75).expect(200), 12.083, 160.64, -9.97, 13.294761],
      [() => reconcile(part, 2).expect(200), 14.083, 187.23, 26.59, 13.294761],
      [() => app.patch(`/parts/${part}/update_avg_unit_cost`, { cost: 13 }).expect(200), 14.083, 183.08, -4.15, 13],
      [async () => orders.push(await issue(part, 14.083)), 0, 0, -183.08, 13],
      [() => restock(part, 3, 0).expect(200), 3, 0, 0, 0],
      [() => restock(part, 7, 9.99).expect(200), 10, 69.93, 69.93, 6.993],
      [async () => orders.push(await issue(part, 3)), 7, 48.95, -20.98, 6.993],
      [async () => orders.push(await issue(part, 3)), 4, 27.97, -20.98, 6.993],
      [() => giveBack(orders[3] ?? 0, part, 0).expect(200), 7, 48.95, 20.98, 6.993],
      [async () => orders.push(await issue(part, 0.001)), 6.999, 48.94, -0.01, 6.993],
      [() => reconcile(part, -6.999).expect(200), 0, 0, -48.94, 6.993],
      [() => reconcile(part, 1).expect(200), 1, 6.99, 6.99, 6.993],
    ];
    for (const [movement, on_hand_qty, stock_value, total_cost, avg_unit_cost] of rows) {
      await movement();
      expect((await app.get(`/parts/${part}`).expect(200)).data).toMatchObject({ on_hand_qty, stock_value, avg_unit_cost });
      const [last] = (await app.get(`/parts/${part}/transactions?per_page=1`).expect(200)).data;
      expect(last).toMatchObject({ total_cost, on_hand_qty, stock_value, avg_unit_cost });
    }
    const charges = await Promise.all(
      orders.map(async (order) => (await app.get(`/work_orders/${order}`).expect(200)).data.total_costs.parts),
    );
    expect(charges).toEqual([38.1, 31.75, 183.08, 0, 20.98, 0.01]);

    const { data, meta } = await app.get(`/parts/${part}/explain`).expect(200);
    expect(data.movements).toHaveLength(rows.length);
    expect(data.movements[1]).toMatchObject({
      type: 'restock',
      avg_unit_cost: 12.7,
      event: { type: 'PartRestocked', stream: `part-${part}` },
    });
    expect(meta.pagination.total).toBe(rows.length);
    const { meta: used } = await app.get(`/parts/${part}/transactions`).expect(200);
    expect(used.total_used).toBe(4 + 2.5 - 1 + 14.083 + 3 + 3 - 3 + 0.001);
  });

  it('shows the new average over REST and GraphQL alike, before and after a rebuild', async () => {
    const id = await createPart({ on_hand_qty: 10, unit_cost: 12.5 });
    await restock(id, 5, 13.1).expect(200);
    const shown = async () => [
      (await app.get(`/parts/${id}`)).data.avg_unit_cost,
      (await app.graphql(`{ part(id: ${id}) { averageUnitCost } }`)).part.averageUnitCost,
    ];
    expect(await shown()).toEqual([12.7, '12.7']);
    await app.rebuild('stock-levels');
    expect(await shown()).toEqual([12.7, '12.7']);
  });
});

describe('what a part refuses', () => {
  const refusal = async (answer: Promise<{ status: number; error: { code: string; details: { field: string; code: string }[] } }>) => {
    const { status, error } = await answer;
    return [status, error.code, ...error.details.map(({ field, code }) => `${field} ${code}`)].join(' ');
  };

  it('moves quantity and cost through their own operations only', async () => {
    const id = await createPart();
    expect(await refusal(app.patch(`/parts/${id}`, { part: { on_hand_qty: 3 } }))).toBe(
      '422 VALIDATION_FAILED part.on_hand_qty use_operation',
    );
    expect(await refusal(app.patch(`/parts/${id}`, { part: { on_hand_qty: null } }))).toBe(
      '422 VALIDATION_FAILED part.on_hand_qty use_operation',
    );
    expect(await refusal(app.patch(`/parts/${id}`, { part: { unit_cost: 3 } }))).toBe('422 VALIDATION_FAILED part.unit_cost use_operation');
    expect(await refusal(app.patch(`/parts/${id}`, { part: { avg_unit_cost: 3 } }))).toBe(
      '422 VALIDATION_FAILED part.avg_unit_cost use_operation',
    );
  });

  it('wants a unit cost for opening stock, and relations that exist', async () => {
    expect(await refusal(app.post('/parts', { part: { name: 'x', on_hand_qty: 1 } }))).toBe(
      '422 VALIDATION_FAILED part.unit_cost required',
    );
    expect(await refusal(app.post('/parts', { part: { name: 'x', storeroom_id: 987654 } }))).toBe(
      '422 VALIDATION_FAILED part.storeroom_id not_found',
    );
    expect(await refusal(app.post('/parts', { part: { name: 'x', vendor_parts_attributes: [{ vendor_id: 987654 }] } }))).toBe(
      '422 VALIDATION_FAILED part.vendor_parts_attributes.0.vendor_id not_found',
    );
  });

  it.each([
    [{ quantity: 1.0005, cost: 1 }, 'quantity too_many_decimals'],
    [{ quantity: 0, cost: 1 }, 'quantity out_of_range'],
    [{ quantity: 1, cost: '1.005' }, 'cost too_many_decimals'],
    [{ quantity: 1, cost: -1 }, 'cost out_of_range'],
    [{ quantity: '٣', cost: 1 }, 'quantity not_a_number'],
    [{ quantity: 'NaN', cost: 1 }, 'quantity not_a_number'],
    [{ quantity: 1, cost: 1, colour: 'red' }, 'colour unknown_field'],
    [{ cost: 1 }, 'quantity required'],
  ])('does not restock %j', async (body, problem) => {
    const id = await createPart();
    expect(await refusal(app.patch(`/parts/${id}/restock`, body))).toBe(`422 VALIDATION_FAILED ${problem}`);
    expect((await app.get(`/audit_trail?stream=part-${id}`)).meta.pagination.total).toBe(1);
  });

  it('never lets stock go below nothing, and asks why a count differs', async () => {
    const id = await createPart({ on_hand_qty: 2, unit_cost: 1 });
    expect(await refusal(reconcile(id, -3))).toBe('409 INSUFFICIENT_STOCK');
    expect(await refusal(app.patch(`/parts/${id}/reconcile`, { quantity: -1 }))).toBe('422 VALIDATION_FAILED note required');
  });

  it('keeps no ledger for a non-stock part', async () => {
    const id = await createPart({ is_non_stock: true, unit_cost: 7 });
    expect(await refusal(restock(id, 1, 1))).toBe('422 NON_STOCK_PART');
    expect((await app.get(`/parts/${id}`)).data).toMatchObject({
      on_hand_qty: null,
      available: null,
      avg_unit_cost: null,
      stock_value: null,
    });
    const order = await openOrder();
    await assign(order, id, 2.5).expect(201);
    expect((await complete(order).expect(200)).data.total_costs).toMatchObject({ parts: 17.5, is_estimate: false });
    const [usage] = (await app.get(`/parts/${id}/transactions`)).data;
    expect(usage).toMatchObject({ type: 'usage', quantity: -2.5, total_cost: 0, work_order_charge: 17.5, on_hand_qty: null });
  });

  it('is archived only when nothing of it is left or promised', async () => {
    const id = await createPart({ on_hand_qty: 1, unit_cost: 1 });
    expect(await refusal(app.delete(`/parts/${id}`))).toBe('409 PART_IN_USE');
    await reconcile(id, -1).expect(200);
    await app.delete(`/parts/${id}`).expect(204);
    expect(await refusal(restock(id, 1, 1))).toBe('409 CONFLICT');
    expect((await app.patch(`/parts/${id}/unarchive`).expect(200)).data.archived).toBe(false);
  });
});

describe('taking a receipt back', () => {
  it('lets its parts leave at the average and links the two movements', async () => {
    const id = await createPart({ on_hand_qty: 4, unit_cost: 10 });
    await restock(id, 4, 20).expect(200);
    const [receipt] = (await app.get(`/parts/${id}/transactions?type=restock`)).data;
    const reversed = await app.patch(`/parts/${id}/transactions/${receipt.id}/reverse`, { reason: 'wrong site' }).expect(200);
    expect(reversed.data).toMatchObject({ on_hand_qty: 4, avg_unit_cost: 15, stock_value: 60 });
    const [reversal] = (await app.get(`/parts/${id}/transactions?type=reversal`)).data;
    expect(reversal).toMatchObject({ quantity: -4, total_cost: -60, reversed_transaction_id: receipt.id, note: 'wrong site' });
    const tag = async (path: string) => (await app.get(`/parts/${id}${path}`).expect(200)).headers.get('etag');
    expect(await tag(`/transactions/${reversal.id}`)).toBe(await tag(''));
    expect(await tag('/explain')).toBe(await tag(''));
    expect((await app.patch(`/parts/${id}/transactions/${receipt.id}/reverse`, { reason: 'again' })).error.code).toBe('ALREADY_REVERSED');
    expect((await app.patch(`/parts/${id}/transactions/987654321/reverse`, { reason: 'none' })).status).toBe(404);
  });
});

describe('lists of parts', () => {
  it('are searched, filtered in three spellings, sorted and walked', async () => {
    const mark = `mark-${Math.random().toString(36).slice(2)}`;
    for (const [index, quantity] of [5, 1, 3].entries())
      await createPart({ name: `${mark} ${index}`, on_hand_qty: quantity, unit_cost: 1 });
    const names = async (query: string) =>
      (await app.get(`/parts?${query}`).expect(200)).data.map(({ on_hand_qty }: { on_hand_qty: number }) => on_hand_qty);
    expect(await names(`search=${mark}&sort=on_hand_qty desc`)).toEqual([5, 3, 1]);
    expect(await names(`filter[name_cont]=${mark}&filter[on_hand_qty_gt]=2`)).toEqual([5, 3]);
    expect(await names(`name_cont=${mark}&onHandQty_lteq=1`)).toEqual([1]);
    expect(await names(`filter=${encodeURIComponent(JSON.stringify({ name_cont: mark, on_hand_qty: 3 }))}`)).toEqual([3]);
    const first = await app.get(`/parts?search=${mark}&per_page=2&sort=on_hand_qty asc`).expect(200);
    const rest = await app
      .get(`/parts?search=${mark}&per_page=2&sort=on_hand_qty asc&cursor=${first.meta.pagination.next_cursor}`)
      .expect(200);
    expect([...first.data, ...rest.data].map(({ on_hand_qty }: { on_hand_qty: number }) => on_hand_qty)).toEqual([1, 3, 5]);
    expect(rest.meta.pagination.next_cursor).toBeNull();
  });
});

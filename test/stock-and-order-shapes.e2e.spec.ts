import { differences, sample } from './contract/shape.js';
import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const create = async (path: string, root: string, fields: object): Promise<number> =>
  (await app.post(path, { [root]: fields }).expect(201)).data.id as number;
const shapeOf = (name: string, { body }: Answer): string[] => differences(sample(name).response, body);

/** A sample's request with the ids of records that are here, and nothing of what comes later. */
const requestOf = (name: string, root: string, here: object): object => {
  const fields = (sample(name).request as Record<string, object>)[root];
  return { [root]: { ...fields, ...here } };
};

describe('the shapes of parts', () => {
  it('are those of the contract, from creation to the last transaction', async () => {
    const here = {
      part_type_id: await create('/part_types', 'part_type', { name: 'Filters' }),
      measurement_unit_id: 1,
      assets_ids: [await create('/assets', 'asset', { name: 'Air Purifier' })],
      vendor_parts_attributes: [],
    };
    const created = await app.post('/parts', requestOf('11-create-part', 'part', here)).expect(201);
    expect(shapeOf('11-create-part', created)).toEqual([]);
    const { id } = created.data;
    expect((await app.get(`/parts/${id}`)).data).toEqual(created.data);
    expect(shapeOf('12-list-parts', await app.get(`/parts?id=${id}`))).toEqual([]);
    expect(shapeOf('13-show-part', await app.get(`/parts/${id}`))).toEqual([]);
    expect(shapeOf('14-update-part', await app.patch(`/parts/${id}`, requestOf('14-update-part', 'part', here)).expect(200))).toEqual([]);
    for (const [name, operation] of [
      ['15-restock-part', 'restock'],
      ['16-reconcile-part', 'reconcile'],
      ['17-update-unit-cost', 'update_unit_cost'],
      ['18-update-average-unit-cost', 'update_avg_unit_cost'],
    ] as const)
      expect(shapeOf(name, await app.patch(`/parts/${id}/${operation}`, sample(name).request).expect(200))).toEqual([]);
    const listed = await app.get(`/parts/${id}/transactions`).expect(200);
    expect(shapeOf('19-list-part-transactions', listed)).toEqual([]);
    expect(listed.data).toHaveLength(5);
    const shown = await app.get(`/parts/${id}/transactions/${listed.data[0].id}`).expect(200);
    expect(shapeOf('20-show-part-transaction', shown)).toEqual([]);
  });
});

describe('the shapes of work orders', () => {
  it('are those of the contract, parts and batches included', async () => {
    const here = {
      location_id: await create('/locations', 'location', { name: 'Building A' }),
      asset_id: await create('/assets', 'asset', { name: 'Freezer' }),
      categories_ids: [await create('/categories', 'category', { name: 'Refrigeration' })],
      technicians_ids: [await create('/users', 'user', { name: 'John', surname: 'Doe' })],
      account_codes_ids: [],
      procedure_template_ids: [],
      vendors_ids: [],
    };
    const created = await app
      .post('/work_orders', requestOf('33-create-work-order', 'work_order', { ...here, work_order_request_id: null }))
      .expect(201);
    expect(shapeOf('33-create-work-order', created)).toEqual([]);
    const { id } = created.data;
    expect(created.data).toMatchObject({ due_date: '2025-07-17T12:00:00Z', completed_at: '2025-07-15T09:30:00Z' });
    expect((await app.get(`/work_orders/${id}`)).data).toEqual(created.data);
    expect(shapeOf('34-list-work-orders', await app.get(`/work_orders?id=${id}`))).toEqual([]);
    expect(shapeOf('35-show-work-order', await app.get(`/work_orders/${id}`))).toEqual([]);
    const changed = await app.patch(`/work_orders/${id}`, requestOf('36-update-work-order', 'work_order', { ...here, status_id: 5 }));
    expect(shapeOf('36-update-work-order', changed)).toEqual([]);
    expect(changed.data).toMatchObject({ priority: 'none', completed_at: '2019-08-24T14:15:22Z' });

    await app.patch(`/work_orders/${id}`, { work_order: { status_id: 1 } }).expect(200);
    const part_id = await create('/parts', 'part', { name: 'Air Filter', on_hand_qty: 9, unit_cost: 26.15, measurement_unit_id: 1 });
    const assigned = await app.post(`/work_orders/${id}/parts`, { part_id, quantity: 2 }).expect(201);
    expect(shapeOf('37-assign-part', assigned)).toEqual([]);
    expect(assigned.data).toMatchObject({ quantity: 2, total_cost: 52.3, unit_name: 'Item', unit_short_name: 'itm' });
    const set = await app.patch(`/work_orders/${id}/parts`, { part_id, quantity: 1 }).expect(200);
    expect(shapeOf('38-update-part-assignment', set)).toEqual([]);
    expect((await app.delete(`/work_orders/${id}/parts/${part_id}`).expect(204)).body).toBe('');
    const ops = [
      { method: 'GET', url: '/api/v1/parts' },
      { method: 'PATCH', url: `/api/v1/parts/${part_id}/reconcile`, params: { quantity: -2, note: '2 units damaged during shipping' } },
    ];
    const batch = await app.post('/batch', { ops, sequential: true }).expect(200);
    expect(shapeOf('05-batch', batch)).toEqual([]);
    expect(batch.body.results.map(({ status }: { status: number }) => status)).toEqual([200, 200]);
  });
});

import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

describe('an operation that takes no body', () => {
  it.each([
    ['parts', 'part', { name: 'x' }],
    ['work_orders', 'work_order', { title: 'x' }],
    ['locations', 'location', { name: 'x' }],
    ['users', 'user', { name: 'x' }],
  ])('refuses one with something in it (%s)', async (path, root, fields) => {
    const { id } = (await app.post(`/${path}`, { [root]: fields }).expect(201)).data as { id: number };
    const refused = async (method: string, url: string, body: unknown): Promise<unknown> =>
      (await app.request(method, url, body).expect(422)).error.details;
    const unknown = [expect.objectContaining({ field: 'x', code: 'unknown_field' })];
    expect(await refused('PATCH', `/${path}/${id}/unarchive`, { x: 1 })).toEqual(unknown);
    expect(await refused('DELETE', `/${path}/${id}`, { x: 1 })).toEqual(unknown);
    expect(await refused('DELETE', `/${path}/${id}`, [])).toEqual([expect.objectContaining({ field: '', code: 'not_an_object' })]);
    const ops = [{ method: 'PATCH', url: `/api/v1/${path}/${id}/unarchive`, params: { x: 1 } }];
    expect((await app.post('/batch', { ops, sequential: true }).expect(200)).body.results[0].status).toBe(422);
    expect((await app.get(`/${path}/${id}`).expect(200)).data.archived).toBe(false);
  });

  it('refuses one also where a read model is rebuilt, or a part is taken off an order', async () => {
    await app.post('/projections/locations/rebuild', { x: 1 }).expect(422);
    await app.request('DELETE', '/work_orders/1/parts/1', { x: 1 }).expect(422);
  });

  it('takes none, null and an empty object', async () => {
    const { id } = (await app.post('/locations', { location: { name: 'x' } }).expect(201)).data as { id: number };
    for (const body of [undefined, '', '{}', 'null'])
      await app.request('PATCH', `/locations/${id}/unarchive`, body, { 'content-type': 'application/json' }).expect(200);
    await app.delete(`/locations/${id}`).expect(204);
  });
});

describe('an operation that asks nothing of its query', () => {
  it.each([
    ['parts', 'part', { name: 'x', on_hand_qty: 10, unit_cost: 1 }],
    ['work_orders', 'work_order', { title: 'x' }],
    ['locations', 'location', { name: 'x' }],
    ['users', 'user', { name: 'x' }],
  ])('refuses a parameter that it would not hear (%s)', async (path, root, fields) => {
    const { id } = (await app.post(`/${path}`, { [root]: fields }).expect(201)).data as { id: number };
    const refused = async (method: string, url: string, body?: unknown): Promise<void> => {
      const { error } = await app.request(method, url, body).expect(422);
      expect(error).toMatchObject({ code: 'VALIDATION_FAILED', details: [{ field: 'as_of', code: 'unknown_field' }] });
    };
    await refused('GET', `/${path}/${id}?as_of=1`);
    await refused('POST', `/${path}?as_of=1`, { [root]: fields });
    await refused('PATCH', `/${path}/${id}?as_of=1`, { [root]: fields });
    await refused('DELETE', `/${path}/${id}?as_of=1`);
    const { data } = await app.get(`/${path}/${id}?min_position=1`).expect(200);
    expect(data.archived).toBe(false);
    expect((await app.get(`/${path}?filter[id_eq]=${id}`).expect(200)).data).toHaveLength(1);
  });

  it('refuses one on the special operations too, and moves no stock', async () => {
    const { id } = (await app.post('/parts', { part: { name: 'x', on_hand_qty: 10, unit_cost: 1 } }).expect(201)).data as { id: number };
    await app.patch(`/parts/${id}/restock?as_of=1`, { quantity: 1, cost: 1 }).expect(422);
    expect((await app.get(`/parts/${id}`).expect(200)).data.on_hand_qty).toBe(10);
  });
});

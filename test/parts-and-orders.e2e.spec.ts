import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
let there: Record<string, string>;
beforeAll(async () => {
  app = await sharedServer();
  const site = await app.post('/entities', { entity: { name: 'Second site' } }).expect(201);
  there = { 'x-entity-id': String(site.data.id) };
});

const idOf = async (path: string, body: object): Promise<number> => (await app.post(path, body).expect(201)).data.id as number;

describe.each([
  { root: 'part', path: '/parts', named: { name: 'Air Filter' }, reference: 'storeroom_id', list: 'assets' },
  { root: 'work_order', path: '/work_orders', named: { title: 'Fix water leakage' }, reference: 'location_id', list: 'categories' },
])('a $root', ({ root, path, named, reference, list }) => {
  it('belongs to its site alone', async () => {
    const id = await idOf(path, { [root]: named });
    await app.get(`${path}/${id}`, there).expect(404);
    await app.patch(`${path}/${id}`, { [root]: named }, there).expect(404);
    await app.delete(`${path}/${id}`, undefined, there).expect(404);
    expect((await app.get(`${path}?id=${id}`, there).expect(200)).data).toEqual([]);
    await app.get(`${path}/${id}`).expect(200);
  });

  it('is not changed to refer to what does not exist', async () => {
    const id = await idOf(path, { [root]: named });
    const { error } = await app.patch(`${path}/${id}`, { [root]: { [reference]: 987654321 } }).expect(422);
    expect(error.details).toEqual([expect.objectContaining({ field: `${root}.${reference}`, code: 'not_found' })]);
  });

  it('does not take the reference of another before that gives it up, and no change that is refused takes one', async () => {
    const own = (part: string): string => `${root}-${part}-${there['x-entity-id'] ?? ''}`;
    const first = await idOf(path, { [root]: { ...named, external_reference: own('first') } });
    const second = await idOf(path, { [root]: named });
    const taken = await app.patch(`${path}/${second}`, { [root]: { external_reference: own('first') } }).expect(409);
    expect(taken.error).toMatchObject({ code: 'DUPLICATE_REFERENCE', id: first });
    await app.patch(`${path}/${second}`, { [root]: { external_reference: own('free'), [reference]: 987654321 } }).expect(422);
    await app.patch(`${path}/${first}`, { [root]: { external_reference: own('free') } }).expect(200);
    await app.post(path, { [root]: { ...named, external_reference: own('first') } }).expect(201);
  });

  it('takes null for an empty list', async () => {
    const id = await idOf(path, { [root]: named });
    const { data } = await app.patch(`${path}/${id}`, { [root]: { [`${list}_ids`]: null } }).expect(200);
    expect(data[list]).toEqual([]);
  });
});

it('an order cannot take parts of another site', async () => {
  const part = await idOf('/parts', { part: { name: 'Air Filter', on_hand_qty: 6, unit_cost: 26.15 } });
  const order = (await app.post('/work_orders', { work_order: { title: 'x' } }, there).expect(201)).data.id as number;
  const { error } = await app.post(`/work_orders/${order}/parts`, { part_id: part, quantity: 1 }, there).expect(422);
  expect(error.details).toEqual([expect.objectContaining({ field: 'part_id', code: 'not_found' })]);
  await app.patch(`/parts/${part}/restock`, { quantity: 1, cost: 1 }, there).expect(404);
});

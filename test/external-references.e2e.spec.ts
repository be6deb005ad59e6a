import { randomUUID } from 'node:crypto';
import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const location = (fields: object, headers?: Record<string, string>) => app.post('/locations', { location: fields }, headers);
const locationId = async (fields: object): Promise<number> => (await location(fields).expect(201)).data.id as number;
const statuses = (answers: readonly Answer[]): number[] => answers.map(({ status }) => status).sort();
const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

describe('an external reference', () => {
  it('is unique, whoever comes at the same moment', async () => {
    const external_reference = randomUUID();
    const answers = await times(30, (index) => location({ name: `Race ${index}`, external_reference }));
    expect(statuses(answers)).toEqual([201, ...Array<number>(29).fill(409)]);
    const winner = answers.find(({ status }) => status === 201)?.data.id as number;
    for (const { status, error } of answers) if (status === 409) expect(error).toMatchObject({ code: 'DUPLICATE_REFERENCE', id: winner });
    expect((await app.get(`/locations?external_reference=${external_reference}`)).data).toHaveLength(1);
  });

  it('means another record on another site or of another kind', async () => {
    const external_reference = randomUUID();
    await location({ name: 'x', external_reference }).expect(201);
    await app.post('/assets', { asset: { name: 'x', external_reference } }).expect(201);
    const other = (await app.post('/entities', { entity: { name: 'Third site' } }).expect(201)).data.id as number;
    await location({ name: 'x', external_reference }, { 'x-entity-id': String(other) }).expect(201);
  });

  it('is not taken by a creation that was refused', async () => {
    const external_reference = randomUUID();
    await location({ name: 'x', external_reference, parent_id: 987654321 }).expect(422);
    await location({ name: 'x', external_reference }).expect(201);
  });

  it('can be given to a record later, but not twice', async () => {
    const [one, other, external_reference] = [await locationId({ name: 'one' }), await locationId({ name: 'other' }), randomUUID()];
    await app.patch(`/locations/${one}`, { location: { external_reference } }).expect(200);
    const { error } = await app.patch(`/locations/${other}`, { location: { external_reference } }).expect(409);
    expect(error).toMatchObject({ code: 'DUPLICATE_REFERENCE', id: one });
  });

  it.each([
    ['locations', 'location', { name: 'x' }],
    ['users', 'user', { name: 'x' }],
    ['parts', 'part', { name: 'x' }],
    ['work_orders', 'work_order', { title: 'x' }],
  ])('among %s goes to whoever asks next, once its record has another or none', async (path, root, fields) => {
    const external_reference = randomUUID();
    const create = async (more: object) => (await app.post(`/${path}`, { [root]: { ...fields, ...more } }).expect(201)).data.id as number;
    const change = (id: number, reference: string | null) => app.patch(`/${path}/${id}`, { [root]: { external_reference: reference } });
    const [first, second] = [await create({ external_reference }), await create({})];
    await change(first, randomUUID()).expect(200);
    await change(second, external_reference).expect(200);
    await change(second, null).expect(200);
    const third = await create({ external_reference });
    expect((await change(first, external_reference).expect(409)).error).toMatchObject({ code: 'DUPLICATE_REFERENCE', id: third });
  });

  it('is free again at once where the change that asked for it was refused', async () => {
    const external_reference = randomUUID();
    const [one, other] = [await locationId({ name: 'one' }), await locationId({ name: 'other' })];
    await app.patch(`/locations/${one}`, { location: { external_reference } }, { 'if-match': '"99"' }).expect(412);
    await app.patch(`/locations/${other}`, { location: { external_reference } }).expect(200);
    const orders = await times(
      2,
      async () => (await app.post('/work_orders', { work_order: { title: 'x' } }).expect(201)).data.id as number,
    );
    const cost = (order: number, amount: number) =>
      app.post(`/work_orders/${order}/other_costs`, { other_cost: { amount, external_reference } });
    await cost(orders[0] ?? 0, 1.005).expect(422);
    await app.delete(`/work_orders/${orders[0]}`).expect(204);
    await cost(orders[0] ?? 0, 1).expect(409);
    await cost(orders[1] ?? 0, 1).expect(201);
  });

  it('gives the first answer again under one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    const body = { name: 'x', external_reference: randomUUID() };
    const first = await location(body, headers).expect(201);
    const again = await location(body, headers).expect(201);
    expect(again.data).toEqual(first.data);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
  });

  it('stays free where a request is only repeated that gave it to a record, which has another by now', async () => {
    const [made, given] = [randomUUID(), randomUUID()];
    const keys = [{ 'idempotency-key': randomUUID() }, { 'idempotency-key': randomUUID() }] as const;
    const other = await locationId({ name: 'other' });
    const change = (id: number, external_reference: string, headers?: Record<string, string>) =>
      app.patch(`/locations/${id}`, { location: { external_reference } }, headers);
    const create = () => location({ name: 'x', external_reference: made }, keys[0]).expect(201);
    const id = (await create()).data.id as number;
    await change(id, given, keys[1]).expect(200);
    await change(id, randomUUID()).expect(200);
    for (const again of [await create(), await change(id, given, keys[1]).expect(200)])
      expect(again.headers.get('idempotent-replayed')).toBe('true');
    await change(other, made).expect(200);
    await change(other, given).expect(200);
  });
});

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';
import { signIn } from './harness/sign-in.js';

let app: Client;
let site: Record<string, string>;
/** A technician of the site, and what he sends. */
let technician: { id: number; headers: Record<string, string> };
let colleague: number;

beforeAll(async () => {
  app = await sharedServer();
  const entity = { name: `Plant ${randomUUID()}`, currency: 'EUR', timezone: 'Europe/Berlin' };
  const entity_id = (await app.post('/entities', { entity }).expect(201)).data.id as number;
  site = { 'x-entity-id': String(entity_id) };
  const user = {
    name: 'Tom',
    email: `${randomUUID()}@example.com`,
    regular_rate: 40,
    permissions_attributes: [{ entity_id, role: 'technician' }],
  };
  const id = (await app.post('/users', { user }, site).expect(201)).data.id as number;
  const { access_token } = await signIn(app, id, site);
  technician = { id, headers: { ...site, authorization: `Bearer ${access_token}` } };
  colleague = (await app.post('/users', { user: { name: 'Cleo', regular_rate: 50 } }, site).expect(201)).data.id as number;
});

type Mutated = { data: { updateWorkOrder: object | null } | null; errors?: object[] };

const refusal = ({ status, error }: Answer) => [status, error?.code];
const opened = async (headers: Record<string, string>, fields: object = {}): Promise<number> =>
  (await app.post('/work_orders', { work_order: { title: randomUUID(), ...fields } }, headers).expect(201)).data.id as number;

describe('a technician', () => {
  it('sees the orders that he has opened beside those that are assigned to him, on every path, and no others', async () => {
    const { headers } = technician;
    const hidden = await opened(site);
    const assigned = await opened(site, { technicians_ids: [technician.id] });
    const own = await opened(headers);
    const listed = (await app.get('/work_orders?sort=id asc', headers).expect(200)).body;
    expect(listed.data.map(({ id }: { id: number }) => id)).toEqual([assigned, own]);
    expect(listed.meta.pagination.total).toBe(2);
    await app.get(`/work_orders/${own}`, headers).expect(200);
    await app.patch(`/work_orders/${own}`, { work_order: { description: 'Mine' } }, headers).expect(200);
    await app.post(`/work_orders/${own}/comments`, { comment: { text: 'Done' } }, headers).expect(201);
    expect(refusal(await app.get(`/work_orders/${hidden}`, headers))).toEqual([404, 'NOT_FOUND']);
    const query = `{ workOrders(sort: "id asc") { totalCount nodes { id comments { nodes { text } } } } workOrder(id: ${own}) { id } }`;
    const { body } = await app.post('/graphql', { query }, headers).expect(200);
    expect(body.data).toEqual({
      workOrders: {
        totalCount: 2,
        nodes: [
          { id: String(assigned), comments: { nodes: [] } },
          { id: String(own), comments: { nodes: [{ text: 'Done' }] } },
        ],
      },
      workOrder: { id: String(own) },
    });
  });

  it('sees all orders of his site, and no longer, from the answer on that says so', async () => {
    const headers = { ...technician.headers, 'x-min-position': undefined };
    const order = await opened(site);
    await app.get(`/work_orders/${order}`, site).expect(200);
    const see = (technicians_see: string) => app.patch(`/entities/${site['x-entity-id']}`, { entity: { technicians_see } }).expect(200);
    const statusOf = async () => (await app.get(`/work_orders/${order}`, headers)).status;
    const statuses = [await statusOf()];
    for (const who of ['all', 'assigned']) {
      await see(who);
      statuses.push(await statusOf());
    }
    expect(statuses).toEqual([404, 200, 404]);
  });

  it('is not told again of an order that is his no more, however he asks for it', async () => {
    const { id, headers } = technician;
    const order = await opened(site, { technicians_ids: [id], dedup_key: randomUUID() });
    const dedup_key = (await app.get(`/work_orders/${order}`, site).expect(200)).data.dedup_key as string;
    const keyed = { ...headers, 'idempotency-key': randomUUID() };
    const change = () => app.patch(`/work_orders/${order}`, { work_order: { description: 'Seen' } }, keyed);
    const ops = [
      { method: 'PATCH', url: `/api/v1/work_orders/${order}`, params: { work_order: { description: 'Seen' } } },
      { method: 'GET', url: `/api/v1/work_orders/${order}` },
    ];
    const batch = async () =>
      ((await app.post('/batch', { sequential: true, ops }, keyed).expect(200)).body as unknown as { results: { status: number }[] })
        .results;
    const query = `mutation { updateWorkOrder(input: {id: ${order}, description: "Seen"}) { id description } }`;
    const mutation = async () => (await app.post('/graphql', { query }, keyed)).body as unknown as Mutated;
    expect((await change()).status).toBe(200);
    const repeat = await change();
    expect(repeat.headers.get('idempotent-replayed')).toBe('true');
    expect((await batch()).map(({ status }) => status)).toEqual([200, 200]);
    expect((await mutation()).data?.updateWorkOrder).toMatchObject({ description: 'Seen' });
    // Nobody but him has asked for anything: what a repeat is decided by is no call.
    const logged = `/api_calls?request_id=${repeat.headers.get('x-request-id') ?? ''}`;
    while ((await app.get(logged, site).expect(200)).data.length === 0) await delay(20);
    expect((await app.get(logged, site).expect(200)).data).toMatchObject([{ method: 'PATCH' }]);
    const given = await app.patch(`/work_orders/${order}`, { work_order: { technicians_ids: [colleague] } }, site).expect(200);
    // A repeat is decided by the log: it waits for no read model.
    expect(refusal(await change())).toEqual([404, 'NOT_FOUND']);
    expect((await batch())[0]?.status).toBe(404);
    expect(await mutation()).toMatchObject({ data: { updateWorkOrder: null }, errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    const since = { ...headers, 'x-min-position': given.headers.get('x-position') ?? '' };
    expect(refusal(await app.get(`/work_orders/${order}`, since))).toEqual([404, 'NOT_FOUND']);
    expect((await batch()).map(({ status }) => status)).toEqual([404, 404]);
    const alarm = await app.post('/work_orders', { work_order: { title: 'x', dedup_key } }, headers);
    expect([alarm.status, alarm.data?.id === order]).not.toEqual([200, true]);
    expect(JSON.stringify(alarm.body)).not.toContain('Seen');
  });

  it('keeps his own time only', async () => {
    const { id, headers } = technician;
    const own = await opened(headers);
    const labour = `/work_orders/${own}/labor_entries`;
    const log = (fields: object, by = headers) => app.post(labour, { labor_entry: { hours: 1, ...fields } }, by);
    const mine = (await log({ technician_id: id }).expect(201)).data.id as number;
    const hers = (await log({ technician_id: colleague }, site).expect(201)).data.id as number;
    const vendor = { name: 'Belts Ltd', hourly_rate: 70 };
    const vendor_id = (await app.post('/vendors', { vendor }, site).expect(201)).data.id as number;
    const mutation = `mutation { logLabor(input: { workOrderId: ${own}, technicianId: ${colleague}, hours: "1" }) { id } }`;
    const overGraphql = (await app.post('/graphql', { query: mutation }, headers)).body as unknown as {
      errors: { extensions: { code: string } }[];
    };
    expect(overGraphql.errors[0]?.extensions.code).toBe('INSUFFICIENT_PERMISSIONS');
    const reason = { reason: 'Wrong' };
    for (const refused of [
      await log({ technician_id: colleague }),
      await log({ vendor_id }),
      await app.post(`${labour}/${hers}/reverse`, reason, headers),
      await app.post(`/work_orders/${own}/timer/start`, { technician_id: colleague }, headers),
      await app.post(`/work_orders/${own}/timer/stop`, { technician_id: colleague }, headers),
    ])
      expect(refusal(refused)).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    expect((await app.get(`${labour}?sort=id asc`, site).expect(200)).data).toHaveLength(2);
    await app.post(`${labour}/${mine}/reverse`, reason, headers).expect(201);
    await app.post(`/work_orders/${own}/timer/start`, undefined, headers).expect(201);
    await app.post(`/work_orders/${own}/timer/stop`, { technician_id: id }, headers).expect(200);
  });

  it('is not told on which order a timer of his runs that he does not see', async () => {
    const { id, headers } = technician;
    const [hidden, own] = [await opened(site), await opened(headers)];
    await app.post(`/work_orders/${hidden}/timer/start`, { technician_id: id }, site).expect(201);
    const start = (by: Record<string, string>) => app.post(`/work_orders/${own}/timer/start`, { technician_id: id }, by).expect(409);
    expect((await start(headers)).error).toEqual({
      code: 'TIMER_RUNNING',
      message: 'A timer of this person runs already; stop it first.',
      details: [],
      request_id: expect.any(String),
    });
    expect((await start(site)).error).toMatchObject({ code: 'TIMER_RUNNING', id: hidden });
    // At another site it is named to whoever may read it there, and to nobody else.
    const there = (await app.post('/entities', { entity: { name: 'Other' } }).expect(201)).data.id as number;
    const at = { 'x-entity-id': String(there) };
    const order = (await app.post('/work_orders', { work_order: { title: 'There' } }, at).expect(201)).data.id as number;
    const begin = (by: Record<string, string>) =>
      app.post(`/work_orders/${order}/timer/start`, { technician_id: id }, { ...by, ...at }).expect(409);
    expect((await begin({})).error).toMatchObject({ code: 'TIMER_RUNNING', id: hidden });
    const mutation = `mutation { startTimer(input: { workOrderId: ${order}, technicianId: ${id} }) { id } }`;
    const { body } = await app.graphqlAnswer(mutation, undefined, at);
    expect(body.errors[0].extensions).toMatchObject({ code: 'TIMER_RUNNING', id: hidden });
    const scopes = ['work_orders:read', 'work_orders:write'];
    const right = { name: 'There only', scopes, entity_ids: [there], expires_at: new Date(Date.now() + 86_400_000) };
    const { key } = (await app.post('/access/api_keys', right).expect(201)).data as { key: string };
    const { error } = await begin({ authorization: `Bearer ${key}` });
    expect([error.code, error.id, error.message]).toEqual(['TIMER_RUNNING', undefined, expect.not.stringContaining(String(hidden))]);
    // To himself there it is named by the rule of the site where it runs, at which he sees his own orders only.
    const permissions_attributes = [{ entity_id: there, role: 'technician' }];
    await app.patch(`/users/${id}`, { user: { permissions_attributes } }, at).expect(200);
    await app.patch(`/work_orders/${order}`, { work_order: { technicians_ids: [id] } }, at).expect(200);
    const unnamed = (await begin(headers)).error;
    expect([unnamed.code, unnamed.id, unnamed.message]).toEqual(['TIMER_RUNNING', undefined, expect.not.stringContaining(String(hidden))]);
    await app.patch(`/work_orders/${hidden}`, { work_order: { technicians_ids: [id] } }, site).expect(200);
    expect((await begin(headers)).error).toMatchObject({ code: 'TIMER_RUNNING', id: hidden });
    const ops = [{ method: 'POST', url: `/api/v1/work_orders/${order}/timer/start`, params: {} }];
    const batch = { ...headers, ...at, 'idempotency-key': randomUUID() };
    const inBatch = async () => (await app.post('/batch', { ops, sequential: true }, batch).expect(200)).body.results[0];
    expect(await inBatch()).toMatchObject({ status: 409, body: { error: { code: 'TIMER_RUNNING', id: hidden } } });
    await app.patch(`/work_orders/${hidden}`, { work_order: { technicians_ids: [] } }, site).expect(200);
    const told = await inBatch();
    expect([told.status, told.body.error.code]).toEqual([409, 'TIMER_RUNNING']);
    expect(JSON.stringify(told)).not.toMatch(new RegExp(`\\b${hidden}\\b`));
    // It is his time, and nobody else would end it.
    const stop = (by: Record<string, string>) => app.post(`/work_orders/${hidden}/timer/stop`, undefined, by);
    const stopping = { ...headers, 'idempotency-key': randomUUID() };
    const stopped = await stop(stopping).expect(200);
    const again = await stop(stopping);
    expect([again.status, again.data, again.headers.get('idempotent-replayed')]).toEqual([200, stopped.data, 'true']);
    expect(refusal(await stop(headers))).toEqual([404, 'NOT_FOUND']);
    await app.post(`/work_orders/${hidden}/timer/start`, { technician_id: id }, site).expect(201);
    const query = `mutation { stopTimer(input: { workOrderId: ${hidden} }) { id } }`;
    const asked = { ...headers, 'idempotency-key': randomUUID() };
    const [first, repeated] = [await app.post('/graphql', { query }, asked), await app.post('/graphql', { query }, asked)];
    expect([first.body.errors, repeated.body]).toEqual([undefined, first.body]);
  });
});

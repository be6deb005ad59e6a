import { randomBytes, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

type Answer = { status: number; headers: Record<string, unknown>; body: any }; // eslint-disable-line @typescript-eslint/no-explicit-any

/** As somebody without an account, from an address of his own: the limit counts by it. */
function send(method: string, path: string, body?: unknown, localAddress = '127.0.0.2', headers: object = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const text = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
    const sent = {
      ...(text !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...headers,
    };
    const asked = request(`${app.url}/api/v1/portal/${path}`, { method, localAddress, headers: sent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(Buffer.concat(parts).toString()) }),
      );
    });
    asked.on('error', reject);
    asked.end(text);
  });
}

const create = async (path: string, root: string, fields: object) => (await app.post(path, { [root]: fields }).expect(201)).data;
const portal = (fields: object = {}) => create('/request_portals', 'request_portal', { title: 'Main Request Portal', ...fields });
/** What is refused alike differs by the id of the request alone. */
const refusal = ({ status, body }: Answer): object => ({ ...body, error: { ...body.error, request_id: undefined }, code: status });
const nowhere = '01980b6e-7b1c-4a3e-9d53-4f0a6c1e2b7d';

describe('a portal', () => {
  it('has an address of its own, and is a record like any other', async () => {
    const made = await portal({ description: 'Tell us' });
    expect(made).toMatchObject({ title: 'Main Request Portal', description: 'Tell us', is_active: true, asset: null, categories: [] });
    expect(made.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect((await portal()).uuid).not.toBe(made.uuid);
    const { data } = await app.patch(`/request_portals/${made.id}`, { request_portal: { title: 'Front desk' } }).expect(200);
    expect(data).toMatchObject({ title: 'Front desk', uuid: made.uuid });
    const given = await app.patch(`/request_portals/${made.id}`, { request_portal: { uuid: nowhere } });
    expect([given.status, given.error.details[0].code]).toEqual([422, 'unknown_field']);
    expect(await app.graphql(`{ requestPortal(id: ${made.id}) { title uuid isActive } }`)).toEqual({
      requestPortal: { title: 'Front desk', uuid: made.uuid, isActive: true },
    });
  });

  it('tells everybody its title, description and choices, and nothing else', async () => {
    const { uuid } = await portal({ description: 'Tell us' });
    const { status, body } = await send('GET', uuid);
    expect([status, body]).toEqual([
      200,
      {
        status: 'success',
        success: true,
        data: {
          title: 'Main Request Portal',
          description: 'Tell us',
          choices: { priorities: ['none', 'low', 'medium', 'high', 'urgent', 'critical'] },
        },
        meta: {},
      },
    ]);
    const strange = { authorization: 'Bearer nothing', 'x-entity-id': 'x', 'idempotency-key': '' };
    expect((await send('GET', uuid, undefined, undefined, strange)).body).toEqual(body);
  });

  it('takes a request, about what the portal is about, whose way back is told once', async () => {
    const asset = await create('/assets', 'asset', { name: 'Freezer' });
    const location = await create('/locations', 'location', { name: 'Kitchen' });
    const category = await create('/categories', 'category', { name: 'Cold' });
    const { uuid, id } = await portal({ asset_id: asset.id, location_id: location.id, categories_ids: [category.id] });
    const name = `Jane ${randomUUID()}`;
    const said = { title: 'It leaks', description: 'Water', priority: 'high', name, email: 'jane@example.com' };
    const { status, body } = await send('POST', `${uuid}/requests`, said);
    expect([status, body.meta, Object.keys(body.data)]).toEqual([201, {}, ['tracking_token']]);
    const token = body.data.tracking_token as string;
    expect(Buffer.from(token, 'base64url')).toHaveLength(24);
    const [row] = (await app.get(`/work_order_requests?request_portal_id=${id}`)).data;
    expect(row).toMatchObject({
      title: 'It leaks',
      priority: 'high',
      status: 'open',
      asset: { id: asset.id },
      location: { id: location.id },
      categories: [{ id: category.id }],
      request_portal: { id, uuid, title: 'Main Request Portal' },
      created_by: { id: 1 },
    });
    const alone = await app.get(`/work_order_requests/${row.id}`).expect(200);
    const trail = await app.get(`/audit_trail?stream=workOrderRequest-${row.id}`).expect(200);
    expect(JSON.stringify(alone.body)).not.toContain(token);
    for (const secret of [token, name, 'jane@example.com']) expect(JSON.stringify(trail.body)).not.toContain(secret);
    const tracked = async () => (await send('GET', `${uuid}/requests/${token}`)).body.data;
    expect(await tracked()).toEqual({
      title: 'It leaks',
      status: 'open',
      created_at: alone.data.created_at,
      updated_at: alone.data.updated_at,
      completed_at: null,
      comments: [],
    });
    const open = await app.post(`/work_order_requests/${row.id}/comments`, { comment: { text: 'Tomorrow', public: true } }).expect(201);
    await app.post(`/work_order_requests/${row.id}/comments`, { comment: { text: 'He always says so' } }).expect(201);
    expect((await tracked()).comments).toEqual([{ text: 'Tomorrow', created_at: open.data.created_at }]);
    const order = (await app.post(`/work_order_requests/${row.id}/convert`).expect(201)).data.id;
    await app.patch(`/work_orders/${order}`, { work_order: { completed_at: '2026-03-02T08:00:00Z' } }).expect(200);
    await app.delete(`/work_order_requests/${row.id}/comments/${open.data.id}`).expect(204);
    expect(await tracked()).toMatchObject({ status: 'completed', completed_at: '2026-03-02T08:00:00Z', comments: [] });
  });

  it('tells whoever may see how people are reached who asked, until that is erased', async () => {
    const { uuid, id } = await portal();
    const email = `${randomUUID()}@example.com`;
    for (const said of [{ name: 'Jane', email }, { name: 'Kim' }, {}])
      await send('POST', `${uuid}/requests`, { title: 'It leaks', ...said }, '127.0.0.6');
    const path = `/work_order_requests?request_portal_id=${id}&sort=id asc`;
    const submitters = async (client: Client) =>
      (await client.get(path).expect(200)).data.map((row: { submitted_by: unknown }) => row.submitted_by);
    expect(await submitters(app)).toEqual([{ name: 'Jane', email }, { name: 'Kim', email: null }, null]);
    const own = (await create('/work_order_requests', 'work_order_request', { title: 'It leaks again' })) as { submitted_by: unknown };
    expect(own.submitted_by).toBeNull();
    const { nodes } = (
      await app.graphql(`{ workOrderRequests(filter: { requestPortalId: { eq: ${id} } }) { nodes { submittedBy { name email } } } }`)
    ).workOrderRequests;
    expect(nodes).toContainEqual({ submittedBy: { name: 'Jane', email } });
    const right = {
      name: 'Board',
      scopes: ['work_order_requests:read'],
      entity_ids: [1],
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
    };
    const { key } = (await app.post('/access/api_keys', right).expect(201)).data;
    const reader = new Client(app.url, key);
    expect(await submitters(reader)).toEqual([{ name: null, email: null }, { name: null, email: null }, null]);
    expect((await reader.get(path)).body.meta.hidden).toEqual(['submitted_by.email', 'submitted_by.name']);
    const user = await create('/users', 'user', { name: 'Jane', surname: 'Doe', email });
    await app.post(`/users/${user.id}/erase`, { reason: 'asked for it' }).expect(200);
    expect(await submitters(app)).toEqual([null, { name: 'Kim', email: null }, null]);
  });

  it('that is not there, not active or archived, and what is not found there, look like a path that nobody knows', async () => {
    const [active, closed, archived] = [await portal(), await portal({ is_active: false }), await portal()];
    await app.delete(`/request_portals/${archived.id}`).expect(204);
    const token = (await send('POST', `${active.uuid}/requests`, { title: 'x' })).body.data.tracking_token as string;
    const other = await portal();
    const unknown = refusal(await send('GET', `${active.uuid}/nothing/here/at/all`));
    expect(unknown).toMatchObject({ code: 404 });
    for (const uuid of [nowhere, closed.uuid, archived.uuid, 'x', '%00']) {
      expect(refusal(await send('GET', uuid))).toEqual(unknown);
      for (const body of [{ title: 'x' }, {}, { nothing: 1 }, '{', { title: 'x'.repeat(65_000) }])
        expect(refusal(await send('POST', `${uuid}/requests`, body))).toEqual(unknown);
      expect(refusal(await send('GET', `${uuid}?nothing=1`))).toEqual(unknown);
      expect(refusal(await send('GET', `${uuid}/requests/${token}`))).toEqual(unknown);
    }
    for (const wrong of [randomBytes(24).toString('base64url'), 'x', '%00'])
      expect(refusal(await send('GET', `${active.uuid}/requests/${wrong}`))).toEqual(unknown);
    expect(refusal(await send('GET', `${other.uuid}/requests/${token}`))).toEqual(unknown);
    await app.patch(`/request_portals/${active.id}`, { request_portal: { is_active: false } }).expect(200);
    expect(refusal(await send('GET', `${active.uuid}/requests/${token}`))).toEqual(unknown);
  });

  it('refuses by the field that is wrong, and what is too large', async () => {
    const { uuid } = await portal();
    const wrong = async (body: unknown) => {
      const answer = await send('POST', `${uuid}/requests`, body, '127.0.0.3');
      return [answer.status, ...answer.body.error.details.map(({ field, code }: { field: string; code: string }) => [field, code])];
    };
    expect(await wrong({})).toEqual([422, ['title', 'required']]);
    expect(await wrong({ title: 'x', name: 'x'.repeat(201) })).toEqual([422, ['name', 'too_long']]);
    expect(await wrong({ title: 'x', email: 'nobody' })).toEqual([422, ['email', 'invalid_email']]);
    expect(await wrong({ title: 'x', priority: 'now' })).toEqual([422, ['priority', 'not_a_choice']]);
    expect(await wrong({ title: 'x', asset_id: 1 })).toEqual([422, ['asset_id', 'unknown_field']]);
    expect(await wrong('{')).toEqual([400]);
    expect(await wrong({ title: 'x', description: 'x'.repeat(64_000) })).toEqual([413]);
  });

  it('accepts ten a minute of one address, whatever was refused, and others all the same', async () => {
    const { uuid } = await portal();
    const submit = (address: string, body: object = { title: 'Again' }) => send('POST', `${uuid}/requests`, body, address);
    for (let refused = 0; refused < 12; refused += 1) expect((await submit('127.0.0.4', {})).status).toBe(422);
    const answers = await Promise.all(Array.from({ length: 25 }, () => submit('127.0.0.4')));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(10);
    for (const { status, headers, body } of answers.filter((answer) => answer.status !== 201)) {
      expect([status, body.error.code]).toEqual([429, 'RATE_LIMIT_EXCEEDED']);
      const seconds = Number(headers['retry-after']);
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
    }
    expect((await submit('127.0.0.5')).status).toBe(201);
    expect((await send('GET', uuid, undefined, '127.0.0.4')).status).toBe(200);
  });
});

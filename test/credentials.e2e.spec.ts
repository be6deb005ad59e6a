import { once } from 'node:events';
import { request as rawRequest, type IncomingMessage } from 'node:http';
import { text as readAll } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { Client, type Answer } from './harness/client.js';
import { TestServer } from './harness/server.js';

let app: TestServer;
let database: pg.Client;
beforeAll(async () => {
  app = await TestServer.start();
  database = new pg.Client({ connectionString: app.ownerUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await app.stop();
});

const rows = async (sql: string): Promise<{ text: string | null }[]> => (await database.query<{ text: string | null }>(sql)).rows;

type KeySet = Readonly<{ keys: readonly Readonly<{ kid: string; kty: string; crv: string; alg: string }>[] }>;

const nobody = { authorization: undefined, 'x-entity-id': undefined };
const keyIds = async (of = app): Promise<string[]> =>
  ((await of.request('GET', '/.well-known/jwks.json', undefined, nobody).expect(200)).body as KeySet).keys.map(({ kid }) => kid);

describe('signing keys', () => {
  it('are shown to everybody, without what signs', async () => {
    const { body } = await app.request('GET', '/.well-known/jwks.json', undefined, nobody).expect(200);
    expect(body).toEqual({
      keys: [{ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String), alg: 'EdDSA', use: 'sig' }],
    });
  });

  it('are rotated: the earlier ones stay in the set, unless they are revoked', async () => {
    const [first] = await keyIds();
    const second = (await app.post('/access/keys/rotate').expect(200)).data.key_id as string;
    expect(await keyIds()).toEqual([second, first]);
    const third = (await app.post('/access/keys/rotate', { revoke: true }).expect(200)).data.key_id as string;
    expect(await keyIds()).toEqual([third]);
    const { error } = await app.post('/access/keys/rotate', { revoke: 'yes', all: 1 }).expect(422);
    expect(error.details.map(({ field, code }: Record<string, string>) => [field, code])).toEqual(
      expect.arrayContaining([
        ['revoke', 'not_a_boolean'],
        ['all', 'unknown_field'],
      ]),
    );
    expect(await keyIds()).toEqual([third]);
  });

  it('are one for a request that is repeated with its Idempotency-Key', async () => {
    const once = { 'idempotency-key': 'rotate-once' };
    const { data } = await app.post('/access/keys/rotate', {}, once).expect(200);
    const again = await app.post('/access/keys/rotate', {}, once).expect(200);
    expect([again.data, again.headers.get('idempotent-replayed')]).toEqual([data, 'true']);
    expect((await keyIds())[0]).toBe(data.key_id);
  });
});

const days = (count: number): string => new Date(Date.now() + count * 86_400_000).toISOString();
const form = 'application/x-www-form-urlencoded';
const as = (key: string, of: Client = app): Client => new Client(of.url, key);

type Made = Readonly<{ id: number; client_id: string; client_secret: string; key: string }>;

let number = 0;
const named = (): string => `Machine ${(number += 1)}`;
const make = async (path: string, more: object = {}): Promise<Made> =>
  (await app.post(`/access/${path}`, { name: named(), entity_ids: [1], ...more }).expect(201)).data as Made;
const client = (scopes: string[], more: object = {}): Promise<Made> => make('clients', { scopes, ...more });
const apiKey = (scopes: string[], more: object = {}): Promise<Made> => make('api_keys', { scopes, expires_at: days(30), ...more });

/** A form to one of the three, by a client that says who it is in the form. */
const oauth = (path: string, { client_id, client_secret }: Partial<Made>, fields: object = {}, of: Client = app): Promise<Answer> => {
  const said = Object.entries({ client_id, client_secret, ...fields }).filter(([, value]) => value !== undefined);
  return of.request('POST', `/api/v1/oauth/${path}`, new URLSearchParams(said as [string, string][]).toString(), {
    ...nobody,
    'content-type': form,
  });
};
const tokenOf = async (made: Made, fields: object = {}, of: Client = app): Promise<string> => {
  const { status, body } = await oauth('token', made, { grant_type: 'client_credentials', ...fields }, of);
  expect([status, body]).toMatchObject([200, { token_type: 'Bearer', expires_in: 7200 }]);
  return body.access_token as string;
};
const claims = (token: string): Record<string, unknown> => JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
/** Asks until it is so; what is true within a second is not waited for by the clock. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(20);
}
const refusal = ({ status, error }: Answer) => [
  status,
  error?.code,
  error?.details?.map((it: Record<string, string>) => [it['field'], it['code']]),
];

describe('an API key', () => {
  it('does what its scopes say at its sites, is shown once, and nothing of it is stored in the clear', async () => {
    const made = await apiKey(['parts:read']);
    expect(made.key).toMatch(/^mwk_[0-9a-f]{16}_[\w-]{43}$/);
    const machine = as(made.key);
    await machine.get('/parts').expect(200);
    await machine.get('/parts', { authorization: `Token ${made.key}` }).expect(200);
    const { status, error, headers } = await machine.post('/parts', { part: { name: 'x' } });
    expect([status, error.code, error.required_scope]).toEqual([403, 'INSUFFICIENT_PERMISSIONS', 'parts:write']);
    expect(headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="parts:write"');
    const shown = (await app.get(`/access/api_keys/${made.id}`).expect(200)).data as object;
    expect(shown).toMatchObject({ id: made.id, scopes: ['parts:read'], entity_ids: [1], owner_id: null, revoked_at: null });
    expect(shown).not.toHaveProperty('key');
    const secret = made.key.slice(21);
    const kept = await rows("SELECT secret_hash::text AS text FROM app.credential_secrets UNION ALL SELECT canonical FROM log.events WHERE category = 'credentials' UNION ALL SELECT body FROM app.idempotency_keys"); // prettier-ignore
    expect(kept.length).toBeGreaterThan(2);
    expect(kept.filter(({ text }) => text?.includes(secret) === true)).toEqual([]);
  });

  it('does not exist at other sites, nor do they for it', async () => {
    const site = (await app.post('/entities', { entity: { name: 'Elsewhere' } }).expect(201)).data.id as number;
    const there = { 'x-entity-id': String(site) };
    const [here, both] = [await apiKey(['parts:read']), await apiKey(['parts:read'], { entity_ids: 'all' })];
    const [foreign, absent] = [await as(here.key).get('/parts', there), await as(here.key).get('/parts', { 'x-entity-id': '987654' })];
    expect([foreign.status, { ...foreign.error, request_id: '' }]).toEqual([404, { ...absent.error, request_id: '' }]);
    await as(both.key).get('/parts', there).expect(200);
    const later = (await app.post('/entities', { entity: { name: 'Later' } }).expect(201)).data.id as number;
    await as(both.key)
      .get('/parts', { 'x-entity-id': String(later) })
      .expect(200);
  });

  it('says which it needs: a name, scopes that there are, sites that there are, and an end within 366 days', async () => {
    const right = { name: 'Key', scopes: ['parts:read'], entity_ids: [1], expires_at: days(1) };
    const wrong: [object, string, string][] = [
      [{ name: undefined }, 'name', 'required'],
      [{ scopes: undefined }, 'scopes', 'required'],
      [{ scopes: [] }, 'scopes', 'required'],
      [{ scopes: ['parts:juggle'] }, 'scopes', 'not_a_choice'],
      [{ scopes: ['installation:manage'] }, 'scopes', 'not_a_choice'],
      [{ scopes: 'all' }, 'scopes', 'not_a_list'],
      [{ entity_ids: undefined }, 'entity_ids', 'required'],
      [{ entity_ids: [] }, 'entity_ids', 'required'],
      [{ entity_ids: null }, 'entity_ids', 'required'],
      [{ entity_ids: ['1'] }, 'entity_ids', 'not_an_id'],
      [{ entity_ids: [987654] }, 'entity_ids', 'not_found'],
      [{ expires_at: undefined }, 'expires_at', 'required'],
      [{ expires_at: days(-1) }, 'expires_at', 'out_of_range'],
      [{ expires_at: days(367) }, 'expires_at', 'out_of_range'],
      [{ role: 'admin' }, 'role', 'unknown_field'],
    ];
    for (const [change, field, code] of wrong)
      expect([change, ...refusal(await app.post('/access/api_keys', { ...right, ...change }))]).toEqual([change, 422, 'VALIDATION_FAILED', [[field, code]]]); // prettier-ignore
    await app.post('/access/api_keys', { ...right, expires_at: days(365.9) }).expect(201);
  });

  it('ends by its expires_at', async () => {
    const made = await apiKey(['parts:read'], { expires_at: new Date(Date.now() + 1_500).toISOString() });
    await until(async () => (await as(made.key).get('/parts')).status === 401);
    const { error, headers } = await as(made.key).get('/parts').expect(401);
    expect([error.code, headers.get('www-authenticate')]).toEqual(['UNAUTHENTICATED', 'Bearer error="invalid_token"']);
    expect((await app.get('/parts', { authorization: undefined })).headers.get('www-authenticate')).toBe('Bearer');
  });

  it('makes, rotates and grants nothing, whatever it may do else, and takes away what it looks after', async () => {
    const machine = as((await apiKey(['integrations:manage', 'access:manage', 'parts:read'], { entity_ids: 'all' })).key);
    const body = { name: 'More', scopes: ['parts:read'], entity_ids: [1], expires_at: days(1) };
    const other = await apiKey(['parts:read']);
    for (const [needed, refused] of [
      ['integrations:manage', await machine.post('/access/api_keys', body)],
      ['integrations:manage', await machine.post(`/access/api_keys/${other.id}/rotate`)],
      ['integrations:manage', await machine.patch(`/access/api_keys/${other.id}`, { scopes: ['parts:read', 'stock:move'] })],
      ['access:manage', await machine.post('/access/service_accounts', { name: 'Robot', role: 'technician', entity_ids: [1] })],
      ['access:manage', await machine.post('/access/roles', { name: 'Robots', scopes: ['parts:read'] })],
    ] as const)
      expect([refused.status, refused.error?.required_scope, refused.headers.get('www-authenticate')]).toEqual([403, needed, `Bearer error="insufficient_scope", scope="${needed}"`]); // prettier-ignore
    await machine.get('/access/api_keys').expect(200);
    await machine.delete(`/access/api_keys/${other.id}`).expect(204);
    expect((await as(other.key).get('/parts')).status).toBe(401);
  });

  it('is listed, found, changed at a revision, and taken away once and for all', async () => {
    const made = await apiKey(['parts:read'], { name: 'Findable gateway' });
    const list = await app.get('/access/api_keys?search=FINDABLE&per_page=1').expect(200);
    expect([list.data.map(({ id }: Made) => id), list.meta.pagination.total]).toEqual([[made.id], 1]);
    expect((await app.get(`/access/api_keys?filter[id_eq]=${made.id}`).expect(200)).data).toHaveLength(1);
    const { headers } = await app.get(`/access/api_keys/${made.id}`).expect(200);
    const tag = headers.get('etag') ?? '';
    const changed = await app
      .patch(`/access/api_keys/${made.id}`, { scopes: ['stock:move', 'parts:read'] }, { 'if-match': tag })
      .expect(200);
    expect(changed.data.scopes).toEqual(['parts:read', 'stock:move']);
    expect((await app.patch(`/access/api_keys/${made.id}`, { name: 'Late' }, { 'if-match': tag })).status).toBe(412);
    expect((await app.get(`/access/clients/${made.id}`)).status).toBe(404);
    for (let round = 0; round < 2; round += 1) await app.delete(`/access/api_keys/${made.id}`).expect(204);
    expect((await app.get(`/access/api_keys/${made.id}`).expect(200)).data.revoked_at).toEqual(expect.any(String));
    expect((await app.get('/access/api_keys?search=findable').expect(200)).data).toEqual([]);
    expect(refusal(await app.post(`/access/api_keys/${made.id}/rotate`))[1]).toBe('CONFLICT');
    expect(refusal(await app.patch(`/access/api_keys/${made.id}`, { name: 'Back' }))[1]).toBe('CONFLICT');
  });

  it('shows a secret once, also where the request is repeated with its Idempotency-Key, and is one', async () => {
    const once = { 'idempotency-key': `key-${named()}` };
    const body = { name: named(), scopes: ['parts:read'], entity_ids: [1], expires_at: days(2) };
    const first = await app.post('/access/api_keys', body, once).expect(201);
    const again = await app.post('/access/api_keys', body, once).expect(201);
    expect(again.data).toEqual({ ...first.data, key: null });
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    await as(first.data.key as string)
      .get('/parts')
      .expect(200);
    const { body: batch } = await app.post('/batch', {
      sequential: true,
      ops: [{ method: 'POST', url: '/api/v1/access/api_keys', params: body }],
    });
    expect(batch.error.details).toMatchObject([{ field: 'ops.0.url', code: 'not_in_a_batch' }]);
  });

  it('says when it was used last', async () => {
    const made = await apiKey(['parts:read']);
    expect((await app.get(`/access/api_keys/${made.id}`)).data.last_used_at).toBeNull();
    await as(made.key).get('/parts').expect(200);
    const { last_used_at: at } = (await app.get(`/access/api_keys/${made.id}`)).data as { last_used_at: string };
    expect(Date.now() - Date.parse(at)).toBeLessThan(600_000);
  });
});

/** Sends a write but for the end of its body, which is sent when what is answered is called. */
function heldBack({ url, adminKey: key }: Client, path: string, body: object): () => Promise<{ status: number | undefined; body: string }> {
  const text = JSON.stringify(body);
  const headers = { authorization: `Bearer ${key}`, 'x-entity-id': '1', 'content-type': 'application/json', 'content-length': text.length };
  const request = rawRequest(`${url}/api/v1${path}`, { method: 'POST', headers });
  request.write(text.slice(0, 5));
  return async () => {
    request.end(text.slice(5));
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return { status: answer.statusCode, body: await readAll(answer) };
  };
}

describe('a credential that is taken away', () => {
  const made = async (...scopes: string[]): Promise<{ id: number; as: Client }> => {
    const { id, key } = await apiKey(scopes);
    return { id, as: new Client(app.url, key) };
  };

  it('ends a document of GraphQL that is under way', async () => {
    const { id, as } = await made('work_orders:read', 'work_orders:write', 'work_orders:complete');
    const ops = Array.from({ length: 50 }, (_, number) => ({
      method: 'POST',
      url: '/api/v1/work_orders',
      params: { work_order: { title: `Of many ${number}` } },
    }));
    const { results } = (await app.post('/batch', { sequential: true, ops }).expect(200)).body as unknown as {
      results: { body: { data: { id: number } } }[];
    };
    const orders = results.map(({ body }) => body.data.id);
    const query = `mutation { ${orders.map((order) => `o${order}: completeWorkOrder(input: {workOrderId: ${order}}) { id }`).join(' ')} }`;
    const answer = as.post('/graphql', { query });
    while (!(await app.get(`/work_orders/${orders[0]}`).expect(200)).data.completed_at) await delay(5);
    await app.delete(`/access/api_keys/${id}`).expect(204);
    const { errors = [] } = (await answer).body as unknown as { errors?: { extensions: { code: string } }[] };
    expect(errors.map(({ extensions }) => extensions.code)).toContain('UNAUTHENTICATED');
    expect((await app.get(`/work_orders/${orders.at(-1)}`).expect(200)).data.completed_at).toBeNull();
  });

  it('is told nothing that it has waited for until then, over REST and GraphQL', async () => {
    const { id, as } = await made('work_orders:read');
    const opened = async () =>
      BigInt((await app.post('/work_orders', { work_order: { title: 'Later' } }).expect(201)).headers.get('x-position') ?? '');
    const later = { 'x-min-position': String((await opened()) + 2n) };
    const waiting = [as.get('/work_orders', later), as.post('/graphql', { query: '{ workOrders { totalCount } }' }, later)];
    // So long that both count as let in a while ago.
    await delay(400);
    await app.delete(`/access/api_keys/${id}`).expect(204);
    await opened();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([401, 401]);
  });

  it('is told over GraphQL what it may still see, where reading took so long that it may less', async () => {
    const waning = { name: 'Waning', scopes: ['parts:read', 'costs:read'] };
    const role = (await app.post('/access/roles', waning).expect(201)).data.id as number;
    const account = { name: 'Reader', role: waning.name, entity_ids: [1] };
    const reader = new Client(app.url, (await app.post('/access/service_accounts', account).expect(201)).data.key as string);
    await app.post('/parts', { part: { name: 'Dear', on_hand_qty: 1, unit_cost: 3.5 } }).expect(201);
    await app.get('/parts').expect(200);
    const query = '{ parts(search: "Dear") { nodes { avgUnitCost } } }';
    await database.query('BEGIN; LOCK TABLE read.parts IN ACCESS EXCLUSIVE MODE');
    const asked = reader.graphqlAnswer(query);
    await delay(500);
    await app.patch(`/access/roles/${role}`, { scopes: ['parts:read'] }).expect(200);
    await database.query('COMMIT');
    expect((await asked).body).toMatchObject({
      data: { parts: { nodes: [{ avgUnitCost: null }] } },
      extensions: { hidden: ['parts.nodes.avgUnitCost'] },
    });
  });

  it('carries nothing out whose body comes later than that', async () => {
    const whole = await made('parts:read', 'parts:write');
    const shrinking = { name: 'Shrinking', scopes: ['parts:read', 'parts:write', 'work_orders:read', 'work_orders:write'] };
    const role = (await app.post('/access/roles', shrinking).expect(201)).data.id as number;
    const account = { name: 'Tool', role: shrinking.name, entity_ids: [1] };
    const less = new Client(app.url, (await app.post('/access/service_accounts', account).expect(201)).data.key as string);
    const { id: order } = (await app.post('/work_orders', { work_order: { title: 'Told of' } }).expect(201)).data as { id: number };
    const part = { part: { name: 'Of nobody' } };
    const comment = { query: `mutation { addComment(input: {workOrderId: ${order}, text: "x"}) { id } }` };
    const held = [heldBack(whole.as, '/parts', part), heldBack(less, '/parts', part), heldBack(less, '/graphql', comment)];
    await delay(400);
    await app.delete(`/access/api_keys/${whole.id}`).expect(204);
    await app.patch(`/access/roles/${role}`, { scopes: ['parts:read'] }).expect(200);
    const answers = await Promise.all(held.map((finish) => finish()));
    expect(answers.map(({ status, body }) => [status, (JSON.parse(body).error ?? JSON.parse(body).errors?.[0].extensions)?.code])).toEqual([
      [401, 'UNAUTHENTICATED'],
      [403, 'INSUFFICIENT_PERMISSIONS'],
      [200, 'INSUFFICIENT_PERMISSIONS'],
    ]);
    expect((await app.get('/parts?filter[name_eq]=Of nobody').expect(200)).data).toEqual([]);
  });
});

describe('a rotation', () => {
  it('has no 401 for a client that switches inside the overlap, and ends the earliest secret', async () => {
    const made = await apiKey(['parts:read']);
    const rotate = async (body?: object): Promise<string> =>
      (await app.post(`/access/api_keys/${made.id}/rotate`, body).expect(200)).data.key as string;
    const works = async (key: string): Promise<number> => (await as(key).get('/parts')).status;
    const second = await rotate();
    const statuses: number[] = [];
    for (const key of [made.key, made.key, second, second]) statuses.push(await works(key));
    expect(statuses).toEqual([200, 200, 200, 200]);
    const third = await rotate({ overlap_hours: 720 });
    expect([await works(made.key), await works(second), await works(third)]).toEqual([401, 200, 200]);
    const fourth = await rotate({ overlap_hours: 0 });
    expect([await works(third), await works(fourth)]).toEqual([401, 200]);
    const fifth = await rotate({ overlap_hours: '0.0002' });
    await until(async () => (await works(fourth)) === 401);
    expect(await works(fifth)).toBe(200);
    for (const [hours, code] of [[720.1, 'out_of_range'], [-1, 'out_of_range'], ['day', 'not_a_number']] as const) // prettier-ignore
      expect(refusal(await app.post(`/access/api_keys/${made.id}/rotate`, { overlap_hours: hours }))).toEqual([422, 'VALIDATION_FAILED', [['overlap_hours', code]]]); // prettier-ignore
  });

  it('of a client leaves its tokens, unless they are to end', async () => {
    const made = await client(['parts:read']);
    const token = await tokenOf(made);
    const second = (await app.post(`/access/clients/${made.id}/rotate`, { overlap_hours: 0 }).expect(200)).data as Made;
    await as(token).get('/parts').expect(200);
    expect((await oauth('token', made, { grant_type: 'client_credentials' })).body.error).toBe('invalid_client');
    const later = await tokenOf(second);
    await app.post(`/access/clients/${made.id}/rotate`, { revoke_tokens: true }).expect(200);
    for (const ended of [token, later]) expect((await as(ended).get('/parts')).status).toBe(401);
    await as(await tokenOf(second))
      .get('/parts')
      .expect(200);
  });
});

describe('a client of OAuth', () => {
  it('gets a token by its secret, in the header or in the form, for all that it may do or a part of it', async () => {
    const made = await client(['parts:read', 'work_orders:read']);
    expect(made.client_id).toMatch(/^mw_client_[0-9a-f]{16}$/);
    const token = await tokenOf(made);
    expect(claims(token)).toMatchObject({ iss: app.url, aud: `${app.url}/api/v1`, sub: `client:${made.id}`, client_id: made.client_id, scope: 'parts:read work_orders:read' }); // prettier-ignore
    expect(Number(claims(token)['exp']) - Number(claims(token)['iat'])).toBe(7_200);
    await as(token).get('/work_orders').expect(200);
    const basic = `Basic ${Buffer.from(`${made.client_id}:${made.client_secret}`).toString('base64')}`;
    const body = 'grant_type=client_credentials&scope=parts%3Aread';
    const { body: answer, headers, status } = await app.request('POST', '/api/v1/oauth/token', body, { ...nobody, authorization: basic, 'content-type': `${form}; charset=utf-8` }); // prettier-ignore
    expect([status, answer]).toEqual([
      200,
      { access_token: expect.any(String), token_type: 'Bearer', expires_in: 7200, scope: 'parts:read' },
    ]);
    expect(headers.get('cache-control')).toBe('no-store');
    // However a part is asked for, it is the same part.
    for (const scope of ['work_orders:read parts:read', 'parts:read work_orders:read parts:read'])
      expect(claims(await tokenOf(made, { scope }))['scope']).toBe('parts:read work_orders:read');
    const narrow = as(answer.access_token as string);
    await narrow.get('/parts').expect(200);
    expect((await narrow.get('/work_orders')).error.required_scope).toBe('work_orders:read');
    const { body: graph } = await narrow.graphqlAnswer('{ workOrders { totalCount } }');
    expect(graph.errors[0].extensions).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'work_orders:read' });
    expect((await as(made.client_secret).get('/parts')).status).toBe(401);
  });

  it('is refused in the words of OAuth, without the envelope', async () => {
    const made = await client(['parts:read']);
    const grant = { grant_type: 'client_credentials' };
    const basic = (text: string) => ({ ...nobody, 'content-type': form, authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    const raw = (body: string, headers: Record<string, string | undefined>, path = '/api/v1/oauth/token') =>
      app.request('POST', path, body, headers);
    const asForm = { ...nobody, 'content-type': form };
    const said = `grant_type=client_credentials&client_id=${made.client_id}&client_secret=${made.client_secret}`;
    const wrong: [Promise<Answer>, number, string][] = [
      [oauth('token', made, { ...grant, scope: 'parts:read stock:move' }), 400, 'invalid_scope'],
      [oauth('token', made, { ...grant, scope: 'nonsense' }), 400, 'invalid_scope'],
      [oauth('token', made), 400, 'invalid_request'],
      [oauth('token', made, { grant_type: 'password' }), 400, 'unsupported_grant_type'],
      [oauth('token', { ...made, client_secret: `${made.client_secret.slice(0, -1)}!` }, grant), 401, 'invalid_client'],
      [oauth('token', { ...made, client_id: 'mw_client_0000000000000000' }, grant), 401, 'invalid_client'],
      [oauth('token', {}, grant), 401, 'invalid_client'],
      [raw(said, basic(`${made.client_id}:${made.client_secret}`)), 400, 'invalid_request'],
      [raw('grant_type=client_credentials', basic('nobody:nothing')), 401, 'invalid_client'],
      [raw(`${said}&grant_type=client_credentials`, asForm), 400, 'invalid_request'],
      [raw(JSON.stringify(grant), { ...nobody, 'content-type': 'application/json' }), 400, 'invalid_request'],
      [raw(said, { ...nobody, 'content-type': undefined }), 400, 'invalid_request'],
      [raw('', asForm, `/api/v1/oauth/token?${said}`), 400, 'invalid_request'],
      [app.request('GET', '/api/v1/oauth/token', undefined, nobody), 405, 'invalid_request'],
    ];
    for (const [index, [asked, status, code]] of wrong.entries()) {
      const answer = await asked;
      expect([index, answer.status, answer.body]).toEqual([index, status, { error: code, error_description: expect.any(String) }]);
    }
    expect((await raw('grant_type=client_credentials', basic('nobody:nothing'))).headers.get('www-authenticate')).toMatch(/^Basic/);
    expect((await oauth('token', {}, grant)).headers.get('www-authenticate')).toBeNull();
    expect((await app.post('/parts', 'name=x', { 'content-type': form })).status).toBe(415);
  });

  it('asks about its own tokens and ends them, and of others is told nothing', async () => {
    const [one, other] = [await client(['parts:read']), await client(['parts:read'])];
    const token = await tokenOf(one);
    expect((await oauth('introspect', one, { token })).body).toMatchObject({ active: true, scope: 'parts:read', client_id: one.client_id, sub: `client:${one.id}` }); // prettier-ignore
    for (const text of [token, 'nonsense', one.client_secret])
      expect((await oauth('introspect', other, { token: text })).body).toEqual({ active: false });
    const manager = { 'content-type': form, authorization: `Bearer ${app.adminKey}` };
    expect((await app.request('POST', '/api/v1/oauth/introspect', `token=${token}`, manager)).body).toMatchObject({ active: true });
    expect((await oauth('introspect', one)).body.error).toBe('invalid_request');
    expect((await oauth('revoke', other, { token })).status).toBe(200);
    await as(token).get('/parts').expect(200);
    const ended = await oauth('revoke', one, { token });
    expect([ended.status, ended.body]).toEqual([200, '']);
    expect((await as(token).get('/parts')).status).toBe(401);
    expect((await oauth('introspect', one, { token })).body).toEqual({ active: false });
    await as(await tokenOf(one))
      .get('/parts')
      .expect(200);
  });

  it('ends with what it has got, at every process', async () => {
    const second = await app.another();
    try {
      const [made, key] = [await client(['parts:read']), await apiKey(['parts:read'])];
      const token = await tokenOf(made);
      for (const text of [token, key.key]) await as(text, second).get('/parts').expect(200);
      await app.delete(`/access/clients/${made.id}`).expect(204);
      await app.delete(`/access/api_keys/${key.id}`).expect(204);
      for (const text of [token, key.key]) {
        expect((await as(text).get('/parts')).status).toBe(401);
        await until(async () => (await as(text, second).get('/parts')).status === 401);
      }
      expect((await as(token, second).graphqlAnswer('{ parts { totalCount } }')).status).toBe(401);
      expect((await oauth('token', made, { grant_type: 'client_credentials' }, second)).body.error).toBe('invalid_client');
    } finally {
      await second.stop();
    }
  });

  it('finds out by the metadata where to go', async () => {
    const { body } = await app
      .request('GET', '/.well-known/oauth-authorization-server', undefined, { ...nobody, host: 'evil.example.com' })
      .expect(200);
    expect(body).toMatchObject({
      issuer: app.url,
      token_endpoint: `${app.url}/api/v1/oauth/token`,
      jwks_uri: `${app.url}/.well-known/jwks.json`,
    });
    expect(body.scopes_supported).toEqual(expect.arrayContaining(['parts:read', 'stock:move']));
  });
});

describe('a service account', () => {
  it('has a role at its sites, and need not end', async () => {
    const { key, ...shown } = await make('service_accounts', { role: 'Storekeeper' });
    expect(key).toMatch(/^mws_/);
    expect(shown).toMatchObject({ role: 'storekeeper', entity_ids: [1], expires_at: null });
    const made = await as(key)
      .post('/parts', { part: { name: 'Made by a machine' } })
      .expect(201);
    const since = { 'x-min-position': made.headers.get('x-position') ?? '' };
    expect((await as(key).get('/audit_trail')).error.required_scope).toBe('audit:read');
    expect(refusal(await app.post('/access/service_accounts', { name: 'x', role: 'pilot', entity_ids: [1] }))).toEqual([422, 'VALIDATION_FAILED', [['role', 'not_found']]]); // prettier-ignore
    const { data } = await app.get('/audit_trail?type=PartRegistered&sort=position%20desc&per_page=1', since).expect(200);
    expect(data[0]).toMatchObject({ actor: expect.objectContaining({ kind: 'service_account' }) });
  });
});

describe('what a machine is told of itself', () => {
  it('is its name, its role, when it ends, and which tier there is', async () => {
    const [key, account, made] = [
      await apiKey(['parts:read']),
      await make('service_accounts', { role: 'storekeeper', expires_at: days(3) }),
      await client(['parts:read']),
    ];
    const me = async (credential: string) => (await as(credential).get('/auth/me', { 'x-entity-id': undefined }).expect(200)).data;
    const shown = (list: string, { id }: Made) => app.get(`/access/${list}/${id}`).expect(200);
    const { name, expires_at } = (await shown('api_keys', key)).data;
    expect(await me(key.key)).toMatchObject({
      key: { id: String(key.id), name },
      customer: { id: 1, tier: 'enterprise' },
      entities: [{ id: 1, role: null, scopes: ['parts:read'] }],
      scopes: ['parts:read'],
      credential: { kind: 'api_key', id: String(key.id), expires_at },
    });
    const known = (await shown('service_accounts', account)).data;
    expect(await me(account.key)).toMatchObject({
      key: { id: String(account.id), name: known.name },
      entities: [{ id: 1, role: 'storekeeper' }],
      credential: { kind: 'service_account', expires_at: known.expires_at },
    });
    expect(await me(await tokenOf(made))).toMatchObject({
      client: { id: String(made.id), name: (await shown('clients', made)).data.name },
      entities: [{ id: 1, role: null }],
      credential: { kind: 'client', id: String(made.id), expires_at: null },
    });
    const whole = await me(app.adminKey);
    expect(whole).toMatchObject({
      key: { name: null },
      customer: { tier: 'enterprise' },
      credential: { kind: 'bootstrap', expires_at: null },
    });
  });
});

describe('the review', () => {
  it('shows every credential with what should be looked at', async () => {
    const made = await apiKey(['parts:read']);
    const { data } = await app.get('/access/review').expect(200);
    const found = data as { kind: string; id: number | null; flags: string[] }[];
    expect(found[0]).toMatchObject({ kind: 'bootstrap', flags: [] });
    expect(found.find(({ id }) => id === made.id)).toMatchObject({ kind: 'api_key', flags: [] });
  });
});

describe('the secret of an installation', () => {
  it('is the one its database was sealed with, or nothing starts; with it, everything goes on as it was', async () => {
    const before = await keyIds();
    await app.kill('SIGTERM');
    await expect(app.restart({ SECRET_KEY: 'another secret than the first' })).rejects.toThrow(
      'SECRET_KEY is not the secret that this database was sealed with. Set SECRET_KEY, or put the file back that was there.',
    );
    await app.restart();
    expect(await keyIds()).toEqual(before);
  });
});

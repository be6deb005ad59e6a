import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request as rawRequest, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { Client, type Answer } from './harness/client.js';
import { TestServer } from './harness/server.js';

let app: TestServer;
let other: TestServer;
let database: pg.Client;
beforeAll(async () => {
  app = await TestServer.start({ environment: { TRUSTED_PROXIES: '127.0.0.1, ::1', CORS_ORIGINS: 'https://app.example' } });
  other = await app.another();
  database = new pg.Client({ connectionString: app.ownerUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await other.stop();
  await app.stop();
});

/** A key as the table of keys defines one. */
async function keyOf(userId: number, scopes: readonly string[] | null = null): Promise<string> {
  const keyId = randomBytes(8).toString('hex');
  const key = `mw_${keyId}_${randomBytes(32).toString('base64url')}`;
  const values = [keyId, createHash('sha256').update(key).digest(), userId, scopes];
  await database.query('INSERT INTO app.api_keys (key_id, secret_hash, customer_id, user_id, scopes) VALUES ($1, $2, 1, $3, $4)', values);
  return key;
}

/** Somebody whose calls are counted for nobody but him: with a key of his own that the bootstrap key owns. */
const somebody = async (scopes?: readonly string[]): Promise<Client> => new Client(app.url, await keyOf(1, scopes));

/** An hour, so that nothing counts no more while a test runs. */
const hour = 3_600;

/** Settings hold within a second everywhere, and at once where they were changed. */
async function set(settings: object): Promise<void> {
  await app
    .patch('/installation', { tier: 'enterprise', rate_limits: 'on', requests: null, window_seconds: null, ...settings })
    .expect(200);
}

/** The status of a request that names no host. */
async function withoutHost({ url, adminKey }: Client, path: string): Promise<number | undefined> {
  const request = rawRequest(`${url}${path}`, { setHost: false, headers: { authorization: `Bearer ${adminKey}` } }).end();
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

const standing = ({ headers }: Answer) => ['limit', 'remaining', 'reset'].map((name) => headers.get(`x-ratelimit-${name}`));
const remaining = ({ headers }: Answer) => headers.get('x-ratelimit-remaining');
const refused = ({ status, error, headers }: Answer) => [status, error?.code, Number(headers.get('retry-after')) > 0];
const tooMany = [429, 'RATE_LIMIT_EXCEEDED', true];

describe('limits', () => {
  it('are off where nobody switched them on', async () => {
    const user = await somebody();
    expect(standing(await user.get('/parts').expect(200))).toEqual([null, null, null]);
    const { data } = await user.get('/limits', { 'x-entity-id': undefined }).expect(200);
    expect(data).toMatchObject({ tier: 'enterprise', rate_limits: 'off', requests: 300, window_seconds: 60, remaining: null, reset: null });
    expect(data.anonymous).toEqual({ requests: 1000, window_seconds: 300 });
    expect(data.tiers.map(({ tier, requests }: { tier: string; requests: number }) => [tier, requests])).toEqual([
      ['core', 10],
      ['starter', 10],
      ['business', 60],
      ['enterprise', 300],
    ]);
  });

  it('take so many requests and no more, whatever they are answered, and say how one stands', async () => {
    await set({ requests: 3, window_seconds: hour });
    const user = await somebody();
    const before = Date.now() / 1_000;
    const first = await user.get('/parts').expect(200);
    expect(standing(first).slice(0, 2)).toEqual(['3', '2']);
    const reset = Number(first.headers.get('x-ratelimit-reset'));
    expect(reset).toBeGreaterThanOrEqual(Math.floor(before) + hour - 60);
    expect(reset).toBeLessThanOrEqual(Math.ceil(Date.now() / 1_000) + hour + 60);
    expect(remaining(await user.get('/parts/987654321').expect(404))).toBe('1');
    expect(remaining(await user.request('GET', '/api/v1/nothing').expect(404))).toBe('0');
    const last = await user.get('/parts').expect(429);
    expect(refused(last)).toEqual(tooMany);
    expect(standing(last)).toEqual(['3', '0', String(reset)]);
    expect(await user.graphqlAnswer('{ __typename }')).toMatchObject({
      status: 429,
      body: { errors: [{ extensions: { code: 'RATE_LIMIT_EXCEEDED' } }] },
    });
  });

  it('do not count what is asked about them, nor what was refused, and spare the bootstrap key', async () => {
    await set({ requests: 2, window_seconds: hour });
    const user = await somebody();
    await user.get('/parts').expect(200);
    for (const left of [1, 1]) expect((await user.get('/limits').expect(200)).data).toMatchObject({ remaining: left });
    await user.get('/parts').expect(200);
    for (let refusals = 0; refusals < 3; refusals++) await user.get('/parts').expect(429);
    expect((await user.get('/limits').expect(200)).data).toMatchObject({ remaining: 0, requests: 2, window_seconds: hour });
    await set({ requests: 3, window_seconds: hour });
    expect(remaining(await user.get('/parts').expect(200))).toBe('0');
    await set({ requests: 4, window_seconds: hour });
    // What is wrong with a request is no matter, where what it asks for is not counted.
    expect(await withoutHost(user, '/api/v1/limits?x=1')).toBe(400);
    await user.request('DELETE', '/api/v1/limits').expect(405);
    await user.get('/auth/nothing').expect(404);
    for (const path of ['/health/live', '/api/v1/openapi.json/']) await user.request('POST', path).expect(405);
    expect((await user.get('/limits').expect(200)).data).toMatchObject({ remaining: 1 });
    expect(await withoutHost(user, '/api/v1/parts')).toBe(400);
    expect((await user.get('/limits').expect(200)).data).toMatchObject({ remaining: 0 });
    for (let calls = 0; calls < 5; calls++) expect(remaining(await app.get('/parts').expect(200))).toBeNull();
  });

  it('count all keys of a person together, at every process, and across a restart', async () => {
    await set({ requests: 4, window_seconds: hour });
    // The other process knows of it within a second; what it has counted until then is nobody's here.
    const probe = new Client(other.url, await keyOf(1));
    while (remaining(await probe.get('/limits')) === null && (await probe.get('/limits')).data.requests !== 4) await delay(50);
    const userId = 41;
    const [here, there] = [new Client(app.url, await keyOf(userId)), new Client(other.url, await keyOf(userId))];
    const answers = await Promise.all([...Array(5)].flatMap(() => [here.get('/parts'), there.get('/parts')]));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(4);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(6);
    await other.kill();
    await other.restart();
    await there.get('/parts').expect(429);
  });

  it('take again what waited exactly as long as it was told', async () => {
    await set({ requests: 3, window_seconds: 1 });
    const user = await somebody();
    let refusals = 0;
    for (let calls = 0; calls < 60 && refusals < 4; calls++) {
      const answer = await user.get('/parts');
      if (answer.status !== 429) continue;
      refusals++;
      await delay(Number(answer.headers.get('retry-after')) * 1_000);
      await user.get('/parts').expect(200);
    }
  });
});

describe('a request of many parts', () => {
  const reads = (count: number) => ({
    sequential: true,
    ops: Array.from({ length: count }, () => ({ method: 'GET', url: '/api/v1/parts?per_page=1' })),
  });
  const fields = (count: number) =>
    `{ ${Array.from({ length: count }, (_, index) => `a${index}: parts(first: 1) { totalCount }`).join(' ')} }`;

  it('counts each of them, as a batch and as a GraphQL document', async () => {
    await set({ requests: 10, window_seconds: hour });
    const user = await somebody();
    expect(remaining(await user.post('/batch', reads(4)).expect(200))).toBe('6');
    expect(remaining(await user.graphqlAnswer(fields(3)).expect(200))).toBe('3');
    expect(remaining(await user.graphqlAnswer('{ __typename }').expect(200))).toBe('2');
    expect(remaining(await user.post('/batch', { sequential: true, ops: 7 }).expect(422))).toBe('1');
  });

  it('is refused whole where it does not fit now, and counts nothing then', async () => {
    await set({ requests: 10, window_seconds: hour });
    const user = await somebody();
    await user.post('/batch', reads(7)).expect(200);
    const whole = await user.post('/batch', reads(4)).expect(429);
    expect(refused(whole)).toEqual(tooMany);
    expect(remaining(whole)).toBe('3');
    expect(await user.graphqlAnswer(fields(4))).toMatchObject({
      status: 429,
      body: { errors: [{ extensions: { code: 'RATE_LIMIT_EXCEEDED' } }] },
    });
    expect(remaining(await user.post('/batch', reads(3)).expect(200))).toBe('0');
  });

  it('is told, where nothing fits, when all of it does', async () => {
    await set({ requests: 3, window_seconds: hour });
    const user = await somebody();
    await user.get('/parts').expect(200);
    await delay(2_100);
    for (let requests = 0; requests < 2; requests++) await user.get('/parts').expect(200);
    const wait = ({ status, headers }: Answer) => [status, Number(headers.get('retry-after'))] as const;
    const [, one] = wait(await user.get('/parts'));
    const ops = [
      { method: 'GET', url: '/api/v1/parts' },
      { method: 'GET', url: '/api/v1/parts' },
    ];
    for (const answer of [
      await user.graphqlAnswer('{ a: parts { page } b: parts { page } }'),
      await user.post('/batch', { sequential: true, ops }),
    ]) {
      const [status, both] = wait(answer);
      expect([status, both - one >= 1 && both <= hour]).toEqual([429, true]);
    }
    expect(wait(await user.request('POST', '/batch', '{"ops": ['))[0]).toBe(429);
    expect(wait(await user.graphqlAnswer('{ parts { page } }'))[1]).toBeLessThanOrEqual(one);
    // What nobody would take is not read for it either: taking it apart would keep everybody waiting.
    const deep = `{"ops":[${'['.repeat(40)}${']'.repeat(40)},{}]}`;
    const [status, alone] = wait(await user.request('POST', '/batch', deep));
    expect([status, alone <= one]).toEqual([429, true]);
  });

  it('is answered also where it is larger than any, and so is the next one', async () => {
    await set({ requests: 1, window_seconds: hour });
    const user = await somebody();
    await user.get('/parts').expect(200);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const headers = { authorization: `Bearer ${user.adminKey}`, 'x-entity-id': '1', 'content-type': 'application/json' };
    const ask = async (method: string, path: string, body = ''): Promise<number | undefined> => {
      const request = rawRequest(`${app.url}/api/v1${path}`, { agent, method, headers, signal: AbortSignal.timeout(20_000) });
      request.end(body);
      const [answer] = (await once(request, 'response')) as [IncomingMessage];
      await once(answer.resume(), 'end');
      return answer.statusCode;
    };
    for (const [path, size] of [
      ['/batch', 6_000_000],
      ['/graphql', 1_500_000],
    ] as const) {
      expect(await ask('POST', path, ' '.repeat(size))).toBe(429);
      expect(await ask('GET', '/limits')).toBe(200);
    }
    agent.destroy();
  });

  it('is never taken where it alone is more than a window holds, whether that holds anything or is full', async () => {
    await set({ requests: 5, window_seconds: hour });
    const user = await somebody();
    for (const remaining of [5, 0]) {
      const batch = await user.post('/batch', reads(6)).expect(422);
      expect(batch.error.details).toMatchObject([{ field: 'ops', code: 'too_many_operations' }]);
      const document = await user.graphqlAnswer(fields(6)).expect(422);
      expect(document.body.errors[0].extensions.details).toMatchObject([{ field: 'query', code: 'too_many_operations' }]);
      for (const { headers } of [batch, document]) expect(headers.get('retry-after')).toBeNull();
      expect((await user.get('/limits').expect(200)).data).toMatchObject({ remaining });
      if (remaining > 0) await user.post('/batch', reads(5)).expect(200);
    }
    // What is told before a body is, is told in a full window, too; what is no JSON is one request.
    for (const [sent, status] of [
      [undefined, 400],
      ['987654', 404],
    ] as const) {
      expect((await user.post('/batch', reads(6), { 'x-entity-id': sent })).status).toBe(status);
      expect((await user.graphqlAnswer(fields(6), {}, { 'x-entity-id': sent })).status).toBe(status);
    }
    expect(refused(await user.post('/batch', reads(6), { 'content-type': 'application/json; charset=latin1' }))).toEqual(tooMany);
  });
});

describe('whoever has no valid credential', () => {
  const unknown = (address: string, more: object = {}) => ({ authorization: undefined, 'x-forwarded-for': address, ...more });
  const ask = (address: string, more: object = {}) => app.get('/parts', unknown(address, more));

  it('may ask a thousand times in five minutes from one address, and slows nobody else down', async () => {
    await set({ rate_limits: 'off' });
    const [address, neighbour] = ['2001:db8:7:1::1', '2001:db8:7:1:ffff::2'];
    const answers: Answer[] = [];
    for (let round = 0; round < 40; round++)
      answers.push(
        ...(await Promise.all(Array.from({ length: 25 }, () => ask(address, { authorization: 'Bearer a-key-nobody-knows-here' })))),
      );
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(1_000);
    for (const from of [address, neighbour]) expect(refused(await ask(from))).toEqual(tooMany);
    expect(refused(await app.get('/portal/00000000-0000-0000-0000-000000000000', unknown(address)))).toEqual(tooMany);
    await ask('2001:db8:7:2::1').expect(401);
    await app.get('/parts', { 'x-forwarded-for': address }).expect(200);
    for (const path of ['/health/live', '/api/v1/openapi.json', '/docs'])
      await app.request('GET', path, undefined, unknown(address)).expect(200);
    await app.request('GET', '/api/v1/nothing', undefined, unknown(address)).expect(404);
    const elsewhere = new Client(other.url, app.adminKey);
    expect(refused(await elsewhere.get('/parts', unknown(address)))).toEqual(tooMany);
    // A client of OAuth is known by its form, and waits for nobody.
    const made = { name: 'BI', scopes: ['parts:read'], entity_ids: [1] };
    const { client_id, client_secret } = (await app.post('/access/clients', made).expect(201)).data as Record<string, string>;
    const token = async (secret: string | undefined) => {
      const form = new URLSearchParams({ grant_type: 'client_credentials', client_id: client_id ?? '', client_secret: secret ?? '' });
      const headers = { ...unknown(address), 'content-type': 'application/x-www-form-urlencoded' };
      return (await app.request('POST', '/api/v1/oauth/token', form.toString(), headers)).status;
    };
    expect([await token(client_secret), await token('guessed')]).toEqual([200, 429]);
  });
});

it('is known by the address that a trusted proxy tells, at a portal too', async () => {
  const { data } = await app.post('/request_portals', { request_portal: { title: 'Front desk' } }).expect(201);
  const submit = (address: string) =>
    app.post(`/portal/${data.uuid}/requests`, { title: 'It leaks' }, { authorization: undefined, 'x-forwarded-for': address });
  for (let requests = 0; requests < 10; requests++) await submit('198.51.100.7, 127.0.0.1').expect(201);
  expect(refused(await submit('198.51.100.7'))).toEqual(tooMany);
  await submit('198.51.100.8').expect(201);
});

describe('a page of another origin', () => {
  const preflight = (origin: string) =>
    app.request('OPTIONS', '/api/v1/parts/1', undefined, {
      ...{ origin, authorization: undefined, 'access-control-request-method': 'PATCH', 'access-control-request-headers': 'if-match' },
    });
  const allowed = ({ headers }: Answer) => headers.get('access-control-allow-origin');

  it('reads answers where it is allowed to, and asks whether it may before it asks', async () => {
    const asked = await preflight('https://app.example').expect(204);
    expect([allowed(asked), asked.headers.get('vary')]).toEqual(['https://app.example', 'Origin']);
    expect(asked.headers.get('access-control-allow-methods')).toContain('PATCH');
    expect(asked.headers.get('access-control-allow-headers')).toContain('If-Match');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    const read = await app.get('/parts', { origin: 'https://app.example' }).expect(200);
    expect(allowed(read)).toBe('https://app.example');
    expect(read.headers.get('access-control-expose-headers')).toContain('X-Position');
    const document = await app.request('GET', '/api/v1/openapi.json', undefined, { origin: 'https://app.example' }).expect(200);
    expect([document.headers.get('vary'), document.headers.get('cache-control')]).toEqual(['Origin, Authorization', 'private']);
  });

  it('reads none where nobody allowed it', async () => {
    for (const origin of ['https://evil.example', 'https://app.example.evil.example', 'null']) {
      expect(allowed(await preflight(origin).expect(405))).toBeNull();
      expect(allowed(await app.get('/parts', { origin }).expect(200))).toBeNull();
    }
  });
});

describe('the tier of an installation', () => {
  const locked = ({ status, error }: Answer) => [status, error?.code, error?.required_tier];

  it('says what can be done, with whatever credential, and nothing is lost by a lower one', async () => {
    const { data } = await app.post('/parts', { part: { name: 'Belt' } }).expect(201);
    await set({ tier: 'core', rate_limits: 'off' });
    expect((await app.get(`/parts/${data.id}`).expect(200)).data).toMatchObject({ name: 'Belt' });
    expect(locked(await app.post('/parts', { part: { name: 'Chain' } }))).toEqual([403, 'TIER_FEATURE_LOCKED', 'starter']);
    expect(locked(await app.post('/graphql', { query: '{ __typename }' }))).toEqual([403, 'TIER_FEATURE_LOCKED', 'business']);
    const ops = [
      { method: 'GET', url: '/api/v1/parts' },
      { method: 'POST', url: '/api/v1/parts', params: { part: { name: 'Chain' } } },
    ];
    const { body } = await app.post('/batch', { sequential: true, ops }).expect(200);
    expect(body.results.map(({ status }: { status: number }) => status)).toEqual([200, 403]);
    await set({ tier: 'starter', rate_limits: 'off' });
    await app.patch(`/parts/${data.id}`, { part: { name: 'Chain' } }).expect(200);
    expect(locked(await app.post('/graphql', { query: '{ __typename }' }))).toEqual([403, 'TIER_FEATURE_LOCKED', 'business']);
    await set({ tier: 'business', rate_limits: 'off' });
    expect((await app.graphql('{ limits { tier requests features } }')).limits).toEqual({
      tier: 'business',
      requests: 60,
      features: ['rest_reads', 'rest_writes', 'graphql', 'webhooks', 'service_accounts'],
    });
  });

  it('takes no requests through a portal where it only reads, and shows them', async () => {
    const { uuid } = (await app.post('/request_portals', { request_portal: { title: 'Front desk' } }).expect(201)).data as { uuid: string };
    const nobody = { authorization: undefined, 'x-entity-id': undefined };
    const ask = (portal: string) => app.post(`/portal/${portal}/requests`, { title: 'The door squeaks' }, nobody);
    await set({ tier: 'core', rate_limits: 'off' });
    // Whether there is such a portal is not said to whom the tier refuses.
    for (const portal of [uuid, '01980b6e-7b1c-4a3e-9d53-4f0a6c1e2b7d'])
      expect(locked(await ask(portal))).toEqual([403, 'TIER_FEATURE_LOCKED', 'starter']);
    await app.get(`/portal/${uuid}`, nobody).expect(200);
    await set({ tier: 'starter', rate_limits: 'off' });
    expect((await ask(uuid)).status).toBe(201);
  });

  it('is asked after the limit and the site, and before the scope and the body', async () => {
    await set({ tier: 'core' });
    const reader = await somebody(['parts:read']);
    expect(locked(await reader.post('/parts', { nonsense: true }))).toEqual([403, 'TIER_FEATURE_LOCKED', 'starter']);
    await reader.post('/parts', {}, { 'x-entity-id': '987654' }).expect(404);
    for (let calls = 0; calls < 8; calls++) await reader.get('/parts').expect(200);
    expect(refused(await reader.post('/parts', {}, { 'x-entity-id': '987654' }))).toEqual(tooMany);
    expect((await app.request('GET', '/api/v1/openapi.json')).body.paths['/api/v1/parts'].post['x-required-tier']).toBe('starter');
  });

  it('is set by whoever looks after the installation, over both edges, and nothing is set that is wrong', async () => {
    await set({ rate_limits: 'off' });
    const [user, manager] = [await somebody(['settings:manage']), await somebody(['installation:manage'])];
    expect((await user.patch('/installation', { tier: 'core' })).error).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
      required_scope: 'installation:manage',
    });
    const wrong: [object, string, string][] = [
      [{ tier: 'gold' }, 'tier', 'not_a_choice'],
      [{ rate_limits: true }, 'rate_limits', 'not_a_choice'],
      [{ tier: null }, 'tier', 'required'],
      [{ requests: 0 }, 'requests', 'out_of_range'],
      [{ window_seconds: 1.5 }, 'window_seconds', 'not_an_integer'],
      [{ tier: 'business', requests: 5 }, 'requests', 'enterprise_only'],
      [{ limit: 5 }, 'limit', 'unknown_field'],
    ];
    for (const [body, field, code] of wrong) {
      const { status, error } = await manager.patch('/installation', body, { 'x-entity-id': undefined });
      expect([status, error.details]).toMatchObject([422, [{ field, code }]]);
    }
    const mutation =
      'mutation { changeInstallation(input: { requests: 7, windowSeconds: 30 }) { tier rateLimits requests windowSeconds fixed } }';
    expect(await manager.graphql(mutation)).toEqual({
      changeInstallation: { tier: 'enterprise', rateLimits: 'off', requests: 7, windowSeconds: 30, fixed: [] },
    });
    const { data } = await manager.get('/installation', { 'x-entity-id': undefined }).expect(200);
    expect(data).toEqual({ tier: 'enterprise', rate_limits: 'off', requests: 7, window_seconds: 30, fixed: [] });
    expect((await app.patch('/parts/1', { part: { tier: 'core' } })).error.details).toMatchObject([
      { field: 'part.tier', code: 'unknown_field' },
    ]);
    await set({ rate_limits: 'off' });
  });

  it('is what the environment says, where it says something, and nothing else is kept for it, over both edges', async () => {
    await set({ rate_limits: 'off' });
    await other.kill('SIGTERM');
    await other.restart({ TIER: 'business', RATE_LIMITS: 'on' });
    const [elsewhere, user] = [new Client(other.url, app.adminKey), new Client(other.url, await keyOf(1))];
    /** What is stored: whoever changes something else decides by all that was stored until then. */
    const stored = async (requests: number) => (await app.patch('/installation', { requests })).data as object;
    const fixed = ['tier', 'rate_limits'];
    const kept = { tier: 'enterprise', rate_limits: 'off', fixed: [] };
    const { data } = await elsewhere.patch('/installation', { tier: 'core', rate_limits: 'on' }).expect(200);
    expect([data, await stored(7)]).toMatchObject([{ tier: 'business', rate_limits: 'on', fixed }, kept]);
    const mutation = 'mutation { changeInstallation(input: { tier: core, rateLimits: on }) { tier rateLimits fixed } }';
    const { changeInstallation } = await elsewhere.graphql(mutation);
    expect([changeInstallation, await stored(8)]).toMatchObject([{ tier: 'business', rateLimits: 'on', fixed }, kept]);
    expect(standing(await user.get('/parts').expect(200)).slice(0, 2)).toEqual(['60', '59']);
  });
});

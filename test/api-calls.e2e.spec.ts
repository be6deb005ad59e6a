import { setTimeout as delay } from 'node:timers/promises';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

type Call = Readonly<Record<string, unknown>>;

const requestIdOf = ({ headers }: Answer): string => headers.get('x-request-id') ?? '';
/** What is read is written down at latest a second later. */
async function callsOf(answer: Answer): Promise<readonly Call[]> {
  for (;;) {
    const found = (await app.get(`/api_calls?request_id=${requestIdOf(answer)}`).expect(200)).data as Call[];
    if (found.length > 0) return found;
    await delay(20);
  }
}
const part = async (): Promise<number> =>
  (await app.post('/parts', { part: { name: 'Belt', on_hand_qty: 4, unit_cost: 2.5 } }).expect(201)).data.id as number;

/** A client whose key holds so much and no more. */
async function holding(...scopes: string[]): Promise<Client> {
  const keyId = randomBytes(8).toString('hex');
  const key = `mw_${keyId}_${randomBytes(32).toString('base64url')}`;
  const values = [keyId, createHash('sha256').update(key).digest(), scopes];
  await database.query('INSERT INTO app.api_keys (key_id, secret_hash, customer_id, user_id, scopes) VALUES ($1, $2, 1, 1, $3)', values);
  return new Client(app.url, key);
}

describe('every call is found by its request id', () => {
  it('a write, with what it was about and what became of it', async () => {
    const id = await part();
    const answer = await app.patch(`/parts/${id}/restock`, { quantity: 2, cost: 3.5, note: 'for Ada' });
    const [call, ...others] = await callsOf(answer);
    expect(others).toEqual([]);
    expect(call).toMatchObject({
      ...{ credential: { kind: 'bootstrap', id: 'admin' }, user_id: 1, entity_id: 1, address: '127.0.0.1', audit: false },
      ...{ method: 'PATCH', route: '/api/v1/parts/{id}/restock', ids: [id], status: 200, code: null, error: null },
      summary: { fields: ['quantity', 'cost', 'note'] },
    });
    expect([call?.['bytes_in'], call?.['bytes_out']]).toEqual([42, JSON.stringify(answer.body).length]);
    const { rows } = await database.query('SELECT kind FROM app.api_call_lines WHERE id = $1 ORDER BY kind', [call?.['id']]);
    expect(rows).toEqual([{ kind: 1 }, { kind: 2 }]);
  });

  it('writes that share one, each once', async () => {
    const id = await part();
    const request = { 'x-request-id': randomUUID() };
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        n % 2
          ? app.patch(`/parts/${id}/restock`, { quantity: 1, cost: 2.5 }, request)
          : app.post('/parts', { part: { name: 'Belt' } }, request),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(6).fill(200), ...Array(6).fill(201)]);
    await app.get('/api_calls?per_page=1').expect(200);
    const { rows } = await database.query(
      'SELECT kind, count(*)::int AS lines, count(DISTINCT id)::int AS calls FROM app.api_call_lines WHERE id IN (SELECT id FROM app.api_call_lines WHERE request_id = $1) GROUP BY kind ORDER BY kind',
      [request['x-request-id']],
    );
    expect(rows).toEqual([1, 2].map((kind) => ({ kind, lines: 12, calls: 12 })));
  });

  it('a read, a refusal, a path that nobody knows, and a call of nobody who is known', async () => {
    const id = await part();
    const read = await app.get(`/parts/${id}`).expect(200);
    expect(await callsOf(read)).toMatchObject([{ method: 'GET', route: '/api/v1/parts/{id}', ids: [id], status: 200, summary: null }]);
    const refused = await app.post('/parts', { part: { name: 'Belt', unit_cost: 0.001, ada: 'x' } }).expect(422);
    expect(await callsOf(refused)).toMatchObject([
      {
        ...{ status: 422, code: 'VALIDATION_FAILED', summary: { fields: ['part', 'part.name', 'part.unit_cost'], unknown: 1 } },
        error: expect.not.stringContaining('ada') as string,
      },
    ]);
    const lost = await app.get('/ada/lovelace');
    expect(await callsOf(lost)).toMatchObject([{ route: null, status: 404, code: 'NOT_FOUND', entity_id: null }]);
    const unknown = await app.get('/parts', { authorization: 'Bearer mw_0123456789abcdef_nothing' }).expect(401);
    expect(await callsOf(unknown)).toMatchObject([
      { credential: null, user_id: null, entity_id: null, status: 401, code: 'UNAUTHENTICATED' },
    ]);
    const elsewhere = await app.get('/parts', { 'x-entity-id': '987654' }).expect(404);
    expect(await callsOf(elsewhere)).toMatchObject([{ credential: { id: 'admin' }, entity_id: null, status: 404 }]);
  });

  it('a document, where a credential says who reads it', async () => {
    for (const path of ['/openapi.json', '/graphql/schema']) {
      expect(await callsOf(await app.get(path).expect(200))).toMatchObject([{ credential: { id: 'admin' }, user_id: 1, status: 200 }]);
      await app.get(path, { authorization: undefined }).expect(200);
      await app.get(path, { authorization: 'Bearer mw_0123456789abcdef_nothing' }).expect(200);
      const read = (await app.get(`/api_calls?route=/api/v1${path}`).expect(200)).data as Call[];
      expect(read.filter(({ credential }) => credential === null)).toEqual([]);
    }
  });

  it('GraphQL by its root fields, and each operation of a batch', async () => {
    const id = await part();
    const asked = await app.graphqlAnswer(`mutation { ada: restockPart(input: { partId: ${id}, quantity: 1, cost: 2 }) { id } }`);
    expect(await callsOf(asked)).toMatchObject([
      { route: '/api/v1/graphql', status: 200, code: null, ids: [id], summary: { fields: ['restockPart'] } },
    ]);
    const refused = await app.graphqlAnswer(`mutation { reconcilePart(input: { partId: ${id}, quantity: -900, note: "Ada" }) { id } }`);
    expect(await callsOf(refused)).toMatchObject([{ status: 200, code: 'INSUFFICIENT_STOCK' }]);
    const ops = [
      { method: 'PATCH', url: `/api/v1/parts/${id}/restock`, params: { quantity: 1, cost: 2, note: 'é' } },
      { method: 'GET', url: '/api/v1/parts/987654' },
    ];
    const batch = await app.post('/batch', { ops, sequential: true }, { 'user-agent': 'a batch' }).expect(200);
    const calls = [...(await callsOf(batch))].sort((a, b) => Number(a['id']) - Number(b['id']));
    expect(calls).toMatchObject([
      { route: '/api/v1/batch', status: 200, summary: { counts: { ops: 2 } } },
      { route: '/api/v1/parts/{id}/restock', ids: [id], status: 200, bytes_in: 35 },
      { route: '/api/v1/parts/{id}', ids: [987654], status: 404, bytes_in: 0 },
    ]);
    expect(new Set(calls.map(({ user_agent }) => user_agent))).toEqual(new Set(['a batch']));
  });

  it('GraphQL by the ids that its arguments name as well, and never by a text of theirs', async () => {
    const [first, second, asset] = [await part(), await part(), 987_650_001];
    const literal = await app.graphqlAnswer(`{ one: part(id: ${first}) { id } other: part(id: "${second}") { id } }`);
    const line = { route: '/api/v1/graphql', credential: { kind: 'bootstrap', id: 'admin' } };
    const alike = { fields: ['part'], arguments: ['part.id'], ids: { 'part.id': [first, second] } };
    expect(await callsOf(literal)).toMatchObject([{ ...line, ids: [first, second], summary: alike }]);
    const found = async (id: number): Promise<unknown[]> =>
      (await app.get(`/api_calls?filter[ids_eq]=${id}&filter[request_id_eq]=${requestIdOf(literal)}`).expect(200)).data as unknown[];
    expect([(await found(second)).length, (await found(987_650_002)).length]).toEqual([1, 0]);

    const personal = 'query ($who: ID!) { userPersonalData(userId: $who) { id } }';
    for (const who of [4_711, '4712']) {
      const read = await app.post('/graphql', { query: personal, variables: { who } });
      const summary = {
        fields: ['userPersonalData'],
        arguments: ['userPersonalData.userId'],
        ids: { 'userPersonalData.userId': Number(who) },
      };
      expect(await callsOf(read)).toMatchObject([{ ids: [Number(who)], summary }]);
    }

    const query = `mutation ($input: UpdatePartInput!, $more: ID! = ${second}, $name: String = "Secret") {
      updatePart(input: $input) { id } again: updatePart(input: { id: $more, name: $name, assetsIds: [${asset}] }) { id }
    }`;
    const input = { id: `${first}`, name: '77665544', number: '88776655', leadTime: 66554433, assetsIds: [`${asset}`, 'Secret', '007'] };
    const [changed] = await callsOf(await app.post('/graphql', { query, variables: { input: { ...input, secretly: 1 }, Secret: 1 } }));
    const names = ['', '.id', '.name', '.number', '.leadTime', '.assetsIds'].map((name) => `updatePart.input${name}`);
    expect(changed).toMatchObject({ ids: [first, second, asset] });
    expect(changed?.['summary']).toEqual({
      fields: ['updatePart'],
      arguments: names,
      counts: { 'updatePart.input.assetsIds': 4 },
      ids: { 'updatePart.input.id': [first, second], 'updatePart.input.assetsIds': [asset, asset] },
    });
    const [listed] = await callsOf(await app.graphqlAnswer(`{ parts(filter: { id: { in: [${first}] } }, first: 3) { totalCount } }`));
    expect(listed).toMatchObject({ ids: [first], summary: { ids: { 'parts.filter.id.in': first } } });
  });

  it('lists by the ids that they are asked for, however that is written', async () => {
    const who = 987_650_003;
    const asJson = `filter=${encodeURIComponent(JSON.stringify({ idIn: [who] }))}`;
    for (const query of [`filter[id_eq]=${who}`, `id=${who}`, `filter[id_in]=${who}`, `filter[idIn][]=${who}&name_cont=Secret`, asJson])
      expect(await callsOf(await app.get(`/users?${query}`).expect(200))).toMatchObject([
        { route: '/api/v1/users', ids: [who], ids_truncated: false, summary: { ids: { 'filter.id': who } } },
      ]);
    const several = await app.get(`/users?id_in=7,${who}&filter[created_by_id_eq]=1`).expect(200);
    expect(await callsOf(several)).toMatchObject([{ ids: [7, who], summary: { ids: { 'filter.id': [7, who] }, query: ['filter'] } }]);
    const others = await app.get(`/users?filter[id_not_eq]=${who}&filter[name_eq]=${who}&search=${who}`).expect(200);
    expect(await callsOf(others)).toMatchObject([{ ids: [], summary: { query: ['filter', 'search'] } }]);
    const ids = Array.from({ length: 101 }, (_, index) => who + index);
    expect(await callsOf(await app.get(`/users?filter[id_in]=${ids.join()}`).expect(200))).toMatchObject([
      { ids: ids.slice(0, 100), ids_truncated: true },
    ]);
  });

  it('with a mark where a line has not all that was named, over both edges', async () => {
    const ids = Array.from({ length: 2_001 }, (_, index) => 980_000_001 + index);
    const query = 'query ($ids: [ID!]) { parts(filter: { id: { in: $ids } }) { totalCount } userPersonalData(userId: 4713) { id } }';
    const [read] = await callsOf(await app.post('/graphql', { query, variables: { ids } }));
    expect(read).toMatchObject({ ids: expect.arrayContaining([4_713]) as number[], ids_truncated: true, summary: { truncated: true } });
    const [written] = await callsOf(await app.post('/parts', { part: { name: 'Belt', assets_ids: ids } }));
    expect(written).toMatchObject({ ids_truncated: true, summary: { counts: { 'part.assets_ids': 2_001 }, truncated: true } });
    const [whole] = await callsOf(await app.post('/graphql', { query, variables: { ids: ids.slice(0, 100) } }));
    expect(whole).toMatchObject({ ids: [4_713, ...ids.slice(0, 100)], ids_truncated: false });
    const found = (await app.get(`/api_calls?request_id=${String(read?.['request_id'])}&ids_truncated_true=true`).expect(200)).data;
    expect(found).toHaveLength(1);
    const { apiCalls } = await app.graphql('{ apiCalls(filter: { idsTruncated: { true: true } }, first: 1) { nodes { idsTruncated } } }');
    expect(apiCalls.nodes).toEqual([{ idsTruncated: true }]);
  });

  it('reads of what others have done are told apart, over both edges', async () => {
    const rest = await app.get('/audit_trail?per_page=1').expect(200);
    expect(await callsOf(rest)).toMatchObject([{ audit: true, summary: { query: ['per_page'] } }]);
    const graphql = await app.graphqlAnswer('{ apiCalls(first: 1) { nodes { requestId ids summary } } }');
    expect(graphql.body.errors).toBeUndefined();
    expect(await callsOf(graphql)).toMatchObject([{ audit: true }]);
  });

  it('and by everything else that a line holds', async () => {
    const id = await part();
    const mark = requestIdOf(await app.patch(`/parts/${id}/restock`, { quantity: 1, cost: 1 }));
    const filters = [
      ...['credential=bootstrap:admin', 'credential_kind=bootstrap', 'user_id=1', 'entity_id=1', 'address=127.0.0.1', 'method=PATCH'],
      ...[
        'route=/api/v1/parts/{id}/restock',
        `ids=${id}`,
        'status=200',
        'code_null=true',
        'duration_ms_gt=0',
        'bytes_in_gt=1',
        'bytes_out_gt=1',
      ],
      ...['summary_cont=quantity', 'error_null=true', 'audit_false=true', 'at_gt=2020-01-01T00:00:00Z'],
    ];
    for (const filter of filters) {
      const { data } = await app.get(`/api_calls?request_id=${mark}&${filter}`).expect(200);
      expect([filter, data.length]).toEqual([filter, 1]);
    }
    const { data, meta } = await app.get('/api_calls?sort=at desc&per_page=2').expect(200);
    expect([data.length, typeof meta.pagination.next_cursor]).toEqual([2, 'string']);
    await app.get(`/api_calls?per_page=2&cursor=${meta.pagination.next_cursor}`).expect(200);
    await app.get('/api_calls?ada=1').expect(422);
  });
});

describe('the export', () => {
  it('is a row a line, and a line that says how many', async () => {
    const id = await part();
    const asked = await Promise.all(Array.from({ length: 3 }, () => app.get(`/parts/${id}`).expect(200)));
    const query = `ids=${id}&method=GET&sort=id`;
    const { body, headers } = await app.get(`/api_calls/export?${query}`).expect(200);
    expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    const lines = (body as string).trimEnd().split('\n').map((line) => JSON.parse(line) as Call); // prettier-ignore
    expect(lines.pop()).toEqual({ end: true, count: 3 });
    expect(lines).toEqual((await app.get(`/api_calls?${query}`).expect(200)).data);
    expect(new Set(lines.map(({ request_id }) => request_id))).toEqual(new Set(asked.map(requestIdOf)));
    await app.get('/api_calls/export?ada=1').expect(422);
  });
});

describe('the statistics', () => {
  it.each(['credential', 'route', 'status', 'hour'])('count calls by %s', async (by) => {
    const reader = await holding('parts:read');
    await reader.get('/parts').expect(200);
    await reader.get('/work_orders').expect(403);
    const id = (reader.adminKey.split('_')[1] ?? '').toString();
    const { data, meta } = await app.get(`/api_calls/stats?by=${by}&credential=api_key:${id}`).expect(200);
    expect(meta.by).toBe(by);
    expect(data.map(({ calls, errors }: Call) => [calls, errors]).sort()).toEqual(
      by === 'route' || by === 'status' ? [[1, 0], [1, 1]] : [[2, 1]], // prettier-ignore
    );
    const graphql = `{ apiCallStatistics(by: ${by}, filter: { credential: { eq: "api_key:${id}" } }) { key calls averageMs bytesOut } }`;
    const { apiCallStatistics } = await app.graphql(graphql);
    expect(apiCallStatistics.map(({ key, calls }: Call) => [key, calls])).toEqual(data.map(({ key, calls }: Call) => [key, calls]));
    expect(apiCallStatistics[0].averageMs).toBeGreaterThan(0);
  });

  it('say by what they can count', async () => {
    for (const query of ['', '?by=ada']) expect((await app.get(`/api_calls/stats${query}`).expect(422)).error.details[0].field).toBe('by');
  });
});

describe('who sees the log of calls', () => {
  it('needs audit:read, and to run the installation for calls of nobody who is known', async () => {
    const stranger = await holding('parts:read');
    expect((await stranger.get('/api_calls').expect(403)).error.required_scope).toBe('audit:read');
    const anonymous = await app.get('/parts', { authorization: undefined }).expect(401);
    const known = await app.get('/parts').expect(200);
    const auditor = await holding('audit:read');
    const seen = async (answer: Answer): Promise<number> =>
      (await auditor.get(`/api_calls?request_id=${requestIdOf(answer)}`).expect(200)).data.length as number;
    expect([await seen(known), await seen(anonymous)]).toEqual([1, 0]);
    expect((await callsOf(anonymous)).length).toBe(1);
  });

  it('is told of the site that he names', async () => {
    const { data } = await app.post('/entities', { entity: { name: 'Plant 2', currency: 'EUR' } }).expect(201);
    const there = { 'x-entity-id': String(data.id) };
    const call = await app.get('/parts', there).expect(200);
    const found = (headers: Record<string, string | undefined>) =>
      app.get(`/api_calls?request_id=${requestIdOf(call)}`, headers).expect(200);
    expect((await found(there)).data).toMatchObject([{ entity_id: data.id }]);
    expect((await found({ 'x-entity-id': '1' })).data).toEqual([]);
    expect((await found({ 'x-entity-id': undefined })).data).toMatchObject([{ entity_id: data.id }]);
  });
});

type Schema = Readonly<Record<string, never>>;
type Described = Readonly<{
  requestBody?: { content: Record<string, { schema: Schema; example?: unknown }> };
  parameters?: readonly Schema[];
}>;

describe('what a line holds', () => {
  const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, Described>>;
    components: { schemas: Record<string, Schema> };
  };
  const canary = 'canary-4f1c@secret.example';
  const number = 7654321;

  /** Each field of a schema: texts are canaries, and so are numbers that are no ids. */
  function filled(schema: Schema, name = '', depth = 0): unknown {
    const { $ref, allOf, anyOf, oneOf, type, properties, items } = schema as unknown as Readonly<{
      $ref?: string;
      allOf?: Schema[];
      anyOf?: Schema[];
      oneOf?: Schema[];
      type?: string | string[];
      properties?: Record<string, Schema>;
      items?: Schema;
    }>;
    if (depth > 6) return canary;
    if ($ref !== undefined) return filled(document.components.schemas[$ref.split('/').at(-1) ?? ''] as Schema, name, depth + 1);
    const [choice] = anyOf ?? oneOf ?? [];
    if (choice) return filled(choice, name, depth + 1);
    if (allOf) return Object.assign({}, ...allOf.map((part) => filled(part, name, depth + 1))) as unknown;
    const types = [type ?? []].flat();
    if (properties || types.includes('object')) {
      const known = Object.entries(properties ?? {}).map(([key, below]) => [key, filled(below, key, depth + 1)] as const);
      return { ...Object.fromEntries(known), [canary]: canary, ada_canary: canary };
    }
    if (items) return [filled(items, name, depth + 1)];
    if (types.includes('boolean')) return true;
    if (types.includes('integer') && /(^|_)ids?$/.test(name)) return 1;
    return types.includes('number') || types.includes('integer') ? number : canary;
  }

  /** An example with every text that may be any a canary. */
  const disguised = (value: unknown): unknown => {
    if (typeof value === 'string') return /^[a-z_]+$|^\d|^\//.test(value) ? value : canary;
    if (Array.isArray(value)) return value.map(disguised);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, below]) => [name, disguised(below)]));
  };

  it('is never a text, a secret or a number that is no id, in any field of any operation', async () => {
    let sent = 0;
    for (const [path, operations] of Object.entries(document.paths))
      for (const [verb, { requestBody, parameters = [] }] of Object.entries(operations)) {
        const [content] = Object.values(requestBody?.content ?? {});
        const names = (parameters as unknown as readonly Readonly<{ in?: string; name: string }>[]).filter(
          ({ in: place }) => place === 'query',
        );
        const query = new URLSearchParams(
          [...names.map(({ name }) => name), canary, 'filter[name]'].map((name): [string, string] => [name, canary]),
        );
        const headers = { 'idempotency-key': canary, 'if-match': verb === 'get' ? undefined : `"${canary}"`, 'x-request-id': canary };
        const to = (id: string, search: string): string => `${path.replace(/\{\w+\}/g, id).replace('/api/v1', '')}${search}`;
        const method = verb.toUpperCase();
        // A read model that is built anew keeps the others waiting.
        if (path.includes('/rebuild')) continue;
        await app.request(method, to('1', ''), disguised(content?.example));
        await app.request(method, to(encodeURIComponent(canary), `?${query.toString()}`), content && filled(content.schema), headers);
        sent += 2;
      }
    await app.post('/graphql', {
      query: `query ${'Ada_canary'}($canary: String) { ada_canary: parts(search: "${canary}", filter: { name: { eq: $canary } }) { nodes { ada_canary: name } } }`,
      variables: { canary, [canary]: canary },
      operationName: canary,
    });
    await app.post('/auth/login', { email: canary, password: canary });
    const { meta } = await app.get('/api_calls?per_page=1').expect(200);
    expect(meta.pagination.total).toBeGreaterThan(sent);
    for (const table of ['api_call_lines', 'api_call_addresses', 'api_call_agents']) {
      const { rows } = await database.query<{ said: string }>(
        `SELECT row_to_json(t)::text AS said FROM app.${table} t WHERE strpos(lower(row_to_json(t)::text), 'canary') > 0 OR strpos(row_to_json(t)::text, $1) > 0 LIMIT 5`,
        [String(number)],
      );
      expect(rows).toEqual([]);
    }
  });
});

describe('the chain of hashes', () => {
  const verified = async (client: Client = app): Promise<Call> => (await client.get('/api_calls/verify').expect(200)).data as Call;

  it('holds over two processes, and where addresses are forgotten', async () => {
    const second = await app.another();
    try {
      await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? app : second).get('/parts?per_page=1').expect(200)));
      await Promise.all([app, second].map((client) => client.post('/parts', { part: { name: 'Belt' } }).expect(201)));
      const asked = await second.get('/parts').expect(200);
      await database.query('DELETE FROM app.api_call_addresses WHERE user_id = 1');
      await database.query('DELETE FROM app.api_call_agents WHERE user_id = 1');
      const { data } = await second.get(`/api_calls?request_id=${requestIdOf(asked)}`).expect(200);
      expect(data).toMatchObject([{ user_id: 1, address: null, user_agent: null, status: 200 }]);
      expect(await verified(second)).toMatchObject({ valid: true, broken: null });
    } finally {
      await second.stop();
    }
  });

  it('tells of a line that was changed, which only the owner of the tables can do by force', async () => {
    const answer = await app.get('/parts').expect(200);
    const [call] = await callsOf(answer);
    const change = (status: number) => database.query('UPDATE app.api_call_lines SET status = $1 WHERE id = $2', [status, call?.['id']]);
    await expect(change(500)).rejects.toThrow('never changed');
    await database.query('ALTER TABLE app.api_call_lines DISABLE TRIGGER USER');
    await change(500);
    expect(await verified()).toMatchObject({ valid: false, broken: { reason: 'lines' } });
    const { apiCallVerification } = await app.graphql('{ apiCallVerification { valid broken { reason } } }');
    expect(apiCallVerification).toEqual({ valid: false, broken: { reason: 'lines' } });
    await change(200);
    await database.query('ALTER TABLE app.api_call_lines ENABLE TRIGGER USER');
    expect(await verified()).toMatchObject({ valid: true });
  });
});

describe('a line that cannot be stored', () => {
  it('keeps a write from happening, and a read waits for it', async () => {
    const id = await part();
    const before = (await app.get(`/parts/${id}`).expect(200)).data as Call;
    await database.query('ALTER TABLE app.api_call_texts RENAME TO api_call_texts_away');
    let read: Answer;
    try {
      const refused = await app.patch(`/parts/${id}/restock`, { quantity: 5, cost: 1 }, { 'idempotency-key': randomUUID() });
      expect([refused.status, refused.error.code]).toEqual([503, 'UNAVAILABLE']);
      read = await app.get(`/parts/${id}`).expect(200);
    } finally {
      await database.query('ALTER TABLE app.api_call_texts_away RENAME TO api_call_texts');
    }
    expect(read.data).toEqual(before);
    expect(await callsOf(read)).toMatchObject([{ status: 200 }]);
    const metrics = await app.request('GET', '/metrics').expect(200);
    expect(metrics.body).toContain('millwright_api_call_lines_lost_total 0');
  });

  it('is chained when it can be, where that alone fails: nobody waits for it', async () => {
    const id = await part();
    await database.query('ALTER TABLE app.api_call_batches RENAME TO api_call_batches_away');
    let written: Answer;
    try {
      written = await app.patch(`/parts/${id}/restock`, { quantity: 5, cost: 1 }).expect(200);
      // Who reads is told that calls are missing: a log that leaves them out looks whole.
      for (const path of [`/api_calls?request_id=${requestIdOf(written)}`, '/api_calls/stats?by=status', '/api_calls/verify'])
        expect((await app.get(path).expect(503)).error.code).toBe('UNAVAILABLE');
    } finally {
      await database.query('ALTER TABLE app.api_call_batches_away RENAME TO api_call_batches');
    }
    expect(await callsOf(written)).toMatchObject([{ status: 200, ids: [id] }]);
    expect((await app.get('/api_calls/verify').expect(200)).data).toMatchObject({ valid: true });
  });
});

describe('a process that ends between an append and its answer', () => {
  it('leaves the line of what it had begun, without a status', async () => {
    const dying = await TestServer.start({ log: 'postgres' });
    const owner = new pg.Client({ connectionString: dying.ownerUrl });
    await owner.connect();
    try {
      const { id } = (await dying.post('/parts', { part: { name: 'Belt', on_hand_qty: 4, unit_cost: 2.5 } }).expect(201)).data;
      // Whoever restocks waits at the end of his append for us.
      await owner.query(`
        CREATE FUNCTION app.wait_for_us() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0 AS
          $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$;
        CREATE TRIGGER wait_for_us AFTER INSERT ON log.events FOR EACH ROW WHEN (new.type = 'PartRestocked') EXECUTE FUNCTION app.wait_for_us();
        SELECT pg_advisory_lock(4711)`);
      const requestId = randomUUID();
      const unanswered = dying
        .patch(`/parts/${id}/restock`, { quantity: 2, cost: 3 }, { 'x-request-id': requestId })
        .catch(() => 'no answer');
      for (let waiting = 0; waiting === 0;) {
        const { rows } = await owner.query<{ waiting: string }>("SELECT count(*) AS waiting FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted"); // prettier-ignore
        waiting = Number(rows[0]?.waiting);
      }
      await dying.kill();
      await owner.query('SELECT pg_advisory_unlock(4711)');
      expect(await unanswered).toBe('no answer');
      await dying.restart();
      const { data } = await dying.get(`/api_calls?request_id=${requestId}`).expect(200);
      expect(data).toMatchObject([{ route: '/api/v1/parts/{id}/restock', ids: [id], user_id: 1, status: null, duration_ms: null }]);
      expect((await dying.get(`/parts/${id}`).expect(200)).data.on_hand_qty).toBe(6);
      expect((await dying.get('/api_calls/verify').expect(200)).data).toMatchObject({ valid: true });
    } finally {
      await owner.end();
      await dying.stop();
    }
  });
});

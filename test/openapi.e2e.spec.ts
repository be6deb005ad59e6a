import type { Answer } from './harness/client.js';
import { lookUp, schemaProblems } from './harness/json-schema.js';
import { TestServer } from './harness/server.js';

type Json = Record<string, unknown>;
type Parameter = { name: string; in: string; schema: Json; required?: boolean };
type Operation = {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  security?: Json[];
  parameters: (Parameter & { $ref?: string })[];
  requestBody?: { content: Record<string, { schema: Json; example?: unknown }> };
  responses: Record<string, Json>;
};
type Route = Readonly<{ method: string; path: string; operation: Operation }>;

let app: TestServer;
let document: Json;
let routes: Route[];
let ids: Readonly<Record<string, number | string>>;

beforeAll(async () => {
  app = await TestServer.start();
  document = (await app.get('/openapi.json', { authorization: undefined }).expect(200)).body as Json;
  routes = Object.entries(document['paths'] as Record<string, Record<string, Operation>>).flatMap(([path, operations]) =>
    Object.entries(operations).map(([verb, operation]) => ({ method: verb.toUpperCase(), path, operation })),
  );
});
afterAll(() => app.stop());

/** A record of every kind, made of the document's own examples: what one test archives, a site among it, no other test needs. */
/** A portal, and a request there: of one address it takes ten a minute. */
let portal: Readonly<{ uuid: string; tracking_token: string }> | undefined;

async function freshPortal(): Promise<{ uuid: string; tracking_token: string }> {
  const { uuid } = (await app.post('/request_portals', { request_portal: { title: 'Front desk' } }).expect(201)).data as { uuid: string };
  return { uuid, ...((await app.post(`/portal/${uuid}/requests`, { title: 'Leak' }).expect(201)).data as { tracking_token: string }) };
}

async function freshRecords(): Promise<Record<string, number | string>> {
  const made: Record<string, number> = {};
  for (const route of routes) {
    const plural = /^\/api\/v1\/(?:access\/)?(\w+)$/.exec(route.path)?.[1];
    if (plural === undefined || route.method !== 'POST' || !('201' in route.operation.responses)) continue;
    made[plural] = (await app.request('POST', route.path, exampleOf(route)).expect(201)).data.id as number;
  }
  const { parts = 0, work_orders = 0, assets = 0 } = made;
  await app.patch(`/parts/${parts}/restock`, { quantity: 6, cost: 26.15 }).expect(200);
  await app.post(`/work_orders/${work_orders}/parts`, { part_id: parts, quantity: 1 }).expect(201);
  await app.patch('/users/1', { user: { regular_rate: 41 } }).expect(200);
  const timed = { technician_id: made['users'] };
  await app.patch(`/users/${made['users']}`, { user: { regular_rate: 41 } }).expect(200);
  made['timers'] = (await app.post(`/work_orders/${work_orders}/timer/start`, timed).expect(201)).data.id as number;
  const work = { technician_id: made['users'], hours: 1, rate: 41 };
  made['labor_entry_id'] = (await app.post(`/work_orders/${work_orders}/labor_entries`, { labor_entry: work }).expect(201)).data
    .id as number;
  await app.patch(`/parts/${parts}/restock`, { quantity: 1000, cost: 2 }).expect(200);
  const transaction = (await app.get(`/parts/${parts}/transactions`).expect(200)).data[0].id as number;
  const past = { started_at: '2026-02-28T08:00:00Z', ended_at: '2026-02-28T09:00:00Z' };
  const downtime = (await app.post(`/assets/${assets}/downtimes`, { downtime: past }).expect(201)).data.id as number;
  const said = async (of: string): Promise<number> =>
    (await app.post(`/${of}/comments`, { comment: { text: 'Done' } }).expect(201)).data.id as number;
  const comments = {
    'work_orders.comment_id': await said(`work_orders/${work_orders}`),
    'work_order_requests.comment_id': await said(`work_order_requests/${made['work_order_requests'] ?? 0}`),
  };
  const asked = { items: [{ name: 'Done', item_type: 'checkbox' }] };
  await app.patch(`/procedure_templates/${made['procedure_templates']}`, { procedure_template: asked }).expect(200);
  const followed = { procedure_template_ids: [made['procedure_templates']] };
  const procedure = (await app.patch(`/work_orders/${work_orders}`, { work_order: followed }).expect(200)).data.procedures[0].id as number;
  const [item] = (await app.get(`/work_orders/${work_orders}/procedures/${procedure}`).expect(200)).data.items as { id: number }[];
  await app.patch(`/work_orders/${work_orders}`, { work_order: { checklist: [{ text: 'Look', order: 1 }] } }).expect(200);
  const cost = (await app.post(`/work_orders/${work_orders}/other_costs`, { other_cost: { amount: 1 } }).expect(201)).data.id as number;
  portal ??= await freshPortal();
  return {
    ...made,
    ...portal,
    other_cost_id: cost,
    part_id: parts,
    transaction_id: transaction,
    downtime_id: downtime,
    ...comments,
    procedure_id: procedure,
    item_id: item?.id ?? 0,
    order: 1,
  };
}

/** On a busy machine a request may last longer than it is given; `UNAVAILABLE` asks to repeat it. */
async function answered(...request: Parameters<TestServer['request']>): Promise<Answer> {
  for (;;) {
    const answer = await app.request(...request);
    if (answer.error?.code !== 'UNAVAILABLE') return answer;
  }
}

/** A schedule that is paused raises nothing: whoever comes next finds it running. */
async function resumeWhatWasPaused(route: Route): Promise<void> {
  if (route.path.endsWith('/pause')) await app.post(pathOf(route).replace('/api/v1', '').replace('pause', 'resume')).expect(200);
}

/** Nobody writes who is erased: whoever comes next finds another person. */
async function replaceWhoWasErased(route: Route): Promise<void> {
  if (!route.path.endsWith('/erase')) return;
  ids = { ...ids, users: (await app.post('/users', { user: { name: 'Jo', regular_rate: 41 } }).expect(201)).data.id as number };
}

const jsonBody = ({ operation }: Route): { schema: Json; example?: unknown } | undefined =>
  operation.requestBody?.content['application/json'];

let named = 0;

/** The example of the document; what must lie ahead does so whenever this is run, a role is called as no other is, and an answer is that of an item there is. */
function exampleOf(route: Route): unknown {
  const example = jsonBody(route)?.example;
  if (!isObject(example)) return example;
  if (route.path.startsWith('/api/v1/access/roles')) return { ...example, name: `Role ${(named += 1)}` };
  if (route.path.endsWith('/{procedure_id}')) return { answers: [{ item_id: ids['item_id'], value: true }] };
  if (!('expires_at' in example)) return example;
  return { ...example, expires_at: new Date(Date.now() + 30 * 86_400_000).toISOString() };
}

type Content = Readonly<{ schema: Json; example?: unknown; examples?: Readonly<Record<string, { value: unknown }>> }>;

/** What a request or an answer carries as JSON, here or where it refers to. */
function contentOf(body: Json): Content | undefined {
  const resolved = typeof body['$ref'] === 'string' ? lookUp(document, body['$ref']) : body;
  return (resolved as { content?: Record<string, Content> }).content?.['application/json'];
}

/** The path with ids of records that exist. */
const pathOf = ({ path }: Route, id?: string): string =>
  path.replace(/\{name\}/, 'stock-levels').replace(/\{(\w+)\}/g, (_, name: string) => {
    const plural = /^\/api\/v1\/(?:access\/)?(\w+)/.exec(path)?.[1] ?? '';
    return id ?? String(name === 'id' ? ids[plural] : (ids[`${plural}.${name}`] ?? ids[name]));
  });

/** What has to be asked for, by the document's own examples. */
function requiredQuery({ operation }: Route): string {
  const required = operation.parameters.filter((parameter) => parameter.in === 'query' && parameter.required === true);
  const query = new URLSearchParams(required.map(({ name, schema }): [string, string] => [name, String(schema['example'])]));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

/** What is documented can be answered, in the form that is documented, and says nothing of what is inside. */
function undocumented(route: Route, asked: string, { status, headers, body }: Answer): string[] {
  const what = `${asked} → ${status} ${JSON.stringify(body).slice(0, 500)}`;
  const documented = route.operation.responses[String(status)];
  if (!documented || status >= 500) return [`not documented: ${what}`];
  const schema = contentOf(documented)?.schema;
  const problems = schema && headers.get('content-type')?.includes('json') ? schemaProblems(document, schema, body) : [];
  const tells =
    status >= 400 && /node_modules|\bat .*\.[jt]s:\d|SELECT |typeorm|fastify|class-validator|nestjs/i.test(JSON.stringify(body));
  return [...(tells ? [`tells what is inside: ${what}`] : []), ...(problems.length > 0 ? [`${problems.join('; ')}: ${what}`] : [])];
}

/** The headers that a success is documented to have, and has not, and the other way round. What runs several operations has a position if one of them wrote. */
function wrongHeaders({ path, operation }: Route, asked: string, { status, headers }: Answer): string[] {
  const documented = Object.keys(operation.responses[String(status)]?.['headers'] ?? {});
  return ['ETag', 'X-Position', 'Location'].flatMap((name) =>
    headers.has(name) === documented.includes(name) || (name === 'X-Position' && /batch$|graphql$/.test(path))
      ? []
      : [`${name} is ${headers.has(name) ? 'sent' : 'not sent'}: ${asked}`],
  );
}

/** The newest event of the site: the log itself may be one that other servers append to. */
async function newestEvent(): Promise<unknown> {
  const { data } = await app.get('/audit_trail?sort=position%20desc&per_page=1').expect(200);
  return (data as { position: string }[])[0]?.position;
}

const wrongValues: readonly unknown[] = [null, true, -1, 1.0000001, '', 'x'.repeat(10_001), 'a\u0000b', [], [{}], {}, '2026-02-30', 1e15];

/** The body with one thing wrong, each of its fields in turn, and some bodies that are no such thing at all. */
function* wrongBodies(example: unknown): Generator<unknown> {
  yield* [[], 'text', 12, null, { stranger: 1 }];
  if (!isObject(example)) return;
  for (const [name, value] of Object.entries(example)) {
    const { [name]: _, ...without } = example;
    yield without;
    yield { ...example, [name]: 'text', stranger: 1 };
    if (isObject(value)) for (const inner of wrongBodies(value)) yield { ...example, [name]: inner };
    else for (const wrong of wrongValues) yield { ...example, [name]: wrong };
  }
}

/** The example of the document, about a part that exists. */
const rightBody = (route: Route): unknown =>
  route.path.endsWith('/{id}/parts') ? { part_id: ids['parts'], quantity: 2 } : exampleOf(route);

/** Where forms are taken, which credentials.e2e.spec.ts sends. */
const isOAuth = (path: string): boolean => path.startsWith('/api/v1/oauth/');

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

describe('the OpenAPI document', () => {
  it('is version 3.1 in every word: what it refers to exists, and nothing is said as in 3.0', () => {
    expect(document['openapi']).toBe('3.1.0');
    const look = (value: unknown, at: string): void => {
      if (Array.isArray(value)) return value.forEach((item, index) => look(item, `${at}/${index}`));
      if (!isObject(value)) return;
      if (at.endsWith('/example') || at.endsWith('/value')) return;
      if (typeof value['$ref'] === 'string' && lookUp(document, value['$ref']) === undefined)
        throw new Error(`${at}: ${value['$ref']} is nowhere`);
      if (typeof value['nullable'] === 'boolean') throw new Error(`${at}: nullable is no word of 3.1`);
      if (typeof value['exclusiveMinimum'] === 'boolean') throw new Error(`${at}: exclusiveMinimum is a number in 3.1`);
      for (const [name, item] of Object.entries(value)) look(item, `${at}/${name}`);
    };
    look(document, '');
    const operationIds = routes.map(({ operation }) => operation.operationId);
    expect(new Set(operationIds).size).toBe(routes.length);
    expect(document['components']).toMatchObject({ securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } } });
  });

  it('says what a linter asks of a document: where it is served, under which licence, and of every operation what it is', () => {
    expect(document['servers']).toEqual([expect.objectContaining({ url: '/' })]);
    expect(document['info']).toMatchObject({ license: { name: 'Apache-2.0', url: expect.stringMatching(/^https:/) as string } });
    const tags = document['tags'] as { name: string; description?: string }[];
    for (const tag of tags)
      expect(tag).toEqual({ name: expect.stringMatching(/./) as string, description: expect.stringMatching(/./) as string });
    const schemes = Object.keys((document['components'] as { securitySchemes: Json }).securitySchemes);
    for (const { method, path, operation } of routes) {
      const { summary, description, security = [] } = operation;
      const what = `${method} ${path}`;
      expect([what, summary, description]).toEqual([what, expect.stringMatching(/./), expect.stringMatching(/./)]);
      expect([what, description]).not.toEqual([what, summary]);
      expect(tags.map(({ name }) => name)).toEqual(expect.arrayContaining([...(operation.tags ?? ['none'])]));
      expect(schemes).toEqual(expect.arrayContaining(security.flatMap((scheme) => Object.keys(scheme))));
    }
  });

  it('calls every operation as GraphQL calls it, and lists and single reads by what they show', async () => {
    const sdl = (await app.get('/graphql/schema', { authorization: undefined }).expect(200)).body as string;
    const fields = (type: string): string[] =>
      [...(new RegExp(`^type ${type} \\{(.*?)^\\}`, 'ms').exec(sdl)?.[1] ?? '').matchAll(/^ {2}(\w+)[(:]/gm)].map(([, name = '']) => name);
    const called = routes.map(({ operation }) => operation.operationId);
    // What REST says with the status of an update.
    const byUpdate = ['cancelWorkOrder', 'completeWorkOrder', 'reopenWorkOrder'];
    expect(fields('Mutation').length).toBeGreaterThan(40);
    expect(called).toEqual(expect.arrayContaining(fields('Mutation').filter((name) => !byUpdate.includes(name))));
    const shown = called.map((name) => name.replace(/^(get|list)/, '').toLowerCase());
    expect(fields('Query').length).toBeGreaterThan(20);
    expect(shown).toEqual(expect.arrayContaining(fields('Query').map((name) => name.toLowerCase())));
    for (const { method, operation } of routes) {
      expect(operation.operationId).toMatch(/^[a-z]+([A-Z][a-z]+)+$/);
      if (method === 'GET') expect(operation.operationId).toMatch(/^(get|list|explain)[A-Z]/);
    }
  });

  it('has components that are all used, and names of schemas that say what they are', () => {
    const used = new Set([...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference));
    const { schemas, parameters, responses, headers } = document['components'] as Record<string, Json>;
    for (const [kind, components] of Object.entries({ schemas, parameters, responses, headers }))
      for (const name of Object.keys(components ?? {})) expect(used).toContain(`#/components/${kind}/${name}`);
    expect(Object.keys(schemas ?? {})).toEqual(expect.arrayContaining(['Part', 'PartTransaction', 'WorkOrder', 'OtherCost', 'PartInput']));
    expect(Object.keys(schemas ?? {}).filter((name) => /printed|dto/i.test(name))).toEqual([]);
  });

  it('takes a decimal as number or as text, and shows it as a number', () => {
    const restock = { $ref: '#/components/schemas/RestockPartBody' };
    for (const quantity of [0.5, '0.5', '12.5000', 999_999_999.999])
      expect(schemaProblems(document, restock, { quantity, cost: '26.15' })).toEqual([]);
    for (const quantity of [0, -1, '-1', '1.0005', '1e3', '1,5', '', true, null, 1e9])
      expect([quantity, ...schemaProblems(document, restock, { quantity, cost: 1 })]).toHaveLength(2);
    const [input, shown] = ['PartInput', 'Part'].map((name) => lookUp(document, `#/components/schemas/${name}/properties/min_qty`) as Json);
    expect(schemaProblems(document, input ?? {}, '5.25')).toEqual([]);
    expect(schemaProblems(document, shown ?? {}, '5.25')).not.toEqual([]);
  });

  it('offers If-Match where there is a record to match, Idempotency-Key to every write, and only errors that can come', async () => {
    for (const { method, path, operation } of routes) {
      const taken = operation.parameters.flatMap(({ $ref = '' }) =>
        /(IfMatch|IdempotencyKey)$/.exec($ref)?.[1] ? [$ref.split('/').at(-1)] : [],
      );
      const matches = method !== 'GET' && (path.includes('{id}') || path === '/api/v1/graphql');
      expect([method, path, ...taken]).toEqual([
        method,
        path,
        ...(method === 'GET' || /^\/api\/v1\/(portal|auth|oauth)(\/|$)/.test(path) ? [] : ['IdempotencyKey']),
        ...(matches ? ['IfMatch'] : []),
      ]);
      const errors = Object.keys(operation.responses).filter((status) => status >= '400' && path !== '/health/ready');
      for (const status of errors)
        expect(operation.responses[status]).toEqual({
          $ref: `#/components/responses/${path.endsWith('/graphql') ? 'GraphqlRefusal' : isOAuth(path) ? 'OAuthRefusal' : `Error${status}`}`,
        });
      expect(errors).not.toContain('405');
      expect([path, errors.includes('412')]).toEqual([path, matches]);
      // A body that a write does not ask for is read before it is refused.
      expect([path, errors.includes('413')]).toEqual([path, method !== 'GET']);
      expect([path, errors.includes('415')]).toEqual([path, method !== 'GET' && !isOAuth(path)]);
    }
    const { error } = await app.post('/locations', { location: { name: 'Hall' } }, { 'if-match': '"0"' }).expect(400);
    expect(error).toMatchObject({ code: 'MALFORMED_REQUEST', message: expect.stringContaining('If-Match') as string });
  });

  it('tells of every operation its parameters, its body and its answers, with examples that fit', () => {
    for (const { method, path, operation } of routes) {
      const what = `${method} ${path}`;
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect([what, ...inPath.sort()]).toEqual([what, ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '').sort()]);
      expect([what, operation.summary]).toEqual([what, expect.any(String)]);
      // What Swagger UI would otherwise invent is refused.
      for (const { name, in: place, schema } of operation.parameters)
        if (place === 'query' && schema['type'] === 'object') expect([what, name, schema['example']]).toEqual([what, name, {}]);
      const bodies = [operation.requestBody ?? {}, ...Object.values(operation.responses)].map((body) => contentOf(body));
      for (const body of bodies.filter((content) => content !== undefined)) {
        const shown = body.examples ? Object.values(body.examples).map(({ value }) => value) : [body.example];
        for (const example of shown) expect([what, ...schemaProblems(document, body.schema, example, 'example')]).toEqual([what]);
      }
    }
  });

  it('leaves out no method of a path', async () => {
    const documented = new Map<string, string[]>();
    for (const { path, method } of routes) documented.set(path, [...(documented.get(path) ?? []), method]);
    for (const [path, methods] of documented) {
      const strange = methods.includes('PUT') ? 'PATCH' : 'PUT';
      const { headers } = await app.request(strange, pathOf({ path } as Route, '1')).expect(405);
      const allowed = headers
        .get('allow')
        ?.split(', ')
        .filter((method) => !['HEAD', 'OPTIONS'].includes(method));
      expect([path, ...(allowed ?? [])].sort()).toEqual([path, ...methods].sort());
    }
  });
});

describe('requests made from the document', () => {
  // Who signs in needs what an earlier answer told (sign-in.e2e.spec.ts).
  const asked = () => routes.filter(({ path }) => !/^\/api\/v1\/auth(?!\/me$)(\/|$)/.test(path));
  beforeEach(async () => {
    ids = await freshRecords();
  });

  it('are answered as documented when they are right', async () => {
    const wrong: string[] = [];
    // What is taken away comes last, and from the inside out, so that everything else finds it.
    const depth = ({ method, path }: Route): number => (method === 'DELETE' ? -path.length : -Infinity);
    const routesAsked = asked().filter(({ path }) => !isOAuth(path));
    for (const route of routesAsked.sort((a, b) => Number(depth(a) > depth(b)) - Number(depth(a) < depth(b)))) {
      const path = pathOf(route) + requiredQuery(route);
      const answer = await answered(route.method, path, rightBody(route));
      wrong.push(...undocumented(route, `${route.method} ${path}`, answer));
      if (answer.status < 300) wrong.push(...wrongHeaders(route, `${route.method} ${path}`, answer));
      await resumeWhatWasPaused(route);
      await replaceWhoWasErased(route);
      // A part with stock cannot be archived, nor a request whose order is open.
      if (!/^DELETE .*\/(parts|work_order_requests)\/\{id\}$/.test(`${route.method} ${route.path}`) && answer.status >= 300)
        wrong.push(`refused: ${route.method} ${path} ${JSON.stringify(answer.body)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('are refused as documented, and append nothing, when one thing is wrong with the body', async () => {
    const wrong: string[] = [];
    for (const route of asked()) {
      const example = jsonBody(route)?.example;
      if (example === undefined) continue;
      const path = pathOf(route);
      const before = await newestEvent();
      let accepted = 0;
      for (const body of wrongBodies(example)) {
        const answer = await answered(route.method, path, JSON.stringify(body));
        wrong.push(...undocumented(route, `${route.method} ${path} ${JSON.stringify(body).slice(0, 300)}`, answer));
        if (answer.status < 300) accepted++;
      }
      if (accepted === 0) expect([route.path, await newestEvent()]).toEqual([route.path, before]);
      // It was the one wrong thing and nothing else that was refused.
      const right = await answered(route.method, path, rightBody(route));
      const isDone = /\/(reverse|downtimes|convert|requests|stop|erase)$/.test(route.path) && accepted > 0;
      if (right.status >= 300 && !isDone) wrong.push(`refused though right: ${route.method} ${path} ${JSON.stringify(right.body)}`);
      await resumeWhatWasPaused(route);
      await replaceWhoWasErased(route);
    }
    expect(wrong).toEqual([]);
  });

  it('are refused as documented when one thing is wrong with the address or a header', async () => {
    const wrong: string[] = [];
    const strange = ['0', '-1', '1.5', 'x', '%00', '9007199254740993', '99999999999999999999', "1'--", '%F0%9F%92%A9'];
    for (const route of asked()) {
      const body = jsonBody(route)?.example;
      const ask = async (path: string, headers?: Record<string, string>): Promise<void> =>
        void wrong.push(
          ...undocumented(route, `${route.method} ${path} ${JSON.stringify(headers)}`, await answered(route.method, path, body, headers)),
        );
      if (route.path.includes('{id}')) for (const id of strange) await ask(pathOf(route, id));
      if (route.method !== 'GET') await ask(pathOf(route, '987654321'), { 'if-match': 'W/"1"' });
      if (route.method !== 'GET') await ask(pathOf(route, '987654321'), { 'if-match': 'junk' });
      if (route.method !== 'GET') await ask(pathOf(route, '987654321'), { 'idempotency-key': 'k'.repeat(256) });
      await ask(pathOf(route), { authorization: 'Bearer wrong' });
      await ask(pathOf(route, '987654321'), { 'x-entity-id': '99999999999999999999' });
      if (route.method !== 'GET') continue;
      await ask(pathOf(route), { 'x-min-position': 'junk' });
      for (const { name, in: place } of route.operation.parameters)
        if (place === 'query') for (const value of [...strange, '']) await ask(`${pathOf(route)}?${name}=${value}`);
      await ask(`${pathOf(route)}?filter[stranger_eq]=1`);
      await ask(`${pathOf(route)}?filter={`);
    }
    expect(wrong).toEqual([]);
  });
});

import type { Answer } from './harness/client.js';
import { lookUp, schemaProblems } from './harness/json-schema.js';
import { TestServer } from './harness/server.js';

type Json = Record<string, unknown>;
type Parameter = { name: string; in: string; schema: Json };
type Operation = {
  operationId: string;
  summary?: string;
  parameters: (Parameter & { $ref?: string })[];
  requestBody?: { content: Record<string, { schema: Json; example?: unknown }> };
  responses: Record<string, Json>;
};
type Route = Readonly<{ method: string; path: string; operation: Operation }>;

let app: TestServer;
let document: Json;
let routes: Route[];
let ids: Readonly<Record<string, number>>;

beforeAll(async () => {
  app = await TestServer.start();
  document = (await app.get('/openapi.json', { authorization: undefined }).expect(200)).body as Json;
  routes = Object.entries(document['paths'] as Record<string, Record<string, Operation>>).flatMap(([path, operations]) =>
    Object.entries(operations).map(([verb, operation]) => ({ method: verb.toUpperCase(), path, operation })),
  );
  const id = async (path: string, body: object): Promise<number> => (await app.post(path, body).expect(201)).data.id as number;
  const part = await id('/parts', { part: { name: 'Filter', on_hand_qty: 1000, unit_cost: 2 } });
  const order = await id('/work_orders', { work_order: { title: 'Work' } });
  await app.post(`/work_orders/${order}/parts`, { part_id: part, quantity: 1 }).expect(201);
  await app.patch(`/parts/${part}/restock`, { quantity: 5, cost: 2 }).expect(200);
  const transaction = (await app.get(`/parts/${part}/transactions`).expect(200)).data[0].id as number;
  ids = {
    parts: part, work_orders: order, transaction_id: transaction, part_id: part, users: 1, storerooms: 1, measurement_units: 1,
    // A site of its own, for it is archived in the course of it.
    entities: await id('/entities', { entity: { name: 'Branch' } }),
    locations: await id('/locations', { location: { name: 'Hall' } }),
    assets: await id('/assets', { asset: { name: 'Pump' } }),
    asset_types: await id('/asset_types', { asset_type: { name: 'Pumps' } }),
    part_types: await id('/part_types', { part_type: { name: 'Filters' } }),
    categories: await id('/categories', { category: { name: 'Repair' } }),
    work_order_statuses: await id('/work_order_statuses', { work_order_status: { name: 'Waiting', kind: 'open' } }),
  }; // prettier-ignore
});
afterAll(() => app.stop());

const jsonBody = ({ operation }: Route): { schema: Json; example?: unknown } | undefined =>
  operation.requestBody?.content['application/json'];

type Content = Readonly<{ schema: Json; example?: unknown; examples?: Readonly<Record<string, { value: unknown }>> }>;

/** What a request or an answer carries as JSON, here or where it refers to. */
function contentOf(body: Json): Content | undefined {
  const resolved = typeof body['$ref'] === 'string' ? lookUp(document, body['$ref']) : body;
  return (resolved as { content?: Record<string, Content> }).content?.['application/json'];
}

/** The path with ids of records that exist. */
const pathOf = ({ path }: Route, id?: string): string =>
  path
    .replace(/\{name\}/, 'stock-levels')
    .replace(/\{(\w+)\}/g, (_, name: string) => id ?? String(name === 'id' ? ids[path.split('/')[3] ?? ''] : ids[name]));

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

const position = async (): Promise<string> => (await app.request('GET', '/health/ready')).body.log.position as string;

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
      const { headers } = await app.request('PUT', pathOf({ path } as Route)).expect(405);
      const allowed = headers
        .get('allow')
        ?.split(', ')
        .filter((method) => !['HEAD', 'OPTIONS'].includes(method));
      expect([path, ...(allowed ?? [])].sort()).toEqual([path, ...methods].sort());
    }
  });
});

describe('requests made from the document', () => {
  it('are answered as documented when they are right', async () => {
    const wrong: string[] = [];
    // What is taken away comes last, so that everything else finds it.
    for (const route of [...routes].sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))) {
      const body = jsonBody(route)?.example;
      const path = pathOf(route);
      const fitting = route.path.endsWith('/{id}/parts') ? { part_id: ids['parts'], quantity: 2 } : body;
      const answer = await app.request(route.method, path, fitting);
      wrong.push(...undocumented(route, `${route.method} ${path}`, answer));
      const conflicts = /\/(parts|work_orders|entities|storerooms|measurement_units|users)\/\{id\}$|reverse$/.test(route.path);
      if (!conflicts && answer.status >= 300) wrong.push(`refused: ${route.method} ${path} ${JSON.stringify(answer.body)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('are refused as documented, and append nothing, when one thing is wrong with the body', async () => {
    const wrong: string[] = [];
    for (const route of routes) {
      const example = jsonBody(route)?.example;
      if (example === undefined) continue;
      const path = pathOf(route);
      const before = await position();
      let accepted = 0;
      for (const body of wrongBodies(example)) {
        const answer = await app.request(route.method, path, JSON.stringify(body));
        wrong.push(...undocumented(route, `${route.method} ${path} ${JSON.stringify(body).slice(0, 300)}`, answer));
        if (answer.status < 300) accepted++;
      }
      if (accepted === 0) expect([route.path, await position()]).toEqual([route.path, before]);
    }
    expect(wrong).toEqual([]);
  });

  it('are refused as documented when one thing is wrong with the address or a header', async () => {
    const wrong: string[] = [];
    const strange = ['0', '-1', '1.5', 'x', '%00', '9007199254740993', '99999999999999999999', "1'--", '%F0%9F%92%A9'];
    for (const route of routes) {
      const body = jsonBody(route)?.example;
      const ask = async (path: string, headers?: Record<string, string>): Promise<void> =>
        void wrong.push(
          ...undocumented(
            route,
            `${route.method} ${path} ${JSON.stringify(headers)}`,
            await app.request(route.method, path, body, headers),
          ),
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

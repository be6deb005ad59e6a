import { createHash, randomBytes } from 'node:crypto';
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

/** A client whose key holds so much and no more, as the table of keys defines one: there is no operation that makes them yet. */
async function holding(...scopes: string[]): Promise<Client> {
  const keyId = randomBytes(8).toString('hex');
  const key = `mw_${keyId}_${randomBytes(32).toString('base64url')}`;
  const values = [keyId, createHash('sha256').update(key).digest(), scopes];
  await database.query('INSERT INTO app.api_keys (key_id, secret_hash, customer_id, user_id, scopes) VALUES ($1, $2, 1, 1, $3)', values);
  return new Client(app.url, key);
}

const refused = ({ status, error, headers }: Answer) => [status, error?.code, error?.required_scope, headers.get('www-authenticate')];
const lacks = (scope: string) => [403, 'INSUFFICIENT_PERMISSIONS', scope, `Bearer error="insufficient_scope", scope="${scope}"`];
/** A part that the read models show already: others who read do not wait for what they have not written. */
async function part(): Promise<number> {
  const { data } = await app.post('/parts', { part: { name: 'Belt', on_hand_qty: 4, unit_cost: 2.5 } }).expect(201);
  await app.get(`/parts/${data.id}`).expect(200);
  return data.id as number;
}

describe('a credential', () => {
  it('does what its scopes say, and nothing else, over both edges', async () => {
    const id = await part();
    const mechanic = await holding('parts:read', 'work_orders:write');
    await mechanic.get(`/parts/${id}`).expect(200);
    expect(refused(await mechanic.patch(`/parts/${id}`, { part: { name: 'Chain' } }))).toEqual(lacks('parts:write'));
    expect(refused(await mechanic.get('/work_orders'))).toEqual(lacks('work_orders:read'));
    const buyer = await holding('stock:move');
    expect(refused(await buyer.patch(`/parts/${id}/restock`, { quantity: 1, cost: 9 }))).toEqual(lacks('costs:read'));
    const { body } = await mechanic.graphqlAnswer(`mutation { updatePart(input: { id: ${id}, name: "Chain" }) { name } } `);
    expect(body.errors).toMatchObject([{ extensions: { code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'parts:write' } }]);
    expect((await app.get(`/parts/${id}`)).data).toMatchObject({ name: 'Belt', on_hand_qty: 4 });
  });

  it('is refused before anybody looks at what it sends', async () => {
    const reader = await holding('parts:read');
    expect(refused(await reader.post('/parts', { nonsense: true }))).toEqual(lacks('parts:write'));
    expect(refused(await reader.patch('/parts/987654321', { part: { name: 'x' } }))).toEqual(lacks('parts:write'));
    expect(refused(await reader.request('GET', '/metrics'))).toEqual(lacks('installation:manage'));
  });

  it('is shown no money without costs:read, and told what it is not shown', async () => {
    const id = await part();
    const reader = await holding('parts:read');
    const { data, meta } = await reader.get(`/parts/${id}`).expect(200);
    expect([data.on_hand_qty, data.avg_unit_cost, data.stock_value]).toEqual([4, null, null]);
    expect(meta.hidden).toEqual(expect.arrayContaining(['avg_unit_cost', 'stock_value']));
    const list = await reader.get(`/parts?id=${id}`).expect(200);
    expect([list.data[0].avg_unit_cost, list.meta.hidden.includes('avg_unit_cost')]).toEqual([null, true]);
    const shown = (await reader.graphqlAnswer(`{ part(id: ${id}) { name averageUnitCost } }`)).body;
    expect([shown.data.part, shown.extensions.hidden]).toEqual([{ name: 'Belt', averageUnitCost: null }, ['part.averageUnitCost']]);
    const seeing = await (await holding('parts:read', 'costs:read')).get(`/parts/${id}`).expect(200);
    expect([seeing.data.avg_unit_cost, seeing.meta.hidden]).toEqual([2.5, undefined]);
  });

  it('finds nothing by what it is not shown', async () => {
    const reader = await holding('parts:read');
    for (const query of ['filter[avg_unit_cost_gt]=2', 'avg_unit_cost=2', 'sort=avg_unit_cost desc'])
      expect(refused(await reader.get(`/parts?${query}`))).toEqual(lacks('costs:read'));
  });
});

describe('the document', () => {
  it('says of every operation what it needs', () => {
    const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as { paths: Record<string, Record<string, object>> };
    const said = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([verb, operation]) => [`${verb} ${path}`, 'x-required-scope' in operation] as const),
    );
    expect(said.filter(([, says]) => !says)).toEqual([]);
    expect(paths['/api/v1/parts/{id}/restock']?.['patch']).toMatchObject({ 'x-required-scope': ['stock:move', 'costs:read'] });
    expect(paths['/api/v1/parts']?.['get']).toMatchObject({ 'x-required-scope': 'parts:read' });
    expect(paths['/health/live']?.['get']).toMatchObject({ 'x-required-scope': null });
  });
});

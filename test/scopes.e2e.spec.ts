import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
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

/** A client whose key holds so much and no more, as the table of keys defines one: there is no operation that makes them yet. */
async function holding(...scopes: string[]): Promise<Client> {
  const keyId = randomBytes(8).toString('hex');
  const key = `mw_${keyId}_${randomBytes(32).toString('base64url')}`;
  const values = [keyId, createHash('sha256').update(key).digest(), scopes];
  await database.query('INSERT INTO app.api_keys (key_id, secret_hash, customer_id, user_id, scopes) VALUES ($1, $2, 1, 1, $3)', values);
  return new Client(app.url, key);
}

/** Leaves a client with so much and no more, as of the moment at which its server knows that: it refuses what it did not before. */
async function leave(client: Client, scopes: readonly string[], refuses: () => Promise<Answer>): Promise<void> {
  const [, keyId] = client.adminKey.split('_');
  await database.query('UPDATE app.api_keys SET scopes = $2 WHERE key_id = $1', [keyId, scopes]);
  while ((await refuses()).status !== 403) await delay(100);
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
    // Nor is a machine, where none may do it.
    const machine = await holding('access:manage', 'integrations:manage', 'installation:manage');
    for (const [method, path, needed] of [
      ['POST', 'clients', 'integrations:manage'],
      ['PATCH', 'api_keys/987654321', 'integrations:manage'],
      ['POST', 'service_accounts/987654321/rotate', 'access:manage'],
      ['POST', 'roles', 'access:manage'],
      ['PUT', 'oidc', 'access:manage'],
      ['POST', 'keys/rotate', 'installation:manage'],
    ] as const)
      expect(refused(await machine.request(method, `/api/v1/access/${path}`, { nonsense: true }))).toEqual(lacks(needed));
    const { body } = await machine.graphqlAnswer('mutation { updateClient(input: { id: 7, name: "" }) { id } }');
    expect(body.errors).toMatchObject([{ extensions: { code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'integrations:manage' } }]);
  });

  it('completes and reopens work orders with work_orders:complete only, however it says so', async () => {
    const id = (await app.post('/work_orders', { work_order: { title: 'Grease' } }).expect(201)).data.id as number;
    await app.get(`/work_orders/${id}`).expect(200);
    const helper = await holding('work_orders:read', 'work_orders:write');
    const done = '2026-01-05T10:00:00Z';
    for (const said of [{ status_id: 5 }, { completed_at: done }, { completed_at: 'soon', title: '' }])
      expect(refused(await helper.patch(`/work_orders/${id}`, { work_order: said }))).toEqual(lacks('work_orders:complete'));
    for (const said of [{ status_id: 5 }, { completed_at: done }])
      expect(refused(await helper.post('/work_orders', { work_order: { title: 'x', ...said } }))).toEqual(lacks('work_orders:complete'));
    const lacking = { code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'work_orders:complete' };
    const { body } = await helper.graphqlAnswer(`mutation { updateWorkOrder(input: { id: ${id}, statusId: 5 }) { id } }`);
    expect(body.errors).toMatchObject([{ extensions: lacking }]);
    await helper.patch(`/work_orders/${id}`, { work_order: { status_id: 2, completed_at: null } }).expect(200);
    await app.patch(`/work_orders/${id}`, { work_order: { status_id: 5 } }).expect(200);
    for (const said of [{ status_id: 1 }, { completed_at: null }])
      expect(refused(await helper.patch(`/work_orders/${id}`, { work_order: said }))).toEqual(lacks('work_orders:complete'));
    const foreman = await holding('work_orders:write', 'work_orders:complete');
    expect((await foreman.patch(`/work_orders/${id}`, { work_order: { completed_at: null } }).expect(200)).data.completed_at).toBeNull();
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
    for (const asked of [
      'parts(sort: "avgUnitCost desc")',
      'parts(filter: { avgUnitCost: { gt: "2" } })',
      'parts(filter: { stockValue: { lt: "2" } })',
    ]) {
      const { body } = await reader.graphqlAnswer(`{ ${asked} { nodes { id } } }`);
      expect(body.errors[0].extensions).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'costs:read' });
    }
  });
});

describe('money that somebody may not see', () => {
  it('is not in what the audit trail tells of it, over both edges, nor found there', async () => {
    const { data } = await app.post('/parts', { part: { name: 'Seal', on_hand_qty: 4, unit_cost: 31.25 } }).expect(201);
    await app.get(`/parts/${data.id}`).expect(200);
    const reader = await holding('audit:read');
    const trail = await reader.get(`/audit_trail?part_id=${data.id}&sort=revision asc`).expect(200);
    const [registered, stocked] = trail.data;
    expect([registered.data.details.name, registered.data.unitCost]).toEqual(['Seal', null]);
    expect(stocked.data).toMatchObject({ quantity: '4', value: null, valueAfter: null, unitCost: null });
    expect(trail.meta.hidden).toEqual(['data.unitCost', 'data.value', 'data.valueAfter']);
    const query = `{ auditTrail(filter: { partId: { eq: ${data.id} } }) { nodes { data } } }`;
    const { body } = await reader.graphqlAnswer(query);
    expect(body.errors).toBeUndefined();
    expect(JSON.stringify(body.data)).not.toContain('31.25');
    expect(body.extensions.hidden).toContain('auditTrail.nodes.data.unitCost');
    expect((await reader.get('/audit_trail?search=31.25').expect(200)).data).toEqual([]);
    const auditor = await holding('audit:read', 'costs:read', 'rates:read', 'people:read');
    expect((await auditor.get(`/audit_trail?search=31.25&part_id=${data.id}`).expect(200)).data).toHaveLength(2);
    expect((await auditor.get(`/audit_trail?part_id=${data.id}`)).meta.hidden).toBeUndefined();
  });

  it('is written only by who may see it, in records and in what they own, and nothing comes of it otherwise', async () => {
    const id = await part();
    const { data: vendor } = await app.post('/vendors', { vendor: { name: 'Bearings Inc' } }).expect(201);
    const keeper = await holding('parts:read', 'parts:write', 'vendors:write');
    expect(refused(await keeper.post('/parts', { part: { name: 'Belt', on_hand_qty: 1 } }))).toEqual(lacks('stock:move'));
    const before = (await app.get(`/parts/${id}`)).headers.get('etag');
    const bought = { vendor_parts_attributes: [{ vendor_id: vendor.id, unit_cost: 3 }] };
    for (const said of [{ unit_cost: 3 }, { unit_cost: null }, { name: '', unit_cost: 'x' }, bought])
      expect(refused(await keeper.patch(`/parts/${id}`, { part: said }))).toEqual(lacks('costs:read'));
    expect(refused(await keeper.post('/vendors', { vendor: { name: 'V', hourly_rate: 3 } }))).toEqual(lacks('rates:read'));
    const { body } = await keeper.graphqlAnswer(`mutation { createPart(input: { name: "Belt", unitCost: "3" }) { id } }`);
    expect(body.errors).toMatchObject([{ extensions: { code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'costs:read' } }]);
    expect((await app.get(`/parts/${id}`)).headers.get('etag')).toBe(before);
    await keeper.patch(`/parts/${id}`, { part: { name: 'Belt 2' } }).expect(200);
  });

  it('is not found out by moving entries to another vendor or taking them away, which takes the right to see it, over both edges', async () => {
    const vendor = async (): Promise<number> => (await app.post('/vendors', { vendor: { name: 'Bearings Inc' } }).expect(201)).data.id;
    const [one, other, third] = [await vendor(), await vendor(), await vendor()];
    const bought = [{ vendor_id: one, unit_cost: 0 }, { vendor_id: other }];
    const { data } = await app.post('/parts', { part: { name: 'Belt', vendor_parts_attributes: bought } }).expect(201);
    const [priced, free] = data.vendor_parts.map(({ id }: { id: number }) => id) as [number, number];
    const change = (client: Client, ...vendor_parts_attributes: object[]) =>
      client.patch(`/parts/${data.id}`, { part: { vendor_parts_attributes } });
    const { headers } = await app.get(`/parts/${data.id}`);
    const keeper = await holding('parts:read', 'parts:write', 'vendors:read');
    const refusal = async (...said: object[]) => {
      const answer = await change(keeper, ...said);
      return [...refused(answer), answer.error?.message];
    };
    const field = 'vendor_parts_attributes';
    for (const [id, own, taken] of [
      [free, other, one],
      [priced, one, other],
    ] as const) {
      for (const gone of [
        { id, _destroy: true },
        { vendor_id: own, _destroy: true },
        { id, vendor_id: taken, _destroy: true },
      ])
        expect(await refusal(gone)).toEqual([...lacks('costs:read'), `${field}._destroy needs costs:read.`]);
      for (const vendor_id of [third, taken])
        expect(await refusal({ id: 987_654_321 }, { id, vendor_id }, { vendor_id })).toEqual([
          ...lacks('costs:read'),
          `part.${field}.1.vendor_id needs costs:read.`,
        ]);
      for (const said of [`vendorId: ${third}`, `vendorId: ${taken}`, '_destroy: true']) {
        const named = said === '_destroy: true' ? '_destroy' : '0.vendorId';
        const input = `{ id: ${data.id}, vendorPartsAttributes: [{ id: ${id}, ${said} }] }`;
        const { body } = await keeper.graphqlAnswer(`mutation { updatePart(input: ${input}) { id } }`);
        const message = `input.vendorPartsAttributes.${named} needs costs:read.`;
        expect(body.errors).toMatchObject([{ message, extensions: { code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'costs:read' } }]);
      }
      const op = { method: 'PATCH', url: `/api/v1/parts/${data.id}`, params: { part: { [field]: [{ id, vendor_id: taken }] } } };
      expect((await keeper.post('/batch', { ops: [op], sequential: true })).body.results).toMatchObject([{ status: 403 }]);
    }
    expect((await app.get(`/parts/${data.id}`)).headers.get('etag')).toBe(headers.get('etag'));
    const entries = [{ id: priced, vendor_id: one, lead_time: 3 }, { id: free, lead_time: 1, _destroy: false }, { vendor_id: third }];
    await change(keeper, ...entries).expect(200);
    await change(app, { vendor_id: third, _destroy: true }).expect(200);
    const buyer = await holding('parts:read', 'parts:write', 'costs:read');
    const { vendors } = (await change(buyer, { id: priced, vendor_id: third }, { id: free, _destroy: true }).expect(200)).data;
    expect(vendors).toMatchObject([{ id: third, unit_cost: 0, lead_time: 3 }]);
  });

  it('is not found by asking for more and more until the limit of values', async () => {
    const counter = await holding('parts:read', 'stock:move');
    const worker = await holding('parts:read', 'work_orders:read', 'work_orders:write', 'work_orders:complete');
    const answers = async (unitCost: number) => {
      const { data } = await app.post('/parts', { part: { name: 'Rope', on_hand_qty: 1, unit_cost: unitCost } }).expect(201);
      const other = await app.post('/parts', { part: { name: 'Oil', is_non_stock: true, unit_cost: unitCost } }).expect(201);
      const order = (await app.post('/work_orders', { work_order: { title: 'Oil' } }).expect(201)).data.id as number;
      await app.post(`/work_orders/${order}/parts`, { part_id: other.data.id, quantity: 10_000_000 }).expect(201);
      const complete = async () => (await worker.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } })).error?.code as unknown;
      const codes = [await complete()];
      await app.patch(`/work_orders/${order}/parts`, { part_id: other.data.id, quantity: 9_999_999 }).expect(200);
      codes.push(await complete());
      for (const quantity of [9_999_999, 9_999_998, 2])
        codes.push((await counter.patch(`/parts/${data.id}/reconcile`, { quantity, note: 'counted' })).error?.code);
      return codes;
    };
    const refusal = 'VALUE_OUT_OF_RANGE';
    const expected = [refusal, undefined, refusal, undefined, refusal];
    expect([await answers(0.07), await answers(37.21), await answers(998)]).toEqual([expected, expected, expected]);
  });

  it('is not in the answer that a repeat is given when the right is gone', async () => {
    const id = await part();
    const buyer = await holding('parts:read', 'parts:write', 'costs:read', 'locations:read');
    const rename = (client: Client) => client.patch(`/parts/${id}`, { part: { name: 'Cog' } }, { 'idempotency-key': 'cog' });
    const op = { method: 'PATCH', url: `/api/v1/parts/${id}`, params: { part: { name: 'Cogs' } } };
    const batch = (client: Client) => client.post('/batch', { ops: [op], sequential: true }, { 'idempotency-key': 'cogs' });
    const first = await rename(buyer).expect(200);
    expect(first.data.avg_unit_cost).toBe(2.5);
    const firstOfBatch = await batch(buyer).expect(200);
    expect((await rename(buyer)).body).toEqual(first.body);
    expect((await batch(buyer)).body).toEqual(firstOfBatch.body);

    await leave(buyer, ['parts:read', 'parts:write'], () => buyer.get('/locations'));
    const again = await rename(buyer);
    expect([again.status, again.headers.get('idempotent-replayed'), again.data.id]).toEqual([200, 'true', id]);
    expect(again.data).toMatchObject({ name: 'Cog', unit_cost: null, avg_unit_cost: null });
    expect(again.meta.hidden).toEqual(expect.arrayContaining(['unit_cost', 'stock_value']));
    const [ofBatch] = (await batch(buyer)).body.results;
    expect([ofBatch.status, ofBatch.body.data.unit_cost]).toEqual([200, null]);

    await leave(buyer, ['parts:read'], () => buyer.patch('/parts/987654321', { part: { name: 'x' } }));
    expect(refused(await rename(buyer))).toEqual(lacks('parts:write'));
    expect((await batch(buyer)).body.results).toMatchObject([{ status: 403, body: { error: { required_scope: 'parts:write' } } }]);
  });

  it('is not taken for written again when the right is gone, over any edge', async () => {
    const buyer = await holding('parts:read', 'parts:write', 'costs:read', 'locations:read');
    const belt = { part: { name: 'Belt', unit_cost: 7.75 } };
    const create = () => buyer.post('/parts', belt, { 'idempotency-key': 'belt' });
    const op = { method: 'POST', url: '/api/v1/parts', params: belt };
    const batch = () => buyer.post('/batch', { ops: [op], sequential: true }, { 'idempotency-key': 'belts' });
    const mutation = `mutation { createPart(input: { name: "Belt", unitCost: "7.75" }, idempotencyKey: "belt") { id name } }`;
    await create().expect(201);
    expect((await batch()).body.results).toMatchObject([{ status: 201 }]);
    await buyer.graphql(mutation);

    await leave(buyer, ['parts:read', 'parts:write'], () => buyer.get('/locations'));
    for (const answer of await Promise.all([create(), create(), create()])) expect(refused(answer)).toEqual(lacks('costs:read'));
    expect((await batch()).body.results).toMatchObject([{ status: 403, body: { error: { required_scope: 'costs:read' } } }]);
    const { body } = await buyer.graphqlAnswer(mutation);
    expect(body.errors).toMatchObject([{ extensions: { code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'costs:read' } }]);
  });

  it('is not printed below a mutation when the right has gone by then, while an earlier one of the document took long', async () => {
    const fading = { name: 'Fading', scopes: ['work_orders:read', 'work_orders:write', 'parts:read', 'parts:write', 'costs:read'] };
    const role = (await app.post('/access/roles', fading).expect(201)).data.id as number;
    const account = { name: 'Writer', role: fading.name, entity_ids: [1] };
    const writer = new Client(app.url, (await app.post('/access/service_accounts', account).expect(201)).data.key as string);
    const { id: part } = (await app.post('/parts', { part: { name: 'Dearer', on_hand_qty: 1, unit_cost: 4.5 } }).expect(201)).data;
    const { id: order } = (await app.post('/work_orders', { work_order: { title: 'Slowly read' } }).expect(201)).data;
    const query = `mutation {
      first: updatePart(input: {id: ${part}, description: "one"}) { avgUnitCost }
      slow: updateWorkOrder(input: {id: ${order}, description: "x"}) { commentsCount }
      last: updatePart(input: {id: ${part}, description: "two"}) { avgUnitCost }
    }`;
    await database.query('BEGIN; LOCK TABLE read.comments IN ACCESS EXCLUSIVE MODE');
    const asked = writer.graphqlAnswer(query);
    await delay(500);
    await app.patch(`/access/roles/${role}`, { scopes: fading.scopes.filter((scope) => scope !== 'costs:read') }).expect(200);
    await database.query('COMMIT');
    const { body } = await asked;
    expect(body).toEqual({
      data: { first: { avgUnitCost: '4.5' }, slow: { commentsCount: 0 }, last: { avgUnitCost: null } },
      extensions: { hidden: ['last.avgUnitCost'] },
    });
  });
});

describe('a completed order', () => {
  it('is not taken for completed again by who may not complete any more, over any edge', async () => {
    const helper = await holding('work_orders:read', 'work_orders:write', 'work_orders:complete', 'locations:read');
    const [first, second, third, fourth] = await Promise.all(
      ['first', 'second', 'third', 'fourth'].map(
        async (title) => (await app.post('/work_orders', { work_order: { title } }).expect(201)).data.id as number,
      ),
    );
    const completed = { work_order: { status_id: 5 } };
    const complete = () => helper.patch(`/work_orders/${first}`, completed, { 'idempotency-key': 'done' });
    const rename = () => helper.patch(`/work_orders/${first}`, { work_order: { title: 'Done' } }, { 'idempotency-key': 'named' });
    const op = { method: 'PATCH', url: `/api/v1/work_orders/${second}`, params: completed };
    const batch = () => helper.post('/batch', { ops: [op], sequential: true }, { 'idempotency-key': 'done too' });
    const mutation = `mutation { updateWorkOrder(input: { id: ${third}, statusId: 5 }, idempotencyKey: "done") { id } }`;
    await app.patch(`/work_orders/${fourth}`, completed).expect(200);
    const reopen = () => helper.patch(`/work_orders/${fourth}`, { work_order: { status_id: 1 } }, { 'idempotency-key': 'open' });
    const { body } = await complete().expect(200);
    expect((await batch()).body.results).toMatchObject([{ status: 200 }]);
    await helper.graphql(mutation);
    await rename().expect(200);
    await reopen().expect(200);
    expect((await complete()).body).toEqual(body);

    await leave(helper, ['work_orders:read', 'work_orders:write'], () => helper.get('/locations'));
    for (const again of [complete, reopen]) expect(refused(await again())).toEqual(lacks('work_orders:complete'));
    expect((await batch()).body.results).toMatchObject([{ status: 403, body: { error: { required_scope: 'work_orders:complete' } } }]);
    const { errors } = (await helper.graphqlAnswer(mutation)).body;
    expect(errors).toMatchObject([{ extensions: { code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'work_orders:complete' } }]);
    expect((await rename().expect(200)).headers.get('idempotent-replayed')).toBe('true');
  });
});

describe('how somebody is reached', () => {
  it('finds nobody for who may not see it', async () => {
    await app.post('/users', { user: { name: 'Ada', surname: 'Quill', email: 'ada@canary.example' } }).expect(201);
    await app.get('/users?search=Quill').expect(200);
    const reader = await holding('users:read', 'work_orders:read');
    const found = async (client: Client, query: string) => (await client.get(`/users?${query}`)).data.length;
    expect([await found(reader, 'search=Quill'), await found(reader, 'search=canary.example')]).toEqual([1, 0]);
    expect(await found(await holding('users:read', 'people:read'), 'search=canary.example')).toBe(1);
    expect(refused(await reader.get('/users?email_cont=canary'))).toEqual(lacks('people:read'));
    expect(refused(await reader.get('/reports/labor?group_by=job_title'))).toEqual(lacks('people:read'));
  });

  it('tells nobody whose an address is who may not see it, nor whether somebody has it', async () => {
    const email = 'wren@canary.example';
    const { id } = (await app.post('/users', { user: { name: 'Wren', email } }).expect(201)).data;
    await app.get('/users?search=Wren').expect(200);
    const opener = await holding('work_orders:read', 'work_orders:write');
    const open = (client: Client, technicians_emails: unknown) =>
      client.post('/work_orders', { work_order: { title: 'Leak', technicians_emails } });
    for (const said of [[email], ['nobody@canary.example'], ['0'], email])
      expect(refused(await open(opener, said))).toEqual(lacks('people:read'));
    for (const nobody of [[], null, undefined]) await open(opener, nobody).expect(201);
    const mutation = `mutation { createWorkOrder(input: { title: "Leak", techniciansEmails: ["${email}"] }) { technicians { id } } }`;
    const { errors } = (await opener.graphqlAnswer(mutation)).body;
    expect(errors).toMatchObject([{ extensions: { code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'people:read' } }]);
    const machine = await holding('work_orders:write', 'people:read');
    expect((await open(machine, [email]).expect(201)).data.technicians).toMatchObject([{ id }]);
    const { createWorkOrder } = await machine.graphql(mutation);
    expect(createWorkOrder.technicians).toEqual([{ id: `${id}` }]);
  });

  it('shows no address of a vendor or customer to who may not see it, nor finds them by it', async () => {
    const reader = await holding('vendors:read', 'customers:read');
    const records = [
      ['/vendors', 'vendor'],
      ['/customers', 'customer'],
    ] as const;
    for (const [path, name] of records) {
      const { id } = (await app.post(path, { [name]: { name: 'Summit', address: '7 Hidden Way' } }).expect(201)).data;
      expect((await app.get(`${path}/${id}`).expect(200)).data.address).toBe('7 Hidden Way');
      const { body } = await reader.get(`${path}/${id}`).expect(200);
      expect([body.data.address, body.meta.hidden]).toEqual([null, expect.arrayContaining(['address'])]);
      for (const asked of ['filter[address_cont]=7', 'sort=address asc'])
        expect(refused(await reader.get(`${path}?${asked}`))).toEqual(lacks('people:read'));
    }
    const found = async (client: Client): Promise<number> => (await client.get('/vendors?search=hidden way').expect(200)).data.length;
    expect([await found(app), await found(reader)]).toEqual([1, 0]);
  });

  it('does not go where somebody who may not see it sends a record back as it was shown to him, and goes for who may', async () => {
    const rights = ['vendors', 'customers', 'users'].map((name) => `${name}:read`);
    const writer = await holding(...rights, 'vendors:write', 'customers:write', 'people:write');
    const contact = { name: 'Robert', role: 'Technician', email: 'robert@summit.example', phone: '555-0199', extension: '9' };
    const records = [
      { path: '/vendors', name: 'vendor', said: { address: '5 Hidden Way', vendor_contacts_attributes: [contact] } },
      { path: '/customers', name: 'customer', said: { address: '6 Hidden Way', email: 'c@summit.example', phone: '555-0198' } },
      { path: '/users', name: 'user', said: { login_identifier: `login-${randomBytes(4).toString('hex')}`, job_title: 'Fitter' } },
    ];
    for (const { path, name, said } of records) {
      const { id } = (await app.post(path, { [name]: { name: 'Summit', ...said } }).expect(201)).data;
      const whole = async (since?: Readonly<{ headers: Headers }>) => {
        const position = since && { 'x-min-position': since.headers.get('x-position') ?? '' };
        const { updated_at, updated_by, revision, ...data } = (await app.get(`${path}/${id}`, position).expect(200)).data;
        return data as Record<string, unknown>;
      };
      const before = await whole();
      const { data: shown } = await writer.get(`${path}/${id}`).expect(200);
      const { vendor_contacts: contacts, ...fields } = Object.fromEntries(
        [...Object.keys(said), 'vendor_contacts'].flatMap((field) => (field in shown ? [[field, shown[field]]] : [])),
      );
      expect(Object.values(fields).filter((value) => value !== null)).toEqual([]);
      const back = { ...fields, ...(contacts && { vendor_contacts_attributes: contacts }) };
      const sentBack = await writer.patch(`${path}/${id}`, { [name]: { ...back, name: 'Summit Inc' } }).expect(200);
      expect(await whole(sentBack)).toEqual({ ...before, name: 'Summit Inc', ...(name === 'user' && { full_name: 'Summit Inc' }) });
      await app.patch(`${path}/${id}`, { [name]: fields }).expect(200);
      expect(await whole()).toMatchObject(fields);
    }
    const { id } = (await app.post('/vendors', { vendor: { name: 'Summit', ...records[0]?.said } }).expect(201)).data;
    const [{ id: contactId }] = (await app.get(`/vendors/${id}`)).data.vendor_contacts;
    const { headers } = await writer.graphqlAnswer(`mutation { updateVendor(input: { id: ${id}, name: "S", address: null,
      vendorContactsAttributes: [{ id: ${contactId}, name: "Bob", email: null, phone: null }] }) { id } }`);
    const { data: after } = await app.get(`/vendors/${id}`, { 'x-min-position': headers.get('x-position') ?? '' }).expect(200);
    expect(after).toMatchObject({ name: 'S', address: '5 Hidden Way', vendor_contacts: [{ ...contact, name: 'Bob' }] });
  });

  it('tells no address of a vendor in the audit trail to who may not see it, nor finds events by it', async () => {
    const { id } = (await app.post('/vendors', { vendor: { name: 'Summit', address: '8 Hidden Way' } }).expect(201)).data;
    const moved = await app.patch(`/vendors/${id}`, { vendor: { address: '9 Hidden Way' } }).expect(200);
    const after = (answer: typeof moved) => ({ 'x-min-position': answer.headers.get('x-position') ?? '' });
    const reader = await holding('audit:read', 'costs:read', 'rates:read');
    const auditor = await holding('audit:read', 'costs:read', 'rates:read', 'people:read');
    const trail = await reader.get(`/audit_trail?stream=vendor-${id}&sort=revision asc`, after(moved)).expect(200);
    expect(trail.data.map(({ data }: { data: object }) => data)).toEqual([
      expect.objectContaining({ name: 'Summit', address: null }),
      { address: null, storedAs: null },
    ]);
    expect(trail.meta.hidden).toEqual(['data.address', 'data.storedAs']);
    const { body } = await reader.graphqlAnswer(`{ auditTrail(filter: { stream: { eq: "vendor-${id}" } }) { nodes { data } } }`);
    expect(JSON.stringify(body.data)).toContain('Summit');
    expect(JSON.stringify(body.data)).not.toContain('Hidden');
    expect(body.extensions.hidden).toEqual(['auditTrail.nodes.data.address', 'auditTrail.nodes.data.storedAs']);
    const found = async (client: Client): Promise<number> =>
      (await client.get(`/audit_trail?search=hidden way&stream=vendor-${id}`).expect(200)).data.length;
    expect([await found(auditor), await found(reader)]).toEqual([2, 0]);
    expect((await auditor.get(`/audit_trail?stream=vendor-${id}`)).data[0].data.address).toBe('8 Hidden Way');
    const made = await app.post('/locations', { location: { name: 'Hall', address: '1 Open Way' } }).expect(201);
    const events = await reader.get(`/audit_trail?stream=location-${made.data.id}`, after(made)).expect(200);
    expect(events.data[0].data.address).toBe('1 Open Way');
  });
});

describe('the document', () => {
  it('says of every field what writing it takes, and uses none in an example that its operation does not ask for anyway', () => {
    const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as { paths: Record<string, Record<string, Described>> };
    const create = paths['/api/v1/parts']?.['post'];
    expect(create?.['x-field-scopes']).toEqual({
      on_hand_qty: 'stock:move',
      unit_cost: 'costs:read',
      'vendor_parts_attributes.unit_cost': 'costs:read',
      'vendor_parts_attributes._destroy': 'costs:read',
    });
    expect(create?.requestBody?.content['application/json']?.example).toMatchObject({ part: { name: 'Air Filter' } });
    for (const operation of Object.values(paths).flatMap((verbs) => Object.values(verbs))) {
      const held = [operation['x-required-scope']].flat();
      const example = JSON.stringify(operation.requestBody?.content['application/json']?.example ?? {});
      for (const [field, scope] of Object.entries(operation['x-field-scopes'] ?? {}))
        if (!held.includes(scope)) expect(example).not.toContain(`"${field.split('.').at(-1)}":`);
    }
  });

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

type Described = Readonly<{
  'x-required-scope': string | readonly string[] | null;
  'x-field-scopes'?: Readonly<Record<string, string>>;
  requestBody?: Readonly<{ content: Readonly<{ 'application/json'?: Readonly<{ example?: unknown }> }> }>;
}>;

import { randomUUID } from 'node:crypto';
import { Client } from './harness/client.js';
import { TestServer } from './harness/server.js';

let app: TestServer;
beforeAll(async () => void (app = await TestServer.start()));
afterAll(() => app.stop());

const id = async (path: string, body: object): Promise<number> => (await app.post(path, body).expect(201)).data.id as number;
const createPart = (fields: object = {}): Promise<number> =>
  id('/parts', { part: { name: 'Filter', on_hand_qty: 10, unit_cost: 12.5, ...fields } });
const createOrder = (fields: object = {}): Promise<number> => id('/work_orders', { work_order: { title: 'Work', ...fields } });

/** An order with everything on it: an asset that lies somewhere, a part, a cost with a category. */
async function wholeOrder(): Promise<{ order: number; part: number }> {
  const location_id = await id('/locations', { location: { name: `Hall ${randomUUID()}` } });
  const asset_id = await id('/assets', { asset: { name: `Pump ${randomUUID()}`, location_id } });
  const category_id = await id('/categories', { category: { name: `Repair ${randomUUID()}` } });
  const part = await createPart({ assets_ids: [asset_id] });
  const order = await createOrder({ asset_id, categories_ids: [category_id] });
  await app.post(`/work_orders/${order}/parts`, { part_id: part, quantity: 2 }).expect(201);
  await app.post(`/work_orders/${order}/other_costs`, { other_cost: { amount: 5.25, note: 'Taxi', category_id } }).expect(201);
  return { order, part };
}

/** Somebody whose key holds so much and no more. */
async function holding(...scopes: string[]): Promise<Client> {
  const wanted = { name: randomUUID(), scopes, entity_ids: [1], expires_at: new Date(Date.now() + 86_400_000).toISOString() };
  return new Client(app.url, (await app.post('/access/api_keys', wanted).expect(201)).data.key as string);
}

describe('a record that is reached from another one', () => {
  it('says what it is called, and all else to who may read such records, at every depth', async () => {
    const { order, part } = await wholeOrder();
    await app.get(`/work_orders/${order}`).expect(200);
    const mechanic = await holding('work_orders:read', 'work_orders:write');
    const called = `{ workOrder(id: ${order}) { title asset { id name status } partAssignments { part { name } } createdBy { name surname } } }`;
    const { body } = await mechanic.graphqlAnswer(called);
    expect(body.errors).toBeUndefined();
    expect(body.data.workOrder).toMatchObject({ asset: { name: expect.any(String) }, partAssignments: [{ part: { name: 'Filter' } }] });
    for (const [more, scope, path] of [
      ['asset { description }', 'assets:read', ['workOrder', 'asset', 'description']],
      ['asset { parts { name } }', 'assets:read', ['workOrder', 'asset', 'parts']],
      ['partAssignments { part { onHandQty } }', 'parts:read', ['workOrder', 'partAssignments', 0, 'part', 'onHandQty']],
      ['createdBy { status }', 'users:read', ['workOrder', 'createdBy', 'status']],
    ] as const) {
      const refused = await mechanic.graphqlAnswer(`{ workOrder(id: ${order}) { title ${more} } }`);
      expect(refused.body.errors).toMatchObject([{ path, extensions: { code: 'INSUFFICIENT_PERMISSIONS', required_scope: scope } }]);
    }
    const keeper = await holding('work_orders:read', 'parts:read', 'assets:read');
    const more = `{ workOrder(id: ${order}) { asset { description parts { id onHandQty } } } }`;
    expect((await keeper.graphqlAnswer(more)).body.data.workOrder.asset.parts).toEqual([{ id: String(part), onHandQty: '10' }]);
  });

  it('is answered whole to who has just written it', async () => {
    const part = await createPart();
    const { body } = await (
      await holding('parts:write')
    ).graphqlAnswer(`mutation { updatePart(input: { id: ${part}, area: "Bin 7" }) { area onHandQty assets { name } } }`);
    expect([body.errors, body.data.updatePart]).toEqual([undefined, { area: 'Bin 7', onHandQty: '10', assets: [] }]);
  });
});

const nested = `
  id title status { name kind } categories { name } technicians { fullName } createdBy { fullName }
  asset { name location { path } parts { name } }
  partAssignments { quantity totalCost part { name averageUnitCost storeroom { name } assets { name } } }
  totalCosts { parts other total isEstimate }
  otherCosts(first: 2) { totalCount nodes { amount note category { name } workOrder { title } createdBy { fullName } } }
`;

async function statementsSoFar(): Promise<number> {
  const { body } = await app.request('GET', '/metrics').expect(200);
  return Number(/^millwright_read_statements_total (\d+)$/m.exec(String(body))?.[1]);
}

/**
 * The fewest with which the server answers `work`, of several times. It counts what it reads for itself as well (parked streams once a second, labels
 * that a late reaction made it forget), which comes beside one time or another; what the answer needs, comes every time.
 */
async function statementsIn(work: () => Promise<unknown>): Promise<number> {
  let fewest = Infinity;
  for (let times = 0; times < 8; times++) {
    const before = await statementsSoFar();
    await work();
    fewest = Math.min(fewest, (await statementsSoFar()) - before);
  }
  return fewest;
}

const statementsOf = (query: string): Promise<number> => statementsIn(() => app.graphql(query));

describe('GraphQL, from record to record', () => {
  it('shows an order with its asset, parts and costs as REST shows them', async () => {
    const { order, part } = await wholeOrder();
    const { workOrder } = await app.graphql(`{ workOrder(id: ${order}) { ${nested} } }`);
    expect(workOrder).toMatchObject({
      status: { name: 'open', kind: 'open' },
      partAssignments: [{ quantity: '2', totalCost: '25', part: { averageUnitCost: '12.5' } }],
      totalCosts: { parts: '25', other: '5.25', total: '30.25', isEstimate: true },
      otherCosts: { totalCount: 1, nodes: [{ amount: '5.25', note: 'Taxi', workOrder: { title: 'Work' } }] },
    });
    const { data } = await app.get(`/work_orders/${order}`).expect(200);
    expect(Number(workOrder.totalCosts.total)).toBe(data.total_costs.total);
    expect(workOrder.asset.name).toBe(data.asset.name);
    await app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }).expect(200);
    const { part: shown } = await app.graphql(
      `{ part(id: ${part}) { transactions(sort: "position asc") { nodes { id type explanation eventType actorKind effectiveAt workOrder { id } part { id } createdBy { fullName } } } } }`,
    );
    const movements = (await app.get(`/parts/${part}/explain`).expect(200)).data.movements as { explanation: string; id: number }[];
    const nodes = shown.transactions.nodes as { id: string; explanation: string; workOrder: object | null }[];
    expect(nodes.map(({ id, explanation }) => [Number(id), explanation])).toEqual(
      movements.map(({ id, explanation }) => [id, explanation]),
    );
    expect(nodes.map(({ workOrder }) => workOrder)).toEqual([null, { id: String(order) }]);
    const { partTransaction } = await app.graphql(
      `{ partTransaction(partId: ${part}, id: ${nodes[1]?.id}) { type totalCost part { id } } }`,
    );
    expect(partTransaction).toEqual({ type: 'usage', totalCost: '-25', part: { id: String(part) } });
  });

  it('needs no more statements for thirty orders than for three, nor for their lists', async () => {
    for (let index = 0; index < 30; index++) await wholeOrder();
    const list = (first: number): string => `{ workOrders(first: ${first}) { nodes { ${nested} } } }`;
    expect(await statementsOf(list(30))).toBeLessThanOrEqual((await statementsOf(list(3))) + 2);
    const parts = (first: number): string =>
      `{ parts(first: ${first}) { nodes { name transactions(first: 1) { totalCount nodes { type } } } } }`;
    expect(await statementsOf(parts(30))).toBeLessThanOrEqual((await statementsOf(parts(3))) + 2);
  });

  it('needs no more statements for ten records by their ids than for one', async () => {
    const ids: number[] = [];
    for (let index = 0; index < 10; index++) ids.push(await createPart());
    const single = (of: readonly number[]): string => `{ ${of.map((id) => `p${id}: part(id: ${id}) { name }`).join(' ')} }`;
    expect(await statementsOf(single(ids))).toBe(await statementsOf(single(ids.slice(0, 1))));
  });

  it('needs no more statements for ten comments by their ids than for one', async () => {
    const { data: order } = await app.post('/work_orders', { work_order: { title: 'Much said' } }).expect(201);
    const ids: number[] = [];
    for (let index = 0; index < 10; index++)
      ids.push((await app.post(`/work_orders/${order.id}/comments`, { comment: { text: `Nut ${index}` } }).expect(201)).data.id as number);
    const single = (of: readonly number[]): string => `{ ${of.map((id) => `c${id}: comment(id: ${id}) { text }`).join(' ')} }`;
    expect(Object.values(await app.graphql(single(ids)))).toEqual(ids.map((_, index) => ({ text: `Nut ${index}` })));
    expect(await statementsOf(single(ids))).toBe(await statementsOf(single(ids.slice(0, 1))));
  });

  it('needs at most eight statements for fifty orders with asset, parts and costs', async () => {
    for (let index = 0; index < 20; index++) await wholeOrder();
    const query = `{ workOrders(first: 50) { nodes { id title asset { name } partAssignments { quantity totalCost part { name } }
      totalCosts { parts other total } otherCosts(first: 5) { totalCount nodes { amount note } } } } }`;
    expect((await app.graphql(query)).workOrders.nodes).toHaveLength(50);
    expect(await statementsOf(query)).toBeLessThanOrEqual(8);
  });

  it('lists orders over REST with what they cost in statements that do not grow with the page', async () => {
    for (let index = 0; index < 30; index++) await wholeOrder();
    const list = async (rows: number): Promise<void> => {
      const { data } = await app.get(`/work_orders?per_page=${rows}`).expect(200);
      expect(data.map(({ total_costs }: { total_costs: { total: number } }) => total_costs.total)).toEqual(Array(rows).fill(30.25));
    };
    expect(await statementsIn(() => list(30))).toBeLessThanOrEqual((await statementsIn(() => list(3))) + 2);
  });

  it('reads the lists of many rows page by page, each with its own total', async () => {
    const name = randomUUID();
    for (const restocks of [0, 1, 3]) {
      const part = await createPart({ name: `${name} ${restocks}` });
      for (let index = 1; index <= restocks; index++) await app.patch(`/parts/${part}/restock`, { quantity: index, cost: 1 }).expect(200);
    }
    const read = async (paging: string): Promise<[number, boolean, string[]][]> => {
      const { parts } = await app.graphql(
        `{ parts(sort: "name", filter: {name: {start: "${name}"}}) { nodes { transactions(sort: "id asc", filter: {type: {eq: restock}}, ${paging}) { totalCount pageInfo { hasNextPage endCursor } nodes { quantity } } } } }`,
      );
      return parts.nodes.map(({ transactions }: { transactions: Listed }) => [
        transactions.totalCount,
        transactions.pageInfo.hasNextPage,
        transactions.nodes.map(({ quantity }) => quantity),
      ]);
    };
    type Listed = { totalCount: number; pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: { quantity: string }[] };
    expect(await read('first: 2')).toEqual([[0, false, []], [1, false, ['1']], [3, true, ['1', '2']]]); // prettier-ignore
    expect(await read('perPage: 2, page: 2')).toEqual([[0, false, []], [1, false, []], [3, false, ['3']]]); // prettier-ignore
    const { parts } = await app.graphql(
      `{ parts(filter: {name: {eq: "${name} 3"}}) { nodes { id transactions(sort: "id asc", first: 2) { pageInfo { endCursor } } } } }`,
    );
    const [{ id, transactions }] = parts.nodes as [{ id: string; transactions: Listed }];
    const { part } = await app.graphql(
      `{ part(id: ${id}) { transactions(sort: "id asc", first: 9, after: "${transactions.pageInfo.endCursor}") { totalCount nodes { quantity } } } }`,
    );
    expect(part.transactions).toEqual({ totalCount: 4, nodes: [{ quantity: '2' }, { quantity: '3' }] });
  });

  it('shows what a mutation did also in the lists below its answer', async () => {
    const part = await createPart();
    const { restockPart } = await app.graphql(
      `mutation { restockPart(input: {partId: ${part}, quantity: 1, cost: 1}) { transactions { totalCount nodes { type } } } }`,
    );
    expect(restockPart.transactions).toEqual({ totalCount: 2, nodes: [{ type: 'restock' }, { type: 'initial' }] });
  });

  it('keeps the answers of what was done when a later mutation of the document is refused', async () => {
    const part = await createPart();
    const restock = (name: string, quantity: number): string =>
      `${name}: restockPart(input: {partId: ${part}, quantity: ${quantity}, cost: 1}) { onHandQty }`;
    const { body, headers } = await app.graphqlAnswer(`mutation { ${restock('a', 1)} ${restock('b', -1)} ${restock('c', 2)} }`);
    expect(body.data).toEqual({ a: { onHandQty: '11' }, b: null, c: { onHandQty: '13' } });
    expect(body.errors).toEqual([expect.objectContaining({ path: ['b'] })]);
    expect(headers.get('x-position')).toMatch(/^\d+$/);
  });

  it('reports costs as REST does, with the same refusals', async () => {
    const { order } = await wholeOrder();
    await app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }).expect(200);
    for (const groupBy of ['asset', 'category', 'month', 'year', 'work_order', 'part']) {
      const { costsReport } = await app.graphql(
        `{ costsReport(groupBy: ${groupBy}, from: "2020-01-01") { currency totals { parts other total } rows { key label labor parts other total } } }`,
      );
      const { data, meta } = await app.get(`/reports/costs?group_by=${groupBy}&from=2020-01-01`).expect(200);
      expect(costsReport.currency).toBe('USD');
      expect(Number(costsReport.totals.total)).toBe(meta.total);
      expect(costsReport.rows.map((row: { key: string | null; total: string }) => [row.key, Number(row.total)])).toEqual(
        data.map(({ key, total }: { key: string | number | null; total: number }) => [key === null ? null : String(key), total]),
      );
    }
    const unknown = await app.graphqlAnswer('{ costsReport(groupBy: colour) { currency } }');
    expect(unknown.body.errors[0].extensions).toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [{ field: 'groupBy', code: 'not_a_choice', message: expect.stringContaining('work_order') as string }],
    });
    const refused = await app.graphqlAnswer('{ costsReport(groupBy: month, from: "2026-02-30") { currency } }');
    expect(refused.body.errors[0].extensions).toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [{ field: 'from', code: 'invalid_date' }],
    });
  });
});

describe('a list of fifty orders', () => {
  type ListedOrder = { asset_path: []; location_path: []; asset: { status: string }; downtime_tracking: { status: string } };
  const listed = (title: string) => async (): Promise<ListedOrder[]> =>
    (await app.get(`/work_orders?per_page=50&title=${title}`).expect(200)).data;

  it('shows the paths of each, its vendors, account and customer in at most eight statements', async () => {
    const title = randomUUID();
    const vendors_ids = [await id('/vendors', { vendor: { name: 'Summit' } })];
    const customer_id = await id('/customers', { customer: { name: 'Hotel' } });
    const account_codes_ids = [await id('/account_codes', { account_code: { name: 'Repairs' } })];
    for (let index = 0; index < 50; index++) {
      const parent = await id('/locations', { location: { name: 'Hall' } });
      const room = await id('/locations', { location: { name: 'Room', parent_id: parent } });
      const line = await id('/assets', { asset: { name: 'Line' } });
      const asset_id = await id('/assets', { asset: { name: 'Press', parent_id: line, location_id: room } });
      await createOrder({ title, asset_id, vendors_ids, customer_id, account_codes_ids, ...(index % 2 && { location_id: room }) });
    }
    for (const row of await listed(title)()) expect([row.asset_path.length, row.location_path.length]).toEqual([2, 2]);
    expect(await statementsIn(listed(title))).toBeLessThanOrEqual(8);
  });

  it('shows the asset and the downtime of each in at most eight statements', async () => {
    const title = randomUUID();
    for (let index = 0; index < 50; index++) {
      const asset_id = await id('/assets', { asset: { name: 'Compressor' } });
      const work_order_id = await createOrder({ title, asset_id });
      await id(`/assets/${asset_id}/downtimes`, { downtime: { work_order_id } });
    }
    const shown = (await listed(title)()).map(({ asset, downtime_tracking }) => [asset.status, downtime_tracking.status]);
    expect(shown).toEqual(Array(50).fill(['offline', 'offline']));
    expect(await statementsIn(listed(title))).toBeLessThanOrEqual(8);
  });
});

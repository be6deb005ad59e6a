import { randomUUID } from 'node:crypto';
import { differences, sample } from './contract/shape.js';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const create = async (path: string, root: string, fields: object): Promise<number> =>
  (await app.post(path, { [root]: fields }).expect(201)).data.id;
const ask = (fields: object = {}): Promise<number> => create('/work_order_requests', 'work_order_request', { title: 'Leak', ...fields });
const shown = async (id: number) => (await app.get(`/work_order_requests/${id}`).expect(200)).data;
const change = (id: number, work_order_request: object) => app.patch(`/work_order_requests/${id}`, { work_order_request });
const convert = (id: number, body?: object) => app.post(`/work_order_requests/${id}/convert`, body);
const detailsOf = ({ error }: { error: { details: { field: string; code: string }[] } }) =>
  error.details.map(({ field, code }) => [field, code]);

/** Everything that the sample's request refers to. */
async function whole(): Promise<object> {
  const [location_id, asset_id, category, technician, vendor] = await Promise.all([
    create('/locations', 'location', { name: 'Building A' }),
    create('/assets', 'asset', { name: 'Freezer' }),
    create('/categories', 'category', { name: 'Refrigeration' }),
    create('/users', 'user', { name: 'John', surname: 'Doe' }),
    create('/vendors', 'vendor', { name: 'Summit' }),
  ]);
  const { work_order_request } = sample('25-create-work-order-request').request as { work_order_request: object };
  return { ...work_order_request, location_id, asset_id, categories_ids: [category], technicians_ids: [technician], vendors_ids: [vendor] };
}

describe('a request for work', () => {
  it('is created, shown, listed and updated as the samples say', async () => {
    const input = await whole();
    const created = await app.post('/work_order_requests', { work_order_request: input }).expect(201);
    const { id } = created.data;
    expect(differences(sample('25-create-work-order-request').response, created.body)).toEqual([]);
    expect(created.data).toMatchObject({
      status: 'on_hold',
      notify: true,
      priority: 'high',
      work_order_id: null,
      completed_at: null,
      request_portal: null,
    });
    const alone = await app.get(`/work_order_requests/${id}`).expect(200);
    expect(differences(sample('27-show-work-order-request').response, alone.body)).toEqual([]);
    expect(alone.data).toEqual(created.data);
    const listed = await app.get(`/work_order_requests?filter[id_eq]=${id}`).expect(200);
    expect(differences(sample('26-list-work-order-requests').response, listed.body)).toEqual([]);
    const updated = await change(id, { ...input, status: 'open', title: 'Leak in the freezer' }).expect(200);
    expect(differences(sample('28-update-work-order-request').response, updated.body)).toEqual([]);
    expect(updated.data).toMatchObject({ title: 'Leak in the freezer', status: 'open' });
    for (const status of ['open', 'OPEN', 'Open'])
      expect((await app.get(`/work_order_requests?status=${status}&filter[id_eq]=${id}`)).meta.pagination.total).toBe(1);
    expect((await app.get(`/work_order_requests?status=on_hold&filter[id_eq]=${id}`)).meta.pagination.total).toBe(0);
  });

  it('is moved by clients, rejected with a reason alone, and never approved or completed by hand', async () => {
    const id = await ask();
    expect(await shown(id)).toMatchObject({ status: 'open', rejection_reason: null, priority: null, notify: false });
    const wrong = async (fields: object) => {
      const answer = await change(id, fields);
      return [answer.status, ...detailsOf(answer)];
    };
    for (const status of ['approved', 'completed'])
      expect(await wrong({ status })).toEqual([422, ['work_order_request.status', 'use_operation']]);
    expect(await wrong({ status: 'rejected' })).toEqual([422, ['work_order_request.rejection_reason', 'required']]);
    expect(await wrong({ rejection_reason: 'Twice' })).toEqual([422, ['work_order_request.rejection_reason', 'contradicts_status']]);
    expect(await wrong({ status: 'done' })).toEqual([422, ['work_order_request.status', 'not_a_choice']]);
    expect((await change(id, { status: 'rejected', rejection_reason: 'Twice' }).expect(200)).data).toMatchObject({
      status: 'rejected',
      rejection_reason: 'Twice',
    });
    expect((await convert(id)).error.code).toBe('CONFLICT');
    expect((await change(id, { status: 'open' }).expect(200)).data).toMatchObject({ status: 'open', rejection_reason: null });
    expect((await change(id, { status: 'cancelled' }).expect(200)).data.status).toBe('cancelled');
    expect((await convert(id)).error.code).toBe('CONFLICT');
    const registered = await app.post('/work_order_requests', { work_order_request: { title: 'x', status: 'rejected' } });
    expect(detailsOf(registered as never)).toEqual([['work_order_request.rejection_reason', 'required']]);
  });

  it('names nobody anew who can be given no work, and keeps whom it names', async () => {
    const technician = await create('/users', 'user', { name: 'Ann' });
    const vendor = await create('/vendors', 'vendor', { name: 'Idle' });
    const id = await ask({ technicians_ids: [technician], vendors_ids: [vendor] });
    await app.patch(`/users/${technician}`, { user: { can_be_assigned_to_wo: false } }).expect(200);
    await app.patch(`/vendors/${vendor}`, { vendor: { assign_to_work_orders: false } }).expect(200);
    const named = { title: 'Leak', technicians_ids: [technician], vendors_ids: [vendor] };
    const refused = await app.post('/work_order_requests', { work_order_request: named }).expect(422);
    expect(detailsOf(refused)).toEqual([
      ['work_order_request.technicians_ids', 'not_assignable'],
      ['work_order_request.vendors_ids', 'not_assignable'],
    ]);
    await change(id, named).expect(200);
  });

  it('takes comments, which do not move its tag', async () => {
    const id = await ask();
    const tag = (await app.get(`/work_order_requests/${id}`)).headers.get('etag');
    const { data } = await app.post(`/work_order_requests/${id}/comments`, { comment: { text: 'Seen', public: true } }).expect(201);
    expect(data).toMatchObject({ work_order_request_id: id, work_order_id: null, text: 'Seen', public: true });
    const read = await app.get(`/work_order_requests/${id}`);
    expect([read.data.comments_count, read.headers.get('etag')]).toEqual([1, tag]);
    const order = (await convert(id).expect(201)).data.id;
    expect((await app.get(`/work_orders/${order}/comments`)).data).toEqual([]);
    await app.post(`/work_orders/${order}/comments`, { comment: { text: 'Of the order' } }).expect(201);
    expect((await app.get(`/work_order_requests/${id}/comments`)).data).toEqual([data]);
    const graphql = await app.graphql(
      `mutation { addComment(input: { workOrderRequestId: ${id}, text: "Again" }) { workOrderRequest { commentsCount } } }`,
    );
    expect(graphql).toEqual({ addComment: { workOrderRequest: { commentsCount: 2 } } });
  });
});

describe('converting a request', () => {
  it('opens an order with what the request has, unless something else is given', async () => {
    const input = (await whole()) as Record<string, unknown>;
    const id = await ask(input);
    const { data: order, headers } = await convert(id, { work_order: { priority: 'low', due_date: null, categories_ids: [] } }).expect(201);
    expect(order).toMatchObject({
      title: input['title'],
      description: input['description'],
      priority: 'low',
      due_date: null,
      categories: [],
      asset: { id: input['asset_id'] },
      location: { id: input['location_id'] },
      technicians: [{ name: 'John' }],
      status: { id: 1 },
      work_order_request: { id, title: input['title'], created_by: { id: 1 } },
      created_by: { id: 1 },
    });
    expect(headers.get('etag')).toBe('"0"');
    expect(await shown(id)).toMatchObject({ status: 'approved', work_order_id: order.id });
    expect((await app.get(`/work_orders/${order.id}`).expect(200)).data).toEqual(order);
    const [row] = (await app.get(`/work_orders?work_order_request_id=${id}`)).data;
    expect(row).toMatchObject({ id: order.id, work_order_request_id: id });
    expect((await app.get(`/work_order_requests?work_order_id=${order.id}`)).data).toMatchObject([{ id, status: 'approved' }]);
    // Later changes of either side do not reach the other.
    await change(id, { title: 'Another title' }).expect(200);
    expect((await app.get(`/work_orders/${order.id}`)).data.title).toBe(input['title']);
    const moved = await app.patch(`/work_orders/${order.id}`, { work_order: { work_order_request_id: id } });
    expect([moved.status, ...detailsOf(moved as never)]).toEqual([422, ['work_order.work_order_request_id', 'never_changes']]);
  });

  it('is done by a new order that names it, too, which then needs no title', async () => {
    const id = await ask({ priority: 'urgent' });
    const { data } = await app.post('/work_orders', { work_order: { work_order_request_id: id, type: 'reactive' } }).expect(201);
    expect(data).toMatchObject({ title: 'Leak', priority: 'urgent', work_order_request: { id } });
    const again = await app.post('/work_orders', { work_order: { work_order_request_id: id, title: 'x' } });
    expect([again.status, again.error]).toEqual([409, expect.objectContaining({ code: 'REQUEST_CONVERTED', id: data.id })]);
    const missing = await app.post('/work_orders', { work_order: { work_order_request_id: 987654321 } });
    expect([missing.status, ...detailsOf(missing as never)]).toEqual([422, ['work_order.work_order_request_id', 'not_found']]);
    expect(detailsOf((await app.post('/work_orders', { work_order: { type: 'reactive' } })) as never)).toEqual([
      ['work_order.title', 'required'],
    ]);
    expect((await convert(987654321)).status).toBe(404);
  });

  it('is won by one of fifty at the same moment, and lost by all others for ever', async () => {
    const id = await ask();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        index % 2 === 0 ? convert(id, {}) : app.post('/work_orders', { work_order: { work_order_request_id: id } }),
      ),
    );
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    for (const { status, error } of answers.filter((answer) => answer.status !== 201))
      expect([status, error]).toEqual([409, expect.objectContaining({ code: 'REQUEST_CONVERTED', id: won[0]?.data.id })]);
    expect((await app.get(`/work_orders?work_order_request_id=${id}`)).meta.pagination.total).toBe(1);
    await app.patch(`/work_orders/${won[0]?.data.id}`, { work_order: { status_id: 4 } }).expect(200);
    await app.delete(`/work_orders/${won[0]?.data.id}`).expect(204);
    expect((await convert(id)).error).toMatchObject({ code: 'REQUEST_CONVERTED', id: won[0]?.data.id });
  });

  it('has one effect a key, and no body is the same as one that says nothing', async () => {
    const same = [{ work_order: { title: 'Once' } }, { work_order: { title: 'Once' } }];
    for (const bodies of [same, [undefined, {}], [{}, undefined]]) {
      const [id, key] = [await ask(), { 'idempotency-key': randomUUID() }];
      const post = (body?: object) => app.post(`/work_order_requests/${id}/convert`, body, key);
      const first = await post(bodies[0]).expect(201);
      const second = await post(bodies[1]).expect(201);
      expect([second.data, second.headers.get('idempotent-replayed')]).toEqual([first.data, 'true']);
    }
  });

  it('refuses by the field that is wrong, and then appends nothing', async () => {
    const id = await ask();
    const count = async (path: string): Promise<number> => (await app.get(path).expect(200)).meta.pagination.total;
    const orders = () => count(`/work_orders?work_order_request_id=${id}`);
    const events = () => count(`/audit_trail?stream=workOrderRequest-${id}`);
    const before = await events();
    const wrong = async (work_order: object) => {
      const answer = await convert(id, { work_order });
      return [answer.status, ...detailsOf(answer)];
    };
    expect(await wrong({ asset_id: 987654321 })).toEqual([422, ['work_order.asset_id', 'not_found']]);
    expect(await wrong({ completed_at: '2099-01-01T00:00:00Z' })).toEqual([422, ['work_order.completed_at', 'out_of_range']]);
    expect(await wrong({ work_order_request_id: id })).toEqual([422, ['work_order.work_order_request_id', 'unknown_field']]);
    expect(await wrong({ title: null })).toEqual([422, ['work_order.title', 'required']]);
    expect((await convert(id, { title: 'x' })).status).toBe(422);
    expect(detailsOf(await convert(id, { work_order: { dedup_key: 'press-7' } }))).toEqual([['work_order.dedup_key', 'contradicts']]);
    expect(detailsOf(await app.post('/work_orders', { work_order: { work_order_request_id: id, dedup_key: 'press-7' } }))).toEqual([
      ['work_order.dedup_key', 'contradicts'],
    ]);
    const keyed = await app.graphqlAnswer(`mutation { convertWorkOrderRequest(input: { id: ${id}, dedupKey: "press-7" }) { id } }`);
    expect(keyed.body.errors[0].extensions.details).toMatchObject([{ field: 'input.dedupKey', code: 'contradicts' }]);
    expect([await events(), await orders()]).toEqual([before, 0]);
    const reference = randomUUID();
    await create('/work_orders', 'work_order', { title: 'First', external_reference: reference });
    expect((await convert(id, { work_order: { external_reference: reference } })).error.code).toBe('DUPLICATE_REFERENCE');
    const stale = await app.post(`/work_order_requests/${id}/convert`, {}, { 'if-match': '"7"' });
    expect(stale.status).toBe(412);
    expect((await convert(id, { work_order: { external_reference: randomUUID() } })).status).toBe(201);
  });

  it('keeps what was archived since, which the request refers to', async () => {
    const asset_id = await create('/assets', 'asset', { name: 'Old pump' });
    const id = await ask({ asset_id });
    await app.delete(`/assets/${asset_id}`).expect(204);
    expect((await convert(id).expect(201)).data.asset.id).toBe(asset_id);
  });
});

describe('a request that has an order', () => {
  it('follows it to its end and back, and nobody else, in the very answer', async () => {
    const id = await ask();
    const order = (await convert(id).expect(201)).data.id;
    const move = async (work_order: object) => {
      const { headers } = await app.patch(`/work_orders/${order}`, { work_order }).expect(200);
      return (await app.get(`/work_order_requests/${id}`, { 'x-min-position': headers.get('x-position') ?? '' })).data;
    };
    expect(await move({ completed_at: '2026-03-02T08:00:00Z' })).toMatchObject({
      status: 'completed',
      completed_at: '2026-03-02T08:00:00Z',
    });
    expect(await move({ completed_at: '2026-03-01T08:00:00Z' })).toMatchObject({
      status: 'completed',
      completed_at: '2026-03-01T08:00:00Z',
    });
    expect((await change(id, { status: 'open' })).error).toMatchObject({ code: 'CONFLICT' });
    expect(await move({ status_id: 2 })).toMatchObject({ status: 'approved', completed_at: null });
    expect((await app.delete(`/work_order_requests/${id}`)).error).toMatchObject({ code: 'RECORD_IN_USE', id: order });
    expect(await move({ status_id: 4 })).toMatchObject({ status: 'cancelled', completed_at: null });
    await app.delete(`/work_order_requests/${id}`).expect(204);
    expect(await move({ status_id: 1 })).toMatchObject({ status: 'approved', archived: true });
    expect((await change(id, { title: 'x' })).error.code).toBe('CONFLICT');
    await app.patch(`/work_order_requests/${id}/unarchive`).expect(200);
    expect((await change(id, { title: 'x' }).expect(200)).data.status).toBe('approved');
  });

  it('is completed by an order that is completed from the start, and by one with parts', async () => {
    const completed = await ask();
    const { data } = await convert(completed, { work_order: { status_id: 5, completed_at: '2026-03-02T08:00:00Z' } }).expect(201);
    expect(data).toMatchObject({ status: { id: 5 }, completed_at: '2026-03-02T08:00:00Z' });
    expect(await shown(completed)).toMatchObject({ status: 'completed', completed_at: '2026-03-02T08:00:00Z' });
    const id = await ask();
    const order = (await convert(id).expect(201)).data.id;
    const part_id = await create('/parts', 'part', { name: 'Seal', on_hand_qty: 3, unit_cost: 3.33, measurement_unit_id: 1 });
    await app.post(`/work_orders/${order}/parts`, { part_id, quantity: 2 }).expect(201);
    await app.post(`/work_orders/${order}/other_costs`, { other_cost: { amount: 5 } }).expect(201);
    await app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }).expect(200);
    const order2 = (await app.get(`/work_orders/${order}`)).data;
    expect(await shown(id)).toMatchObject({ status: 'completed', completed_at: order2.completed_at });
  });

  it('is the same over GraphQL', async () => {
    const made = await app.graphql(
      'mutation { createWorkOrderRequest(input: { title: "Noise", priority: high }) { id status commentsCount } }',
    );
    const { id } = made.createWorkOrderRequest;
    expect(made.createWorkOrderRequest).toMatchObject({ status: 'open', commentsCount: 0 });
    const converted = await app.graphql(
      `mutation { convertWorkOrderRequest(input: { id: ${id}, priority: low }) { id title priority workOrderRequest { id status workOrder { id } } } }`,
    );
    const order = converted.convertWorkOrderRequest;
    expect(order).toMatchObject({
      title: 'Noise',
      priority: 'low',
      workOrderRequest: { id, status: 'approved', workOrder: { id: order.id } },
    });
    const again = await app.graphqlAnswer(`mutation { convertWorkOrderRequest(input: { id: ${id} }) { id } }`);
    expect(again.body).toMatchObject({ errors: [{ extensions: { code: 'REQUEST_CONVERTED', id: Number(order.id) } }] });
    const other = await app.graphql('mutation { createWorkOrderRequest(input: { title: "Smell" }) { id } }');
    const opened = await app.graphql(
      `mutation { createWorkOrder(input: { workOrderRequestId: ${other.createWorkOrderRequest.id} }) { title workOrderRequestId } }`,
    );
    expect(opened.createWorkOrder).toEqual({ title: 'Smell', workOrderRequestId: other.createWorkOrderRequest.id });
    const listed = await app.graphql(`{ workOrderRequests(filter: { id: { eq: ${id} } }) { nodes { id workOrderId } } }`);
    expect(listed.workOrderRequests.nodes).toEqual([{ id, workOrderId: order.id }]);
  });
});

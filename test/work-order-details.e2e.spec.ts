import { randomUUID } from 'node:crypto';
import type { Client } from './harness/client.js';
import { insist } from './harness/insist.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const create = async (path: string, body: object): Promise<number> => (await app.post(path, body).expect(201)).data.id;
const open = (fields: object = {}): Promise<number> => create('/work_orders', { work_order: { title: 'Work', ...fields } });
const change = (id: number, fields: object) => app.patch(`/work_orders/${id}`, { work_order: fields });
const show = async (id: number) => (await app.get(`/work_orders/${id}`).expect(200)).data;
const eventsOf = async (id: number): Promise<number> => (await app.get(`/audit_trail?stream=workOrder-${id}`)).meta.pagination.total;

describe('a checklist', () => {
  const steps = ['Inspect', 'Clear', 'Refill'].map((text, index) => ({ text, order: index + 1, checked: false }));
  const tick = (id: number, order: number | string, checked: unknown = true, headers?: Record<string, string>) =>
    app.patch(`/work_orders/${id}/checklist/${order}`, { checked }, headers);
  const ticked = async (id: number): Promise<boolean[]> => (await show(id)).checklist.map((item: { checked: boolean }) => item.checked);
  const by = { id: 1, name: expect.any(String), surname: null };

  it('is ticked off item by item, and shows who did it when, over REST and GraphQL', async () => {
    const order = await open({ checklist: steps });
    expect((await show(order)).checklist).toEqual(steps.map((item) => ({ ...item, checked_at: null, checked_by: null })));
    const { data, headers } = await tick(order, 2).expect(200);
    expect(data).toMatchObject({ id: order, checklist: [{ checked: false }, { checked: true, checked_by: by }, { checked: false }] });
    expect(Date.parse(data.checklist[1].checked_at)).toBe(Date.parse(data.updated_at));
    expect(headers.get('etag')).toBe((await app.get(`/work_orders/${order}`)).headers.get('etag'));
    expect((await show(order)).checklist).toEqual(data.checklist);
    const { tickChecklistItem } = await app.graphql(
      `mutation ($input: TickChecklistItemInput!) { tickChecklistItem(input: $input) { checklist { order checked checkedAt checkedBy { id name } } } }`,
      { input: { workOrderId: order, order: 3, checked: true } },
    );
    const seen = { order: 3, checked: true, checkedAt: expect.any(String), checkedBy: { id: '1', name: expect.any(String) } };
    expect(tickChecklistItem.checklist[2]).toEqual(seen);
    await app.rebuild('work-orders');
    expect((await show(order)).checklist[1]).toEqual(data.checklist[1]);
    const { data: back } = await tick(order, 2, false).expect(200);
    expect(back.checklist[1]).toEqual({ ...steps[1], checked_at: null, checked_by: null });
    expect(await app.graphql(`{ workOrder(id: ${order}) { checklist { checked checkedBy { id } } } }`)).toEqual({
      workOrder: { checklist: [{ checked: false, checkedBy: null }, { checked: false, checkedBy: null }, { checked: true, checkedBy: { id: '1' } }] }, // prettier-ignore
    });
  });

  it('keeps all ticks of fifty people who tick fifty items at the same moment', async () => {
    const order = await open({ checklist: Array.from({ length: 50 }, (_, index) => ({ text: `Step ${index}` })) });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => tick(order, index + 1)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await ticked(order)).toEqual(Array.from({ length: 50 }, () => true));
  });

  it('keeps who ticked what a whole list leaves unchanged, and a tick of what is so changes nothing', async () => {
    const order = await open({ checklist: steps });
    const { checklist } = (await tick(order, 1).expect(200)).data;
    const whole = steps.map((item) => ({ ...item, checked: item.order < 3 }));
    const changed = (await change(order, { checklist: whole }).expect(200)).data;
    expect(changed.checklist[0]).toEqual(checklist[0]);
    expect(changed.checklist[1]).toMatchObject({ checked_at: changed.updated_at, checked_by: by });
    const before = await eventsOf(order);
    await tick(order, 1).expect(200);
    expect(await eventsOf(order)).toBe(before);
  });

  it('is sent back as it was read, with what has changed in it, and keeps what answers alone say', async () => {
    const steps = [{ text: 'a' }, { text: 'b', checked: true }];
    const { data: order } = await app.post('/work_orders', { work_order: { title: 'Inspection', checklist: steps } }).expect(201);
    const [first, second] = (await app.get(`/work_orders/${order.id}`).expect(200)).data.checklist;
    const checklist = [{ ...first, checked: true }, second];
    const { data: changed } = await app.patch(`/work_orders/${order.id}`, { work_order: { checklist } }).expect(200);
    expect(changed.checklist[0]).toMatchObject({ checked: true, checked_by: { id: 1 } });
    expect(changed.checklist[1]).toEqual(second);
    // What it says of who and when is the log's, whatever a request says.
    const said = [changed.checklist[0], { ...second, checked_at: '1999-01-01T00:00:00Z', checked_by: { id: 9 } }];
    expect((await app.patch(`/work_orders/${order.id}`, { work_order: { checklist: said } }).expect(200)).data.checklist).toEqual(
      changed.checklist,
    );
    await app.post('/work_orders', { work_order: { title: 'Copy', checklist } }).expect(201);
    const { error } = await app.patch(`/work_orders/${order.id}`, { work_order: { checklist: [{ ...first, done: true }] } }).expect(422);
    expect(error.details).toMatchObject([{ field: 'work_order.checklist.0.done', code: 'unknown_field' }]);
  });

  it('refuses what it cannot tick, and appends nothing', async () => {
    const order = await open({ checklist: [{ text: 'First', order: 0 }] });
    await tick(order, 0).expect(200);
    const before = await eventsOf(order);
    expect((await tick(order, 1)).error.code).toBe('NOT_FOUND');
    expect((await tick(order, 'first')).error.code).toBe('NOT_FOUND');
    expect((await tick(987654321, 1)).error.code).toBe('NOT_FOUND');
    expect((await tick(order, 0, 'yes')).error.details).toMatchObject([{ field: 'checked', code: 'not_a_boolean' }]);
    expect((await app.patch(`/work_orders/${order}/checklist/0`, {})).error.details).toMatchObject([
      { field: 'checked', code: 'required' },
    ]);
    expect((await tick(order, 0, false, { 'if-match': '"0"' })).status).toBe(412);
    const twice = await change(order, { checklist: [{ text: 'One', order: 2 }, { text: 'Other' }] });
    expect(twice.error.details).toMatchObject([{ field: 'work_order.checklist.1.order', code: 'not_unique' }]);
    expect(await eventsOf(order)).toBe(before);
    await change(order, { status_id: 5 }).expect(200);
    expect((await tick(order, 0, false)).error.code).toBe('WORK_ORDER_CLOSED');
    expect((await change(order, { checklist: [{ text: 'First', order: 0 }] })).error.code).toBe('WORK_ORDER_CLOSED');
    await change(order, { checklist: [{ text: 'Reworded', order: 0, checked: true }] }).expect(200);
    expect(await ticked(order)).toEqual([true]);
  });

  it('is ticked once under one key', async () => {
    const order = await open({ checklist: steps });
    const key = { 'idempotency-key': randomUUID() };
    const first = await tick(order, 1, true, key).expect(200);
    await tick(order, 1, false).expect(200);
    const again = await tick(order, 1, true, key).expect(200);
    expect([again.headers.get('idempotent-replayed'), again.body]).toEqual(['true', first.body]);
    expect(await ticked(order)).toEqual([false, false, false]);
  });
});

describe('what a work order says of itself', () => {
  it('begins as reactive work that no vendor is told of, and an order of another type stays one', async () => {
    expect(await show(await open())).toMatchObject({ type: 'reactive', notify_vendors_on_create: 'no', notify_vendors_on_update: 'no' });
    const order = await open({ type: 'preventive', notify_vendors_on_create: 'yes' });
    expect((await change(order, { title: 'Other' }).expect(200)).data).toMatchObject({
      type: 'preventive',
      notify_vendors_on_create: 'yes',
    });
    expect((await change(order, { notify_vendors_on_create: null, type: null }).expect(200)).data).toMatchObject({
      type: null,
      notify_vendors_on_create: 'no',
    });
    expect((await change(order, { notify_vendors_on_update: 'perhaps' })).error.details).toMatchObject([
      { field: 'work_order.notify_vendors_on_update', code: 'not_a_choice' },
    ]);
  });

  it('names vendors, accounts and the customer it is done for, and is found by them, over REST and GraphQL', async () => {
    const contact = { name: 'Robert Smith', email: 'robert@example.com', phone: '1-493', extension: '989' };
    const vendor = await create('/vendors', { vendor: { name: 'Summit', vendor_contacts_attributes: [contact] } });
    const [kept] = (await app.get(`/vendors/${vendor}`).expect(200)).data.vendor_contacts;
    const account = await create('/account_codes', { account_code: { name: 'Repairs', code: randomUUID() } });
    const customer = await create('/customers', { customer: { name: 'Harbour Hotel' } });
    const order = await open({ vendors_ids: [vendor], account_codes_ids: [account], customer_id: customer });
    const named = { account_codes: [{ id: account, name: 'Repairs' }], customer: { id: customer, name: 'Harbour Hotel' } };
    const summit = { id: vendor, name: 'Summit' };
    expect(await show(order)).toMatchObject({ ...named, vendors: [{ ...summit, primary_contact: { id: kept.id, ...contact } }] });
    const filters = [`vendor_id=${vendor}`, `account_code_id=${account}`, `customer_id=${customer}`, `filter[customer_id_in]=${customer}&type=reactive`]; // prettier-ignore
    for (const filter of filters) {
      const { data } = await app.get(`/work_orders?${filter}`).expect(200);
      expect([filter, data]).toMatchObject([filter, [{ id: order, ...named }]]);
      expect(data[0].vendors).toEqual([summit]);
    }
    const seen = await app.graphql(
      `query ($customer: ID!) { workOrders(filter: { customerId: { eq: $customer } }) { nodes { id type customer { id name } accountCodes { name } vendors { name } } } }`,
      { customer },
    );
    expect(seen.workOrders.nodes).toEqual([
      { id: `${order}`, type: 'reactive', customer: { id: `${customer}`, name: 'Harbour Hotel' }, accountCodes: [{ name: 'Repairs' }], vendors: [{ name: 'Summit' }] }, // prettier-ignore
    ]);
    const reached = await app.graphql(`{ vendor(id: ${vendor}) { primaryContact { name email phone extension } } }`);
    expect(reached.vendor.primaryContact).toEqual(contact);
    await app.post(`/work_orders/${order}/other_costs`, { other_cost: { amount: 12.5 } }).expect(201);
    const { data: costs } = await app.get('/reports/costs?group_by=customer').expect(200);
    expect(costs).toContainEqual({ key: customer, label: 'Harbour Hotel', labor: 0, parts: 0, other: 12.5, total: 12.5 });
  });

  it('refuses what it cannot name, by field, and appends nothing', async () => {
    const order = await open();
    const before = await eventsOf(order);
    const idle = await create('/vendors', { vendor: { name: 'Idle', assign_to_work_orders: false } });
    const refused = async (fields: object) => (await change(order, fields)).error.details;
    expect(await refused({ vendors_ids: [idle] })).toMatchObject([{ field: 'work_order.vendors_ids', code: 'not_assignable' }]);
    expect(await refused({ account_codes_ids: [987654321] })).toMatchObject([{ field: 'work_order.account_codes_ids', code: 'not_found' }]);
    expect(await refused({ customer_id: 987654321 })).toMatchObject([{ field: 'work_order.customer_id', code: 'not_found' }]);
    expect(await eventsOf(order)).toBe(before);
  });
});

describe('where a work order is', () => {
  const named = async (path: string, root: string, fields: object) => create(path, { [root]: fields });

  it('is told from the root down, whatever moved since, over REST, in lists and over GraphQL', async () => {
    const line = await named('/assets', 'asset', { name: 'Line' });
    const building = await named('/locations', 'location', { name: 'Building' });
    const room = await named('/locations', 'location', { name: 'Room', parent_id: building });
    const press = await named('/assets', 'asset', { name: 'Press', parent_id: line, location_id: room });
    const order = await open({ asset_id: press });
    const paths = {
      asset_path: [{ id: line, name: 'Line', level: 1 }, { id: press, name: 'Press', level: 2 }],
      location_path: [{ id: building, name: 'Building', level: 1 }, { id: room, name: 'Room', level: 2 }],
      entity: { id: 1, name: expect.any(String), portfolio: null },
    }; // prettier-ignore
    expect(await show(order)).toMatchObject(paths);
    expect((await app.get(`/work_orders?asset_id=${press}`)).data).toMatchObject([paths]);
    const below = '{ id name level }';
    expect(await app.graphql(`{ workOrder(id: ${order}) { assetPath ${below} locationPath ${below} entity { id } } }`)).toEqual({
      workOrder: {
        assetPath: paths.asset_path.map((step) => ({ ...step, id: `${step.id}` })),
        locationPath: paths.location_path.map((step) => ({ ...step, id: `${step.id}` })),
        entity: { id: '1' },
      },
    });
    await app.patch(`/assets/${press}`, { asset: { parent_id: null } }).expect(200);
    await change(order, { location_id: building }).expect(200);
    expect(await show(order)).toMatchObject({
      asset_path: [{ id: press, name: 'Press', level: 1 }],
      location_path: [{ id: building, name: 'Building', level: 1 }],
    });
    expect(await show(await open())).toMatchObject({ asset_path: [], location_path: [] });
  });

  it('decides the account that it is booked to, from its own down to the site', async () => {
    const account = async (name: string) => named('/account_codes', 'account_code', { name, code: randomUUID() });
    const site = await named('/entities', 'entity', { name: 'Mill', account_code_id: await account('Site') });
    const here = { 'x-entity-id': `${site}` };
    const make = async (path: string, body: object): Promise<number> => (await app.post(path, body, here).expect(201)).data.id;
    const building = await make('/locations', { location: { name: 'Building', account_code_id: await account('Building') } });
    const room = await make('/locations', { location: { name: 'Room', parent_id: building, account_code_id: await account('Room') } });
    const line = await make('/assets', { asset: { name: 'Line', account_code_id: await account('Line') } });
    const press = await make('/assets', { asset: { name: 'Press', parent_id: line, location_id: room, account_code_id: await account('Press') } }); // prettier-ignore
    const plain = await make('/categories', { category: { name: 'Plain' } });
    const category = await make('/categories', { category: { name: 'Belts', account_code_id: await account('Category') } });
    const order = await make('/work_orders', { work_order: { title: 'T', asset_id: press, categories_ids: [plain, category], account_codes_ids: [await account('Own')] } }); // prettier-ignore
    const path = `/work_orders/${order}`;
    const told: unknown[] = [];
    const tell = async () => {
      const { account_code, rule, source } = (await app.get(`${path}/account`, here).expect(200)).data;
      told.push([account_code?.name ?? null, rule, source]);
    };
    await tell();
    for (const [place, body] of [
      [path, { work_order: { account_codes_ids: [] } }],
      [path, { work_order: { categories_ids: [plain] } }],
      [`/assets/${press}`, { asset: { account_code_id: null } }],
      [`/assets/${line}`, { asset: { account_code_id: null } }],
      [`/locations/${room}`, { location: { account_code_id: null } }],
      [`/locations/${building}`, { location: { account_code_id: null } }],
    ] as const) {
      await app.patch(place, body, here).expect(200);
      await tell();
    }
    const seen = await app.graphql(
      `{ workOrder(id: ${order}) { account { accountCode { name } rule source { resource id } } } }`,
      {},
      here,
    );
    expect(seen.workOrder.account).toEqual({
      accountCode: { name: 'Site' },
      rule: 'entity',
      source: { resource: 'entity', id: `${site}` },
    });
    await app.patch(`/entities/${site}`, { entity: { account_code_id: null } }).expect(200);
    await tell();
    expect(told).toEqual([
      ['Own', 'work_order', { resource: 'work_order', id: order }],
      ['Category', 'category', { resource: 'category', id: category }],
      ['Press', 'asset', { resource: 'asset', id: press }],
      ['Line', 'asset_parent', { resource: 'asset', id: line }],
      ['Room', 'location', { resource: 'location', id: room }],
      ['Building', 'location_parent', { resource: 'location', id: building }],
      ['Site', 'entity', { resource: 'entity', id: site }],
      [null, null, null],
    ]);
    expect((await app.get(`/work_orders/${order}/account`)).status).toBe(404);
  });
});

describe('a call of a machine', () => {
  const call = (work_order: object, headers?: Record<string, string>) => app.post('/work_orders', { work_order }, headers);
  const alarm = (dedup_key: string, description = 'Overheated') => ({ title: 'Press is hot', description, dedup_key });
  const commentsOf = async (id: number): Promise<string[]> =>
    (await app.get(`/work_orders/${id}/comments?per_page=100`).expect(200)).data.map(({ text }: { text: string }) => text);

  it('names its asset by code, QR code or external reference, and people by their addresses', async () => {
    const key = randomUUID();
    const asset = { name: 'Press', asset_code: key, external_reference: `erp-${key}`, qr_code_attributes: { value: `qr-${key}` } };
    const id = await create('/assets', { asset });
    const kim = await create('/users', { user: { name: 'Kim', email: `Kims-${key}@example.org` } });
    for (const named of [{ code: key }, { qr_code: `qr-${key}` }, { external_reference: `erp-${key}` }]) {
      const { data } = await call({ title: 'Hot', asset: named, technicians_emails: [`kim\u017f-${key}@EXAMPLE.org`] }).expect(201);
      expect(data).toMatchObject({ asset: { id }, technicians: [{ id: kim, name: 'Kim' }], dedup_key: null, alarm_count: null });
    }
    await app.patch(`/assets/${id}`, { asset: { asset_code: `new-${key}`, name: 'Big press' } }).expect(200);
    await app.get(`/assets/${id}`).expect(200);
    expect((await call({ title: 'Hot', asset: { code: key } })).status).toBe(422);
    const renamed = (await call({ title: 'Hot', asset: { code: `new-${key}` } }).expect(201)).data;
    expect(renamed.asset_path).toEqual([{ id, name: 'Big press', level: 1 }]);
    await app.patch(`/assets/${id}`, { asset: { asset_code: key } }).expect(200);
    await app.get(`/assets/${id}`).expect(200);
    const seen = await app.graphql(
      `mutation ($input: CreateWorkOrderInput!) { createWorkOrder(input: $input) { asset { id } technicians { id } alarmCount dedupKey } }`,
      { input: { title: 'Hot', asset: { code: key }, techniciansEmails: [`kims-${key}@example.org`], dedupKey: key } },
    );
    expect(seen.createWorkOrder).toEqual({ asset: { id: `${id}` }, technicians: [{ id: `${kim}` }], alarmCount: 1, dedupKey: key });
  });

  it('is refused by the name of what cannot be found, and appends nothing', async () => {
    const code = randomUUID();
    const one = await create('/assets', { asset: { name: 'One', asset_code: code } });
    await create('/assets', { asset: { name: 'Other', asset_code: code } });
    const gone = await create('/assets', { asset: { name: 'Gone', external_reference: code } });
    await app.delete(`/assets/${gone}`).expect(204);
    const key = randomUUID();
    const refused = async (fields: object) => {
      const { status, error } = await call({ ...alarm(key), ...fields });
      return [status, ...error.details.map(({ field, code: detail }: { field: string; code: string }) => `${field} ${detail}`)];
    };
    expect(await refused({ asset: { code } })).toEqual([422, 'work_order.asset.code ambiguous']);
    expect(await refused({ asset: { code: randomUUID() } })).toEqual([422, 'work_order.asset.code not_found']);
    expect(await refused({ asset: { qr_code: code } })).toEqual([422, 'work_order.asset.qr_code not_found']);
    expect(await refused({ asset: { external_reference: code } })).toEqual([422, 'work_order.asset.external_reference not_found']);
    expect(await refused({ asset: { code, qr_code: code } })).toEqual([422, 'work_order.asset contradicts']);
    expect(await refused({ asset: {} })).toEqual([422, 'work_order.asset required']);
    expect(await refused({ asset: { code }, asset_id: one })).toEqual([422, 'work_order.asset contradicts']);
    const person = (name: string, fields: object = {}) =>
      create('/users', { user: { name, email: `${name}-${code}@example.org`, ...fields } });
    const left = await person('left');
    await person('idle', { can_be_assigned_to_wo: false });
    await app.delete(`/users/${left}`).expect(204);
    const emails = ['nobody', 'left', 'idle'].map((name) => `${name}-${code}@example.org`);
    expect(await refused({ technicians_emails: emails })).toEqual([
      422,
      ...['not_found', 'archived', 'not_assignable'].map((problem) => `work_order.technicians_emails ${problem}`),
    ]);
    expect(await refused({ location_id: 987654321 })).toEqual([422, 'work_order.location_id not_found']);
    for (const blank of ['', '  ']) expect(await refused({ dedup_key: blank })).toEqual([422, 'work_order.dedup_key required']);
    expect((await app.get(`/work_orders?dedup_key=${key}`)).meta.pagination.total).toBe(0);
    expect((await call(alarm(key)).expect(201)).data.alarm_count).toBe(1);
  });

  it('opens one order however many come at the same moment, and says the others on it', async () => {
    const key = randomUUID();
    const said = Array.from({ length: 50 }, (_, index) => `Call ${index}`);
    const answers = await Promise.all(said.map((text) => insist((headers) => call(alarm(key, text), headers))));
    const [opening] = answers.filter(({ status }) => status === 201);
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(49).fill(200), 201]);
    const { id, description } = opening?.data ?? {};
    expect(new Set(answers.map(({ data }) => data.id))).toEqual(new Set([id]));
    expect((await app.get(`/work_orders?dedup_key=${key}`)).data).toMatchObject([{ id, alarm_count: 50, comments_count: 49 }]);
    expect((await commentsOf(id)).sort()).toEqual(said.filter((text) => text !== description).sort());
  });

  it('opens an order of its own for each that comes completed, also at the same moment', async () => {
    const key = randomUUID();
    const work_order = { ...alarm(key), status_id: 5 };
    const answers = await Promise.all(Array.from({ length: 20 }, () => insist((headers) => call(work_order, headers))));
    expect(answers.map(({ status, data }) => [status, data.alarm_count])).toEqual(answers.map(() => [201, 1]));
    expect(new Set(answers.map(({ data }) => data.id)).size).toBe(20);
  });

  it('says each repeat as a comment of its own, which its author can withdraw', async () => {
    const key = randomUUID();
    const { id } = (await call(alarm(key)).expect(201)).data;
    const counted = [];
    for (const text of ['Smells burnt', 'Smells worse', 'Smokes']) {
      const { alarm_count, comments_count } = (await call(alarm(key, text)).expect(200)).data;
      counted.push([alarm_count, comments_count]);
    }
    expect(counted).toEqual([2, 3, 4].map((times) => [times, times - 1]));
    const [first] = (await app.get(`/work_orders/${id}/comments?search=burnt`).expect(200)).data;
    expect(first).toMatchObject({ work_order_id: id, text: 'Smells burnt', public: false, withdrawn_at: null, created_by: { id: 1 } });
    const path = `/work_orders/${id}/comments/${first.id}`;
    const other = await create('/work_orders', { work_order: { title: 'Other' } });
    expect((await app.delete(`/work_orders/${other}/comments/${first.id}`)).status).toBe(404);
    const tag = (await app.get(path).expect(200)).headers.get('etag') ?? '';
    expect((await app.delete(path, undefined, { 'if-match': '"7"' })).status).toBe(412);
    await app.delete(path, undefined, { 'if-match': tag }).expect(204);
    const withdrawn = (await app.get(path).expect(200)).data;
    expect(withdrawn).toEqual({ ...first, text: null, withdrawn_at: withdrawn.updated_at, updated_at: withdrawn.updated_at });
    expect((await app.delete(path).expect(204)).headers.get('etag')).toBe((await app.get(path)).headers.get('etag'));
    expect((await call(alarm(key)).expect(200)).data).toMatchObject({ alarm_count: 5, comments_count: 3 });
    await app.rebuild('comments');
    expect((await app.get(path).expect(200)).data).toEqual(withdrawn);
    expect((await app.get(`/work_orders/${id}/comments`)).meta.pagination.total).toBe(4);
  });

  it('goes on being counted where its technician and its asset have left, as long as its order is open', async () => {
    const [key, code] = [randomUUID(), randomUUID()];
    const asset = await create('/assets', { asset: { name: 'Leaving', asset_code: code } });
    const email = `leaving-${code}@example.org`;
    const person = await create('/users', { user: { name: 'Leaving', email } });
    const said = { ...alarm(key), asset: { code }, technicians_emails: [email] };
    const { id: order } = (await call(said).expect(201)).data;
    await app.delete(`/users/${person}`).expect(204);
    expect((await call(said).expect(200)).data).toMatchObject({ id: order, alarm_count: 2 });
    const namesake = await create('/assets', { asset: { name: 'Another', asset_code: code } });
    expect((await call(said).expect(200)).data).toMatchObject({ id: order, alarm_count: 3 });
    await app.delete(`/assets/${namesake}`).expect(204);
    await app.delete(`/assets/${asset}`).expect(204);
    expect((await call(said).expect(200)).data).toMatchObject({ id: order, alarm_count: 4, comments_count: 3 });
    expect((await call({ ...said, asset_id: asset }).expect(422)).error.details).toMatchObject([{ code: 'contradicts' }]);
    await change(order, { status_id: 5 }).expect(200);
    expect((await call(said).expect(422)).error.details.map(({ field }: { field: string }) => field)).toContain('work_order.asset.code');
  });

  it('is counted and said once under one key, and opens another order once the first is closed', async () => {
    const key = randomUUID();
    const again = { 'idempotency-key': randomUUID() };
    const first = await call(alarm(key), again).expect(201);
    const repeated = await call(alarm(key, 'Smells burnt')).expect(200);
    expect(repeated.data).toMatchObject({ id: first.data.id, alarm_count: 2, comments_count: 1, description: 'Overheated' });
    expect([repeated.headers.get('location'), repeated.headers.get('etag')]).toEqual([null, first.headers.get('etag')]);
    const replayed = await call(alarm(key), again).expect(201);
    expect([replayed.headers.get('idempotent-replayed'), replayed.body]).toEqual(['true', first.body]);
    const { description: _, ...untold } = alarm(key);
    await call(untold).expect(200);
    expect((await commentsOf(first.data.id)).sort()).toEqual(['Press is hot', 'Smells burnt']);
    expect((await app.get(`/work_orders?dedup_key=${key}`)).data).toMatchObject([{ alarm_count: 3, comments_count: 2, dedup_key: key }]);
    await change(first.data.id, { status_id: 5 }).expect(200);
    const second = await call(alarm(key)).expect(201);
    expect(second.data).toMatchObject({ alarm_count: 1, comments_count: 0 });
    await change(first.data.id, { status_id: 1 }).expect(200);
    expect((await call(alarm(key)).expect(200)).data.id).toBe(second.data.id);
    await change(second.data.id, { status_id: 4 }).expect(200);
    expect((await call(alarm(key)).expect(200)).data).toMatchObject({ id: first.data.id, alarm_count: 4 });
    await app.rebuild('alarms');
    expect(await show(second.data.id)).toMatchObject({ alarm_count: 2 });
    expect((await change(first.data.id, { dedup_key: 'other' })).error.details).toMatchObject([
      { field: 'work_order.dedup_key', code: 'never_changes' },
    ]);
  });
});

import { randomUUID } from 'node:crypto';
import { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

type AuditRow = { sequence: number; position: string; stream: string; type: string; data: object; part_id: number | null };

describe('the audit trail of a site', () => {
  it('tells the life of the site itself, wherever it was changed from, and counts without gap in the order of the log', async () => {
    const { id } = (await app.post('/entities', { entity: { name: 'Plant' } }, { 'x-entity-id': undefined }).expect(201)).data;
    const there = { 'x-entity-id': String(id) };
    await app.patch(`/entities/${id}`, { entity: { timezone: 'Europe/Berlin' } }).expect(200);
    const { id: part } = (await app.post('/parts', { part: { name: 'Bearing', on_hand_qty: 1, unit_cost: 2 } }, there).expect(201)).data;
    const rows: AuditRow[] = (await app.get('/audit_trail', there).expect(200)).data;
    expect(rows.map(({ sequence, stream, type }) => [sequence, stream, type])).toEqual([
      [1, `entity-${id}`, 'EntityRegistered'],
      [2, `entity-${id}`, 'EntityChanged'],
      // Its first amount.
      [3, `entity-${id}`, 'EntityCurrencyFixed'],
      [4, `part-${part}`, 'PartRegistered'],
      [5, `part-${part}`, 'PartOpeningStockRecorded'],
    ]);
    expect(rows[1]?.data).toEqual({ timezone: 'Europe/Berlin' });
    const positions = rows.map(({ position }) => BigInt(position));
    expect(positions).toEqual([...positions].sort((one, other) => Number(one - other)));
    expect((await app.get(`/audit_trail?stream=entity-${id}`)).data).toEqual([]);
  });

  it('is filtered by part, work order, type, actor and time', async () => {
    const { id } = (await app.post('/entities', { entity: { name: 'Plant' } }).expect(201)).data;
    const there = { 'x-entity-id': String(id) };
    const { id: part } = (await app.post('/parts', { part: { name: 'Bearing', on_hand_qty: 1, unit_cost: 2 } }, there).expect(201)).data;
    const { id: order } = (await app.post('/work_orders', { work_order: { title: 'Work' } }, there).expect(201)).data;
    await app.post(`/work_orders/${order}/parts`, { part_id: part, quantity: 1 }, there).expect(201);
    const types = async (query: string): Promise<string[]> =>
      (await app.get(`/audit_trail?${query}`, there).expect(200)).data.map(({ type }: AuditRow) => type);
    const ofBoth = ['PartAssignmentRequested', 'PartReserved'];
    expect(await types(`part_id=${part}`)).toEqual(['PartRegistered', 'PartOpeningStockRecorded', ...ofBoth]);
    expect(await types(`work_order_id=${order}`)).toEqual(['WorkOrderOpened', ...ofBoth]);
    expect(await types('actor_kind=process_manager')).toEqual(['PartReserved']);
    expect(await types('actor=process_manager:fulfilment&type=PartReserved')).toEqual(['PartReserved']);
    expect(await types('type_in=WorkOrderOpened,PartRegistered&recorded_at_gt=2020-01-01')).toEqual(['PartRegistered', 'WorkOrderOpened']);
    expect(await types('recorded_at_lt=2020-01-01')).toEqual([]);
    await app.post(`/work_orders/${order}/other_costs`, { other_cost: { amount: 1, date: '2019-12-31' } }, there).expect(201);
    await app.patch(`/work_orders/${order}`, { work_order: { completed_at: '2019-12-31T08:00:00Z' } }, there).expect(200);
    const ofThatDay = ['OtherCostRecorded', 'WorkOrderCompletionStarted', 'PartIssued', 'WorkOrderCompleted'];
    expect(await types('effective_at=2019-12-31')).toEqual(ofThatDay);
    expect(await types('effective_at_lt=2020-01-01&type_start=WorkOrder&sort=effective_at')).toEqual([
      'WorkOrderCompletionStarted',
      'WorkOrderCompleted',
    ]);
  });

  it('does not tell who may not see prices, rates or numbers whether there are any: an event with them reads like one without', async () => {
    const { id: vendor } = (await app.post('/vendors', { vendor: { name: 'Supplier' } }).expect(201)).data;
    const contact = (said: object) => ({ vendor_contacts_attributes: [{ name: 'Ann', ...said }] });
    const offer = (said: object) => ({ vendor_parts_attributes: [{ vendor_id: vendor, lead_time: 2, ...said }] });
    const both: readonly (readonly [root: string, path: string, said: object, hidden: object])[] = [
      ['asset', 'assets', {}, { purchase_cost: 9.5, salvage_value: 1 }],
      [
        'vendor',
        'vendors',
        { description: 'Seals', ...contact({}) },
        { hourly_rate: 32.5, address: '5 Way', ...contact({ phone: '123' }) },
      ],
      ['user', 'users', {}, { regular_rate: 41, job_title: 'Fitter', phone_number: '123' }],
      ['part', 'parts', offer({}), offer({ unit_cost: 9.5 })],
    ];
    const role = { name: randomUUID(), scopes: ['audit:read'] };
    await app.post('/access/roles', role).expect(201);
    const account = { name: 'Reader', role: role.name, entity_ids: 'all' };
    const reader = new Client(app.url, (await app.post('/access/service_accounts', account).expect(201)).data.key as string);
    for (const [root, path, said, hidden] of both) {
      const told = async (more: object): Promise<string> => {
        const { id } = (await app.post(`/${path}`, { [root]: { name: 'Probe', ...said, ...more } }).expect(201)).data;
        const emptied = Object.fromEntries(Object.keys(more).flatMap((name) => (name.endsWith('_attributes') ? [] : [[name, null]])));
        const changed = await app.patch(`/${path}/${id}`, { [root]: { name: 'Changed', ...emptied } }).expect(200);
        const query = `{ auditTrail(filter: { stream: { eq: "${root}-${id}" } }) { nodes { data } } }`;
        const after = { 'x-min-position': changed.headers.get('x-position') ?? '' };
        const { data, meta } = await reader.get(`/audit_trail?stream=${root}-${id}&sort=revision asc`, after).expect(200);
        const { body } = await reader.graphqlAnswer(query);
        const answers = JSON.stringify([
          data.map((event: { data: object }) => event.data),
          meta.hidden,
          body.data,
          body.extensions?.hidden,
        ]);
        return answers.replace(/("(?:id|partId)\\*":)\d+/g, '$1');
      };
      expect(await told(hidden)).toEqual(await told({}));
    }
  });
});

describe('the audit trail of the customer', () => {
  const nowhere = { 'x-entity-id': undefined };
  const site = async () => (await app.post('/entities', { entity: { name: 'Plant' } }, nowhere).expect(201)).data.id as number;
  const account = async (entity_ids: number[] | 'all', headers = nowhere) =>
    (await app.post('/access/service_accounts', { name: randomUUID(), role: 'auditor', entity_ids }, headers).expect(201)).data;

  it('has what was decided about all sites, and each site what was decided about it alone', async () => {
    const [here, there] = [await site(), await site()];
    const name = randomUUID();
    const { id: roleId } = (await app.post('/access/roles', { name, scopes: ['parts:read'] }, nowhere).expect(201)).data;
    const one = await account([here]);
    const both = await account([here, there]);
    const elsewhere = await account([here], { 'x-entity-id': String(there) } as never);
    await app.patch(`/access/service_accounts/${one.id}`, { name: 'Probe' }, nowhere).expect(200);
    const trail = async (query: string, headers: object = { 'x-entity-id': String(here) }) =>
      ((await app.get(`/audit_trail?per_page=1000&${query}`, headers as never).expect(200)).data as AuditRow[]).map(
        ({ type, data, sequence }) => ({ type, sequence, ...(data as { credentialId?: number; roleId?: number }) }),
      );
    const credentials = (rows: readonly { credentialId?: number }[]) => rows.flatMap(({ credentialId }) => credentialId ?? []);
    expect(credentials(await trail('stream=credentials-1'))).toEqual([one.id, elsewhere.id, one.id]);
    expect(credentials(await trail('stream=credentials-1', { 'x-entity-id': String(there) }))).toEqual([]);
    const ofAll = await trail('of_customer=true&sort=position desc');
    expect(ofAll).toContainEqual(expect.objectContaining({ type: 'RoleDefined', roleId }));
    expect(credentials(ofAll)).toContain(both.id);
    expect(credentials(ofAll)).not.toContain(one.id);
    const { sequence: last = 0 } = ofAll[0] ?? {};
    expect(ofAll.map(({ sequence }) => sequence)).toEqual(ofAll.map((_, index) => last - index));
    const query = `{ auditTrail(ofCustomer: true, filter: { type: { eq: "RoleDefined" } }, sort: "position desc", first: 1) { nodes { type } } }`;
    expect(await app.graphql(query)).toEqual({ auditTrail: { nodes: [{ type: 'RoleDefined' }] } });
    const wrong = await app.get('/audit_trail?of_customer=perhaps').expect(422);
    expect(wrong.error.details).toEqual([{ field: 'of_customer', code: 'not_a_boolean', message: 'must be true or false' }]);
  });

  it('is read by who reads that of every site', async () => {
    const here = await site();
    const [ofOne, ofAll] = [await account([here]), await account('all')];
    const ask = (path: string, { key }: { key: string }) => app.get(path, { 'x-entity-id': String(here), authorization: `Bearer ${key}` });
    await ask('/audit_trail', ofOne).expect(200);
    expect((await ask('/audit_trail?of_customer=true', ofOne).expect(403)).error).toMatchObject({
      code: 'INSUFFICIENT_PERMISSIONS',
      required_scope: 'audit:read',
    });
    await ask('/audit_trail?of_customer=true&per_page=1', ofAll).expect(200);
  });
});

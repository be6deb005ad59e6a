import { createHash, randomBytes } from 'node:crypto';
import pg from 'pg';
import { Client, type Answer } from './harness/client.js';
import { TestServer } from './harness/server.js';
import { signedIn } from './harness/sign-in.js';

let app: TestServer;
let keeper: { id: number; headers: Record<string, string> };

beforeAll(async () => {
  app = await TestServer.start({ log: 'postgres' });
  const { data } = await app.post('/users', { user: { name: 'Kim', surname: 'Keeper', email: 'kim@example.org' } }).expect(201);
  keeper = { id: data.id as number, headers: { authorization: `Bearer ${await keyOf(data.id as number)}` } };
});
afterAll(() => app.stop());

/** A key of a person, as the table of keys defines one: there is no operation that makes them yet. */
async function keyOf(userId: number): Promise<string> {
  const keyId = randomBytes(8).toString('hex');
  const key = `mw_${keyId}_${randomBytes(32).toString('base64url')}`;
  const client = new pg.Client({ connectionString: app.ownerUrl });
  await client.connect();
  await client.query('INSERT INTO app.api_keys (key_id, secret_hash, customer_id, user_id) VALUES ($1, $2, 1, $3)', [
    keyId,
    createHash('sha256').update(key).digest(),
    userId,
  ]);
  await client.end();
  return key;
}

const people = ({ created_by, updated_by }: { created_by: { id: number }; updated_by?: { id: number } }): (number | undefined)[] => [
  created_by.id,
  updated_by?.id,
];

describe('who did it', () => {
  it('is the person of the key, wherever people are printed, before and after a rebuild', async () => {
    const part = (await app.post('/parts', { part: { name: 'Belt', on_hand_qty: 5, unit_cost: 2 } }).expect(201)).data.id as number;
    const order = (await app.post('/work_orders', { work_order: { title: 'Change belt' } }, keeper.headers).expect(201)).data.id as number;
    const place = (await app.post('/locations', { location: { name: 'Hall' } }, keeper.headers).expect(201)).data.id as number;
    await app.patch(`/parts/${part}/restock`, { quantity: 1, cost: 2 }, keeper.headers).expect(200);
    await app.patch(`/locations/${place}`, { location: { name: 'Hall 1' } }).expect(200);
    await app.post(`/work_orders/${order}/parts`, { part_id: part, quantity: 2 }).expect(201);
    await app.post(`/work_orders/${order}/other_costs`, { other_cost: { amount: 5 } }, keeper.headers).expect(201);
    await app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }).expect(200);
    const look = async () => {
      const movements = (await app.get(`/parts/${part}/transactions?sort=position asc`).expect(200)).data as {
        created_by: { id: number };
      }[];
      const [cost] = (await app.get(`/work_orders/${order}/other_costs`).expect(200)).data as { created_by: { id: number } }[];
      const seen = await app.graphql(`{
        part(id: ${part}) { createdBy { id } updatedBy { id } }
        workOrder(id: ${order}) { createdBy { id } updatedBy { id } }
        location(id: ${place}) { createdBy { id } updatedBy { id } }
      }`);
      return {
        part: people((await app.get(`/parts/${part}`).expect(200)).data),
        order: people((await app.get(`/work_orders/${order}`).expect(200)).data),
        movements: movements.map(({ created_by }) => created_by.id),
        cost: cost?.created_by.id,
        graphql: [seen.part, seen.workOrder, seen.location].map(({ createdBy, updatedBy }) => [Number(createdBy.id), Number(updatedBy.id)]),
      };
    };
    const expected = {
      part: [1, keeper.id],
      order: [keeper.id, 1],
      movements: [1, keeper.id, 1],
      cost: keeper.id,
      graphql: [
        [1, keeper.id],
        [keeper.id, 1],
        [keeper.id, 1],
      ],
    };
    expect(await look()).toEqual(expected);
    for (const projection of ['stock-levels', 'work-orders', 'part-transactions', 'locations']) await app.rebuild(projection);
    expect(await look()).toEqual(expected);
  });

  it('stands in the history with the credential, the day of the site, and where the append ends', async () => {
    const site = (await app.post('/entities', { entity: { name: 'Auckland', timezone: 'Pacific/Kiritimati' } }).expect(201)).data
      .id as number;
    const headers = { ...keeper.headers, 'x-entity-id': String(site) };
    const created = await app.post('/parts', { part: { name: 'Belt', on_hand_qty: 5, unit_cost: 2 } }, headers).expect(201);
    await app.post('/work_orders', { work_order: { title: 'Old', completed_at: '2020-05-05T20:00:00Z' } }, headers).expect(201);
    const { data } = await app.get('/audit_trail?sort=position asc&type_not_cont=Entity', headers).expect(200);
    expect(data.every(({ actor }: { actor: object }) => JSON.stringify(actor) === `{"kind":"user","id":"${keeper.id}"}`)).toBe(true);
    const credential = { kind: 'api_key', id: keeper.headers['authorization']?.split('_')[1] };
    expect(data[0].credential).toEqual(credential);
    const seen = await app.graphql(
      '{ auditTrail(sort: "position asc", perPage: 1, filter: { type: { eq: "PartRegistered" } }) { nodes { actorKind actorId credentialKind credentialId } } }',
      {},
      headers,
    );
    expect(seen.auditTrail.nodes).toEqual([
      { actorKind: 'user', actorId: String(keeper.id), credentialKind: credential.kind, credentialId: credential.id },
    ]);
    const days = (data as { type: string; effective_at: string }[]).map(({ type, effective_at }) => [type, effective_at]);
    expect(days).toEqual([
      ['PartRegistered', dayIn('Pacific/Kiritimati', created.data.created_at as string)],
      ['PartOpeningStockRecorded', dayIn('Pacific/Kiritimati', created.data.created_at as string)],
      ['WorkOrderOpened', expect.stringMatching(/^\d{4}-\d\d-\d\d$/)],
      ['WorkOrderCompletionStarted', '2020-05-06'],
      ['WorkOrderCompleted', '2020-05-06'],
    ]);
    const client = new pg.Client({ connectionString: app.ownerUrl });
    await client.connect();
    const { rows } = await client.query<{ type: string; append: object | null; credential: { kind: string } }>(
      `SELECT type, canonical::jsonb->'metadata'->'append' AS append, canonical::jsonb->'metadata'->'credential' AS credential
       FROM log.events WHERE canonical::jsonb->'metadata'->>'entity_id' = $1 AND type !~ '^Entity' ORDER BY global_position`,
      [String(site)],
    );
    await client.end();
    expect(rows.map(({ append }) => append)).toEqual([
      { index: 0, size: 2 },
      { index: 1, size: 2 },
      { index: 0, size: 3 },
      { index: 1, size: 3 },
      { index: 2, size: 3 },
    ]);
    expect(rows.slice(-1)[0]?.credential.kind).toBe('api_key');
  });

  it('has a completion on its day at the site also where a request or an alarm opens the order as completed', async () => {
    const site = (await app.post('/entities', { entity: { name: 'Kiritimati', timezone: 'Pacific/Kiritimati' } }).expect(201)).data.id;
    const there = { 'x-entity-id': String(site) };
    const completed = { title: 'Old', completed_at: '2020-05-05T20:00:00Z' };
    const requested = async (): Promise<number> =>
      (await app.post('/work_order_requests', { work_order_request: { title: 'Noise' } }, there).expect(201)).data.id;
    await app.post(`/work_order_requests/${await requested()}/convert`, { work_order: completed }, there).expect(201);
    await app.post('/work_orders', { work_order: { ...completed, work_order_request_id: await requested() } }, there).expect(201);
    await app.post('/work_orders', { work_order: { ...completed, dedup_key: 'press' } }, there).expect(201);
    const { data } = await app.get('/audit_trail?sort=position asc&type_cont=WorkOrderComplet', there).expect(200);
    expect(data.map((event: { type: string; effective_at: string }) => `${event.type} ${event.effective_at}`)).toEqual(
      Array.from({ length: 3 }, () => ['WorkOrderCompletionStarted 2020-05-06', 'WorkOrderCompleted 2020-05-06']).flat(),
    );
    const openings = await app.get('/audit_trail?type=WorkOrderOpened', there).expect(200);
    expect(openings.data.map(({ effective_at }: { effective_at: string }) => effective_at)).toEqual(
      openings.data.map(({ recorded_at }: { recorded_at: string }) => dayIn('Pacific/Kiritimati', recorded_at)),
    );
  });

  it('refuses what would not fit into one entry of the history, and appends nothing', async () => {
    const checklist = Array.from({ length: 500 }, (_, order) => ({ text: 'é'.repeat(200), order }));
    const { error } = await app.post('/work_orders', { work_order: { title: 'Long', checklist } }).expect(422);
    expect([error.code, fieldsOf(error.details)]).toEqual(['EVENT_TOO_LARGE', ['work_order.checklist']]);
    const ofAlarm = (await app.post('/work_orders', { work_order: { title: 'Long', checklist, dedup_key: 'long' } }).expect(422)).error;
    expect([ofAlarm.code, fieldsOf(ofAlarm.details)]).toEqual(['EVENT_TOO_LARGE', ['work_order.checklist']]);
    const request = (await app.post('/work_order_requests', { work_order_request: { title: 'Noise' } }).expect(201)).data.id;
    const converted = (await app.post(`/work_order_requests/${request}/convert`, { work_order: { checklist } }).expect(422)).error;
    expect([converted.code, fieldsOf(converted.details)]).toEqual(['EVENT_TOO_LARGE', ['work_order.checklist']]);
    expect((await app.get('/work_orders?title=Long').expect(200)).data).toEqual([]);
    await app.post('/work_orders', { work_order: { title: 'Long', checklist: checklist.slice(0, 120) } }).expect(201);
  });

  it('refuses a PM schedule whose orders would not fit, however it comes to that, and opens those that do', async () => {
    const begun = { title: 'Rounds', start_date: '2090-01-01T00:00:00Z', repeat_frequency: 'month' };
    const checklist = Array.from({ length: 100 }, () => ({ text: 'x'.repeat(600) }));
    const template = (fields: object) => ({ pm_schedule: { template_work_order: fields } });
    const refused = async (answer: PromiseLike<Answer>): Promise<unknown> => {
      const { error } = await answer;
      return [error.code, fieldsOf(error.details)];
    };
    const tooLarge = ['EVENT_TOO_LARGE', ['pm_schedule.template_work_order']];
    const { id } = (await app.post('/pm_schedules', { pm_schedule: { ...begun, template_work_order: { checklist } } }).expect(201)).data;
    const path = `/pm_schedules/${id}`;
    const change = (fields: object) => app.patch(path, template(fields));
    const description = 'x'.repeat(20_000);
    expect(await refused(change({ description }).expect(422))).toEqual(tooLarge);
    const whole = { pm_schedule: { ...begun, template_work_order: { checklist, description } } };
    expect(await refused(app.post('/pm_schedules', whole).expect(422))).toEqual(tooLarge);
    const fitting = async (length: number): Promise<Answer> => change({ description: 'x'.repeat(length) });
    let [most, least] = [0, 20_000];
    while (least - most > 1) {
      const length = Math.floor((most + least) / 2);
      if ((await fitting(length)).status === 200) most = length;
      else least = length;
    }
    expect((await fitting(least)).status).toBe(422);
    await fitting(most);
    // The entry of the schedule itself has what no order of it says.
    const [own, inside] = [
      { title: '\u4e2d'.repeat(255), external_reference: '\u4e2d'.repeat(255) },
      { title: 'Rounds', checklist },
    ];
    const named = { pm_schedule: { ...begun, ...own, template_work_order: { ...inside, description: 'x'.repeat(most) } } };
    expect(await refused(app.post('/pm_schedules', named).expect(422))).toEqual([
      'EVENT_TOO_LARGE',
      ['pm_schedule.template_work_order.checklist'],
    ]);
    const raised = (await app.post(`${path}/raise`, undefined, { 'x-request-id': 'r'.repeat(128) }).expect(200)).data;
    const order = (await app.get(`/work_orders/${raised.last_active_work_order_id}`).expect(200)).data;
    expect([order.description.length, order.checklist.length, order.comments_count]).toEqual([most, 100, 0]);
  });

  it('takes the largest part there can be, also where every character is written as an escape', async () => {
    const text = (length: number) => '\u0001'.repeat(length);
    const part = { name: text(255), description: text(10_000), number: text(255), area: text(255) };
    const { data } = await app.post('/parts', { part }).expect(201);
    expect((await app.get(`/parts/${data.id}`).expect(200)).data.description === part.description).toBe(true);
  });

  it('refuses a work order that is too large over every edge, and leaves its reference free', async () => {
    const checklist = Array.from({ length: 300 }, (_, order) => ({ text: '\u4e2d'.repeat(200), order }));
    const work_order = { title: 'Larger', checklist, external_reference: 'larger' };
    const answers = await Promise.all([
      app.post('/work_orders', { work_order }),
      app.post('/batch', { sequential: true, ops: [{ method: 'POST', url: '/api/v1/work_orders', params: { work_order } }] }),
      app.graphqlAnswer('mutation ($input: CreateWorkOrderInput!) { createWorkOrder(input: $input) { id } }', {
        input: { title: 'Larger', checklist, externalReference: 'larger' },
      }),
    ]);
    for (const { body } of answers) expect(/"code":"([A-Z_]+)"/.exec(JSON.stringify(body))?.[1]).toBe('EVENT_TOO_LARGE');
    for (const { body } of answers) expect(JSON.stringify(body)).toMatch(/"field":"(work_order|input).checklist"/);
    expect((await app.get('/work_orders?title=Larger').expect(200)).data).toEqual([]);
    await app.post('/work_orders', { work_order: { title: 'Smaller', external_reference: 'larger' } }).expect(201);
  });
});

const fieldsOf = (details: readonly { field: string }[]): string[] => details.map(({ field }) => field);

const dayIn = (timeZone: string, instant: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(new Date(instant));

describe('what a machine did', () => {
  it('was done by it under its name, and by no person', async () => {
    const made = await app.post('/access/service_accounts', { name: 'Robot', role: 'manager', entity_ids: [1] }).expect(201);
    const robot = { authorization: `Bearer ${made.data.key}` };
    const shown = { id: null, name: 'Robot', surname: null, avatar: null };
    const part = (await app.post('/parts', { part: { name: 'Hose', on_hand_qty: 5, unit_cost: 2 } }, robot).expect(201)).data;
    expect([part.created_by, part.updated_by]).toEqual([shown, shown]);
    const asset = (await app.post('/assets', { asset: { name: 'Press' } }, robot).expect(201)).data;
    expect(asset.created_by).toMatchObject(shown);
    const place = (await app.post('/locations', { location: { name: 'Yard' } }, robot).expect(201)).data;
    expect([place.created_by_id, place.updated_by_id]).toEqual([null, null]);
    const order = (await app.post('/work_orders', { work_order: { title: 'Check' } }, robot).expect(201)).data.id as number;
    const comments = `/work_orders/${order}/comments`;
    const comment = (await app.post(comments, { comment: { text: 'Seen' } }, robot).expect(201)).data;
    expect(comment.created_by).toEqual(shown);
    await app.patch(`/work_orders/${order}`, { work_order: { title: 'Check twice' } }).expect(200);
    for (const path of ['/parts', '/assets', '/work_orders']) {
      const { data } = await app.get(`${path}?sort=id desc&per_page=1`).expect(200);
      expect(data[0].created_by).toEqual(shown);
    }
    const read = () =>
      app.graphql(`{
        part(id: ${part.id}) { createdBy { id name surname avatar } transactions { nodes { createdBy { id fullName status } } } }
        workOrder(id: ${order}) { createdBy { id name avatar } updatedBy { id } comments { nodes { createdBy { name } } } }
        location(id: ${place.id}) { createdById createdBy { id name createdAt revision } }
      }`);
    const seen = await read();
    expect(seen.part).toEqual({
      createdBy: shown,
      transactions: { nodes: [{ createdBy: { id: null, fullName: 'Robot', status: 'active' } }] },
    });
    expect(seen.workOrder).toMatchObject({
      createdBy: { id: null, name: 'Robot', avatar: null },
      updatedBy: { id: '1' },
      comments: { nodes: [{ createdBy: { name: 'Robot' } }] },
    });
    expect(seen.location).toMatchObject({ createdById: null, createdBy: { id: null, name: 'Robot' } });
    await app.post('/projections/locations/rebuild').expect(200);
    expect((await read()).location).toEqual(seen.location);
    // It is the robot's word, and nobody else takes it back.
    await app.delete(`${comments}/${comment.id}`).expect(403);
    await app.request('DELETE', `${comments}/${comment.id}`, undefined, robot).expect(204);
    await app.delete(`/access/service_accounts/${made.data.id}`).expect(204);
    expect((await app.get(`/parts/${part.id}`).expect(200)).data.created_by).toEqual(shown);
  });
});

describe('the key of a person', () => {
  it('gets another secret from nobody who may less than that person, for with it he would act in that name', async () => {
    const come = async (name: string, roles: Readonly<Record<number, string>>): Promise<Client> => {
      const permissions_attributes = Object.entries(roles).map(([site, role]) => ({ entity_id: Number(site), role }));
      const { data } = await app.post('/users', { user: { name, permissions_attributes } }).expect(201);
      return signedIn(app, data.id as number);
    };
    const site = (await app.post('/entities', { entity: { name: 'Annex' } }).expect(201)).data.id as number;
    const [admin, elsewhere, peer, manager] = [
      await come('Axe', { 1: 'admin' }),
      await come('Elsa', { 1: 'manager', [site]: 'technician' }),
      await come('Pia', { 1: 'technician' }),
      await come('Mia', { 1: 'manager' }),
    ];
    const expires_at = new Date(Date.now() + 86_400_000).toISOString();
    const body = { name: 'Export', scopes: ['parts:read', 'parts:write'], entity_ids: [1], expires_at };
    const keyOfHis = async (owner: Client): Promise<{ id: number; key: string }> =>
      (await owner.post('/access/api_keys', body).expect(201)).data as { id: number; key: string };
    const rotate = (by: Client, id: number) => by.post(`/access/api_keys/${id}/rotate`, { overlap_hours: 0 });
    const { id: peerId } = (await peer.get('/auth/me')).data.user as { id: number };
    /** What was decided about credentials until a write of ours that is none of that. */
    const decisions = async (role: string): Promise<number> => {
      await app.patch(`/users/${peerId}`, { user: { permissions_attributes: [{ entity_id: 1, role }] } }).expect(200);
      return (await app.get('/audit_trail?stream=credentials-1&per_page=1').expect(200)).meta.pagination.total as number;
    };

    const taken = await keyOfHis(admin);
    await manager.patch(`/access/api_keys/${taken.id}`, { scopes: ['parts:read'] }).expect(200);
    const kept = await keyOfHis(elsewhere);
    const before = await decisions('auditor');
    // What somebody may do at a site that the manager does not know is not told.
    for (const { id } of [taken, kept])
      expect((await rotate(manager, id).expect(403)).error).toMatchObject({
        ...{ code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'access:manage' },
      });
    expect([before > 2, await decisions('manager')]).toEqual([true, before]);
    await new Client(app.url, taken.key).get('/parts').expect(200);

    const equal = await keyOfHis(peer);
    const rotations = [
      [admin, taken],
      [elsewhere, kept],
      [manager, equal],
      [app, kept],
    ] as const;
    for (const [by, { id }] of rotations) await rotate(by, id).expect(200);
    await new Client(app.url, taken.key).get('/parts').expect(401);
    await manager.delete(`/access/api_keys/${taken.id}`).expect(204);
  });
});

import { randomBytes, randomUUID } from 'node:crypto';
import { request as rawRequest } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Answer, Client } from './harness/client.js';
import { TestServer } from './harness/server.js';
import { password, signIn } from './harness/sign-in.js';

let app: TestServer;
/** Another process of the same installation. */
let another: TestServer;
beforeAll(async () => {
  app = await TestServer.start();
  another = await app.another();
});
afterAll(async () => {
  await another.stop();
  await app.stop();
});

const refusal = ({ status, error }: Answer) => [status, error?.code];
const open = (path: string, body: object, headers: Record<string, string> = {}) =>
  app.post(path, body, { authorization: undefined, 'x-entity-id': undefined, ...headers });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
/** A word that stands nowhere else. */
const canary = (kind: string): string => `${kind}${randomBytes(6).toString('hex')}`;

async function person(fields: object = {}): Promise<number> {
  return (await app.post('/users', { user: { name: 'Bo', ...fields } }).expect(201)).data.id as number;
}

/** A person who has accepted an invitation, and a token of his. */
async function signedUp(fields: object = {}): Promise<{ id: number; token: string }> {
  const id = await person({ email: `${randomUUID()}@example.com`, ...fields });
  return { id, token: (await signIn(app, id)).access_token };
}

const erase = (id: number, headers: Record<string, string> = {}, server: Client = app) =>
  server.post(`/users/${id}/erase`, { reason: 'Left the firm' }, headers);

/** Everything that the database holds, as text: what a backup that is made now would hold, and more. */
async function everythingKept(): Promise<string> {
  const database = new pg.Client({ connectionString: app.ownerUrl });
  await database.connect();
  try {
    const tables = await database.query<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind = 'r' AND n.nspname !~ '^(pg_|information_schema)'`,
    );
    const texts: string[] = [];
    for (const { name } of tables.rows) {
      const { rows } = await database.query<{ row: string }>(
        `SELECT convert_from(convert_to(t::text, 'UTF8'), 'UTF8') AS row FROM ${name} t`,
      );
      texts.push(...rows.map(({ row }) => `${name} ${row}`));
      // Events and states are kept as bytes.
      texts.push(
        ...rows.flatMap(({ row }) =>
          [...row.matchAll(/\\x([0-9a-f]{16,})/g)].map(([, hex]) => `${name} ${Buffer.from(hex ?? '', 'hex').toString('latin1')}`),
        ),
      );
    }
    return texts.join('\n');
  } finally {
    await database.end();
  }
}

/** Sent without a credential from another address of this machine; answers the body of the answer. */
const openFrom = (localAddress: string, path: string, body: object, agent: string) =>
  new Promise<string>((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'user-agent': agent };
    const asking = rawRequest(`${app.url}/api/v1${path}`, { method: 'POST', localAddress, headers }, (answer) => {
      answer.setEncoding('utf8');
      const texts: string[] = [];
      answer.on('data', (text: string) => texts.push(text)).on('end', () => resolve(texts.join('')));
    });
    asking.on('error', reject).end(JSON.stringify(body));
  });

describe('erasing a person', () => {
  it('leaves nothing that says who it was, and everything that he did', async () => {
    const said = {
      name: canary('Name'),
      surname: canary('Surname'),
      email: `${canary('mail')}@example.com`,
      login_identifier: canary('login'),
      phone_number: `+49${canary('phone')}`,
      job_title: canary('job'),
      external_reference: canary('reference'),
    };
    const agent = canary('Agent');
    const earlier = canary('Earlier');
    const { id, token } = await signedUp({ ...said, surname: earlier, permissions_attributes: [{ entity_id: 1, role: 'manager' }] });
    await app.patch(`/users/${id}`, { user: { surname: said.surname } }, { 'idempotency-key': randomUUID() }).expect(200);
    await open('/auth/login', { email: said.email, password }, { 'user-agent': agent }).expect(200);
    const his = { ...bearer(token), 'user-agent': agent };
    const key = { 'idempotency-key': randomUUID() };
    const part = { part: { name: 'Belt', on_hand_qty: 5, unit_cost: 2 } };
    const made = await app.post('/parts', part, { ...his, ...key }).expect(201);
    expect(made.data.created_by).toMatchObject({ id, name: said.name, surname: said.surname });
    const request = (await app.post('/work_order_requests', { work_order_request: { title: 'A leak' } }, his).expect(201)).data
      .id as number;
    const query = `mutation { addComment(input: { workOrderRequestId: ${request}, text: "It drips" }) { text createdBy { name } } }`;
    await app.post('/graphql', { query }, { ...his, 'idempotency-key': randomUUID() }).expect(200);
    const { uuid } = (await app.post('/request_portals', { request_portal: { title: 'Front desk' } }).expect(201)).data;
    const asked = { title: 'Too cold', name: canary('PortalName'), email: said.email.toUpperCase() };
    await open(`/portal/${uuid}/requests`, asked).expect(201);
    const [cold] = (await app.get('/work_order_requests?sort=id desc&per_page=1').expect(200)).data;
    const answered = await app.patch(
      `/work_order_requests/${cold.id}`,
      { work_order_request: { priority: 'low' } },
      { 'idempotency-key': randomUUID() },
    );
    expect(answered.data.submitted_by).toEqual({ name: asked.name, email: asked.email });

    const { data: known } = await app.get(`/users/${id}/personal_data`).expect(200);
    expect(known).toMatchObject({
      user: { id, ...said },
      erasure: null,
      requests: [{ request_id: request, entity_id: 1, title: 'A leak' }],
      comments: [{ text: 'It drips', entity_id: 1 }],
      portal_submissions: [{ name: asked.name, email: asked.email }],
    });
    expect(known.sessions.map((session: { user_agent: string }) => session.user_agent)).toContain(agent);
    expect(known.user_agents.map((one: { user_agent: string }) => one.user_agent)).toContain(agent);
    expect(known.addresses).toHaveLength(1);
    const canaries = [...Object.values(said), earlier, agent, asked.name, asked.email];
    const before = await everythingKept();
    for (const word of canaries.filter((text) => text !== earlier)) expect(before).toContain(word);

    const once = { 'idempotency-key': randomUUID() };
    const erased = await erase(id, once).expect(200);
    expect(erased.data).toMatchObject({
      id,
      name: `Erased user ${id}`,
      full_name: `Erased user ${id}`,
      surname: null,
      email: null,
      archived: true,
    });
    const after = await everythingKept();
    expect(canaries.filter((word) => after.includes(word))).toEqual([]);
    expect(after).toContain('It drips');

    expect(refusal(await app.get('/auth/me', his))).toEqual([401, 'UNAUTHENTICATED']);
    expect((await app.get(`/users?search=${said.name}&filter[archived_true]=true`).expect(200)).data).toEqual([]);
    for (const server of [app, another]) {
      const shown = (await server.get(`/parts/${made.data.id}`, { 'x-min-position': erased.headers.get('x-position') ?? '' }).expect(200))
        .data;
      expect(shown.created_by).toEqual({ id, name: `Erased user ${id}`, surname: null });
    }
    expect((await app.get(`/users/${id}/personal_data`).expect(200)).data).toMatchObject({
      user: { name: `Erased user ${id}`, email: null },
      erasure: { reason: 'Left the firm', erased_by: { id: 1 } },
      sessions: [],
      addresses: [],
      user_agents: [],
      portal_submissions: [],
    });
    const repeated = await erase(id, once).expect(200);
    expect([repeated.data, repeated.headers.get('idempotent-replayed')]).toEqual([erased.data, 'true']);
    expect(refusal(await erase(id))).toEqual([409, 'ALREADY_ERASED']);

    const [event] = (await app.get('/audit_trail?filter[type_eq]=UserErased&sort=position desc&per_page=1').expect(200)).data;
    expect(event).toMatchObject({ type: 'UserErased', stream: `user-${id}`, actor: { id: '1' } });
    expect(JSON.stringify(event)).not.toContain('Left the firm');
    // What a process showed a moment ago is kept by nobody when all have forgotten it.
    await delay(3_000);
    const later = await everythingKept();
    expect(canaries.filter((word) => later.includes(word))).toEqual([]);
  });

  it('leaves nothing of where he signed in, went on and chose a password from, which calls of his say', async () => {
    const email = `${randomUUID()}@example.com`;
    const { id } = await signedUp({ email });
    const agents = ['Login', 'Refresh', 'Reset', 'Over'].map(canary);
    const [login = '', refresh = '', reset = '', over = ''] = agents;
    const address = '127.0.0.77';
    const began = (await open('/auth/login', { email, password }, { 'user-agent': login }).expect(200)).data;
    const answer = JSON.parse(await openFrom(address, '/auth/refresh', { refresh_token: began.refresh_token }, refresh)) as Answer;
    const { token } = (await app.post(`/users/${id}/reset_password`).expect(201)).data;
    const refused = await open('/auth/reset_password', { token, password: 'short' }, { 'user-agent': reset });
    expect(refusal(refused)).toEqual([422, 'VALIDATION_FAILED']);
    await open('/auth/reset_password', { token, password: 'another quiet place' }, { 'user-agent': reset }).expect(204);
    const late = await open('/auth/refresh', { refresh_token: answer.data.refresh_token }, { 'user-agent': over });
    expect(refusal(late)).toEqual([401, 'INVALID_REFRESH_TOKEN']);

    const callsBy = async (agent: string) =>
      (await app.get(`/api_calls?sort=id asc&user_id=${id}&filter[user_agent_eq]=${agent}`).expect(200)).data as object[];
    const session = { kind: 'session', id: expect.any(String) as string };
    expect(await callsBy(login)).toMatchObject([{ status: 200, credential: session, address: '127.0.0.1' }]);
    expect(await callsBy(refresh)).toMatchObject([{ status: 200, credential: session, address }]);
    expect(await callsBy(reset)).toMatchObject([422, 204].map((status) => ({ status, credential: null })));
    expect(await callsBy(over)).toMatchObject([{ status: 401, credential: null }]);
    const { data: known } = await app.get(`/users/${id}/personal_data`).expect(200);
    expect(known.user_agents.map((one: { user_agent: string }) => one.user_agent)).toEqual(expect.arrayContaining(agents));
    expect(known.addresses.map((one: { address: string }) => one.address)).toContain(address);

    const { uuid } = (await app.post('/request_portals', { request_portal: { title: 'Back door' } }).expect(201)).data;
    expect(await openFrom(address, `/portal/${uuid}/requests`, { title: 'A draught', email }, login)).toContain('tracking_token');

    await erase(id).expect(200);
    const calls = (await app.get(`/api_calls?user_id=${id}&filter[route_start]=/api/v1/auth/`).expect(200)).data as object[];
    expect(calls.length).toBeGreaterThanOrEqual(6);
    for (const call of calls) expect(call).toMatchObject({ user_id: id, address: null, user_agent: null });
    const after = await everythingKept();
    const traces = after.split('\n').filter((row) => [...agents, address].some((word) => row.includes(word)));
    expect(traces).toEqual([]);
    expect((await app.get('/api_calls/verify').expect(200)).data).toMatchObject({ broken: null });
  });

  it('frees the address at once, and lets nobody write the person any more', async () => {
    const email = `${randomUUID()}@example.com`;
    const id = await person({ email, login_identifier: 'erin', external_reference: 'hr-7' });
    const named = await app.post(`/users/${id}/erase`, { reason: `Asked by ${email}` });
    expect([...refusal(named), named.error.details?.[0]?.code]).toEqual([422, 'VALIDATION_FAILED', 'names_person']);
    await erase(id).expect(200);
    const next = await person({ email, login_identifier: 'erin', external_reference: 'hr-7' });
    expect(next).not.toBe(id);
    const writes = [
      app.patch(`/users/${id}`, { user: { name: 'x' } }),
      app.patch(`/users/${id}`, { user: { permissions_attributes: [{ entity_id: 1, role: 'auditor' }] } }),
      app.delete(`/users/${id}`),
      app.patch(`/users/${id}/unarchive`),
      app.post(`/users/${id}/invite`),
      app.post(`/users/${id}/reset_password`),
      app.request('PUT', `/users/${id}/installation_manager`, { granted: true }),
      erase(987_654),
    ];
    for (const refused of await Promise.all(writes)) expect(refusal(refused)).toEqual([404, 'NOT_FOUND']);
    expect(refusal(await erase(1))).toEqual([409, 'CONFLICT']);
    expect(refusal(await app.post(`/users/${next}/erase`, {}))).toEqual([422, 'VALIDATION_FAILED']);
  });

  it('takes the names that the person has signed with, on closed orders too, and leaves those of others', async () => {
    const { id, token } = await signedUp({ permissions_attributes: [{ entity_id: 1, role: 'manager' }] });
    const template = { name: 'Handover', items: [{ name: 'Signed', item_type: 'signature' }] };
    const { data: copied } = await app.post('/procedure_templates', { procedure_template: template }).expect(201);
    const order = async () =>
      (await app.post('/work_orders', { work_order: { title: 'Inspect', procedure_template_ids: [copied.id] } }).expect(201)).data;
    const sign = async (of: { id: number; procedures: { id: number }[] }, name: string, headers: object = {}) => {
      const [procedure] = of.procedures;
      const [item] = (await app.get(`/work_orders/${of.id}/procedures/${procedure?.id}`).expect(200)).data.items;
      const input = `workOrderId: ${of.id}, procedureId: ${procedure?.id}, answers: [{ itemId: ${item.id}, value: { name: "${name}" } }]`;
      const query = `mutation { answerProcedure(input: { ${input} }) { items { value } } }`;
      return app.post('/graphql', { query }, { 'idempotency-key': randomUUID(), ...headers }).expect(200);
    };
    const [shut, kept, earlier] = [await order(), await order(), await order()];
    const [over, last, old, replaced, other] = [canary('Over'), canary('Last'), canary('Old'), canary('Replaced'), canary('Other')];
    await sign(shut, over, bearer(token));
    await sign(shut, last, bearer(token));
    await sign(earlier, old, bearer(token));
    await sign(kept, replaced, bearer(token));
    await sign(kept, other);
    await app.patch(`/work_orders/${shut.id}`, { work_order: { status_id: 5 } }).expect(200);
    const database = new pg.Client({ connectionString: app.ownerUrl });
    await database.connect();
    // As it was kept before a signature said whose it is.
    const unsaid = `UPDATE app.people SET details = details - 'signed_by' WHERE details->>'name' = $1 RETURNING details->>'salt' AS salt`;
    const [{ salt }] = (await database.query(unsaid, [old])).rows;
    await database.end();
    const { data: known } = await app.get(`/users/${id}/personal_data`).expect(200);
    const given = known.signatures.map(({ name, work_order_id, entity_id }: Record<string, unknown>) => [name, work_order_id, entity_id]);
    expect(given).toEqual([
      [over, shut.id, 1],
      [last, shut.id, 1],
      [replaced, kept.id, 1],
      [old, earlier.id, 1],
    ]);
    const events = async () => (await app.get(`/audit_trail?filter[stream_eq]=workOrder-${shut.id}`).expect(200)).data;
    const before = await events();
    await erase(id).expect(200);
    const after = await everythingKept();
    expect([over, last, old, replaced, salt].filter((word) => after.includes(word))).toEqual([]);
    expect(after).toContain(other);
    const path = `/work_orders/${shut.id}/procedures/${shut.procedures[0].id}`;
    expect((await app.get(path).expect(200)).data.items[0]).toMatchObject({
      value: { name: null, signed_at: expect.any(String) },
      answered_by: { id, name: `Erased user ${id}` },
    });
    expect(await events()).toEqual(before);
    expect((await app.get(`/users/${id}/personal_data`).expect(200)).data.signatures).toEqual([]);
  });

  it('answers a repeat of what the person did from its events, and does it once', async () => {
    const name = canary('Once');
    const { id, token } = await signedUp({ name, permissions_attributes: [{ entity_id: 1, role: 'manager' }] });
    const { data: part } = await app.post('/parts', { part: { name: 'Hose', on_hand_qty: 5, unit_cost: 2 } }).expect(201);
    const order = { work_order: { title: canary('Order'), assigned_to_ids: [] } };
    const key = { 'idempotency-key': randomUUID() };
    const creation = { user: { name: canary('Twice'), email: `${randomUUID()}@example.com` } };
    const made = await app.post('/users', creation, key).expect(201);
    const restocked = { ...key, 'idempotency-key': randomUUID() };
    const restock = () => app.patch(`/parts/${part.id}/restock`, { quantity: 1, cost: 2, note: name }, restocked).expect(200);
    await restock();
    await app.post('/work_orders', { work_order: { title: order.work_order.title } }, bearer(token)).expect(201);
    await erase(id).expect(200);
    await erase(made.data.id as number).expect(200);
    await restock();
    expect((await app.get(`/parts/${part.id}`).expect(200)).data.on_hand_qty).toBe(6);
    expect(refusal(await app.post('/users', creation, key))).toEqual([404, 'NOT_FOUND']);
    expect(await everythingKept()).not.toContain(creation.user.email);
  });

  it('keeps the answers of others: of the site with the same number, and with his login for a word', async () => {
    const login = 'available_quantity';
    const id = await person({ name: 'Li', login_identifier: login });
    const site = async () => (await app.post('/entities', { entity: { name: canary('Site') } }).expect(201)).data.id as number;
    for (let made = await site(); made < id; made = await site());
    const [name, his] = [canary('Belt'), canary('Hose')];
    const keyed = (headers: object = {}) => ({ 'idempotency-key': randomUUID(), ...headers });
    await app.post('/parts', { part: { name } }, keyed({ 'x-entity-id': String(id) })).expect(201);
    const query = `mutation { updateUser(input: { id: ${id}, jobTitle: "${his}" }) { name jobTitle } }`;
    await app.post('/graphql', { query }, keyed()).expect(200);
    const database = new pg.Client({ connectionString: app.ownerUrl });
    await database.connect();
    const kept = async (word: string) =>
      (await database.query('SELECT FROM app.idempotency_keys WHERE strpos(body, $1) > 0', [word])).rowCount;
    while ((await kept(name)) === 0 || (await kept(his)) === 0) await delay(10);
    await erase(id).expect(200);
    expect([await kept(name), await kept(his)]).toEqual([1, 0]);
    await database.end();
  });

  it('takes everything that the person may do, and leaves an administrator', async () => {
    const scopes = ['people:write', 'access:manage', 'people:read', 'users:read'];
    await app.post('/access/roles', { name: 'privacy', scopes }).expect(201);
    const officer = await signedUp({ permissions_attributes: [{ entity_id: 1, role: 'privacy' }] });
    const admin = await person({ permissions_attributes: [{ entity_id: 1, role: 'admin' }] });
    expect(refusal(await erase(admin, bearer(officer.token)))).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    expect(refusal(await app.get(`/users/${admin}/personal_data`, bearer(officer.token)))).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    expect(refusal(await erase(admin))).toEqual([409, 'LAST_ADMINISTRATOR']);
    expect((await app.get(`/users/${admin}`).expect(200)).data).toMatchObject({ name: 'Bo', archived: false });
    const nobody = await person();
    await erase(nobody, bearer(officer.token)).expect(200);
  });

  it('does not tell who may not see an address whether he has guessed it', async () => {
    const email = `${randomUUID()}@example.com`;
    const whole = 'Bo Diddley-Smith';
    const sought = await person({ email, name: 'Bo', surname: 'Formerly' });
    await app.patch(`/users/${sought}`, { user: { surname: 'Diddley-Smith' } }).expect(200);
    const guessing = async (scopes: readonly string[]) => {
      const name = randomUUID();
      await app.post('/access/roles', { name, scopes }).expect(201);
      const { token } = await signedUp({ permissions_attributes: [{ entity_id: 1, role: name }] });
      return async (reason: string): Promise<number> =>
        (await app.post(`/users/${sought}/erase`, { reason }, { ...bearer(token), 'if-match': '"99"' })).status;
    };
    const [seeing, unseeing] = [
      await guessing(['people:write', 'access:manage', 'people:read']),
      await guessing(['people:write', 'access:manage']),
    ];
    const other = `${randomUUID()}@example.com`;
    expect([await seeing(email), await seeing(other), await unseeing(email), await unseeing(other)]).toEqual([422, 412, 422, 422]);
    expect([await unseeing(`Asked by ${whole}`), await unseeing('Left on 2026-11-30')]).toEqual([422, 412]);
    // What somebody was called before is not shown any more.
    expect([await seeing('Asked by Bo Formerly'), await unseeing('Asked by Bo Formerly')]).toEqual([422, 412]);
  });

  it('goes over GraphQL as well, and ends his keys everywhere within a second', async () => {
    const { id, token } = await signedUp({ permissions_attributes: [{ entity_id: 1, role: 'manager' }] });
    await app.post('/access/roles', { name: 'keyed', scopes: ['parts:read', 'integrations:manage'] }).expect(201);
    await app.patch(`/users/${id}`, { user: { permissions_attributes: [{ entity_id: 1, role: 'keyed' }] } }).expect(200);
    const expires_at = new Date(Date.now() + 86_400_000).toISOString();
    const { key } = (
      await app.post('/access/api_keys', { name: 'k', scopes: ['parts:read'], entity_ids: [1], expires_at }, bearer(token)).expect(201)
    ).data;
    await another.get('/parts', bearer(key)).expect(200);
    const read = `{ userPersonalData(userId: ${id}) { user { fullName } apiKeys { name } erasure { reason } } }`;
    expect(await app.graphql(read)).toEqual({ userPersonalData: { user: { fullName: 'Bo' }, apiKeys: [{ name: 'k' }], erasure: null } });
    const erased = await app.graphql(`mutation { eraseUser(input: { userId: ${id}, reason: "why" }) { fullName email } }`);
    expect(erased).toEqual({ eraseUser: { fullName: `Erased user ${id}`, email: null } });
    await delay(1_000);
    for (const credential of [key, token])
      for (const server of [app, another])
        expect(refusal(await server.get('/parts', bearer(credential)))).toEqual([401, 'UNAUTHENTICATED']);
    expect((await app.graphql(read)).userPersonalData).toMatchObject({ erasure: { reason: 'why' } });
  });
});

describe('who leaves, and what he may do', () => {
  let database: pg.Client;
  beforeAll(async () => {
    database = new pg.Client({ connectionString: app.ownerUrl });
    await database.connect();
  });
  afterAll(() => database.end());

  const expires_at = new Date(Date.now() + 86_400_000).toISOString();
  /** Somebody who has a key of his own. */
  const keyed = async () => {
    const { id, token } = await signedUp({ permissions_attributes: [{ entity_id: 1, role: 'admin' }] });
    const said = { name: 'k', scopes: ['parts:read'], entity_ids: [1], expires_at };
    return { id, key: (await app.post('/access/api_keys', said, bearer(token)).expect(201)).data.key as string };
  };
  const suspensions = async (id: number) => {
    const { rows } = await database.query<{ times: number }>(
      `SELECT (count(*) FILTER (WHERE type = 'AccessSuspended') - count(*) FILTER (WHERE type = 'AccessResumed'))::int AS times
       FROM log.events WHERE stream = 'access-1' AND canonical::jsonb #>> '{data,userId}' = $1`,
      [String(id)],
    );
    return rows[0]?.times;
  };
  /** The answer of the last write that had a key is lost with its process. */
  const loseAnswer = async () => {
    const last = 'SELECT scope FROM app.idempotency_keys ORDER BY created_at DESC LIMIT 1';
    const lost = `UPDATE app.idempotency_keys SET status = NULL, headers = NULL, body = NULL, owner = gen_random_uuid(),
      lease_until = now() - interval '1 s' WHERE scope = (${last}) AND status IS NOT NULL`;
    while ((await database.query(lost)).rowCount === 0) await delay(10);
  };

  it('is said by his record, whoever archives and brings him back at the same moment', async () => {
    const { id, key } = await keyed();
    for (let round = 0; round < 6; round++) {
      const answers = await Promise.all([
        app.patch(`/users/${id}/unarchive`),
        app.delete(`/users/${id}`),
        another.patch(`/users/${id}/unarchive`),
      ]);
      const last = Math.max(...answers.map(({ headers }) => Number(headers.get('x-position'))));
      const { archived } = (await app.get(`/users/${id}`, { 'x-min-position': String(last) }).expect(200)).data as { archived: boolean };
      expect([archived, await suspensions(id)]).toEqual([archived, archived ? 1 : 0]);
      // What the other process did last is known here within a second.
      while ((await app.get('/parts', bearer(key))).status !== (archived ? 401 : 200)) await delay(20);
    }
    for (let round = 0; round < 3; round++) {
      const leaving = await keyed();
      await Promise.all([erase(leaving.id), delay(round * 6).then(() => app.patch(`/users/${leaving.id}/unarchive`))]);
      expect([await suspensions(leaving.id), (await app.get('/parts', bearer(leaving.key))).status]).toEqual([1, 401]);
    }
  });

  it('holds again where nothing became of his erasing', async () => {
    const { id, key } = await keyed();
    const holder = new pg.Client({ connectionString: app.ownerUrl });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE app.kept_texts IN EXCLUSIVE MODE');
    expect((await erase(id)).status).toBe(503);
    await holder.query('ROLLBACK');
    await holder.end();
    while ((await suspensions(id)) !== 0) await delay(20);
    expect((await app.get('/parts', bearer(key))).status).toBe(200);
  });

  it('leaves an administrator also where a repeat goes on with what came to nothing', async () => {
    const [{ id, key }, other] = [await keyed(), await keyed()];
    const headers = { 'idempotency-key': randomUUID() };
    const holder = new pg.Client({ connectionString: app.ownerUrl });
    await holder.connect();
    await holder.query('BEGIN; LOCK TABLE app.kept_texts IN EXCLUSIVE MODE');
    expect((await erase(id, headers)).status).toBe(503);
    await holder.query('ROLLBACK');
    await holder.end();
    while ((await suspensions(id)) !== 0) await delay(20);
    // Whoever came in at all sites, too, is gone meanwhile, so that he is the only one.
    const everybody = (await app.get('/users?per_page=1000').expect(200)).data as { id: number }[];
    for (const { id: others } of everybody) if (others !== id && others !== 1) await app.delete(`/users/${others}`).expect(204);
    expect(refusal(await erase(id, headers))).toEqual([409, 'LAST_ADMINISTRATOR']);
    expect([await suspensions(id), (await app.get('/parts', bearer(key))).status]).toEqual([0, 200]);
    await app.patch(`/users/${other.id}/unarchive`).expect(200);
    await erase(id, headers).expect(200);
    expect([await suspensions(id), (await app.get('/parts', bearer(key))).status]).toEqual([1, 401]);
    await loseAnswer();
    expect([(await erase(id, headers)).status, await suspensions(id)]).toEqual([200, 1]);
  });

  it('is not touched by the repeat of what was archived and brought back', async () => {
    const { id, key } = await keyed();
    const headers = { 'idempotency-key': randomUUID() };
    await app.delete(`/users/${id}`, undefined, headers).expect(204);
    await loseAnswer();
    await app.patch(`/users/${id}/unarchive`).expect(200);
    const begun = (await database.query(`SELECT count(*)::int AS count FROM log.events WHERE stream = 'access-1'`)).rows;
    expect((await app.delete(`/users/${id}`, undefined, headers)).status).toBe(204);
    expect((await database.query(`SELECT count(*)::int AS count FROM log.events WHERE stream = 'access-1'`)).rows).toEqual(begun);
    expect([await suspensions(id), (await app.get('/parts', bearer(key))).status]).toEqual([0, 200]);
  });

  it('is answered alike where the first answer was lost', async () => {
    const asked = async (write: (headers: Record<string, string>) => Promise<Answer>, headers: Record<string, string> = {}) => {
      const key = randomUUID();
      const first = await write({ ...headers, 'idempotency-key': key });
      await loseAnswer();
      return [first.status, (await write({ ...headers, 'idempotency-key': key })).status];
    };
    const tagOf = async (id: number) => ({ 'if-match': (await app.get(`/users/${id}`).expect(200)).headers.get('etag') ?? '' });
    const people = [await person(), await person(), await person(), await person()] as const;
    expect(await asked((headers) => erase(people[0], headers))).toEqual([200, 200]);
    expect(await asked((headers) => erase(people[1], headers), await tagOf(people[1]))).toEqual([200, 200]);
    expect(await asked((headers) => app.delete(`/users/${people[2]}`, undefined, headers))).toEqual([204, 204]);
    expect(await asked((headers) => app.delete(`/users/${people[3]}`, undefined, headers), await tagOf(people[3]))).toEqual([204, 204]);
    for (const id of people) expect(await suspensions(id)).toBe(1);
    const { id: role } = (await app.post('/access/roles', { name: 'passing', scopes: ['parts:read'] }).expect(201)).data as { id: number };
    expect(await asked((headers) => app.delete(`/access/roles/${role}`, undefined, headers))).toEqual([204, 204]);
  });
});

describe('a withdrawn comment', () => {
  it('is gone from the answer of a batch, too, that has read it and is still under way then', async () => {
    const order = (await app.post('/work_orders', { work_order: { title: 'Repair' } }).expect(201)).data.id as number;
    const path = `/work_orders/${order}/comments`;
    const { id } = (await app.post(path, { comment: { text: 'Said in haste' } }).expect(201)).data;
    const ops = [path, '/parts'].map((url) => ({ method: 'GET', url: `/api/v1${url}` }));
    const key = { 'idempotency-key': randomUUID() };
    const batch = async () => JSON.stringify((await app.post('/batch', { ops, sequential: true }, key).expect(200)).body);
    const owner = new pg.Client({ connectionString: app.ownerUrl });
    await owner.connect();
    await owner.query('BEGIN; LOCK TABLE read.parts IN ACCESS EXCLUSIVE MODE');
    const underWay = batch();
    const waiting = async (): Promise<number> => {
      const { rows } = await owner.query(`SELECT FROM pg_locks WHERE locktype = 'relation' AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`); // prettier-ignore
      return rows.length;
    };
    while ((await waiting()) === 0);
    await app.delete(`${path}/${id}`).expect(204);
    await owner.query('COMMIT');
    await underWay;
    expect(await batch()).not.toContain('Said in haste');
    expect((await owner.query(`SELECT FROM app.idempotency_keys WHERE strpos(body, 'Said in haste') > 0`)).rows).toEqual([]);
    await owner.end();
  });
});

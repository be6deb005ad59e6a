import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type Answer } from './harness/client.js';
import { TestServer } from './harness/server.js';

let app: TestServer;
beforeAll(async () => {
  app = await TestServer.start();
});
afterAll(() => app.stop());

const refusal = ({ status, error }: Answer) => [
  status,
  error?.code,
  ...((error?.details ?? []) as { field: string; code: string }[]).map(({ field, code }) => `${field} ${code}`),
];
const person = async (name: string, ...permissions_attributes: object[]) =>
  (await app.post('/users', { user: { name, permissions_attributes } }).expect(201)).data;
const site = async (name: string) =>
  (await app.post('/entities', { entity: { name, currency: 'EUR', timezone: 'Europe/Berlin' } }).expect(201)).data.id as number;
const permissionsOf = async (id: number) =>
  ((await app.get(`/users/${id}`).expect(200)).data.permissions as { entity_id: number; role: string }[]).map(
    ({ entity_id, role }) => `${role} at ${entity_id}`,
  );

describe('roles', () => {
  it('are built in, with the scopes that operations and fields name, or one’s own', async () => {
    const { data } = await app.get('/access/roles').expect(200);
    const roles = data as { id: number; name: string; built_in: boolean; scopes: string[] }[];
    expect(roles.filter(({ built_in }) => built_in).map(({ name }) => name)).toEqual([
      'admin',
      'manager',
      'technician',
      'storekeeper',
      'requester',
      'finance',
      'auditor',
      'integration',
    ]);
    const scopes = ((await app.get('/access/scopes').expect(200)).data as { name: string }[]).map(({ name }) => name);
    expect(scopes).toEqual(expect.arrayContaining(['costs:read', 'rates:read', 'people:read', 'stock:move', 'installation:manage']));
    expect(roles[0]?.scopes).toEqual(scopes.filter((scope) => scope !== 'installation:manage'));
    const held = (name: string): string[] => roles.find((role) => role.name === name)?.scopes ?? [];
    for (const money of ['costs:read', 'rates:read']) expect(held('technician')).not.toContain(money);
    expect(held('auditor').filter((scope) => !scope.endsWith(':read'))).toEqual([]);
    expect([held('integration'), held('manager').includes('access:manage')]).toEqual([[], false]);
  });

  it('of one’s own are defined, changed and removed, and built-in ones are not', async () => {
    const { data, headers } = await app.post('/access/roles', { name: 'planner', scopes: ['work_orders:read', 'parts:read'] }).expect(201);
    expect(data).toMatchObject({ name: 'planner', built_in: false, scopes: ['parts:read', 'work_orders:read'] });
    expect(headers.get('location')).toBe(`/api/v1/access/roles/${data.id}`);
    expect(refusal(await app.post('/access/roles', { name: ' Planner', scopes: ['parts:read'] }))).toEqual([
      422,
      'VALIDATION_FAILED',
      'name not_unique',
    ]);
    expect(refusal(await app.post('/access/roles', { name: 'x', scopes: ['parts:fly'] }))).toEqual([
      422,
      'VALIDATION_FAILED',
      'scopes not_a_choice',
    ]);
    expect(refusal(await app.post('/access/roles', { name: 'x' }))).toEqual([422, 'VALIDATION_FAILED', 'scopes required']);
    const path = `/access/roles/${data.id}`;
    expect((await app.patch(path, { scopes: ['parts:read'] }).expect(200)).data.scopes).toEqual(['parts:read']);
    expect(refusal(await app.patch(path, { name: 'x' }, { 'if-match': '"0"' }))).toEqual([412, 'PRECONDITION_FAILED']);
    expect(refusal(await app.patch('/access/roles/1', { name: 'x' }))).toEqual([409, 'CONFLICT']);
    const { id } = await person('Pat', { entity_id: 1, role: 'PLANNER' });
    expect(await permissionsOf(id)).toEqual(['planner at 1']);
    expect(refusal(await app.delete(path))).toEqual([409, 'RECORD_IN_USE']);
    await app.patch(`/users/${id}`, { user: { permissions_attributes: [{ entity_id: 1, _destroy: true }] } }).expect(200);
    // Machines have roles as well, and single sign-on gives them.
    const said = { name: 'Planning tool', role: 'planner', entity_ids: [1] };
    const account = (await app.post('/access/service_accounts', said).expect(201)).data.id as number;
    expect(refusal(await app.delete(path))).toEqual([409, 'RECORD_IN_USE']);
    await app.delete(`/access/service_accounts/${account}`).expect(204);
    const issuer = {
      issuer: 'https://login.example.com',
      client_id: 'cmms',
      client_secret: 'theirs',
      default_role: 'planner',
      entity_ids: [1],
    };
    await app.request('PUT', '/access/oidc', issuer).expect(200);
    expect(refusal(await app.delete(path))).toEqual([409, 'RECORD_IN_USE']);
    await app.delete('/access/oidc').expect(204);
    await app.delete(path).expect(204);
    expect(refusal(await app.get(path))).toEqual([404, 'NOT_FOUND']);
  });
});

describe('a permission', () => {
  it('is a role of a person at a site: another replaces it, and it is taken away', async () => {
    const there = await site('Elsewhere');
    const { id, permissions } = await person('Ben', { entity_id: 1, role: 'technician' }, { entity_id: there, role: 'auditor' });
    expect(permissions).toEqual([
      { entity: 'Main Facility', entity_id: 1, role: 'technician', user_role_id: 3 },
      { entity: 'Elsewhere', entity_id: there, role: 'auditor', user_role_id: 7 },
    ]);
    const input = '{ id: $id, permissionsAttributes: [{ entityId: $there, role: "manager" }, { entityId: 1, _destroy: true }] }';
    const query = `mutation ($id: ID!, $there: ID!) { updateUser(input: ${input}) { permissions { entityId role } } }`;
    const { updateUser } = await app.graphql(query, { id: String(id), there: String(there) });
    expect(updateUser.permissions).toEqual([{ entityId: String(there), role: 'manager' }]);
    const said = [{ entity_id: 987_654, role: 'admin' }, { entity_id: 1, role: 'king' }, { entity_id: 1 }];
    const at = (field: string) => `user.permissions_attributes.${field}`;
    expect(refusal(await app.patch(`/users/${id}`, { user: { name: 'x', permissions_attributes: said } }))).toEqual([
      422,
      'VALIDATION_FAILED',
      at('0.entity_id not_found'),
      at('1.role not_found'),
      at('2.role required'),
    ]);
    expect((await app.get(`/users/${id}`).expect(200)).data).toMatchObject({ name: 'Ben', permissions: [{ role: 'manager' }] });
  });

  it('leaves one active administrator of all sites, and gives a new site those of all others', async () => {
    const sites = ((await app.get('/entities').expect(200)).data as { id: number }[]).map(({ id }) => id);
    const ada = (await person('Ada', ...sites.map((entity_id) => ({ entity_id, role: 'admin' })))).id as number;
    const taken = { user: { permissions_attributes: [{ entity_id: 1, _destroy: true }] } };
    expect(refusal(await app.patch(`/users/${ada}`, taken))).toEqual([409, 'LAST_ADMINISTRATOR']);
    expect(refusal(await app.delete(`/users/${ada}`))).toEqual([409, 'LAST_ADMINISTRATOR']);
    expect((await app.get(`/users/${ada}`).expect(200)).data.archived).toBe(false);
    const added = await site('A third');
    // Nobody has a role there yet, or she has: it is the same to her.
    expect(refusal(await app.patch(`/users/${ada}`, taken))).toEqual([409, 'LAST_ADMINISTRATOR']);
    const grants = '/audit_trail?filter[type_eq]=RoleGranted&sort=position desc&per_page=1';
    const elsewhere = { 'x-entity-id': String(added) };
    while ((await app.get(grants, elsewhere).expect(200)).data.length === 0) await delay(20);
    expect((await permissionsOf(ada)).at(-1)).toBe(`admin at ${added}`);
    const bob = (await person('Bob', ...[...sites, added].map((entity_id) => ({ entity_id, role: 'admin' })))).id as number;
    // Of two who would leave none, exactly one is archived.
    const both = await Promise.all([app.delete(`/users/${ada}`), app.delete(`/users/${bob}`)]);
    expect(both.map(refusal).sort()).toEqual([
      [204, undefined],
      [409, 'LAST_ADMINISTRATOR'],
    ]);
  });

  it('is not touched where somebody is not archived after all', async () => {
    const { id } = await person('Kim', { entity_id: 1, role: 'technician' });
    const suspended = '/audit_trail?filter[type_eq]=AccessSuspended&per_page=1';
    const before = (await app.get(suspended).expect(200)).meta.pagination.total;
    expect(refusal(await app.delete('/users/1'))).toEqual([409, 'CONFLICT']);
    expect(refusal(await app.delete(`/users/${id}`, undefined, { 'if-match': '"77"' }))).toEqual([412, 'PRECONDITION_FAILED']);
    expect((await app.get(suspended).expect(200)).meta.pagination.total).toBe(before);
    await app.delete(`/users/${id}`).expect(204);
    expect((await app.get(suspended).expect(200)).meta.pagination.total).toBe(before + 1);
  });

  it('lets nobody look after the installation but whom its key names', async () => {
    const { id } = await person('Iris');
    const path = `/users/${id}/installation_manager`;
    expect((await app.request('PUT', path, { granted: true }).expect(200)).data).toEqual({ user_id: id, granted: true });
    expect(refusal(await app.request('PUT', '/users/987654/installation_manager', { granted: true }))).toEqual([404, 'NOT_FOUND']);
    expect(refusal(await app.request('PUT', path, {}))).toEqual([422, 'VALIDATION_FAILED', 'granted required']);
  });
});

describe('who holds something at one site only', () => {
  let sites = 0;
  const signedIn = async ({ id }: { id?: unknown }): Promise<Client> => {
    const { token } = (await app.post(`/users/${String(id)}/invite`).expect(201)).data;
    const accepted = { token, password: 'a quiet place to sit' };
    const { data } = await app.post('/auth/accept_invitation', accepted, { authorization: undefined }).expect(200);
    return new Client(app.url, data.access_token as string);
  };
  const keyOf = async (scopes: string[], of: Client = app): Promise<Client> => {
    const said = { name: `Key ${(sites += 1)}`, scopes, entity_ids: [1], expires_at: new Date(Date.now() + 3_600_000).toISOString() };
    return new Client(app.url, (await of.post('/access/api_keys', said).expect(201)).data.key as string);
  };

  it('changes, archives and brings back no other, and is not told whether it is there', async () => {
    const there = await site('Beyond');
    const here = await keyOf(['settings:manage', 'entities:read']);
    const [body, unknown] = [{ entity: { name: 'Mine now' } }, 987_654];
    const told = ({ status, body: { error } }: Answer) => ({ status, ...error, request_id: null });
    for (const ask of [
      (id: number) => here.patch(`/entities/${id}`, body),
      (id: number) => here.delete(`/entities/${id}`),
      (id: number) => here.patch(`/entities/${id}/unarchive`),
    ]) {
      expect(refusal(await ask(there))).toEqual([404, 'NOT_FOUND']);
      expect(told(await ask(there))).toEqual(told(await ask(unknown)));
    }
    // Who may look at the other site, and no more, is told so.
    const { id } = await person('Ida', { entity_id: 1, role: 'manager' }, { entity_id: there, role: 'auditor' });
    const { token } = (await app.post(`/users/${id}/invite`).expect(201)).data;
    const accepted = { token, password: 'a quiet place to sit' };
    const { data } = await app.post('/auth/accept_invitation', accepted, { authorization: undefined }).expect(200);
    const ida = new Client(app.url, data.access_token as string);
    for (const refused of [await ida.patch(`/entities/${there}`, body), await ida.delete(`/entities/${there}`)])
      expect([...refusal(refused), refused.error.required_scope]).toEqual([403, 'INSUFFICIENT_PERMISSIONS', 'settings:manage']);
    expect((await app.get(`/entities/${there}`).expect(200)).data).toMatchObject({ name: 'Beyond', archived: false });
    await here.patch('/entities/1', { entity: { description: 'Ours' } }).expect(200);
  });

  it('cannot have a key take its owner over, whatever it holds', async () => {
    const { id } = await person('Olga', { entity_id: 1, role: 'admin' });
    const { token } = (await app.patch(`/users/${id}`, { user: { email: 'olga@example.com' } }).then(() => app.post(`/users/${id}/invite`)))
      .data;
    const accepted = { token, password: 'a quiet place to sit' };
    const { data } = await app.post('/auth/accept_invitation', accepted, { authorization: undefined }).expect(200);
    const olga = new Client(app.url, data.access_token as string);
    const key = await keyOf(['people:read', 'people:write'], olga);
    const email = { user: { email: 'mallory@example.com' } };
    expect(refusal(await key.patch(`/users/${id}`, email))).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    await key.patch(`/users/${id}`, { user: { job_title: 'Planner' } }).expect(200);
    expect((await app.get(`/users/${id}`).expect(200)).data.email).toBe('olga@example.com');
  });

  it('comes by no account of another site by a site of his own', async () => {
    const { id } = await person('Max', { entity_id: 1, role: 'manager' });
    const fin = (await person('Fin', { entity_id: 1, role: 'finance' })).id as number;
    const { token } = (await app.post(`/users/${id}/invite`).expect(201)).data;
    const accepted = { token, password: 'a quiet place to sit' };
    const { data } = await app.post('/auth/accept_invitation', accepted, { authorization: undefined }).expect(200);
    const max = new Client(app.url, data.access_token as string);
    const own = { entity: { name: 'Mine', currency: 'EUR', timezone: 'Europe/Berlin' } };
    const there = { 'x-entity-id': String((await max.post('/entities', own).expect(201)).data.id) };
    for (const ask of [
      () => max.post(`/users/${fin}/reset_password`, {}, there),
      () => max.post(`/users/${fin}/invite`, {}, there),
      () => max.post(`/users/${fin}/erase`, { reason: 'x' }, there),
      () => max.get(`/users/${fin}/personal_data`, there),
      () => max.get(`/auth/sessions?user_id=${fin}`, there),
    ]) {
      const { status, error } = await ask();
      expect([status, error?.code, error?.required_scope]).toEqual([403, 'INSUFFICIENT_PERMISSIONS', 'access:manage']);
    }
    // Nor by having an issuer vouch for everybody, and what others have at site 1 is absent there.
    const issuer = { issuer: 'https://login.example.com', client_id: 'cmms', client_secret: 'a secret of theirs' };
    expect(refusal(await max.request('PUT', '/access/oidc', issuer, there))).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    await app.request('PUT', '/access/oidc', issuer).expect(200);
    expect(refusal(await max.delete('/access/oidc', undefined, there))).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    await app.delete('/access/oidc').expect(204);
    const account = { name: 'Of site 1', role: 'auditor', entity_ids: [1] };
    const { id: accountId } = (await app.post('/access/service_accounts', account).expect(201)).data;
    expect((await max.get('/access/service_accounts', there).expect(200)).data).toEqual([]);
    expect(refusal(await max.get(`/access/service_accounts/${accountId}`, there))).toEqual([404, 'NOT_FOUND']);
    expect((await max.get('/access/review', there).expect(200)).data).toMatchObject([{ kind: 'bootstrap' }]);
  });

  it('erases nobody who may more than himself, also where that person is archived', async () => {
    const scopes = ['people:write', 'people:read', 'users:read', 'access:manage'];
    const name = `Desk ${randomUUID()}`;
    await app.post('/access/roles', { name, scopes }).expect(201);
    const desk = await signedIn(await person('Desk', { entity_id: 1, role: name }));
    const { id } = await person('Gone', { entity_id: 1, role: 'admin' });
    await app.delete(`/users/${id}`).expect(204);
    expect(refusal(await desk.get(`/users/${id}/personal_data`))).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    expect(refusal(await desk.post(`/users/${id}/erase`, { reason: 'x' }))).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    await app.post(`/users/${id}/erase`, { reason: 'Asked for it' }, { 'if-match': '"77"' }).then((answer) => {
      expect(refusal(answer)).toEqual([412, 'PRECONDITION_FAILED']);
    });
    await app.post(`/users/${id}/erase`, { reason: 'Asked for it' }).expect(200);
  });

  it('cannot use a link that he has kept until its person was given more than he has', async () => {
    const elsewhere = await site('Elsewhere');
    const ada = await signedIn(await person('Ada of site 1', { entity_id: 1, role: 'admin' }));
    const { id } = await person('Pat', { entity_id: 1, role: 'requester' });
    const { token } = (await ada.post(`/users/${id}/invite`).expect(201)).data;
    const user = { permissions_attributes: [{ entity_id: elsewhere, role: 'finance' }] };
    await app.patch(`/users/${id}`, { user }).expect(200);
    const accepted = { token, password: 'a quiet place to sit' };
    const refused = await app.post('/auth/accept_invitation', accepted, { authorization: undefined });
    expect(refusal(refused)).toEqual([422, 'VALIDATION_FAILED', 'token invalid_token']);
    await signedIn({ id });
  });

  it('lets no key live longer that may more than himself', async () => {
    const { id } = await person('Mia', { entity_id: 1, role: 'manager' });
    const { token } = (await app.post(`/users/${id}/invite`).expect(201)).data;
    const accepted = { token, password: 'a quiet place to sit' };
    const { data } = await app.post('/auth/accept_invitation', accepted, { authorization: undefined }).expect(200);
    const mia = new Client(app.url, data.access_token as string);
    const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const made = async (...scopes: string[]) =>
      (await app.post('/access/api_keys', { name: scopes.join(), scopes, entity_ids: [1], expires_at: at(1) }).expect(201)).data
        .id as number;
    const [more, less] = [await made('access:manage', 'parts:read'), await made('parts:read')];
    const { status, error } = await mia.patch(`/access/api_keys/${more}`, { expires_at: at(9) });
    expect([status, error?.code, error?.required_scope]).toEqual([403, 'INSUFFICIENT_PERMISSIONS', 'access:manage']);
    await mia.patch(`/access/api_keys/${less}`, { expires_at: at(9) }).expect(200);
  });

  it('sees as a service account the rows of its role', async () => {
    const said = { name: 'Tool', role: 'technician', entity_ids: [1] };
    const tool = new Client(app.url, (await app.post('/access/service_accounts', said).expect(201)).data.key as string);
    const { id } = (await app.post('/work_orders', { work_order: { title: 'Of others' } }).expect(201)).data;
    expect((await tool.get('/work_orders').expect(200)).data).toEqual([]);
    expect(refusal(await tool.get(`/work_orders/${id}`))).toEqual([404, 'NOT_FOUND']);
  });

  it('reads no e-mail of whoever made a request without the right to', async () => {
    const { data } = await app.post('/work_order_requests', { work_order_request: { title: 'It drips' } }).expect(201);
    const reader = await keyOf(['work_order_requests:read']);
    const { body } = await reader.get(`/work_order_requests/${data.id}`).expect(200);
    expect(body.data.created_by).toMatchObject({ email: null, phone_number: null });
    expect(body.meta.hidden).toEqual(['created_by.email', 'created_by.phone_number']);
  });

  it('does not verify the log of calls, which is that of all', async () => {
    const auditor = await keyOf(['audit:read']);
    await site('Where it holds nothing');
    const { status, error } = await auditor.get('/api_calls/verify');
    expect([status, error.code, error.required_scope]).toEqual([403, 'INSUFFICIENT_PERMISSIONS', 'audit:read']);
    await app.get('/api_calls/verify').expect(200);
    const everywhere = { 'x-entity-id': undefined };
    const sitesOf = ({ data }: Answer) => new Set((data as { entity_id: number | null }[]).map(({ entity_id }) => entity_id));
    expect([...sitesOf(await auditor.get('/api_calls?per_page=1000', everywhere).expect(200))]).toEqual([1]);
    expect(sitesOf(await app.get('/api_calls?per_page=1000', everywhere).expect(200)).size).toBeGreaterThan(1);
    expect((await auditor.get('/api_calls/stats?by=status', everywhere).expect(200)).data.length).toBeGreaterThan(0);
    expect((await auditor.get('/api_calls/export', everywhere).expect(200)).body).toContain('"end":true');
  });
});

describe('what shows a secret, and who is built in', () => {
  it('is no part of a batch, whose answers are kept', async () => {
    const { id } = await person('Ned');
    const urls = [`/api/v1/users/${id}/invite`, `/api/v1/users/${id}/reset_password`, '/api/v1/auth/password', '/api/v1/%61ccess/clients'];
    const ops = urls.map((url) => ({ method: 'POST', url }));
    expect(refusal(await app.post('/batch', { sequential: true, ops }))).toEqual([
      422,
      'VALIDATION_FAILED',
      ...urls.map((_, index) => `ops.${index}.url not_in_a_batch`),
    ]);
  });

  it('is granted nothing, for nobody signs in as the built-in user', async () => {
    const granted = { user: { permissions_attributes: [{ entity_id: 1, role: 'admin' }] } };
    expect(refusal(await app.patch('/users/1', granted))).toEqual([409, 'CONFLICT']);
    expect(refusal(await app.request('PUT', '/users/1/installation_manager', { granted: true }))).toEqual([409, 'CONFLICT']);
  });
});

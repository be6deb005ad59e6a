import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, type Answer } from './harness/client.js';
import { TestServer } from './harness/server.js';
import { password, signedIn } from './harness/sign-in.js';

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

  it('is not removed beside what gives it to a service account at the same moment', async () => {
    const outcomes: string[] = [];
    for (let round = 0; round < 10; round += 1) {
      const name = `fleeting ${round}`;
      const { id } = (await app.post('/access/roles', { name, scopes: ['parts:read'] }).expect(201)).data;
      const said = { name, role: name, entity_ids: [1] };
      const [removed, given] = await Promise.all([app.delete(`/access/roles/${id}`), app.post('/access/service_accounts', said)]);
      outcomes.push(`${removed.status} ${given.status}`);
      if (given.status !== 201) continue;
      expect((await app.get(`/access/service_accounts/${given.data.id}`).expect(200)).data.role).toBe(name);
    }
    for (const outcome of outcomes) expect(['204 422', '409 201']).toContain(outcome);
  });
});

/** What a refused document of one root field says of it. */
const refusalOver = async (query: string, input?: object): Promise<unknown[]> => {
  const { body } = await app.graphqlAnswer(query, input && { input });
  const [error] = (body as { errors: { extensions: { code: string; details?: { field: string; code: string }[] } }[] }).errors;
  return [error?.extensions.code, ...(error?.extensions.details ?? []).map(({ field, code }) => `${field} ${code}`)];
};

describe('roles, over GraphQL', () => {
  const shown = 'id revision name builtIn scopes';
  const create = `mutation ($input: CreateRoleInput!) { createRole(input: $input) { ${shown} } }`;
  const update = `mutation ($input: UpdateRoleInput!) { updateRole(input: $input) { ${shown} } }`;
  const remove = 'mutation ($input: RoleIdInput!) { removeRole(input: $input) { name } }';

  it('are those of REST, as are the scopes', async () => {
    const { scopes, roles } = await app.graphql(`{ scopes { name roles } roles { ${shown} } role(id: 3) { ${shown} } }`);
    expect(scopes).toEqual((await app.get('/access/scopes').expect(200)).data);
    const rest = (await app.get('/access/roles').expect(200)).data as { id: number; built_in: boolean }[];
    expect(roles).toMatchObject(rest.map(({ id, built_in: builtIn, ...role }) => ({ id: String(id), builtIn, ...role })));
    expect(await refusalOver('{ role(id: 987654) { name } }')).toEqual(['NOT_FOUND']);
  });

  it('are defined once a key, changed at a revision, removed, and refused as over REST', async () => {
    const input = { name: 'dispatcher', scopes: ['work_orders:read', 'parts:read'] };
    const once = { 'idempotency-key': 'a role of GraphQL' };
    const { createRole: role } = await app.graphql(create, { input }, once);
    expect(role).toMatchObject({ name: 'dispatcher', builtIn: false, scopes: ['parts:read', 'work_orders:read'] });
    expect((await app.graphql(create, { input }, once)).createRole).toEqual(role);
    expect((await app.get(`/access/roles/${role.id}`).expect(200)).headers.get('etag')).toBe(`"${role.revision}"`);
    expect(await refusalOver(create, { ...input, name: 'Dispatcher' })).toEqual(['VALIDATION_FAILED', 'input.name not_unique']);
    expect(await refusalOver(create, { name: 'y', scopes: ['parts:fly'] })).toEqual(['VALIDATION_FAILED', 'input.scopes not_a_choice']);
    const { id } = role as { id: string };
    expect((await app.graphql(update, { input: { id, scopes: ['parts:read'] } })).updateRole.scopes).toEqual(['parts:read']);
    const late = `mutation ($input: UpdateRoleInput!) { updateRole(input: $input, expectedRevision: ${role.revision}) { name } }`;
    expect(await refusalOver(late, { id, name: 'late' })).toEqual(['PRECONDITION_FAILED']);
    expect(await refusalOver(update, { id: 1, name: 'boss' })).toEqual(['CONFLICT']);
    const holder = await person('Dora', { entity_id: 1, role: 'dispatcher' });
    expect(await refusalOver(remove, { id })).toEqual(['RECORD_IN_USE']);
    await app.patch(`/users/${holder.id}`, { user: { permissions_attributes: [{ entity_id: 1, _destroy: true }] } }).expect(200);
    expect(await app.graphql(remove, { input: { id } })).toEqual({ removeRole: { name: 'dispatcher' } });
    expect(await refusalOver(remove, { id })).toEqual(['NOT_FOUND']);
    expect((await app.get(`/access/roles/${id}`)).status).toBe(404);
  });

  it('say who looks after the installation, too', async () => {
    const set = 'mutation ($input: SetInstallationManagerInput!) { setInstallationManager(input: $input) { userId granted } }';
    const { id } = await person('Ines');
    const input = { userId: id, granted: true };
    expect(await app.graphql(set, { input })).toEqual({ setInstallationManager: { userId: String(id), granted: true } });
    expect(await refusalOver(set, { ...input, userId: 987654 })).toEqual(['NOT_FOUND']);
    expect(await refusalOver(set, { ...input, userId: 1 })).toEqual(['CONFLICT']);
    expect(await refusalOver(set, { userId: id })).toEqual(['VALIDATION_FAILED', 'input.granted required']);
  });
});

describe('credentials over GraphQL', () => {
  const shown = 'id revision name scopes entityIds createdAt updatedAt createdById lastUsedAt overlapUntil revokedAt knownToEmailSession';
  type Shown = Readonly<Record<string, unknown> & { id: string; revision: number }>;
  /** A record of REST as GraphQL shows it: ids are text there, and names are camelCase. */
  const inGraphql = (record: Record<string, unknown>): object =>
    Object.fromEntries(
      Object.entries(record).map(([name, value]) => [
        name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        (name === 'id' || name.endsWith('_id')) && typeof value === 'number'
          ? String(value)
          : name === 'entity_ids' && Array.isArray(value)
            ? value.map(String)
            : value,
      ]),
    );
  type Made = Readonly<{ id: number; key: string }>;
  let number = 0;
  const make = async (path: string, more: object): Promise<Made> =>
    (await app.post(`/access/${path}`, { name: `Machine ${(number += 1)}`, entity_ids: [1], ...more }).expect(201)).data as Made;
  const days = (count: number): string => new Date(Date.now() + count * 86_400_000).toISOString();
  const apiKey = (more: object = {}): Promise<Made> => make('api_keys', { scopes: ['parts:read'], expires_at: days(30), ...more });

  it('are those of REST, of each kind, without a secret', async () => {
    await make('clients', { scopes: ['parts:read'], entity_ids: 'all' });
    await apiKey();
    await make('service_accounts', { role: 'technician' });
    const kinds = [
      ['clients', 'client', `${shown} clientId`],
      ['api_keys', 'apiKey', `${shown} expiresAt ownerId`],
      ['service_accounts', 'serviceAccount', `${shown} role expiresAt`],
    ] as const;
    for (const [path, one, fields] of kinds) {
      const rest = (await app.get(`/access/${path}`).expect(200)).data as Record<string, unknown>[];
      expect(rest.length).toBeGreaterThan(0);
      const { nodes, totalCount } = (await app.graphql(`{ ${one}s { totalCount nodes { ${fields} } } }`))[`${one}s`];
      expect(totalCount).toBe(rest.length);
      expect((nodes as Shown[]).map(({ revision: _, ...node }) => node)).toEqual(rest.map(inGraphql));
      const [first] = nodes as Shown[];
      expect((await app.graphql(`{ ${one}(id: ${first?.id}) { ${fields} } }`))[one]).toEqual(first);
      expect((await app.get(`/access/${path}/${first?.id}`)).headers.get('etag')).toBe(`"${first?.revision}"`);
      expect(await refusalOver(`{ ${one}(id: 987654) { id } }`)).toEqual(['NOT_FOUND']);
    }
    const schema = (await app.get('/graphql/schema').expect(200)).body as string;
    expect(/clientSecret\b|\b(create|rotate)(Client|ApiKey|ServiceAccount)\b/.exec(schema)).toBeNull();
  });

  it('are found page by page, and a cursor of one list is none of another', async () => {
    for (let round = 0; round < 3; round += 1) await apiKey({ name: `Walked ${round}` });
    const page = (after: string | null): Promise<{ apiKeys: { nodes: { name: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } }> =>
      app.graphql('query ($after: String) { apiKeys(search: "walked", sort: "id desc", first: 2, after: $after) { nodes { name } pageInfo { hasNextPage endCursor } } }', { after }); // prettier-ignore
    const { apiKeys: first } = await page(null);
    const { apiKeys: second } = await page(first.pageInfo.endCursor);
    expect([...first.nodes, ...second.nodes].map(({ name }) => name)).toEqual(['Walked 2', 'Walked 1', 'Walked 0']);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    const { meta } = await app.get('/access/api_keys?search=walked&per_page=2').expect(200);
    const next = await app.get(`/access/api_keys?search=walked&per_page=2&cursor=${meta.pagination.next_cursor}`).expect(200);
    expect([next.data.map(({ name }: { name: string }) => name), next.meta.pagination.next_cursor]).toEqual([['Walked 2'], null]);
    expect(refusal(await app.get(`/access/clients?search=walked&cursor=${meta.pagination.next_cursor}`))).toEqual([
      422,
      'VALIDATION_FAILED',
      'cursor invalid_cursor',
    ]);
  });

  it('are changed at a revision and taken away, with the codes of REST', async () => {
    const made = await apiKey();
    const update = (more = ''): string => `mutation ($input: UpdateApiKeyInput!) { updateApiKey(input: $input${more}) { ${shown} } }`;
    const { apiKey: before } = await app.graphql(`{ apiKey(id: ${made.id}) { revision } }`);
    const input = { id: made.id, scopes: ['stock:move', 'parts:read'], entityIds: ['1'] };
    const { updateApiKey: changed } = await app.graphql(update(`, expectedRevision: ${before.revision}`), { input });
    expect(changed).toMatchObject({ scopes: ['parts:read', 'stock:move'], entityIds: ['1'] });
    expect(await refusalOver(update(`, expectedRevision: ${before.revision}`), { id: made.id, name: 'Late' })).toEqual([
      'PRECONDITION_FAILED',
    ]);
    expect((await app.graphql(update(), { input: { id: made.id, entityIds: 'all' } })).updateApiKey.entityIds).toBe('all');
    const inDocument = `mutation { updateApiKey(input: { id: ${made.id}, entityIds: [1] }) { entityIds } }`;
    expect((await app.graphql(inDocument)).updateApiKey.entityIds).toEqual(['1']);
    const wrong: [object, string][] = [
      [{ scopes: [] }, 'input.scopes required'],
      [{ scopes: ['parts:juggle'] }, 'input.scopes not_a_choice'],
      [{ entityIds: [] }, 'input.entityIds required'],
      [{ entityIds: null }, 'input.entityIds required'],
      [{ entityIds: ['one'] }, 'input.entityIds not_an_id'],
      [{ entityIds: ['987654'] }, 'input.entityIds not_found'],
      [{ expiresAt: days(367) }, 'input.expiresAt out_of_range'],
    ];
    for (const [change, told] of wrong)
      expect([change, ...(await refusalOver(update(), { id: made.id, ...change }))]).toEqual([change, 'VALIDATION_FAILED', told]);
    expect(await refusalOver(inDocument.replace('[1]', 'all'))).toEqual(['VALIDATION_FAILED', 'input.entityIds not_a_list']);
    const revoke = 'mutation ($input: ApiKeyIdInput!) { revokeApiKey(input: $input) { revokedAt } }';
    expect((await app.graphql(revoke, { input: { id: made.id } })).revokeApiKey.revokedAt).toEqual(expect.any(String));
    expect((await new Client(app.url, made.key).get('/parts')).status).toBe(401);
    expect(await refusalOver(update(), { id: made.id, name: 'Back' })).toEqual(['CONFLICT']);
    expect(await refusalOver(revoke.replaceAll('ApiKey', 'Client'), { id: made.id })).toEqual(['NOT_FOUND']);
  });

  it('are looked after by persons and the administrator’s key, and reviewed', async () => {
    const made = await apiKey({ scopes: ['integrations:manage', 'access:manage', 'parts:read'] });
    const update = `mutation { updateApiKey(input: { id: ${made.id}, name: "Mine" }) { name } }`;
    const { body } = await new Client(app.url, made.key).graphqlAnswer(update);
    const { extensions } = (body as { errors: { extensions: object }[] }).errors[0] ?? {};
    expect(extensions).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS', required_scope: 'integrations:manage' });
    const { reviewedCredentials } = await app.graphql('{ reviewedCredentials { kind id name createdAt lastUsedAt expiresAt flags } }');
    const rest = (await app.get('/access/review').expect(200)).data as Record<string, unknown>[];
    expect(reviewedCredentials).toEqual(rest.map(inGraphql));
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
    const said = [{ entity_id: 987_654, role: 'admin' }, { entity_id: 1, role: 'king' }, { entity_id: there }];
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
    const ida = await signedIn(app, id as number);
    for (const refused of [await ida.patch(`/entities/${there}`, body), await ida.delete(`/entities/${there}`)])
      expect([...refusal(refused), refused.error.required_scope]).toEqual([403, 'INSUFFICIENT_PERMISSIONS', 'settings:manage']);
    expect((await app.get(`/entities/${there}`).expect(200)).data).toMatchObject({ name: 'Beyond', archived: false });
    await here.patch('/entities/1', { entity: { description: 'Ours' } }).expect(200);
  });

  it('cannot have a key take its owner over, whatever it holds', async () => {
    const { id } = await person('Olga', { entity_id: 1, role: 'admin' });
    await app.patch(`/users/${id}`, { user: { email: 'olga@example.com' } }).expect(200);
    const olga = await signedIn(app, id as number);
    const key = await keyOf(['people:read', 'people:write'], olga);
    const email = { user: { email: 'mallory@example.com' } };
    expect(refusal(await key.patch(`/users/${id}`, email))).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    await key.patch(`/users/${id}`, { user: { job_title: 'Planner' } }).expect(200);
    expect((await app.get(`/users/${id}`).expect(200)).data.email).toBe('olga@example.com');
  });

  it('comes by no account of another site by a site of his own', async () => {
    const { id } = await person('Max', { entity_id: 1, role: 'manager' });
    const fin = (await person('Fin', { entity_id: 1, role: 'finance' })).id as number;
    const max = await signedIn(app, id as number);
    const own = { entity: { name: 'Mine', currency: 'EUR', timezone: 'Europe/Berlin' } };
    const there = { 'x-entity-id': String((await max.post('/entities', own).expect(201)).data.id) };
    for (const ask of [
      () => max.post(`/users/${fin}/reset_password`, {}, there),
      () => max.post(`/users/${fin}/invite`, {}, there),
      () => max.post(`/users/${fin}/erase`, { reason: 'x' }, there),
      () => max.get(`/users/${fin}/personal_data`, there),
    ]) {
      const { status, error } = await ask();
      expect([status, error?.code, error?.required_scope]).toEqual([403, 'INSUFFICIENT_PERMISSIONS', 'access:manage']);
    }
    // Whose sessions they would be is not told (S88).
    expect(refusal(await max.get(`/auth/sessions?user_id=${fin}`, there))).toEqual([404, 'NOT_FOUND']);
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
    const reviewed = (await max.get('/access/review', there).expect(200)).data as { id: number | null }[];
    expect(reviewed.map(({ id }) => id)).not.toContain(accountId);
  });

  it('erases nobody who may more than himself, also where that person is archived', async () => {
    const scopes = ['people:write', 'people:read', 'users:read', 'access:manage'];
    const name = `Desk ${randomUUID()}`;
    await app.post('/access/roles', { name, scopes }).expect(201);
    const desk = await signedIn(app, (await person('Desk', { entity_id: 1, role: name })).id as number);
    const { id } = await person('Gone', { entity_id: 1, role: 'admin' });
    await app.delete(`/users/${id}`).expect(204);
    expect(refusal(await desk.get(`/users/${id}/personal_data`))).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    expect(refusal(await desk.post(`/users/${id}/erase`, { reason: 'x' }))).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
    await app.post(`/users/${id}/erase`, { reason: 'Asked for it' }, { 'if-match': '"77"' }).then((answer) => {
      expect(refusal(answer)).toEqual([412, 'PRECONDITION_FAILED']);
    });
    await app.post(`/users/${id}/erase`, { reason: 'Asked for it' }).expect(200);
  });

  it('is told by a repeat of no site that is his no more', async () => {
    const there = await site('Lost soon');
    const scopes = ['people:write', 'access:manage', 'people:read', 'users:read', 'parts:read'];
    await app.post('/access/roles', { name: 'granting', scopes }).expect(201);
    await app.post('/access/roles', { name: 'looking', scopes: ['parts:read'] }).expect(201);
    const grants = (role: string) => [1, there].map((entity_id) => ({ entity_id, role }));
    const { id } = await person('Gus', ...grants('granting'));
    const gus = await signedIn(app, id as number);
    const said = { user: { name: 'Ned of two', permissions_attributes: grants('looking') } };
    const [making, named] = [{ 'idempotency-key': randomUUID() }, { 'idempotency-key': randomUUID() }];
    const ned = (await gus.post('/users', said, making).expect(201)).data.id as number;
    const naming = () => gus.patch(`/users/${ned}`, { user: { name: 'Ned' } }, named).expect(200);
    const sitesSaid = async () => ((await naming()).data.permissions as { entity_id: number }[]).map(({ entity_id }) => entity_id);
    expect(await sitesSaid()).toEqual([1, there]);
    await app.patch(`/users/${id}`, { user: { permissions_attributes: [{ entity_id: there, _destroy: true }] } }).expect(200);
    expect(await sitesSaid()).toEqual([1]);
    expect(refusal(await gus.post('/users', said, making))).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
  });

  it('cannot use a link that he has kept until its person was given more than he has', async () => {
    const elsewhere = await site('Elsewhere');
    const ada = await signedIn(app, (await person('Ada of site 1', { entity_id: 1, role: 'admin' })).id as number);
    const { id } = await person('Pat', { entity_id: 1, role: 'requester' });
    const { token } = (await ada.post(`/users/${id}/invite`).expect(201)).data;
    const user = { permissions_attributes: [{ entity_id: elsewhere, role: 'finance' }] };
    await app.patch(`/users/${id}`, { user }).expect(200);
    const accepted = { token, password };
    const refused = await app.post('/auth/accept_invitation', accepted, { authorization: undefined });
    expect(refusal(refused)).toEqual([422, 'VALIDATION_FAILED', 'token invalid_token']);
    await signedIn(app, id as number);
  });

  it('cannot use one that a machine has kept until its person was given more than the machine had', async () => {
    const scopes = ['access:manage', 'people:read', 'people:write', 'users:read', 'parts:read'];
    await app.post('/access/roles', { name: 'inviter', scopes }).expect(201);
    const account = { name: 'HR', role: 'inviter', entity_ids: [1] };
    const { key } = (await app.post('/access/service_accounts', account).expect(201)).data as { key: string };
    const accepted = async (more: string) => {
      const { id } = await person(`Pat the ${more}`);
      const { token } = (await app.post(`/users/${id}/invite`, {}, { authorization: `Bearer ${key}` }).expect(201)).data;
      await app.patch(`/users/${id}`, { user: { permissions_attributes: [{ entity_id: 1, role: more }] } }).expect(200);
      return app.post('/auth/accept_invitation', { token, password }, { authorization: undefined });
    };
    expect((await accepted('inviter')).status).toBe(200);
    expect(refusal(await accepted('admin'))).toEqual([422, 'VALIDATION_FAILED', 'token invalid_token']);
  });

  it('lets no key live longer that may more than himself', async () => {
    const { id } = await person('Mia', { entity_id: 1, role: 'manager' });
    const mia = await signedIn(app, id as number);
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
    // A list that does not show it yet would say nothing of the rule.
    await app.get(`/work_orders/${id}`).expect(200);
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
    const urls = [
      `/api/v1/users/${id}/invite`,
      `/api/v1/users/${id}/reset_password`,
      '/api/v1/auth/password',
      '/api/v1/%61ccess/clients',
      '/api/v1/portal/x/requests',
    ];
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

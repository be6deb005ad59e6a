import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Client, type Answer } from './harness/client.js';
import { PostOffice, type Letter } from './harness/post-office.js';
import { TestServer } from './harness/server.js';
import { password, signIn } from './harness/sign-in.js';

const changed = 'another quiet place';

let app: TestServer;
/** Another process of the same installation, once a first administrator is there. */
let another: TestServer;
beforeAll(async () => void (app = await TestServer.start()));
afterAll(async () => {
  await another?.stop();
  await app.stop();
});

/** Without any credential, but what is sent. */
const open = (path: string, body: object, headers: Record<string, string> = {}, server: Client = app) =>
  server.post(`/auth/${path}`, body, { authorization: undefined, 'x-entity-id': undefined, ...headers });
const login = (body: object, headers?: Record<string, string>, server?: Client) => open('login', body, headers, server);
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const as = (token: string, method: string, path: string, body?: object, server: Client = app) =>
  server.request(method, path, body, bearer(token));
const refusal = ({ status, error }: Answer) => [status, error?.code, error?.details?.[0]?.field, error?.details?.[0]?.code];
/** What two refusals have in common: all but the id of the request. */
const said = ({ status, body }: Answer) => ({ status, ...body, error: { ...body.error, request_id: null } });

/** A new person; `by`: what the link is made for. */
async function person(fields: object = {}): Promise<{ id: number; email: string }> {
  const email = `${randomUUID()}@example.com`;
  const { data } = await app.post('/users', { user: { name: 'Bo', email, ...fields } }).expect(201);
  return { id: data.id as number, email };
}

/** A person who has accepted an invitation, and what that answered. */
async function signedUp(fields: object = {}) {
  const { id, email } = await person(fields);
  const { access_token: access, refresh_token: refresh } = await signIn(app, id);
  return { id, email, access, refresh };
}

/** What was ended is over everywhere within a second: asked until it is, and never later. */
async function isOver(token: string, server: Client = app): Promise<boolean> {
  for (let tries = 0; tries < 100; tries += 1) {
    const { status } = await as(token, 'GET', '/auth/me', undefined, server);
    if (status === 401) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

describe('the first administrator', () => {
  const linkIn = (lines: readonly string[]) =>
    lines.map((line) => /\/app\/setup#(\S+)$/.exec(line)?.[1]).find((token) => token !== undefined);
  const setup = (token: string, more: object = {}) => open('setup', { token, name: 'Ann', email: 'ann@example.com', password, ...more });

  it('is made by the link that the start prints, once', async () => {
    const token = linkIn(app.greeting) ?? '';
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(refusal(await setup('nothing'))).toEqual([404, 'NOT_FOUND', undefined, undefined]);
    expect(refusal(await setup(token, { password: 'elevenchars' }))).toEqual([422, 'VALIDATION_FAILED', 'password', 'too_short']);
    expect(refusal(await setup(token, { password: 'ann@example.com7' }))).toEqual([422, 'VALIDATION_FAILED', 'password', 'own_name']);
    expect(refusal(await setup(token, { email: 'nobody' }))).toEqual([422, 'VALIDATION_FAILED', 'email', 'invalid_email']);
    // Each start prints one of its own: here somebody else uses his at the very same moment.
    const second = 'x'.repeat(43);
    const database = new pg.Client({ connectionString: app.ownerUrl });
    await database.connect();
    await database.query(
      `INSERT INTO app.sign_in_links (token_hash, kind, expires_at) VALUES (sha256($1), 'setup', clock_timestamp() + interval '1 hour')`,
      [Buffer.from(second)],
    );
    const emails = ['ann@example.com', 'bea@example.com'];
    await database.query('BEGIN; LOCK TABLE app.sign_in_links IN SHARE MODE');
    const answers = Promise.all([token, second].map((used, index) => setup(used, { email: emails[index] })));
    for (let waiting = 0; waiting < 2;)
      waiting = (await database.query(`SELECT FROM pg_locks WHERE relation = 'app.sign_in_links'::regclass AND NOT granted`)).rowCount ?? 0;
    await database.query('COMMIT');
    await database.end();
    const both = await answers;
    expect(both.map(({ status }) => status).sort()).toEqual([200, 404]);
    const first = both.findIndex(({ status }) => status === 200);
    const { data, headers } = both[first] as Answer;
    expect(headers.get('cache-control')).toBe('no-store');
    expect(data).toMatchObject({
      token_type: 'Bearer',
      expires_in: 7_200,
      refresh_expires_in: 2_592_000,
      user: { email: emails[first] },
    });
    await app.post('/users', { user: { name: 'Bea', email: emails[1 - first] } }).expect(201);
    expect(data.urls).toEqual({
      api: `${app.url}/api/v1`,
      graphql: `${app.url}/api/v1/graphql`,
      docs: `${app.url}/docs`,
      app: `${app.url}/app`,
    });
    const me = (await as(data.access_token, 'GET', '/auth/me').expect(200)).data;
    expect(me).toMatchObject({ user: { id: data.user.id }, entities: [{ id: 1, role: 'admin' }], credential: { kind: 'session' } });
    expect(me.scopes).toContain('access:manage');
    expect(me.scopes).not.toContain('installation:manage');
    await as(data.access_token, 'POST', '/parts', { part: { name: 'Belt' } }).expect(201);
    expect(refusal(await setup(token, { email: 'other@example.com' }))).toEqual([404, 'NOT_FOUND', undefined, undefined]);
    another = await app.another();
    expect(linkIn(another.greeting)).toBeUndefined();
  });
});

describe('signing in', () => {
  it('takes an e-mail address in any case or a login, at both paths, and gives a token for both schemes', async () => {
    const login_identifier = `bo-${randomUUID()}`;
    const { id, email } = await signedUp({ login_identifier });
    const answers = [
      await login({ email: ` ${email.toUpperCase()} `, password }).expect(200),
      await login({ loginIdentifier: login_identifier, password }).expect(200),
      await open('', { email, password }).expect(200),
      await open('login/', { email, password }).expect(200),
    ];
    const { meta } = await app.get('/auth/me', { 'x-entity-id': undefined }).expect(200);
    expect(meta).toMatchObject({ entity: { id: null, timezone: null }, customer: { id: 1 } });
    for (const { data, body } of answers) expect([data.user, body.meta]).toEqual([expect.objectContaining({ id, email }), meta]);
    const token = answers[0]?.data.access_token as string;
    for (const scheme of ['Bearer', 'Token'])
      await app.get('/auth/me', { authorization: `${scheme} ${token}`, 'x-entity-id': undefined }).expect(200);
    const results = await login({ email, password }, { accept: 'application/json; envelope=results' }).expect(200);
    expect(results.body.result).toMatchObject({ token_type: 'Bearer', user: { id } });
    const [head = '', claims = ''] = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
    expect(JSON.parse(head)).toMatchObject({ alg: 'EdDSA', typ: 'at+jwt' });
    expect(JSON.parse(claims)).toMatchObject({
      sub: `user:${id}`,
      scope: '',
      client_id: 'millwright',
      iss: app.url,
      aud: `${app.url}/api/v1`,
    });
  });

  it('finds a login that looks like an e-mail address where one is asked for, after whoever has that address', async () => {
    const { id } = await signedUp({ login_identifier: `bo-${randomUUID()}@plant` });
    const { login_identifier } = (await app.get(`/users/${id}`).expect(200)).data;
    expect((await login({ email: login_identifier, password }).expect(200)).data.user.id).toBe(id);
    const owner = await signedUp();
    await signedUp({ login_identifier: owner.email });
    expect((await login({ email: owner.email, password }).expect(200)).data.user.id).toBe(owner.id);
  });

  it('answers alike for somebody unknown, a wrong password, and somebody who was archived', async () => {
    const [known, archived] = [await signedUp(), await signedUp()];
    await app.delete(`/users/${archived.id}`).expect(204);
    const answers = [
      await login({ email: known.email, password: 'not this place at all' }),
      await login({ email: `${randomUUID()}@example.com`, password }),
      await login({ loginIdentifier: known.email, password }),
      await login({ email: archived.email, password }),
    ];
    expect(answers.map(refusal)).toEqual(answers.map(() => [401, 'INVALID_CREDENTIALS', undefined, undefined]));
    expect(new Set(answers.map((answer) => JSON.stringify(said(answer)))).size).toBe(1);
    expect(refusal(await login({ email: known.email }))).toEqual([422, 'VALIDATION_FAILED', 'password', 'required']);
    expect(refusal(await login({ password }))).toEqual([422, 'VALIDATION_FAILED', 'email', 'required']);
  });

  it('has a name wait after the fifth wrong password, known or not, also at another process, and nobody else', async () => {
    const [one, other] = [await signedUp(), await signedUp()];
    for (const email of [one.email, `${randomUUID()}@example.com`]) {
      for (let tries = 0; tries < 5; tries += 1) expect((await login({ email, password: `not this place ${tries}` })).status).toBe(401);
      for (const server of [app, another]) {
        const waits = await login({ email: email.toUpperCase(), password }, {}, server);
        expect(refusal(waits)).toEqual([429, 'RATE_LIMIT_EXCEEDED', undefined, undefined]);
        const seconds = Number(waits.headers.get('retry-after'));
        expect(seconds > 0 && seconds <= 30).toBe(true);
      }
    }
    await login({ email: other.email, password }, {}, another).expect(200);
  });
});

describe('a session', () => {
  const refresh = (refresh_token: string, userAgent = 'one') => open('refresh', { refresh_token }, { 'user-agent': userAgent });

  it('goes on with a refresh token, once', async () => {
    const { id, refresh: first } = await signedUp();
    const { data, body } = await refresh(first).expect(200);
    expect(body.meta).toMatchObject({ entity: { id: null }, customer: { id: 1 } });
    expect(data.user.id).toBe(id);
    expect(data.refresh_token).not.toBe(first);
    await as(data.access_token, 'GET', '/auth/me').expect(200);
    const third = (await refresh(data.refresh_token).expect(200)).data;
    expect(refusal(await refresh(data.refresh_token, 'another'))).toEqual([401, 'INVALID_REFRESH_TOKEN', undefined, undefined]);
    expect((await refresh(third.refresh_token)).status).toBe(401);
    expect(await isOver(third.access_token)).toBe(true);
    // A refusal names no position that the trail could be asked as of.
    const trail = async () => JSON.stringify((await app.get(`/audit_trail?stream=signIn-${id}`).expect(200)).body);
    while (!(await trail()).includes('RefreshTokenReused')) await new Promise(setImmediate);
    const told = await trail();
    for (const secret of [first, third.refresh_token, third.access_token]) expect(told).not.toContain(secret);
  });

  it('answers again what was lost, with the same token, until something of it was used', async () => {
    const { refresh: first } = await signedUp();
    const lost = (await refresh(first).expect(200)).data;
    const again = (await refresh(first).expect(200)).data;
    expect(again.refresh_token).toBe(lost.refresh_token);
    await as(again.access_token, 'GET', '/auth/me').expect(200);
    expect((await refresh(first)).status).toBe(401);
    expect(await isOver(again.access_token)).toBe(true);
    expect((await refresh(lost.refresh_token)).status).toBe(401);
  });

  it('ends by signing out, at every process', async () => {
    const { access, refresh: token } = await signedUp();
    await as(access, 'GET', '/auth/me', undefined, another).expect(200);
    await as(access, 'POST', '/auth/logout').expect(204);
    expect((await as(access, 'GET', '/auth/me')).status).toBe(401);
    expect(await isOver(access, another)).toBe(true);
    expect((await refresh(token)).status).toBe(401);
  });

  it('is listed to its person, who ends others of his, and nobody else', async () => {
    const [{ email, access }, stranger] = [await signedUp(), await signedUp()];
    const { data: second } = await login({ email, password }, { 'user-agent': 'phone' }).expect(200);
    const sessions = (await as(access, 'GET', '/auth/sessions').expect(200)).data as { id: string; current: boolean; user_agent: string }[];
    expect(sessions.map(({ current, user_agent }) => [current, user_agent])).toEqual([
      [false, 'phone'],
      [true, expect.any(String)],
    ]);
    const phone = sessions[0]?.id ?? '';
    const refusals = [
      await as(stranger.access, 'DELETE', `/auth/sessions/${phone}`),
      await as(access, 'DELETE', `/auth/sessions/${randomUUID()}`),
      await as(access, 'DELETE', '/auth/sessions/12'),
    ];
    expect(new Set(refusals.map((answer) => JSON.stringify(said(answer)))).size).toBe(1);
    expect(refusals[0]?.status).toBe(404);
    await as(access, 'DELETE', `/auth/sessions/${phone}`).expect(204);
    expect(await isOver(second.access_token)).toBe(true);
    await as(access, 'GET', '/auth/me').expect(200);
  });

  it('of another person is shown to and ended by who may do all that he may', async () => {
    const [{ id, access }, stranger] = [await signedUp(), await signedUp()];
    const [session] = (await app.get(`/auth/sessions?user_id=${id}`).expect(200)).data;
    expect(refusal(await as(stranger.access, 'GET', `/auth/sessions?user_id=${id}`)).slice(0, 2)).toEqual([
      403,
      'INSUFFICIENT_PERMISSIONS',
    ]);
    await app.delete(`/auth/sessions/${session.id}?user_id=${id}`).expect(204);
    expect(await isOver(access)).toBe(true);
    expect(refusal(await app.get('/auth/sessions')).slice(0, 2)).toEqual([403, 'INSUFFICIENT_PERMISSIONS']);
  });

  it('of somebody who is not for the caller answers as nobody’s does', async () => {
    await app.post('/access/roles', { name: 'desk', scopes: ['access:manage', 'parts:read'] }).expect(201);
    const there = (await app.post('/entities', { entity: { name: 'Elsewhere' } }).expect(201)).data.id as number;
    const roleAt = (entity_id: number, role: string) => ({ permissions_attributes: [{ entity_id, role }] });
    const [desk, equal] = [await signedUp(roleAt(1, 'desk')), await signedUp(roleAt(1, 'desk'))];
    const [above, elsewhere] = [await signedUp(roleAt(1, 'manager')), await signedUp(roleAt(there, 'desk'))];
    const [{ id: equalsOwn }] = (await as(desk.access, 'GET', `/auth/sessions?user_id=${equal.id}`).expect(200)).data;
    const [{ id: session }] = (await app.get(`/auth/sessions?user_id=${above.id}`).expect(200)).data;
    const refusals = [await app.get('/auth/sessions?user_id=987654'), await as(desk.access, 'DELETE', `/auth/sessions/${randomUUID()}`)];
    for (const id of ['987654', above.id, elsewhere.id, '0', 'x'])
      for (const asked of ['GET /auth/sessions', `DELETE /auth/sessions/${session}`])
        refusals.push(await as(desk.access, ...(`${asked}?user_id=${id}`.split(' ') as [string, string])));
    expect(refusals.map(({ status }) => status)).toEqual(refusals.map(() => 404));
    expect(new Set(refusals.map((answer) => JSON.stringify(said(answer)))).size).toBe(1);
    await as(above.access, 'GET', '/auth/me').expect(200);
    await as(desk.access, 'DELETE', `/auth/sessions/${equalsOwn}?user_id=${equal.id}`).expect(204);
  });

  it('ends when its person is archived, and does not come back with him', async () => {
    const { id, access, refresh: token } = await signedUp();
    await as(access, 'GET', '/auth/me').expect(200);
    await app.delete(`/users/${id}`).expect(204);
    expect(await isOver(access)).toBe(true);
    expect((await refresh(token)).status).toBe(401);
    await app.patch(`/users/${id}/unarchive`).expect(200);
    expect((await as(access, 'GET', '/auth/me')).status).toBe(401);
  });
});

describe('when two things happen at one moment', () => {
  const gate = 20_261_129;
  let owner: pg.Client;

  /** Sessions of the person begin no sooner than `open` is called; resolves when one would. */
  async function heldBack(
    userId: number,
    begin: () => Promise<Answer>,
  ): Promise<Readonly<{ answer: Promise<Answer>; open(): Promise<void> }>> {
    await owner.query(
      `CREATE OR REPLACE FUNCTION app.at_the_gate() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN PERFORM pg_advisory_xact_lock_shared(${gate}); RETURN NEW; END'`,
    );
    await owner.query(
      `CREATE TRIGGER at_the_gate BEFORE INSERT ON app.sessions FOR EACH ROW WHEN (NEW.user_id = ${userId}) EXECUTE FUNCTION app.at_the_gate()`,
    );
    await owner.query('SELECT pg_advisory_lock($1)', [gate]);
    const answer = begin();
    await waiting(1);
    return {
      answer,
      async open() {
        await owner.query('SELECT pg_advisory_unlock($1)', [gate]);
        await answer;
        await owner.query('DROP TRIGGER at_the_gate ON app.sessions');
      },
    };
  }

  const waitingNow = async () =>
    Number(
      (
        await owner.query(`SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted AND pid IN
      (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`)
      ).rows[0].count,
    );

  async function waiting(processes: number, unless: () => boolean = () => false): Promise<void> {
    while (!unless() && (await waitingNow()) < processes) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  beforeAll(async () => {
    owner = new pg.Client({ connectionString: app.ownerUrl });
    await owner.connect();
  });
  afterAll(() => owner.end());

  it('a session does not outlive a change of the password that it began with', async () => {
    const { id, email, access } = await signedUp();
    const { answer, open: letIn } = await heldBack(id, async () => login({ email, password }));
    let isChanged = false;
    const change = as(access, 'POST', '/auth/password', { current: password, new: changed }).then((done) => {
      isChanged = true;
      return done;
    });
    await waiting(2, () => isChanged);
    await letIn();
    expect((await change).status).toBe(204);
    const { status, data } = await answer;
    expect(status === 401 || (await isOver(data.access_token))).toBe(true);
    await login({ email, password: changed }).expect(200);
  });

  it('of two changes of a password one is done: the other no longer knows it', async () => {
    const { id, email, access } = await signedUp();
    const other = (await login({ email, password }).expect(200)).data.access_token as string;
    await owner.query('BEGIN');
    await owner.query('SELECT FROM app.passwords WHERE user_id = $1 FOR UPDATE', [id]);
    const changes = [access, other].map((token, index) =>
      as(token, 'POST', '/auth/password', { current: password, new: `${changed} ${index}` }).then((done) => done),
    );
    await waiting(2);
    await owner.query('COMMIT');
    const answers = await Promise.all(changes);
    expect(answers.map(refusal).sort()).toEqual([
      [204, undefined, undefined, undefined],
      [422, 'VALIDATION_FAILED', 'current', 'wrong_password'],
    ]);
    await login({ email, password: `${changed} ${answers.findIndex(({ status }) => status === 204)}` }).expect(200);
  });

  it('no session is begun where its person was archived meanwhile', async () => {
    const { id, email } = await signedUp();
    const { answer, open: letIn } = await heldBack(id, async () => login({ email, password }));
    await app.delete(`/users/${id}`).expect(204);
    await letIn();
    expect(refusal(await answer).slice(0, 2)).toEqual([401, 'INVALID_CREDENTIALS']);
    await app.patch(`/users/${id}/unarchive`).expect(200);
    expect((await app.get(`/auth/sessions?user_id=${id}`).expect(200)).data).toEqual([]);
  });
});

describe('a session of a browser', () => {
  const cookieIn = ({ headers }: Answer) => headers.get('set-cookie') ?? '';

  it('is kept by a cookie that no script can read, and writes with what the page was told', async () => {
    const { id, email } = await signedUp();
    const answer = await login({ email, password, session: 'cookie' }).expect(200);
    const { csrf_token, user } = answer.data;
    expect([user.id, Object.keys(answer.data)]).toEqual([id, ['csrf_token', 'user', 'urls']]);
    expect(cookieIn(answer)).toMatch(/^__Host-millwright=\S+; Max-Age=2592000; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
    const invited = (await app.post(`/users/${(await person()).id}/invite`).expect(201)).data;
    const accepted = await open('accept_invitation', { token: invited.token, password, session: 'cookie' }).expect(200);
    expect([Object.keys(accepted.data), cookieIn(accepted)]).toEqual([
      ['csrf_token', 'user', 'urls'],
      expect.stringMatching(/^__Host-millwright=/),
    ]);
    const cookie = cookieIn(answer).split(';')[0] ?? '';
    const browser = (method: string, path: string, headers: Record<string, string | undefined> = {}, body?: object) =>
      app.request(method, path, body, { authorization: undefined, 'x-entity-id': undefined, cookie, ...headers });
    expect((await browser('GET', '/auth/me').expect(200)).data.credential).toMatchObject({ kind: 'session' });
    const change = { current: password, new: changed };
    for (const wrong of [{}, { 'x-csrf-token': 'a'.repeat(43) }, { 'x-csrf-token': csrf_token.slice(1) }])
      expect(refusal(await browser('POST', '/auth/password', wrong, change)).slice(0, 2)).toEqual([403, 'CSRF']);
    await browser('POST', '/auth/password', { 'x-csrf-token': csrf_token }, change).expect(204);
    expect((await browser('GET', '/auth/me', { authorization: 'Bearer wrong-and-long-enough' })).status).toBe(401);
    const forged = cookie.replace(/=[0-9a-f-]{36}/, `=${randomUUID()}`);
    expect((await browser('GET', '/auth/me', { cookie: forged })).status).toBe(401);
    const left = await browser('POST', '/auth/logout', { 'x-csrf-token': csrf_token }).expect(204);
    expect(cookieIn(left)).toContain('Max-Age=0');
    expect((await browser('GET', '/auth/me')).status).toBe(401);
  });
});

describe('a person', () => {
  it('shows how he was invited, that he came, and how often, over REST and GraphQL alike', async () => {
    const { id, email } = await person();
    const shown = async () => (await app.get(`/users/${id}`).expect(200)).data;
    expect(await shown()).toMatchObject({ status: 'active', auth_type: 'api_key', activity: { last_login: null, login_count: 0 } });
    const { token, expires_at } = (await app.post(`/users/${id}/invite`).expect(201)).data;
    const invited = await shown();
    expect(invited).toMatchObject({ status: 'invited', invitation_details: { due_at: expires_at, accepted_at: null } });
    await open('accept_invitation', { token, password }).expect(200);
    await login({ email, password }).expect(200);
    const came = await shown();
    expect(came).toMatchObject({ status: 'active', auth_type: 'password', activity: { login_count: 2 } });
    expect(came.invitation_details).toEqual({ ...invited.invitation_details, accepted_at: expect.any(String) });
    const query = `{ user(id: ${id}) { status authType activity { loginCount } invitationDetails { acceptedAt } } }`;
    expect((await app.graphql(query)).user).toMatchObject({ authType: 'password', activity: { loginCount: 2 } });
    await app.delete(`/users/${id}`).expect(204);
    expect((await shown()).status).toBe('inactive');
  });
});

describe('a password', () => {
  it('is changed by who knows it, which ends his other sessions', async () => {
    const { email, access } = await signedUp();
    const { data: other } = await login({ email, password }).expect(200);
    const change = (current: string, next: string) => as(access, 'POST', '/auth/password', { current, new: next });
    expect(refusal(await change('not this place at all', changed))).toEqual([422, 'VALIDATION_FAILED', 'current', 'wrong_password']);
    expect(refusal(await change(password, 'password1234'))).toEqual([422, 'VALIDATION_FAILED', 'new', 'too_common']);
    await change(password, changed).expect(204);
    await as(access, 'GET', '/auth/me').expect(200);
    expect(await isOver(other.access_token)).toBe(true);
    expect((await login({ email, password })).status).toBe(401);
    await login({ email, password: changed }).expect(200);
  });

  it('is chosen by a link that is good once, after which no session is left', async () => {
    const { id, email, access } = await signedUp();
    const { data } = await app.post(`/users/${id}/reset_password`).expect(201);
    expect(data).toMatchObject({ delivery: 'manual', link: `${app.url}/app/reset_password#${data.token}` });
    await login({ email, password }).expect(200);
    expect(refusal(await open('reset_password', { token: data.token, password: 'short' }))).toEqual([
      422,
      'VALIDATION_FAILED',
      'password',
      'too_short',
    ]);
    await open('reset_password', { token: data.token, password: changed }).expect(204);
    expect(await isOver(access)).toBe(true);
    await login({ email, password: changed }).expect(200);
    const refusals = [
      await open('reset_password', { token: data.token, password }),
      await open('reset_password', { token: 'nothing', password }),
      await open('accept_invitation', { token: data.token, password }),
    ];
    expect(refusals.map(refusal)).toEqual(refusals.map(() => [422, 'VALIDATION_FAILED', 'token', 'invalid_token']));
    expect(new Set(refusals.map((answer) => JSON.stringify(said(answer)))).size).toBe(1);
  });

  it('that was forgotten is answered alike whoever asks', async () => {
    const { email } = await signedUp();
    for (const asked of [email, `${randomUUID()}@example.com`]) {
      const { status, body } = await open('forgot_password', { email: asked });
      expect([status, body]).toEqual([202, '']);
    }
  });
});

describe('an invitation', () => {
  it('is a link to hand over where there is no mail, the latest of which is good', async () => {
    const { id } = await person();
    const first = (await app.post(`/users/${id}/invite`).expect(201)).data;
    const { data } = await app.post(`/users/${id}/invite`).expect(201);
    expect(data).toMatchObject({ delivery: 'manual', link: `${app.url}/app/invitation#${data.token}` });
    const days = (Date.parse(data.expires_at) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(5);
    expect(refusal(await open('accept_invitation', { token: first.token, password })).slice(-1)).toEqual(['invalid_token']);
    expect((await open('accept_invitation', { token: data.token, password }).expect(200)).data.user.id).toBe(id);
    expect(refusal(await app.post(`/users/${id}/invite`)).slice(0, 2)).toEqual([409, 'CONFLICT']);
  });

  it('is told once: who repeats the request gets the same answer without the link', async () => {
    const { id } = await person();
    const key = { 'idempotency-key': randomUUID() };
    const { data, headers } = await app.post(`/users/${id}/invite`, undefined, key).expect(201);
    for (let repeat = 0; repeat < 2; repeat += 1) {
      const again = await app.post(`/users/${id}/invite`, undefined, key).expect(201);
      expect([again.data, again.headers.get('idempotent-replayed')]).toEqual([{ ...data, link: null, token: null }, 'true']);
    }
    expect(headers.get('idempotent-replayed')).toBeNull();
    await open('accept_invitation', { token: data.token, password }).expect(200);
  });

  it('is for people who are there, and made by who manages access', async () => {
    const { id } = await person();
    const { access } = await signedUp();
    expect(refusal(await app.post('/users/987654321/invite')).slice(0, 2)).toEqual([404, 'NOT_FOUND']);
    expect(refusal(await app.post('/users/1/invite')).slice(0, 2)).toEqual([409, 'CONFLICT']);
    // Nothing of a site exists for somebody who may do nothing there.
    expect((await as(access, 'POST', `/users/${id}/invite`)).status).toBe(404);
    const { token } = (await app.post(`/users/${id}/invite`).expect(201)).data;
    await app.delete(`/users/${id}`).expect(204);
    expect(refusal(await open('accept_invitation', { token, password })).slice(-1)).toEqual(['invalid_token']);
    expect(refusal(await app.post(`/users/${id}/invite`)).slice(0, 2)).toEqual([409, 'CONFLICT']);
  });
});

describe('mail', () => {
  let postOffice: PostOffice;
  beforeAll(async () => {
    await another.kill('SIGTERM');
    await app.kill('SIGTERM');
    postOffice = await PostOffice.start();
    await app.restart({ SMTP_URL: postOffice.url });
  });
  afterAll(() => postOffice.stop());

  const tokenIn = ({ text }: Letter, page: string) => new RegExp(`${app.url}/app/${page}#([\\w-]{43})\\s`).exec(text)?.[1] ?? '';

  it('brings an invitation in the language of the person, though the server refused it first', async () => {
    const { id, email } = await person({ name: 'Jürgen', language: 'de-CH' });
    postOffice.refused = 1;
    const { data } = await app.post(`/users/${id}/invite`).expect(201);
    expect(data).toEqual({ delivery: 'mail', link: null, token: null, expires_at: expect.any(String) });
    const letter = await postOffice.letterTo(email);
    expect([letter.subject, letter.text]).toEqual(['Ihre Einladung zu Millwright', expect.stringContaining('Guten Tag Jürgen,')]);
    const token = tokenIn(letter, 'invitation');
    expect((await open('accept_invitation', { token, password }).expect(200)).data.user.id).toBe(id);
  });

  it('brings who has forgotten his password a link, and nobody else anything', async () => {
    const { id, email } = await person();
    await app.post(`/users/${id}/invite`).expect(201);
    await open('accept_invitation', { token: tokenIn(await postOffice.letterTo(email), 'invitation'), password }).expect(200);
    const asked = [`${randomUUID()}@example.com`, email, email];
    for (const address of asked) {
      const { status, body } = await open('forgot_password', { email: address });
      expect([status, body]).toEqual([202, '']);
    }
    const letter = await postOffice.letterTo(email);
    expect(letter.subject).toBe('Choose another password');
    await open('reset_password', { token: tokenIn(letter, 'reset_password'), password: changed }).expect(204);
    await login({ email, password: changed }).expect(200);
    const next = await person();
    await app.post(`/users/${next.id}/invite`).expect(201);
    await postOffice.letterTo(next.email);
    expect(postOffice.letters).toEqual([]);
  });
});

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Answer } from './harness/client.js';
import { clientId, clientSecret, TestBrowser, TestIssuer, type Account } from './harness/issuer.js';
import { TestServer } from './harness/server.js';
import { password, signIn } from './harness/sign-in.js';

let app: TestServer;
let issuer: TestIssuer;
let database: pg.Client;
beforeAll(async () => {
  app = await TestServer.start({ environment: { WEBHOOK_ALLOW: '127.0.0.1' } });
  issuer = await TestIssuer.start(`${app.url}/api/v1/auth/oidc/callback`);
  database = new pg.Client({ connectionString: app.ownerUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await issuer.stop();
  await app.stop();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const as = (token: string, method: string, path: string, body?: object) => app.request(method, path, body, bearer(token));
const open = (path: string, body: object) => app.post(`/auth/${path}`, body, { authorization: undefined, 'x-entity-id': undefined });
const refusal = ({ status, error }: Answer) => [status, error?.code, error?.details?.[0]?.field, error?.details?.[0]?.code];
const coded = ({ status, error }: Answer) => [status, error?.code, error?.reason];

type Settings = Readonly<Record<string, unknown>>;
const settings = (changes: Settings = {}): Settings => ({
  ...{ issuer: issuer.url, client_id: clientId, client_secret: clientSecret, default_role: 'requester', entity_ids: [1] },
  ...changes,
});
const set = (changes?: Settings) => app.request('PUT', '/access/oidc', settings(changes));

/** A person with a password, and a token of his. */
async function signedUp(role?: string, fields: object = {}) {
  const email = `${randomUUID()}@example.com`;
  const permissions_attributes = role === undefined ? undefined : [{ entity_id: 1, role }];
  const { data } = await app.post('/users', { user: { name: 'Bo', email, permissions_attributes, ...fields } }).expect(201);
  return { id: data.id as number, email, access: (await signIn(app, data.id as number)).access_token };
}

const callback = () => `${app.url}/api/v1/auth/oidc/callback`;
const start = (form = 'tokens') => `${app.url}/api/v1/auth/oidc/start?session=${form}`;

/** Somebody whom the issuer knows, and signs in next. */
function known(account: Account, subject: string = randomUUID()): string {
  issuer.accounts.set(subject, account);
  issuer.subject = subject;
  return subject;
}

/** What the API says to a browser at an address of its own. */
async function answerTo(browser: TestBrowser, address: string): Promise<Answer> {
  const response = await browser.ask(address);
  const body = (await response.json()) as { data: unknown; meta: unknown; error: unknown };
  return { status: response.status, headers: response.headers, body, data: body.data, meta: body.meta, error: body.error };
}

/** Signs in at the issuer as whoever is next there, and says what the callback answers. */
async function comeBack(form?: string, browser = new TestBrowser()): Promise<Answer> {
  return answerTo(browser, await browser.goTo(start(form), callback()));
}

/** Signs in at the issuer, and answers the session. */
async function comeIn() {
  const { data, status, body } = await comeBack();
  if (status !== 200) throw new Error(`refused: ${JSON.stringify(body)}`);
  return (await open('oidc/token', { code: data.code }).expect(200)).data;
}

const verified = (email: string, more: Account = {}): Account => ({ email, email_verified: true, given_name: 'Cy', ...more });
const newcomer = () => verified(`${randomUUID()}@example.org`);

/** What was written down of how somebody signs in, with all that the log has by now: who comes in by the issuer tells no position. */
async function signInsOf(id: number) {
  const { log } = (await app.request('GET', '/health/ready').expect(200)).body;
  return (await app.get(`/audit_trail?stream=signIn-${id}&sort=revision asc`, { 'x-min-position': log.position }).expect(200)).data;
}

describe('the issuer', () => {
  it('is set by whoever may all that may come in by it, and its secret is shown to nobody', async () => {
    expect((await app.get('/access/oidc').expect(200)).data).toBeNull();
    expect((await app.delete('/access/oidc')).status).toBe(404);
    const scopes = ['access:manage', 'work_order_requests:read', 'work_order_requests:write'];
    const { data: role } = await app.post('/access/roles', { name: 'keeper of access', scopes }).expect(201);
    const keeper = await signedUp(role.name);
    const setAs = (changes?: Settings) => as(keeper.access, 'PUT', '/access/oidc', settings(changes));
    const lacking = await setAs({ default_role: 'technician' });
    expect([lacking.status, lacking.error.code, typeof lacking.error.required_scope]).toEqual([403, 'INSUFFICIENT_PERMISSIONS', 'string']);
    expect((await app.get('/access/oidc').expect(200)).data).toBeNull();

    const shown = {
      ...{ issuer: issuer.url, client_id: clientId, default_role: 'requester', entity_ids: [1], enabled: true },
      ...{ client_secret_readable: true, redirect_uri: callback() },
    };
    expect((await setAs().expect(200)).data).toEqual(shown);
    expect((await app.get('/access/oidc').expect(200)).data).toEqual(shown);
    const { singleSignOn } = await app.graphql('{ singleSignOn { issuer clientId defaultRole entityIds enabled redirectUri } }');
    expect(singleSignOn).toEqual({
      ...{ issuer: issuer.url, clientId, defaultRole: 'requester', entityIds: ['1'], enabled: true, redirectUri: callback() },
    });
    const technician = await signedUp('technician');
    expect((await setAs()).error).toMatchObject({ code: 'INSUFFICIENT_PERMISSIONS', required_scope: expect.any(String) as string });
    await app.delete(`/users/${technician.id}`).expect(204);

    const stranger = await signedUp('manager');
    for (const method of ['GET', 'PUT', 'DELETE'])
      expect((await as(stranger.access, method, '/access/oidc', method === 'PUT' ? settings() : undefined)).status).toBe(403);
    const expires_at = new Date(Date.now() + 86_400_000).toISOString();
    const { data: key } = await app
      .post('/access/api_keys', { name: 'k', scopes: ['access:manage'], entity_ids: [1], expires_at })
      .expect(201);
    expect((await as(key.key, 'PUT', '/access/oidc', settings()).expect(403)).error.required_scope).toBe('access:manage');
    await app.delete(`/users/${stranger.id}`).expect(204);
  });

  it('is an address that may be asked, and what is wrong with it is said by field', async () => {
    for (const [changes, field, code] of [
      [{ issuer: 'login.example.com' }, 'issuer', 'not_an_issuer'],
      [{ issuer: 'https://login.example.com/?a=1' }, 'issuer', 'not_an_issuer'],
      [{ issuer: 'https://ann:secret@login.example.com' }, 'issuer', 'not_an_issuer'],
      [{ issuer: `${issuer.url}/.well-known/openid-configuration` }, 'issuer', 'not_an_issuer'],
      [{ issuer: `${issuer.url}/a/../.well-known\\x` }, 'issuer', 'not_an_issuer'],
      [{ issuer: 'http://127.0.0.2:80' }, 'issuer', 'address_not_allowed'],
      [{ issuer: 'https://10.0.0.1' }, 'issuer', 'address_not_allowed'],
      [{ issuer: 'https://[::1]' }, 'issuer', 'address_not_allowed'],
      [{ default_role: 'nobody' }, 'default_role', 'not_found'],
      [{ entity_ids: undefined }, 'entity_ids', 'required'],
      [{ entity_ids: [] }, 'entity_ids', 'required'],
      [{ entity_ids: [987654] }, 'entity_ids', 'not_found'],
      [{ client_id: '' }, 'client_id', 'required'],
      [{ stranger: 1 }, 'stranger', 'unknown_field'],
    ] as const)
      expect([field, ...refusal(await set(changes))]).toEqual([field, 422, 'VALIDATION_FAILED', field, code]);
  });

  it('keeps its secret where it is not told, and gets none of another issuer’s', async () => {
    await set().expect(200);
    await set({ client_secret: undefined, enabled: false }).expect(200);
    expect(refusal(await set({ client_secret: undefined, issuer: 'https://other.example' }))).toEqual([
      ...[422, 'VALIDATION_FAILED', 'client_secret', 'required'],
    ]);
    await set({ client_secret: undefined }).expect(200);
    known(newcomer());
    await comeIn();
  });

  it('that says it is another one, or is not there, is not believed', async () => {
    await set({ issuer: issuer.url.replace('127.0.0.1', 'localhost') }).expect(200);
    expect(coded(await answerTo(new TestBrowser(), start()))).toEqual([503, 'ISSUER_UNAVAILABLE', undefined]);
    await set({ issuer: 'http://127.0.0.1:1' }).expect(200);
    const gone = await answerTo(new TestBrowser(), start());
    expect([...coded(gone), gone.headers.get('retry-after')]).toEqual([503, 'ISSUER_UNAVAILABLE', undefined, '5']);
    await set().expect(200);
  });
});

describe('whoever comes in by the issuer', () => {
  it('is somebody new with the default role, signed in by tokens', async () => {
    const { email = '', ...names } = newcomer();
    known({ ...names, email, family_name: 'Twombly', locale: 'de-CH' });
    const session = await comeIn();
    expect(session).toMatchObject({
      token_type: 'Bearer',
      expires_in: 7_200,
      user: { name: 'Cy', surname: 'Twombly', email, language: 'de-CH' },
    });
    const me = (await as(session.access_token, 'GET', '/auth/me').expect(200)).data;
    expect(me).toMatchObject({ user: { id: session.user.id }, entities: [{ id: 1, role: 'requester' }], credential: { kind: 'session' } });
    await as(session.access_token, 'POST', '/work_order_requests', { work_order_request: { title: 'Leak' } }).expect(201);
    expect((await as(session.access_token, 'GET', '/parts')).status).toBe(403);
    const { data: shown } = await app.get(`/users/${session.user.id}`).expect(200);
    expect(shown).toMatchObject({ auth_type: 'sso', status: 'active', activity: { login_count: 1 } });
    const refreshed = (await open('refresh', { refresh_token: session.refresh_token }).expect(200)).data;
    await as(refreshed.access_token, 'POST', '/auth/logout').expect(204);
    expect((await as(refreshed.access_token, 'GET', '/auth/me')).status).toBe(401);
  });

  it('is sent on with a session cookie where he wants no tokens, and no address tells anything', async () => {
    known(newcomer());
    const browser = new TestBrowser();
    const back = await browser.goTo(start('cookie'), callback());
    const answer = await browser.ask(back);
    expect([answer.status, answer.headers.get('location'), answer.headers.get('cache-control')]).toEqual([303, `${app.url}/`, 'no-store']);
    const set = answer.headers.getSetCookie().join();
    expect(set).toMatch(/^__Host-millwright=.*; Path=\/; Secure; HttpOnly; SameSite=Strict$/);
    const me = await answerTo(browser, `${app.url}/api/v1/auth/me`);
    expect([me.status, me.data.user.name]).toEqual([200, 'Cy']);
    const write = (headers: Record<string, string>) => browser.ask(`${app.url}/api/v1/auth/logout`, { method: 'POST', headers });
    expect((await write({})).status).toBe(403);
    expect((await write({ 'x-csrf-token': me.data.csrf_token })).status).toBe(204);
    expect((await answerTo(browser, `${app.url}/api/v1/auth/me`)).status).toBe(401);
  });

  it('is whoever has the verified e-mail address, and stays so whatever the issuer calls him', async () => {
    await set().expect(200);
    const person = await signedUp('technician');
    const subject = known(verified(person.email.toUpperCase()));
    expect((await comeIn()).user).toMatchObject({ id: person.id, name: 'Bo', email: person.email });
    known({ email: `${randomUUID()}@example.com`, email_verified: false }, subject);
    const again = await comeIn();
    expect(again.user).toMatchObject({ id: person.id, email: person.email });
    expect((await as(again.access_token, 'GET', '/auth/me')).data.entities).toMatchObject([{ role: 'technician' }]);
    known(verified(person.email));
    expect(coded(await comeBack())).toEqual([403, 'SINGLE_SIGN_ON_REFUSED', 'linked_otherwise']);
    const events = await signInsOf(person.id);
    expect(events.filter(({ type }: { type: string }) => type === 'IssuerLinked')).toMatchObject([
      { data: { issuer: issuer.url, because: 'email' } },
    ]);
    expect(JSON.stringify(events)).not.toContain(subject);
  });

  it('is nobody without a verified address, and nobody new where nobody is to be made', async () => {
    const person = await signedUp();
    for (const account of [{ email: person.email, email_verified: false }, { email: person.email }, {}]) {
      known(account);
      expect(coded(await comeBack())).toEqual([403, 'SINGLE_SIGN_ON_REFUSED', 'unverified']);
    }
    await set({ default_role: undefined, entity_ids: undefined }).expect(200);
    known(newcomer());
    expect(coded(await comeBack())).toEqual([403, 'SINGLE_SIGN_ON_REFUSED', 'unknown']);
    known(verified(person.email));
    expect((await comeIn()).user.id).toBe(person.id);
    await set().expect(200);
  });

  it('is one person, also where he comes twice at one moment', async () => {
    known(newcomer());
    const browsers = [new TestBrowser(), new TestBrowser(), new TestBrowser()];
    const backs = await Promise.all(browsers.map((browser) => browser.goTo(start(), callback())));
    const answers = await Promise.all(backs.map((back, index) => answerTo(browsers[index] ?? new TestBrowser(), back)));
    const sessions = await Promise.all(answers.map(({ data }) => open('oidc/token', { code: data?.code ?? '' })));
    expect(sessions.map(({ status }) => status)).toEqual([200, 200, 200]);
    const users = sessions.map(({ data }) => data.user.id as number);
    expect(new Set(users).size).toBe(1);
    for (const { data } of sessions) await as(data.access_token as string, 'GET', '/auth/me').expect(200);
    expect((await comeIn()).user.id).toBe(users[0]);
    const me = await app.get(`/users/${users[0]}`).expect(200);
    expect(me.data.permissions).toHaveLength(1);
  });

  it('keeps both sessions where he comes for the first time in two pages at once', async () => {
    const account = newcomer();
    const { id } = (await app.post('/users', { user: { name: 'Di', email: account.email } }).expect(201)).data;
    known(account);
    const gate = 20_261_130;
    // Whoever comes first waits where the password goes, and nobody else does.
    await database.query(
      `CREATE SEQUENCE app.arrivals; GRANT USAGE ON SEQUENCE app.arrivals TO PUBLIC;
       CREATE FUNCTION app.at_the_door() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN IF nextval(''app.arrivals'') = 1 THEN PERFORM pg_advisory_xact_lock_shared(${gate}); END IF; RETURN NULL; END';
       CREATE TRIGGER at_the_door BEFORE DELETE ON app.passwords FOR EACH STATEMENT EXECUTE FUNCTION app.at_the_door()`,
    );
    await database.query('SELECT pg_advisory_lock($1)', [gate]);
    const waits = async () =>
      (await database.query(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1`, [gate])).rowCount === 1;
    const first = comeIn();
    while (!(await waits())) await delay(10);
    const second = comeIn();
    await Promise.race([second, delay(1_500)]);
    await database.query('SELECT pg_advisory_unlock($1)', [gate]);
    for (const session of await Promise.all([first, second])) {
      expect(session.user.id).toBe(id);
      await as(session.access_token as string, 'GET', '/auth/me').expect(200);
    }
    await database.query('DROP TRIGGER at_the_door ON app.passwords; DROP FUNCTION app.at_the_door; DROP SEQUENCE app.arrivals');
  });

  it('is somebody else once he was erased, and nothing of his account is left', async () => {
    const account = newcomer();
    const subject = known(account);
    const { user } = await comeIn();
    const { data } = await app.get(`/users/${user.id}/personal_data`).expect(200);
    expect(data.issuer_accounts).toMatchObject([{ issuer: issuer.url, subject }]);
    const calls = (await app.get(`/api_calls?user_id=${user.id}&sort=at asc`).expect(200)).data as { route: string }[];
    expect(calls.map(({ route }) => route)).toEqual(['/api/v1/auth/oidc/callback', '/api/v1/auth/oidc/token']);
    await app.post(`/users/${user.id}/erase`, { reason: 'asked for it' }).expect(200);
    expect((await database.query('SELECT FROM app.issuer_links WHERE subject = $1', [subject])).rows).toEqual([]);
    expect((await comeIn()).user.id).not.toBe(user.id);
  });

  it('is written down as linked when he comes again, where the process was stopped before it was', async () => {
    const account = newcomer();
    const { id } = (await app.post('/users', { user: { name: 'Di', email: account.email } }).expect(201)).data;
    const subject = known(account);
    await database.query('INSERT INTO app.issuer_links (issuer, subject, user_id) VALUES ($1, $2, $3)', [issuer.url, subject, id]);
    for (const time of [1, 2]) {
      expect((await comeIn()).user.id).toBe(id);
      expect([time, await signInsOf(id)]).toMatchObject([time, [{ type: 'IssuerLinked', data: { issuer: issuer.url, because: 'email' } }]]);
    }
    expect((await app.get(`/users/${id}`).expect(200)).data.auth_type).toBe('sso');
  });

  it('has it written down that none vouches for him any more, where the process was stopped before it was', async () => {
    const subject = known(newcomer());
    const { user, access_token } = await comeIn();
    await database.query('DELETE FROM app.issuer_links WHERE subject = $1', [subject]);
    await as(access_token, 'DELETE', '/auth/oidc/link').expect(204);
    const events = await signInsOf(user.id);
    expect(events.map(({ type }: { type: string }) => type)).toEqual(['IssuerLinked', 'IssuerUnlinked']);
    expect((await app.get(`/users/${user.id}`).expect(200)).data.auth_type).toBe('api_key');
    expect((await as(access_token, 'DELETE', '/auth/oidc/link')).status).toBe(404);
  });

  it('is alone in an account that he is found in by his address: its password, sessions and links are over', async () => {
    const { email = '' } = newcomer();
    const waiting = await signedUp('technician');
    await app.patch(`/users/${waiting.id}`, { user: { email } }).expect(200);
    const login = () => open('login', { email, password });
    const other = (await login().expect(200)).data;
    const { token } = (await app.post(`/users/${waiting.id}/reset_password`).expect(201)).data;
    known(verified(email));
    const session = await comeIn();
    expect(session.user.id).toBe(waiting.id);
    expect(coded(await login())).toEqual([401, 'INVALID_CREDENTIALS', undefined]);
    for (const access of [waiting.access, other.access_token]) expect((await as(access, 'GET', '/auth/me')).status).toBe(401);
    expect((await open('refresh', { refresh_token: other.refresh_token })).status).toBe(401);
    expect(refusal(await open('reset_password', { token, password }))).toEqual([422, 'VALIDATION_FAILED', 'token', 'invalid_token']);
    expect((await app.get(`/users/${waiting.id}`).expect(200)).data.auth_type).toBe('sso');
    // Whom the issuer has vouched for once may have both, and is asked for a password like anybody who has none.
    await app.post(`/users/${waiting.id}/invite`).expect(201);
    const again = (await app.post(`/users/${waiting.id}/reset_password`).expect(201)).data;
    await open('reset_password', { token: again.token, password }).expect(204);
    await login().expect(200);
    await comeIn();
    await login().expect(200);
  });

  it('gets no role back that was taken from him, by whichever account he comes', async () => {
    await set().expect(200);
    known(newcomer());
    const { access_token, user } = await comeIn();
    const permissions_attributes = [{ entity_id: 1, _destroy: true }];
    await app.patch(`/users/${user.id}`, { user: { permissions_attributes } }).expect(200);
    const entities = async () => (await app.get(`/users/${user.id}`).expect(200)).data.permissions as object[];
    expect(await entities()).toEqual([]);
    await as(access_token, 'DELETE', '/auth/oidc/link').expect(204);
    expect((await comeIn()).user.id).toBe(user.id);
    expect(await entities()).toEqual([]);
  });

  it('is refused while he is inactive here, and his sessions end with him', async () => {
    known(newcomer());
    const { access_token, user } = await comeIn();
    await app.delete(`/users/${user.id}`).expect(204);
    expect((await as(access_token, 'GET', '/auth/me')).status).toBe(401);
    expect(coded(await comeBack())).toEqual([403, 'SINGLE_SIGN_ON_REFUSED', 'inactive']);
    const other = await signedUp();
    await app.delete(`/users/${other.id}`).expect(204);
    known(verified(other.email));
    expect(coded(await comeBack())).toEqual([403, 'SINGLE_SIGN_ON_REFUSED', 'inactive']);
  });
});

describe('whoever looks after access', () => {
  /** Goes to the issuer from a session, with the cookie of the answer. */
  async function link(token: string, browser = new TestBrowser()): Promise<Answer | number> {
    const { data, headers } = await as(token, 'POST', '/auth/oidc/link').expect(200);
    for (const cookie of headers.getSetCookie()) browser.keepFor(app.url, cookie);
    const back = await browser.goTo(data.authorization_url, callback());
    const response = await browser.ask(back);
    return response.status === 303 ? 303 : ((await response.json()) as Answer);
  }

  it('comes in by the issuer only once he has linked his account himself', async () => {
    const administrator = await signedUp('admin');
    const manager = await signedUp();
    await app.request('PUT', `/users/${manager.id}/installation_manager`, { granted: true }).expect(200);
    for (const { email } of [administrator, manager]) {
      known(verified(email));
      expect(coded(await comeBack())).toEqual([403, 'SINGLE_SIGN_ON_REFUSED', 'administrator']);
    }
    const subject = known(verified(administrator.email));
    expect(await link(administrator.access)).toBe(303);
    expect((await comeIn()).user.id).toBe(administrator.id);

    const other = await signedUp();
    expect(await link(other.access)).toMatchObject({ error: { code: 'CONFLICT' } });
    const keeper = await signedUp('keeper of access');
    expect((await as(keeper.access, 'PUT', '/access/oidc', settings())).status).toBe(403);

    await as(administrator.access, 'DELETE', '/auth/oidc/link').expect(204);
    expect((await as(administrator.access, 'DELETE', '/auth/oidc/link')).status).toBe(404);
    issuer.subject = subject;
    expect(coded(await comeBack())).toEqual([403, 'SINGLE_SIGN_ON_REFUSED', 'administrator']);
    const events = await signInsOf(administrator.id);
    expect(events.slice(-2).map(({ type, data }: { type: string; data: { because?: string } }) => [type, data.because])).toEqual([
      ['IssuerLinked', 'session'],
      ['IssuerUnlinked', undefined],
    ]);
    for (const { id } of [manager, other, keeper]) await app.delete(`/users/${id}`).expect(204);
  });

  it('links nothing by a key, nor in another browser, nor when his session is over', async () => {
    expect(refusal(await app.post('/auth/oidc/link'))).toEqual([403, 'INSUFFICIENT_PERMISSIONS', undefined, undefined]);
    const person = await signedUp();
    known(verified(person.email));
    const { data, headers } = await as(person.access, 'POST', '/auth/oidc/link').expect(200);
    const [lured, own] = [new TestBrowser(), new TestBrowser()];
    const back = await lured.goTo(data.authorization_url, callback());
    expect(coded(await answerTo(lured, back))).toEqual([400, 'SINGLE_SIGN_ON_FAILED', undefined]);
    for (const cookie of headers.getSetCookie()) own.keepFor(app.url, cookie);
    await as(person.access, 'POST', '/auth/logout').expect(204);
    expect(coded(await answerTo(own, back))).toEqual([400, 'SINGLE_SIGN_ON_FAILED', undefined]);
  });
});

describe('what comes back from the issuer', () => {
  const failed = [400, 'SINGLE_SIGN_ON_FAILED', undefined];
  /** An address of the callback with something changed. */
  const changed = (address: string, change: (parameters: URLSearchParams) => void): string => {
    const url = new URL(address);
    change(url.searchParams);
    return url.href;
  };

  it('counts once, in the browser that set out, and as the issuer has said it', async () => {
    known(newcomer());
    const [browser, other] = [new TestBrowser(), new TestBrowser()];
    const [back, foreign] = [await browser.goTo(start(), callback()), await other.goTo(start(), callback())];
    const stateOf = (address: string): string => new URL(address).searchParams.get('state') ?? '';
    const codeOf = (address: string): string => new URL(address).searchParams.get('code') ?? '';
    for (const state of ['', 'x'.repeat(43), stateOf(foreign)])
      expect(
        coded(
          await answerTo(
            browser,
            changed(back, (query) => query.set('state', state)),
          ),
        ),
      ).toEqual(failed);
    expect(coded(await answerTo(new TestBrowser(), back))).toEqual(failed);
    expect(coded(await answerTo(other, back))).toEqual(failed);
    // Somebody else's code, whose verifier is another one.
    expect(
      coded(
        await answerTo(
          other,
          changed(foreign, (query) => query.set('code', codeOf(back))),
        ),
      ),
    ).toEqual(failed);
    const next = await browser.goTo(start(), callback());
    expect((await answerTo(browser, next)).status).toBe(200);
    expect(coded(await answerTo(browser, next))).toEqual(failed);
  });

  it('is refused where another nonce, another issuer or a no stands in it, and anything twice', async () => {
    known(newcomer());
    const browser = new TestBrowser();
    const sent = await browser.ask(start());
    const address = changed(sent.headers.get('location') ?? '', (query) => query.set('nonce', 'another'));
    expect(coded(await answerTo(browser, await browser.goTo(address, callback())))).toEqual(failed);
    const back = await browser.goTo(start(), callback());
    expect(
      coded(
        await answerTo(
          browser,
          changed(back, (query) => query.set('iss', 'https://other.example')),
        ),
      ),
    ).toEqual(failed);
    const twice = await browser.goTo(start(), callback());
    expect(
      coded(
        await answerTo(
          browser,
          changed(twice, (query) => query.append('code', 'another')),
        ),
      ),
    ).toEqual(failed);
    issuer.subject = undefined;
    expect(coded(await comeBack())).toEqual(failed);
    expect(coded(await answerTo(new TestBrowser(), callback()))).toEqual(failed);
    expect(refusal(await answerTo(new TestBrowser(), start('neither')))).toEqual([422, 'VALIDATION_FAILED', 'session', 'not_a_choice']);
  });

  it('counts no more once the settings are others', async () => {
    known(newcomer());
    const browser = new TestBrowser();
    const back = await browser.goTo(start(), callback());
    await set({ default_role: 'technician' }).expect(200);
    expect(coded(await answerTo(browser, back))).toEqual(failed);
    await set().expect(200);
  });

  it('is a code that is good once, for tokens', async () => {
    known(newcomer());
    const { data, meta } = await comeBack();
    const { code, expires_at } = data;
    expect(Date.parse(expires_at) - Date.now()).toBeLessThanOrEqual(60_000);
    expect(coded(await open('oidc/token', { code: 'x'.repeat(43) }))).toEqual(failed);
    const session = await open('oidc/token', { code }).expect(200);
    for (const told of [meta, session.meta]) expect(told).toMatchObject({ entity: { id: null }, customer: { id: 1 } });
    expect(coded(await open('oidc/token', { code }))).toEqual(failed);
  });
});

describe('single sign-on', () => {
  it('is over at once where it is switched off, removed, or not in the tier, and who is in stays in', async () => {
    known(newcomer());
    const browser = new TestBrowser();
    const back = await browser.goTo(start(), callback());
    const session = await comeIn();
    const isOffered = async () => String((await app.request('GET', '/app/sign_in')).body).includes('href="/api/v1/auth/oidc/start"');
    expect(await isOffered()).toBe(true);
    const closed = async (code: string, status: number) => {
      const answers = [await answerTo(browser, start()), await answerTo(browser, back), await open('oidc/token', { code: 'x' })];
      expect(answers.map(coded)).toEqual(answers.map(() => [status, code, undefined]));
      expect(await isOffered()).toBe(false);
      return answers;
    };
    await set({ enabled: false }).expect(200);
    await closed('NOT_FOUND', 404);
    expect(await app.graphql('mutation { removeSingleSignOn { issuer enabled } }')).toEqual({
      removeSingleSignOn: { issuer: issuer.url, enabled: false },
    });
    await closed('NOT_FOUND', 404);
    await set().expect(200);
    await app.patch('/installation', { tier: 'business' }).expect(200);
    const [locked] = await closed('TIER_FEATURE_LOCKED', 403);
    expect(locked?.error.required_tier).toBe('enterprise');
    expect((await as(session.access_token, 'POST', '/auth/oidc/link')).error).toMatchObject({ required_tier: 'enterprise' });
    await app.get('/access/oidc').expect(200);
    expect((await as(session.access_token, 'GET', '/auth/me')).status).toBe(200);
    await app.patch('/installation', { tier: 'enterprise' }).expect(200);
    expect((await comeIn()).user.id).toBe(session.user.id);
  });

  it('leaves its secret in no answer, no event and no table', async () => {
    await set().expect(200);
    const { data: events } = await app.get('/audit_trail?stream=singleSignOn-1&per_page=100').expect(200);
    expect(events.length).toBeGreaterThan(3);
    const said = [events, (await app.get('/access/oidc')).body, (await set()).body];
    expect(JSON.stringify(said)).not.toContain(clientSecret);
    const { rows: tables } = await database.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema IN ('app', 'log') AND table_type = 'BASE TABLE'`,
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const { rows } = await database.query(`SELECT FROM ${name} AS row WHERE row::text LIKE '%' || $1 || '%' LIMIT 1`, [clientSecret]);
      if (rows.length > 0) found.push(name);
    }
    expect(found).toEqual([]);
    const { rows } = await database.query('SELECT FROM app.issuer_secrets');
    expect(rows.length).toBeGreaterThan(0);
  });
});

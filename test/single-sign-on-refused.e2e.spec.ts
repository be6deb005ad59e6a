import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Answer } from './harness/client.js';
import { clientId, clientSecret, TestBrowser, TestIssuer, type Account } from './harness/issuer.js';
import { TestServer } from './harness/server.js';
import { signIn } from './harness/sign-in.js';

let app: TestServer;
let issuer: TestIssuer;
let database: pg.Client;
const callback = () => `${app.url}/api/v1/auth/oidc/callback`;
beforeAll(async () => {
  app = await TestServer.start({ environment: { WEBHOOK_ALLOW: '127.0.0.1' } });
  issuer = await TestIssuer.start(callback());
  database = new pg.Client({ connectionString: app.ownerUrl });
  await database.connect();
  const settings = { issuer: issuer.url, client_id: clientId, client_secret: clientSecret, default_role: 'requester', entity_ids: [1] };
  await app.request('PUT', '/access/oidc', settings).expect(200);
});
afterAll(async () => {
  await database.end();
  await issuer.stop();
  await app.stop();
});

const as = (token: string, method: string, path: string, body?: object) =>
  app.request(method, path, body, { authorization: `Bearer ${token}` });
const start = (form: string) => `${app.url}/api/v1/auth/oidc/start?session=${form}`;
const verified = (email: string): Account => ({ email, email_verified: true, given_name: 'Cy' });

/** Somebody whom the issuer knows, and signs in next. */
function known(account: Account): string {
  const subject = randomUUID();
  issuer.accounts.set(subject, account);
  issuer.subject = subject;
  return subject;
}

const exchange = (code: string | undefined) =>
  app.post('/auth/oidc/token', { code }, { authorization: undefined, 'x-entity-id': undefined });

/** Comes back from the issuer as whoever is next there: the code, or status, code and reason of the refusal. */
async function arrive() {
  const browser = new TestBrowser();
  const response = await browser.ask(await browser.goTo(start('tokens'), callback()));
  const { data, error } = (await response.json()) as { data?: { code: string }; error?: { code: string; reason: string } };
  return { code: data?.code, refused: error && [response.status, error.code, error.reason] };
}

/** The same, and what he is refused with, or who is in. */
async function comeBack() {
  const { code, refused } = await arrive();
  return refused ?? ((await exchange(code).expect(200)).data.user.id as number);
}

type Tokens = Readonly<{ access_token: string; refresh_token: string }>;
const arrived = async (): Promise<Tokens> => (await exchange((await arrive()).code).expect(200)).data as Tokens;
const coded = ({ status, error }: Answer) => [status, error?.code, error?.reason];

/** Goes to the issuer from a session, with the cookie of the answer. Answers the status of coming back. */
async function link(token: string, meanwhile = async () => undefined as unknown): Promise<number> {
  const browser = new TestBrowser();
  const { data, headers } = await as(token, 'POST', '/auth/oidc/link').expect(200);
  for (const cookie of headers.getSetCookie()) browser.keepFor(app.url, cookie);
  const back = await browser.goTo(data.authorization_url, callback());
  await meanwhile();
  return (await browser.ask(back)).status;
}

/** What the log has of a stream by now: who comes in by the issuer tells no position. */
async function eventsOf(stream: string) {
  const { log } = (await app.request('GET', '/health/ready').expect(200)).body;
  const path = `/audit_trail?stream=${stream}&sort=revision asc`;
  return (await app.get(path, { 'x-min-position': log.position }).expect(200)).data as { type: string; data: { because: string } }[];
}

async function linkedBecause(userId: number): Promise<string[]> {
  return (await eventsOf(`signIn-${userId}`)).filter(({ type }) => type === 'IssuerLinked').map(({ data }) => data.because);
}

const promote = (id: number) =>
  app.patch(`/users/${id}`, { user: { permissions_attributes: [{ entity_id: 1, role: 'admin' }] } }).expect(200);

describe('whoever looks after access', () => {
  const technician = async (email: string): Promise<number> => {
    const permissions_attributes = [{ entity_id: 1, role: 'technician' }];
    return (await app.post('/users', { user: { name: 'Bo', email, permissions_attributes } }).expect(201)).data.id as number;
  };

  it('comes in no more by an account that has found him before he did, until he has linked it himself', async () => {
    const email = `${randomUUID()}@example.com`;
    const id = await technician(email);
    const subject = known(verified(email));
    expect(await comeBack()).toBe(id);
    await promote(id);
    expect(await comeBack()).toEqual([403, 'SINGLE_SIGN_ON_REFUSED', 'administrator']);
    const { access_token } = await signIn(app, id);
    for (const time of [1, 2]) {
      expect([time, await link(access_token)]).toEqual([time, 303]);
      expect([time, await comeBack()]).toEqual([time, id]);
    }
    expect(await linkedBecause(id)).toEqual(['email', 'session']);
    const { rows } = await database.query('SELECT because FROM app.issuer_links WHERE subject = $1', [subject]);
    expect(rows).toEqual([{ because: 'session' }]);
  });

  it('goes on coming in as the one whom the issuer has brought: no address has found him', async () => {
    known(verified(`${randomUUID()}@example.com`));
    const id = await comeBack();
    await promote(Number(id));
    expect(await comeBack()).toBe(id);
  });

  const isIn = async ({ access_token }: Pick<Tokens, 'access_token'>, at: Pick<TestServer, 'request'> = app) =>
    (await at.request('GET', '/auth/me', undefined, { authorization: `Bearer ${access_token}` })).status;
  const refresh = ({ refresh_token }: Tokens) => app.post('/auth/refresh', { refresh_token }, { authorization: undefined });

  it('neither links an account by a session that it has begun by his address, nor has tokens for a code of then', async () => {
    const refused = [403, 'SINGLE_SIGN_ON_REFUSED', 'administrator'];
    const email = `${randomUUID()}@example.com`;
    const id = await technician(email);
    known(verified(email));
    const began = await arrived();
    expect(await link(began.access_token)).toBe(303);
    const { code } = await arrive();
    // As of any session that is over when its browser is back.
    expect(await link(began.access_token, () => promote(id))).toBe(400);
    expect(coded(await exchange(code))).toEqual(refused);
    expect(await comeBack()).toEqual(refused);
    const { access_token } = await signIn(app, id);
    await as(access_token, 'DELETE', '/auth/oidc/link').expect(204);
    expect(await comeBack()).toEqual(refused);
    expect(await linkedBecause(id)).toEqual(['email']);
  });

  it('is signed in no more by what his address began before he did, at no process, and for good', async () => {
    const email = `${randomUUID()}@example.com`;
    const id = await technician(email);
    known(verified(email));
    const began = await arrived();
    const inBrowser = new TestBrowser();
    await inBrowser.ask(await inBrowser.goTo(start('cookie'), callback()));
    const me = async () => (await inBrowser.ask(`${app.url}/api/v1/auth/me`)).status;
    const other = await app.another();
    let promoted = Infinity;
    try {
      expect([await isIn(began), await isIn(began, other), await me()]).toEqual([200, 200, 200]);
      await promote(id);
      promoted = Date.now();
      expect([await isIn(began), await me()]).toEqual([401, 401]);
      expect((await as(began.access_token, 'POST', `/users/${id}/reset_password`)).status).toBe(401);
      expect(coded(await refresh(began))).toEqual([401, 'INVALID_REFRESH_TOKEN', undefined]);
      while ((await isIn(began, other)) !== 401 && Date.now() < promoted + 1_000);
      expect(await isIn(began, other)).toBe(401);
    } finally {
      await other.stop();
    }
    const open = async () => (await database.query('SELECT FROM app.sessions WHERE user_id = $1 AND ended_at IS NULL', [id])).rowCount;
    while ((await open()) !== 0 && Date.now() < promoted + 10_000) await delay(20);
    expect(await open()).toBe(0);
    const permissions_attributes = [{ entity_id: 1, role: 'technician' }];
    await app.patch(`/users/${id}`, { user: { permissions_attributes } }).expect(200);
    expect([await isIn(began), (await refresh(began)).status]).toEqual([401, 401]);
    expect(await isIn(await arrived())).toBe(200);
  });

  it('stays signed in by his password, and by an account that he has linked himself or that has brought him', async () => {
    const email = `${randomUUID()}@example.com`;
    const id = await technician(email);
    known(verified(email));
    await arrived();
    const own = (await signIn(app, id)) as Tokens;
    expect(await link(own.access_token)).toBe(303);
    const linked = await arrived();
    await promote(id);
    known(verified(`${randomUUID()}@example.com`));
    const brought = await arrived();
    await promote((await as(brought.access_token, 'GET', '/auth/me').expect(200)).data.user.id as number);
    for (const session of [own, linked, brought]) {
      expect(await isIn(session)).toBe(200);
      expect(await isIn((await refresh(session).expect(200)).data as Tokens)).toBe(200);
    }
  });

  it('comes in no more by an account that has found him after he was unlinked, where the process was stopped before that was written', async () => {
    const email = `${randomUUID()}@example.com`;
    const id = await technician(email);
    const subject = known(verified(email));
    expect(await link((await signIn(app, id)).access_token)).toBe(303);
    await database.query('DELETE FROM app.issuer_links WHERE subject = $1', [subject]);
    known(verified(email));
    const began = await arrived();
    expect(await linkedBecause(id)).toEqual(['session', 'email']);
    await promote(id);
    expect(await comeBack()).toEqual([403, 'SINGLE_SIGN_ON_REFUSED', 'administrator']);
    expect(await isIn(began)).toBe(401);
  });

  const signInsOf = (id: number) => `SELECT FROM app.sign_ins WHERE user_id = ${id} FOR UPDATE`;

  /** Has something happen while whoever comes waits for what is held. Answers what he does. */
  async function meanwhile<T>(held: string, coming: () => Promise<T>, happens: () => Promise<unknown>): Promise<T> {
    const holding = new pg.Client({ connectionString: app.ownerUrl });
    await holding.connect();
    const isWaitedFor = 'SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))';
    let came: Promise<T>;
    try {
      await holding.query('BEGIN');
      await holding.query(held);
      came = coming();
      for (const until = Date.now() + 10_000; (await holding.query(isWaitedFor)).rowCount === 0 && Date.now() < until;) await delay(20);
      expect((await holding.query(isWaitedFor)).rowCount).toBeGreaterThan(0);
      await happens();
    } finally {
      await holding.end();
    }
    return came;
  }

  it('is signed in no more by what his address began, also where he was unlinked and linked himself in that very moment', async () => {
    const email = `${randomUUID()}@example.com`;
    const id = await technician(email);
    const subject = known(verified(email));
    await arrived();
    const own = (await signIn(app, id)) as Tokens;
    let linking = Promise.resolve(0);
    // He has been written down by then, and is in no session yet.
    const came = await meanwhile(signInsOf(id), arrive, async () => {
      await database.query('DELETE FROM app.issuer_links WHERE subject = $1', [subject]);
      known(verified(`${randomUUID()}@example.com`));
      linking = link(own.access_token);
      for (const until = Date.now() + 10_000; (await linkedBecause(id)).length < 2 && Date.now() < until;) await delay(20);
    });
    expect([await linking, await linkedBecause(id)]).toEqual([303, ['email', 'session']]);
    const began = (await exchange(came.code).expect(200)).data as Tokens;
    await promote(id);
    expect([await isIn(began), await isIn(own)]).toEqual([401, 200]);
  });

  it('comes as one whom no account has found where he was unlinked in the very moment between its finding him and its being noted', async () => {
    const email = `${randomUUID()}@example.com`;
    const id = await technician(email);
    const subject = known(verified(email));
    await arrived();
    const links = async () =>
      (await database.query('SELECT because FROM app.issuer_links WHERE user_id = $1 AND subject = $2', [id, subject])).rows;
    const people = 'LOCK TABLE app.people';
    const comingBack = async () => (await arrive()).refused ?? 'is in';
    const unlinked = () => database.query('DELETE FROM app.issuer_links WHERE user_id = $1', [id]);
    expect([await meanwhile(people, comingBack, unlinked), await links()]).toEqual(['is in', [{ because: 'email' }]]);
    expect((await eventsOf(`signIn-${id}`)).map(({ type }) => type)).toEqual(['IssuerLinked', 'IssuerUnlinked', 'IssuerLinked']);

    const linkedOtherwise = () => database.query('UPDATE app.issuer_links SET subject = $2 WHERE user_id = $1', [id, randomUUID()]);
    const refused = [403, 'SINGLE_SIGN_ON_REFUSED', 'linked_otherwise'];
    expect([await meanwhile(people, comingBack, linkedOtherwise), await links()]).toEqual([refused, []]);
  });

  it('is not let in by his address in the very moment when he gets to do so', async () => {
    const email = `${randomUUID()}@example.com`;
    const id = await technician(email);
    known(verified(email));
    const { code } = await arrive();
    const began = await meanwhile(signInsOf(id), () => exchange(code), () => promote(id)); // prettier-ignore
    expect(coded(began)).toEqual([401, 'INVALID_CREDENTIALS', undefined]);
    const { rows } = await database.query('SELECT ended_because FROM app.sessions WHERE user_id = $1', [id]);
    expect(rows).toEqual([{ ended_because: 'access' }]);
  });

  it('is signed out by what his address began when his role comes to let him', async () => {
    const role = { name: randomUUID(), scopes: ['work_orders:read'] };
    const made = (await app.post('/access/roles', role).expect(201)).data as { id: number };
    const email = `${randomUUID()}@example.com`;
    const permissions_attributes = [{ entity_id: 1, role: role.name }];
    await app.post('/users', { user: { name: 'Bo', email, permissions_attributes } }).expect(201);
    known(verified(email));
    const began = await arrived();
    await app.patch(`/access/roles/${made.id}`, { scopes: ['work_orders:read', 'access:manage'] }).expect(200);
    expect([await isIn(began), (await refresh(began)).status]).toEqual([401, 401]);
  });
});

describe('a session that an address has begun', () => {
  const change = (token: string, id: number, user: object) => as(token, 'PATCH', `/users/${id}`, { user });
  const over = async (token: string, input: object) => {
    const mutation = 'mutation ($input: UpdateUserInput!) { updateUser(input: $input) { id } }';
    const { body } = await app.graphqlAnswer(mutation, { input }, { authorization: `Bearer ${token}` });
    return (body as { errors?: { extensions: { code: string } }[] }).errors?.map(({ extensions }) => extensions.code);
  };
  const another = () => `${randomUUID()}@example.com`;
  /** Who may write people and make sites, and has come by his address. */
  async function manager() {
    const email = another();
    const permissions_attributes = [{ entity_id: 1, role: 'manager' }];
    const { data } = await app.post('/users', { user: { name: 'Mo', email, permissions_attributes } }).expect(201);
    known(verified(email));
    return { id: data.id as number, email, access_token: (await arrived()).access_token };
  }

  it('does not change what its person signs in with, over neither edge, and one that he has begun himself does', async () => {
    const { id, email, access_token: began } = await manager();
    for (const user of [{ email: another() }, { login_identifier: randomUUID() }, { email: another(), job_title: 'Planner' }])
      expect(coded(await change(began, id, user))).toEqual([403, 'INSUFFICIENT_PERMISSIONS', undefined]);
    for (const input of [{ email: another() }, { loginIdentifier: randomUUID() }])
      expect(await over(began, { id, ...input })).toEqual(['INSUFFICIENT_PERMISSIONS']);
    const shown = (await app.get(`/users/${id}`).expect(200)).data as object;
    expect(shown).toMatchObject({ email, login_identifier: null, job_title: null });
    expect((await eventsOf(`user-${id}`)).map(({ type }) => type)).toEqual(['UserRegistered']);
    await change(began, id, { email, job_title: 'Planner' }).expect(200);
    expect(await over(began, { id, jobTitle: 'Fitter' })).toBeUndefined();

    const own = (await signIn(app, id)).access_token;
    await change(own, id, { email: another(), login_identifier: randomUUID() }).expect(200);
    expect(await link(own)).toBe(303);
    expect(await over((await arrived()).access_token, { id, email: another() })).toBeUndefined();
  });

  it('changes that by no key that it has made or rotated either, and of nobody else who may do no more', async () => {
    const [colleague, { id }] = [await manager(), await manager()];
    const own = (await signIn(app, id)).access_token;
    const began = (await arrived()).access_token;
    const { scopes } = (await as(own, 'GET', '/auth/me').expect(200)).data as { scopes: string[] };
    const wanted = { name: 'sync', scopes, entity_ids: [1], expires_at: new Date(Date.now() + 3_600_000) };
    const key = async (token: string, rotated = '') =>
      (await as(token, 'POST', `/access/api_keys${rotated}`, rotated ? {} : wanted)).data as { id: number; key: string };
    const [made, kept] = [await key(began), await key(own)];
    const rotated = await key(began, `/${(await key(own)).id}/rotate`);
    for (const token of [began, made.key, rotated.key]) {
      for (const person of [id, colleague.id])
        expect(coded(await change(token, person, { email: another() }))).toEqual([403, 'INSUFFICIENT_PERMISSIONS', undefined]);
      await change(token, id, { job_title: randomUUID() }).expect(200);
    }
    for (const person of [id, colleague.id]) await change(kept.key, person, { email: another() }).expect(200);
  });

  it('makes no link by a key of its, which says so until somebody else has rotated it, however much it may do by then', async () => {
    const [{ id, access_token }, { data: somebody }] = [await manager(), await app.post('/users', { user: { name: 'Cy' } }).expect(201)];
    const { scopes } = (await as(access_token, 'GET', '/auth/me').expect(200)).data as { scopes: string[] };
    const wanted = { name: 'sync', scopes, entity_ids: [1], expires_at: new Date(Date.now() + 3_600_000) };
    const made = (await as(access_token, 'POST', '/access/api_keys', wanted)).data as { id: number; key: string };
    await promote(id);
    await app.patch(`/access/api_keys/${made.id}`, { scopes: [...scopes, 'access:manage'] }).expect(200);
    const shown = async () => (await app.get(`/access/api_keys/${made.id}`).expect(200)).data.known_to_email_session as boolean;
    const rotate = async (overlap_hours: number) =>
      (await app.post(`/access/api_keys/${made.id}/rotate`, { overlap_hours }).expect(200)).data.key as string;
    const linksBy = async (key: string) => {
      const paths = ['invite', 'reset_password'].map((path) => as(key, 'POST', `/users/${somebody.id as number}/${path}`));
      return (await Promise.all(paths)).map(({ status }) => status);
    };
    expect([await shown(), await linksBy(made.key)]).toEqual([true, [403, 403]]);
    const second = await rotate(0.5);
    expect([await shown(), await linksBy(second)]).toEqual([true, [403, 403]]);
    const third = await rotate(0);
    expect([await shown(), await linksBy(third)]).toEqual([false, [201, 201]]);
  });

  it('is over when its person makes a site, whose administrator he is, and he comes in by a password', async () => {
    const { id, access_token } = await manager();
    await as(access_token, 'POST', '/entities', { entity: { name: 'Annex' } }).expect(201);
    expect((await as(access_token, 'GET', '/auth/me')).status).toBe(401);
    expect(await comeBack()).toEqual([403, 'SINGLE_SIGN_ON_REFUSED', 'administrator']);
    const own = (await signIn(app, id)).access_token;
    expect((await as(own, 'GET', '/auth/me').expect(200)).data.entities.map(({ role }: { role: string }) => role).sort()).toEqual([
      'admin',
      'manager',
    ]);
  });
});

describe('who comes with an address that is none for a person here', () => {
  it.each(['<', 'zz;', '(c)', '"', '\u200b', '\u034f', '\u115f', '\u3164', '\ufe0f'])(
    'is refused, and nobody is made: %j',
    async (before) => {
      const email = `${randomUUID()}@example.com`;
      known(verified(`${before}${email}`));
      expect(await comeBack()).toEqual([403, 'SINGLE_SIGN_ON_REFUSED', 'unverified']);
      expect((await app.post('/users', { user: { name: 'Bo', email: `${before}${email}` } })).status).toBe(422);
      const { rows } = await database.query(
        "SELECT FROM app.external_references WHERE resource = 'user.email' AND reference LIKE '%' || $1",
        [email],
      );
      expect(rows).toEqual([]);
    },
  );
});

describe('who comes for the first time while others do', () => {
  it('waits for them longer than a command waits, for his code is good once', async () => {
    known(verified(`${randomUUID()}@example.com`));
    await database.query(`SELECT pg_advisory_lock(hashtextextended('first arrivals', 0))`);
    const came = comeBack();
    await database.query('SELECT pg_sleep(3)');
    await database.query('SELECT pg_advisory_unlock_all()');
    expect(await came).toEqual(expect.any(Number));
  });
});

describe('the client secret of the issuer', () => {
  it('is said to be unreadable where it was sealed with a secret that is gone, and is to be given anew', async () => {
    const settings = { issuer: issuer.url, client_id: clientId, default_role: 'requester', entity_ids: [1] };
    const set = (more: object = {}) => app.request('PUT', '/access/oidc', { ...settings, ...more });
    const readable = async () => (await app.request('GET', '/access/oidc').expect(200)).data.client_secret_readable as boolean;
    expect([await readable(), (await set()).status]).toEqual([true, 200]);
    await database.query("UPDATE app.issuer_secrets SET sealed = 'of an earlier secret'");
    const { status, error } = await set();
    expect([await readable(), status, error?.details?.[0]]).toMatchObject([false, 422, { field: 'client_secret', code: 'required' }]);
    known(verified(`${randomUUID()}@example.com`));
    expect((await fetch(start('tokens'), { redirect: 'manual' })).status).toBe(503);
    const shown = (await app.request('GET', '/access/oidc').expect(200)).data as object;
    const off = (await app.request('PUT', '/access/oidc', { enabled: false }).expect(200)).data as object;
    expect(off).toEqual({ ...shown, enabled: false });
    expect((await fetch(start('tokens'), { redirect: 'manual' })).status).toBe(404);
    expect((await app.request('PUT', '/access/oidc', { enabled: true })).error.details).toMatchObject([{ field: 'client_secret' }]);
    expect((await app.request('PUT', '/access/oidc', { enabled: false, entity_ids: [1] })).error.details).toMatchObject([
      { field: 'issuer', code: 'required' },
      { field: 'client_id', code: 'required' },
    ]);
    expect((await set({ client_secret: clientSecret }).expect(200)).data.client_secret_readable).toBe(true);
    expect(await comeBack()).toEqual(expect.any(Number));
  });

  it('is gone with the issuer, and where there is another one', async () => {
    const settings = { issuer: issuer.url, client_id: clientId, client_secret: clientSecret, default_role: 'requester', entity_ids: [1] };
    const kept = async () =>
      (await database.query<{ id: string }>('SELECT secret_id AS id FROM app.issuer_secrets')).rows.map(({ id }) => id);
    await app.request('PUT', '/access/oidc', settings).expect(200);
    const before = await kept();
    await app.request('PUT', '/access/oidc', settings).expect(200);
    expect((await kept()).filter((id) => before.includes(id))).toHaveLength(before.length - 1);
    const { length } = await kept();
    await app.delete('/access/oidc').expect(204);
    expect(await kept()).toHaveLength(length - 1);
    expect((await app.request('PUT', '/access/oidc', { enabled: false })).status).toBe(404);
    await app.request('PUT', '/access/oidc', settings).expect(200);
  });
});

describe('a browser that is refused', () => {
  const inBrowser = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' };
  const askedAt = (address: string, headers: Record<string, string>, browser = new TestBrowser()) => browser.ask(address, { headers });
  const said = (page: string, tag: string): string => new RegExp(`<${tag}[^>]*>([^<]*)</`).exec(page)?.[1] ?? '';

  it('shows a page that says why, in its language, and leads to where one signs in', async () => {
    known({ email: `${randomUUID()}@example.com`, email_verified: false });
    const refused = async (language: string) => {
      const browser = new TestBrowser();
      const back = await browser.goTo(start('cookie'), callback());
      return askedAt(back, { ...inBrowser, 'accept-language': language }, browser);
    };
    for (const [language, title, why] of [
      ['en', 'You are not signed in', 'has not confirmed your e-mail address'],
      ['de-CH, en;q=0.5', 'Sie sind nicht angemeldet', 'nicht bestätigt'],
    ] as const) {
      const answer = await refused(language);
      const page = await answer.text();
      const headers = ['content-type', 'cache-control', 'vary'].map((name) => answer.headers.get(name));
      expect([answer.status, ...headers]).toEqual([403, 'text/html; charset=utf-8', 'no-store', 'Accept, Accept-Language']);
      expect(answer.headers.get('content-security-policy')).toContain("style-src 'self'");
      expect([said(page, 'h1'), page.includes('<a href="/app/sign_in">'), page.includes('<script')]).toEqual([title, true, false]);
      expect(said(page, 'p role="alert"')).toContain(why);
      expect(page).toContain(`<html lang="${language.slice(0, 2)}">`);
      for (const [, link] of page.matchAll(/(?:href|src)="([^"]+)"/g)) expect([link, (await fetch(`${app.url}${link}`)).status]).toEqual([link, 200]); // prettier-ignore
    }
  });

  it('is told what programs are told as data, by the status and headers that they are told', async () => {
    const settings = (enabled: boolean) => app.request('PUT', '/access/oidc', { issuer: issuer.url, client_id: clientId, default_role: 'requester', entity_ids: [1], enabled }).expect(200); // prettier-ignore
    const answers = async (address: string) => {
      const [page, data] = [await askedAt(address, inBrowser), await askedAt(address, { accept: 'application/json, text/html' })];
      const { error } = (await data.json()) as { error: { code: string } };
      expect((await askedAt(address, { accept: '*/*' })).headers.get('content-type')).toContain('application/json');
      expect([page.status, page.headers.get('content-type')]).toEqual([data.status, 'text/html; charset=utf-8']);
      return [data.status, error.code, said(await page.text(), 'p role="alert"')];
    };
    expect(await answers(`${callback()}?state=x&code=<script>`)).toEqual([
      400,
      'SINGLE_SIGN_ON_FAILED',
      expect.stringContaining('begin anew'),
    ]);
    expect(await answers(start('neither'))).toEqual([422, 'VALIDATION_FAILED', 'That did not work. Please try again.']);
    await settings(false);
    expect(await answers(start('cookie'))).toEqual([404, 'NOT_FOUND', expect.stringContaining('not set up here')]);
    await settings(true);
  });
});

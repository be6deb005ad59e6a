import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { TestServer } from './harness/server.js';
import { password, signedIn, signIn } from './harness/sign-in.js';

let app: TestServer;
let database: pg.Client;
// What a process waits for while it is killed is held in PostgreSQL.
beforeAll(async () => {
  app = await TestServer.start({ log: 'postgres' });
  database = new pg.Client({ connectionString: app.ownerUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await app.stop();
});

const open = (path: string, body: object) => app.post(`/auth/${path}`, body, { authorization: undefined, 'x-entity-id': undefined });
const linkPrinted = (): string | undefined =>
  app.greeting.map((line) => /\/app\/setup#(\S+)$/.exec(line)?.[1]).find((token) => token !== undefined);
const typesIn = async (stream: string): Promise<string[]> =>
  (await app.get(`/audit_trail?stream=${stream}&sort=revision asc`).expect(200)).data.map(({ type }: { type: string }) => type);

/** What `sql` finds, as soon as it finds anything. */
async function found<Row extends object>(sql: string, values: unknown[] = []): Promise<Row> {
  for (;;) {
    const { rows } = await database.query<Row>(sql, values);
    if (rows[0]) return rows[0];
    await delay(20);
  }
}

/** Kills the process while it waits for a table that it cannot write, once `reached` says so, and starts it again. */
async function killedAt(table: string, ask: () => Promise<unknown>, reached: () => Promise<unknown>): Promise<void> {
  const holder = new pg.Client({ connectionString: app.ownerUrl });
  await holder.connect();
  await holder.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`);
  const asked = ask().catch(() => undefined);
  await reached();
  await app.kill();
  await asked;
  await holder.query('ROLLBACK');
  await holder.end();
  await app.restart();
}

/** Kills the process while it waits to append an event of a type, which never gets there, and starts it again. */
async function killedBefore(type: string, ask: () => Promise<unknown>): Promise<void> {
  const gate = 20_261_201;
  await database.query(
    `CREATE FUNCTION app.at_the_end() RETURNS trigger LANGUAGE plpgsql AS
     'BEGIN PERFORM pg_advisory_xact_lock_shared(${gate}); RAISE EXCEPTION ''the process is gone''; END';
     CREATE TRIGGER at_the_end BEFORE INSERT ON log.events FOR EACH ROW WHEN (NEW.type = '${type}') EXECUTE FUNCTION app.at_the_end()`,
  );
  await database.query('SELECT pg_advisory_lock($1)', [gate]);
  const asked = ask().catch(() => undefined);
  await found(`SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = $1`, [gate]);
  await app.kill();
  await asked;
  await database.query('SELECT pg_advisory_unlock($1)', [gate]);
  await database.query('DROP TRIGGER at_the_end ON log.events; DROP FUNCTION app.at_the_end');
  await app.restart();
}

describe('a process that ends between a row and its event', () => {
  it('leaves an installation whose first administrator comes by the next link, as the person he was begun as', async () => {
    const ann = { name: 'Ann', email: 'ann@example.com', password };
    const asked = () => open('setup', { ...ann, token: linkPrinted() });
    // He is there beside the built-in user, without a password; then with one that nothing tells of, and no administrator yet.
    await killedAt('app.passwords', asked, () => found(`SELECT FROM log.events WHERE category = 'user' OFFSET 1`));
    expect((await open('login', { email: ann.email, password })).status).toBe(401);
    await killedAt('log.events', asked, () => found('SELECT FROM app.passwords WHERE owes IS NOT NULL'));
    const { data } = await asked().expect(200);
    expect((await app.get('/users?email=ann@example.com').expect(200)).data).toMatchObject([{ id: data.user.id, status: 'active' }]);
    const signedIn = { authorization: `Bearer ${data.access_token}` };
    expect((await app.get('/auth/me', signedIn).expect(200)).data.entities).toMatchObject([{ id: 1, role: 'admin' }]);
    expect(new Set(await typesIn(`signIn-${data.user.id}`))).toEqual(new Set(['PasswordSet']));
    await open('login', { email: ann.email, password }).expect(200);
  });

  it('has it written down that a password was chosen, and ended what was before it, by the next process', async () => {
    const { id } = (await app.post('/users', { user: { name: 'Bo', email: 'bo@example.com' } }).expect(201)).data;
    const session = await signIn(app, id as number);
    const { token: another } = (await app.post(`/users/${id}/reset_password`).expect(201)).data;
    const chosen = { token: another, password: 'another quiet place' };
    await killedBefore('PasswordSet', () => open('reset_password', chosen));
    // Whoever came in by the old one is out, although what ended is still to be written down.
    expect((await app.get('/auth/me', { authorization: `Bearer ${session.access_token}` })).status).toBe(401);
    expect((await open('refresh', { refresh_token: session.refresh_token })).error.code).toBe('INVALID_REFRESH_TOKEN');
    // He chooses again before the next process has looked.
    const { token: third } = (await app.post(`/users/${id}/reset_password`).expect(201)).data;
    const chosenLater = { token: third, password: 'a third quiet place' };
    await open('reset_password', chosenLater).expect(204);
    // What is not older may be under way in another process.
    await database.query(`UPDATE app.passwords SET set_at = set_at - interval '31 seconds' WHERE user_id = $1`, [id]);
    await database.query(`UPDATE app.sessions SET started_at = started_at - interval '1 minute' WHERE user_id = $1`, [id]);
    expect((await open('reset_password', chosen)).error.details[0].code).toBe('invalid_token');
    await app.kill('SIGTERM');
    await app.restart();
    await found(`SELECT FROM app.passwords WHERE user_id = $1 AND owes IS NULL`, [id]);
    const types = ['PersonInvited', 'PasswordSet', 'PasswordResetOffered', 'PasswordResetOffered', 'PasswordSet', 'PasswordSet'];
    expect(await typesIn(`signIn-${id}`)).toEqual(types);
    expect((await app.get('/auth/me', { authorization: `Bearer ${session.access_token}` })).status).toBe(401);
    expect((await open('login', { email: 'bo@example.com', password })).status).toBe(401);
    await open('login', { email: 'bo@example.com', password: chosenLater.password }).expect(200);
  });
});

describe('a process that ends between a person and what he may do', () => {
  const ofAccess = (type: string, id: number) =>
    found(`SELECT FROM log.events WHERE type = $1 AND canonical::jsonb #>> '{data,userId}' = $2`, [type, String(id)]);

  it('leaves what he may do to whoever was not archived after all, and brings it back to whoever was brought back', async () => {
    const permissions_attributes = [{ entity_id: 1, role: 'technician' }];
    const { id } = (await app.post('/users', { user: { name: 'Eve', email: 'eve@example.com', permissions_attributes } }).expect(201)).data;
    const { access_token } = await signIn(app, id as number);
    const rolesOf = async (token: string): Promise<unknown[]> =>
      (await app.get('/auth/me', { authorization: `Bearer ${token}` }).expect(200)).data.entities.map(({ role }: { role: string }) => role);
    await killedBefore('UserArchived', () => app.delete(`/users/${id}`));
    await ofAccess('AccessResumed', id as number);
    expect(await rolesOf(access_token)).toEqual(['technician']);
    expect((await app.get(`/users/${id}`).expect(200)).data.status).toBe('active');

    await app.delete(`/users/${id}`).expect(204);
    await killedBefore('AccessResumed', () => app.patch(`/users/${id}/unarchive`));
    const resumed = `SELECT FROM log.events WHERE type = 'AccessResumed' AND canonical::jsonb #>> '{data,userId}' = $1 OFFSET 1`;
    await found(resumed, [String(id)]);
    const again = (await open('login', { email: 'eve@example.com', password }).expect(200)).data.access_token as string;
    expect(await rolesOf(again)).toEqual(['technician']);
  });
});

describe('a password that waits for its row', () => {
  it('counts from when it stands there, not from when it was begun to be written', async () => {
    const { id } = (await app.post('/users', { user: { name: 'Di', email: 'di@example.com' } }).expect(201)).data;
    await signIn(app, id as number);
    const { token } = (await app.post(`/users/${id}/reset_password`).expect(201)).data;
    await database.query('BEGIN');
    await database.query('SELECT FROM app.passwords WHERE user_id = $1 FOR UPDATE', [id]);
    const chosen = open('reset_password', { token, password: 'another quiet place' }).expect(204);
    const { at } = await found<{ at: Date }>(
      `SELECT clock_timestamp() AS at FROM pg_locks WHERE locktype = 'transactionid' AND NOT granted`,
    );
    await database.query('COMMIT');
    await chosen;
    const { rows } = await database.query<{ set_at: Date }>('SELECT set_at FROM app.passwords WHERE user_id = $1', [id]);
    expect(rows[0]?.set_at.getTime()).toBeGreaterThanOrEqual(at.getTime());
  });
});

describe('a log that does not answer in time', () => {
  it('leaves nobody signed in by a password that may be another already', async () => {
    const { id } = (await app.post('/users', { user: { name: 'Cy', email: 'cy@example.com' } }).expect(201)).data;
    const own = await signIn(app, id as number);
    const other = (await open('login', { email: 'cy@example.com', password }).expect(200)).data.access_token as string;
    const as = (token: string) => ({ authorization: `Bearer ${token}` });
    const changed = 'another quiet place';
    await database.query('BEGIN; LOCK TABLE log.events IN EXCLUSIVE MODE');
    const { status } = await app.post('/auth/password', { current: password, new: changed }, as(own.access_token));
    await database.query('ROLLBACK');
    expect(status).toBe(503);
    expect((await app.get('/auth/me', as(other))).status).toBe(401);
    await open('login', { email: 'cy@example.com', password: changed }).expect(200);
  });
});

describe('a link that is being used', () => {
  it('is of no use where its person has another address by the end, or may do more than who was shown it', async () => {
    const user = async (name: string, more: object = {}) =>
      (await app.post('/users', { user: { name, email: `${name}@links.example`, ...more } }).expect(201)).data.id as number;
    const [ada, kim] = [await user('ada'), await user('kim')];
    await signIn(app, ada);
    const max = await signedIn(app, await user('max', { permissions_attributes: [{ entity_id: 1, role: 'admin' }] }));
    const reset = (await app.post(`/users/${ada}/reset_password`).expect(201)).data.token as string;
    const invitation = (await max.post(`/users/${kim}/invite`).expect(201)).data.token as string;
    const changed = 'another quiet place';
    await database.query('BEGIN; LOCK TABLE app.sign_in_links IN SHARE MODE');
    const asked = Promise.all([
      open('reset_password', { token: reset, password: changed }),
      open('accept_invitation', { token: invitation, password }),
    ]);
    const waiting = `SELECT FROM pg_locks WHERE relation = 'app.sign_in_links'::regclass AND NOT granted HAVING count(*) = 2`;
    await found(waiting);
    await app.patch(`/users/${ada}`, { user: { email: 'elsewhere@links.example' } }).expect(200);
    await app.request('PUT', `/users/${kim}/installation_manager`, { granted: true }).expect(200);
    await database.query('COMMIT');
    const refused = (await asked).map(({ status, error }) => [status, error?.details?.[0]?.code]);
    expect(refused).toEqual([
      [422, 'invalid_token'],
      [422, 'invalid_token'],
    ]);
    await open('login', { email: 'elsewhere@links.example', password }).expect(200);
    expect((await open('login', { email: 'kim@links.example', password })).status).toBe(401);
  });

  it('is good also where as many are used at once as there are connections', async () => {
    const tokens: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      const user = { name: 'Lu', email: `lu-${index}@links.example` };
      const { id } = (await app.post('/users', { user }).expect(201)).data;
      tokens.push((await app.post(`/users/${id}/invite`).expect(201)).data.token as string);
    }
    await database.query('BEGIN; LOCK TABLE app.sign_in_links IN SHARE MODE');
    // An address has few passwords hashed at once; a link that was refused for that is as good as before.
    const accept = async (token: string): Promise<number> => {
      for (;;) {
        const { status } = await open('accept_invitation', { token, password });
        if (status !== 429) return status;
      }
    };
    const asked = Promise.all(tokens.map(accept));
    const waiting = `SELECT FROM pg_locks WHERE relation = 'app.sign_in_links'::regclass AND NOT granted`;
    // Ten wait there where nothing bounds them; that fewer do is seen by time alone, and a statement may take two seconds.
    for (const until = Date.now() + 1_000; Date.now() < until && (await database.query(waiting)).rowCount !== 10;);
    await database.query('COMMIT');
    expect(await asked).toEqual(tokens.map(() => 200));
  });
});

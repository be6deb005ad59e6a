import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { PostOffice } from './harness/post-office.js';
import { TestServer } from './harness/server.js';

const password = 'a quiet place to sit';
let app: TestServer;
let postOffice: PostOffice;
let database: pg.Client;
beforeAll(async () => {
  postOffice = await PostOffice.start();
  app = await TestServer.start({ environment: { PUBLIC_URL: 'https://maintenance.example' } });
  database = new pg.Client({ connectionString: app.ownerUrl });
  await database.connect();
  await app.patch('/entities/1', { entity: { timezone: 'Europe/Berlin' } }).expect(200);
});
afterAll(async () => {
  await database.end();
  await app.stop();
  await postOffice.stop();
});

const address = () => `${randomUUID()}@example.com`;
const create = async (path: string, root: string, fields: object): Promise<number> =>
  (await app.post(path, { [root]: fields }).expect(201)).data.id as number;
const order = (fields: object) => create('/work_orders', 'work_order', { title: 'Fix the drain', ...fields });
const change = (id: number, fields: object) => app.patch(`/work_orders/${id}`, { work_order: fields }).expect(200);

async function technician(fields: object = {}, role: string | null = 'technician') {
  const email = address();
  const permissions_attributes = role === null ? [] : [{ entity_id: 1, role }];
  return { id: await create('/users', 'user', { name: 'Bo', surname: 'Ek', email, permissions_attributes, ...fields }), email };
}

async function vendor() {
  const email = address();
  const others = { name: 'Eve', email: address(), is_primary: false };
  const vendor_contacts_attributes = [others, { name: 'Robert', email, is_primary: true }];
  return { id: await create('/vendors', 'vendor', { name: 'Summit', vendor_contacts_attributes }), email };
}

/** A key that acts for a person. */
async function signedIn({ id, email }: Readonly<{ id: number; email: string }>) {
  await app.post(`/users/${id}/invite`).expect(201);
  const token = /#([\w-]{43})\s/.exec((await postOffice.letterTo(email)).text)?.[1];
  const open = { authorization: undefined, 'x-entity-id': undefined };
  const { data } = await app.post('/auth/accept_invitation', { token, password }, open).expect(200);
  return { authorization: `Bearer ${data.access_token}` };
}

/** What comes first to each of them, when everything before it has been delivered: of one receiver in order. */
async function nothingElse(told: readonly { id: number; email: string }[]): Promise<void> {
  const technicians_ids = told.map(({ id }) => id);
  const id = await order({ title: 'The last of it', technicians_ids });
  for (const { email } of told) expect((await postOffice.letterTo(email)).subject).toBe(`Work order ${id} has been assigned to you`);
  expect(postOffice.letters.filter(({ to }) => told.some(({ email }) => email === to))).toEqual([]);
}

/** Waits until a process manager has gone past everything that was written. */
async function passed(name: string): Promise<void> {
  type Worker = Readonly<{ name: string; lag_events: number; unfinished_events: number }>;
  for (;;) {
    const { process_managers: workers } = (await app.request('GET', '/health/ready')).body as { process_managers: Worker[] };
    const worker = workers.find((one) => one.name === name);
    if (worker?.lag_events === 0 && worker.unfinished_events === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('without a mail server', () => {
  it('nothing is told, nor later, when there is one', async () => {
    const person = await technician();
    await order({ technicians_ids: [person.id] });
    await passed('notices-of-work-orders');
    const { rows } = await database.query('SELECT FROM app.outbox WHERE receiver = $1', [`user:${person.id}`]);
    expect(rows).toEqual([]);
    await app.kill('SIGTERM');
    await app.restart({ SMTP_URL: postOffice.url });
    await nothingElse([person]);
  });
});

describe('whoever is to do a work order', () => {
  it('is written in his language, with the title, the time at the site and a link, and no word of it in the subject', async () => {
    const [english, german] = [await technician(), await technician({ name: 'Jürgen', surname: null, language: 'de-CH' })];
    const id = await order({ technicians_ids: [english.id, german.id], due_date: '2095-07-17T12:00:00Z' });
    const letter = await postOffice.letterTo(english.email);
    expect(letter.subject).toBe(`Work order ${id} has been assigned to you`);
    expect(letter.text.replaceAll('\r\n', '\n').trim()).toBe(
      [
        ...['Hello Bo Ek,', '', `Work order ${id} has been assigned to you.`, '', 'Fix the drain', 'Due by 17 July 2095 at 14:00.', ''],
        `https://maintenance.example/app/work_orders/${id}`,
      ].join('\n'),
    );
    const deutsch = await postOffice.letterTo(german.email);
    expect(deutsch.subject).toBe(`Arbeitsauftrag ${id} wurde Ihnen zugewiesen`);
    expect(deutsch.text).toContain('Guten Tag Jürgen,');
    expect(deutsch.text).toContain('Fällig bis 17. Juli 2095 um 14:00.');
  });

  it('is written once, when he is named, though the server refused it first, and not again', async () => {
    const [one, other] = [await technician(), await technician()];
    const id = await order({ technicians_ids: [one.id] });
    await postOffice.letterTo(one.email);
    postOffice.refused = 1;
    await change(id, { technicians_ids: [one.id, other.id] });
    expect((await postOffice.letterTo(other.email)).subject).toBe(`Work order ${id} has been assigned to you`);
    await change(id, { title: 'Fix both drains', priority: 'high' });
    await change(id, { technicians_ids: [other.id] });
    await nothingElse([one, other]);
  });

  it('is not written what he has done himself, nor what is over, nor without an address, nor once he is gone', async () => {
    const person = await technician({}, 'manager');
    const headers = await signedIn(person);
    const own = { work_order: { title: 'Mine', technicians_ids: [person.id] } };
    await app.post('/work_orders', own, headers).expect(201);
    const nameless = await create('/users', 'user', { name: 'Cy' });
    await order({ technicians_ids: [person.id, nameless], status_id: 5, completed_at: '2026-01-02T10:00:00Z' });
    const gone = await technician();
    postOffice.refused = 1;
    await order({ technicians_ids: [gone.id] });
    await app.delete(`/users/${gone.id}`).expect(204);
    await nothingElse([person]);
    // Whoever was archived before a letter was taken gets none: his rows are done with.
    for (;;) {
      const { rows } = await database.query(`SELECT FROM app.outbox WHERE receiver = $1 AND delivered_at IS NULL`, [`user:${gone.id}`]);
      if (rows.length === 0) break;
      await new Promise(setImmediate);
    }
    postOffice.refused = 0;
  });

  it('is written over few connections, however many are written to at once', async () => {
    const people = await Promise.all(Array.from({ length: 20 }, () => technician()));
    postOffice.connectedAtMost = 0;
    await order({ technicians_ids: people.map(({ id }) => id) });
    for (const { email } of people) await postOffice.letterTo(email);
    expect(postOffice.connectedAtMost).toBeGreaterThan(0);
    expect(postOffice.connectedAtMost).toBeLessThanOrEqual(3);
  });

  it('reads names and titles in one line each, whatever lines they have', async () => {
    const person = await technician({ name: 'Bo\r\nBcc: eve@example.com' });
    await order({ title: 'Fix\n\nPay at https://elsewhere.example\u2028now', technicians_ids: [person.id] });
    const { text } = await postOffice.letterTo(person.email);
    const lines = text.split(/\r?\n/);
    expect(lines).toContain('Hello Bo Bcc: eve@example.com Ek,');
    expect(lines).toContain('Fix Pay at https://elsewhere.example now');
  });

  it('is told no title of what he may not read', async () => {
    const stranger = await technician({}, null);
    const id = await order({ title: 'Something secret', technicians_ids: [stranger.id] });
    const letter = await postOffice.letterTo(stranger.email);
    expect(letter.text).toContain(`Work order ${id} has been assigned to you.`);
    expect(letter.text).not.toContain('secret');
  });
});

describe('a vendor of a work order', () => {
  it('is written where the order says so: whom to speak to first, without a link to pages that he does not have', async () => {
    const { id: vendorId, email } = await vendor();
    await order({ title: 'Silent', vendors_ids: [vendorId] });
    const id = await order({ vendors_ids: [vendorId], notify_vendors_on_create: 'yes', notify_vendors_on_update: 'yes' });
    const first = await postOffice.letterTo(email);
    expect([
      first.subject,
      first.text.includes('Hello Robert,'),
      first.text.includes('Fix the drain'),
      first.text.includes('http'),
    ]).toEqual([...[`Work order ${id} is for you to do`, true, true, false]]);
    await change(id, { due_date: '2095-07-17T12:00:00Z' });
    expect((await postOffice.letterTo(email)).subject).toBe(`Work order ${id} has changed`);
    await change(id, { status_id: 5 });
    expect((await postOffice.letterTo(email)).subject).toBe(`Work order ${id} has been completed`);
    await change(id, { status_id: 1 });
    expect((await postOffice.letterTo(email)).subject).toBe(`Work order ${id} is open again`);
    await change(id, { notify_vendors_on_update: 'no', title: 'Unsaid' });
    const last = await order({ vendors_ids: [vendorId], notify_vendors_on_create: 'yes' });
    expect((await postOffice.letterTo(email)).subject).toBe(`Work order ${last} is for you to do`);
  });
});

describe('whoever asked for work', () => {
  const answered = async (email: string) => (await postOffice.letterTo(email)).subject;

  it('is told what becomes of it where he wants to be, and not what he does himself', async () => {
    const maker = await technician({ language: 'de' }, 'manager');
    const headers = await signedIn(maker);
    const ask = async (fields: object = {}) =>
      (await app.post('/work_order_requests', { work_order_request: { title: 'Leak', notify: true, ...fields } }, headers).expect(201)).data
        .id as number;
    const accepted = await ask();
    const { data } = await app.post(`/work_order_requests/${accepted}/convert`, { work_order: {} }).expect(201);
    expect(await answered(maker.email)).toBe(`Ihre Anfrage ${accepted} wurde angenommen`);
    await change(data.id as number, { status_id: 5 });
    const letter = await postOffice.letterTo(maker.email);
    expect(letter.subject).toBe(`Ihre Anfrage ${accepted} wurde erledigt`);
    expect(letter.text).toContain(`https://maintenance.example/app/work_order_requests/${accepted}`);
    await change(data.id as number, { status_id: 1 });
    expect(await answered(maker.email)).toBe(`Ihre Anfrage ${accepted} ist wieder in Arbeit`);

    const declined = await ask();
    const reject = { work_order_request: { status: 'rejected', rejection_reason: 'Not ours' } };
    await app.patch(`/work_order_requests/${declined}`, reject).expect(200);
    const refusal = await postOffice.letterTo(maker.email);
    expect(refusal.subject).toBe(`Ihre Anfrage ${declined} wurde abgelehnt`);
    expect(refusal.text).toContain('Grund: Not ours');
    await app.patch(`/work_order_requests/${await ask()}`, { work_order_request: { status: 'cancelled' } }, headers).expect(200);
    await app.patch(`/work_order_requests/${await ask({ notify: false })}`, reject).expect(200);
    const last = await ask();
    await app.patch(`/work_order_requests/${last}`, reject).expect(200);
    expect(await answered(maker.email)).toBe(`Ihre Anfrage ${last} wurde abgelehnt`);
  });

  it('through a portal, is told by the address that he gave there', async () => {
    const email = address();
    const { uuid } = (await app.post('/request_portals', { request_portal: { title: 'Front desk' } }).expect(201)).data;
    const open = { authorization: undefined, 'x-entity-id': undefined };
    const { data } = await app.post(`/portal/${uuid}/requests`, { title: 'No light', name: 'Dee', email }, open).expect(201);
    expect(data.tracking_token).toBeDefined();
    const [request] = (await app.get('/work_order_requests?search=No%20light').expect(200)).data;
    await app.patch(`/work_order_requests/${request.id}`, { work_order_request: { notify: true } }).expect(200);
    await app.post(`/work_order_requests/${request.id}/convert`, { work_order: {} }).expect(201);
    const letter = await postOffice.letterTo(email);
    expect(letter.subject).toBe(`Your request ${request.id} has been accepted`);
    expect([letter.text.includes('Hello Dee,'), letter.text.includes('http')]).toEqual([true, false]);
  });
});

describe('the outbox', () => {
  it('knows of nobody more than his number, and nothing of what he is told', async () => {
    const person = await technician();
    await order({ title: 'Something personal', technicians_ids: [person.id] });
    await postOffice.letterTo(person.email);
    const { rows } = await database.query<{ row: string }>(`SELECT row::text FROM app.outbox AS row WHERE channel = 'notices'`);
    expect(rows.length).toBeGreaterThan(5);
    for (const { row } of rows) expect(row).not.toMatch(/@|personal|Bo\b|Robert|Fix/);
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import { Client, type Answer } from './harness/client.js';
import { insist } from './harness/insist.js';
import { KeyedLoad } from './harness/keyed-load.js';
import { TestServer, type TestLog } from './harness/server.js';
import { signIn } from './harness/sign-in.js';

type Worker = Readonly<{ name: string; state: string }>;

/** Which projections and process managers a process works, by its own account. */
async function workedBy(app: Client): Promise<string[]> {
  const { body } = await app.request('GET', '/health/ready');
  const { projections = [], process_managers = [] } = body as { projections?: Worker[]; process_managers?: Worker[] };
  return [...projections, ...process_managers].filter(({ state }) => state !== 'standing by').map(({ name }) => name);
}

async function appendOutcomes(app: Client): Promise<{ appended: number; conflicts: number }> {
  const { body } = await app.request('GET', '/metrics');
  const count = (outcome: string): number =>
    Number(new RegExp(`^millwright_appends_total\\{outcome="${outcome}"\\} (\\d+)`, 'm').exec(body as string)?.[1] ?? 0);
  return { appended: count('appended'), conflicts: count('WrongExpectedRevision') };
}

const inADay = (): string => new Date(Date.now() + 86_400_000).toISOString();

describe.each<TestLog>(['postgres', 'eventstoredb'])('several processes on one log (%s) and one database', (log) => {
  let first: TestServer;
  const others: TestServer[] = [];
  const cleanUp: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    first = await TestServer.start({ log });
    cleanUp.push(() => first.stop());
    for (let number = 0; number < 2; number += 1) {
      const server = await first.another();
      cleanUp.push(() => server.stop());
      others.push(server);
    }
  });
  afterAll(async () => {
    for (const step of cleanUp.reverse()) await step();
  });

  it('share the work so that each read model has one worker', async () => {
    const [worked, ...idle] = await Promise.all([first, ...others].map(workedBy));
    expect(new Set(worked).size).toBe(worked?.length);
    expect(worked).toEqual(expect.arrayContaining(['stock-levels', 'work-orders', 'audit-trail', 'fulfilment']));
    expect(idle).toEqual([[], []]);
  });

  it('show at one what was written at another', async () => {
    for (const [writer, reader] of [
      [first, others[0]],
      [others[0], others[1]],
      [others[1], first],
    ]) {
      if (!writer || !reader) throw new Error('three processes were started');
      const written = await writer.post('/locations', { location: { name: 'Written elsewhere' } }).expect(201);
      const position = written.headers.get('x-position') ?? '';
      const { data } = await reader.get(`/locations/${written.data.id}`, { 'x-min-position': position }).expect(200);
      expect(data).toMatchObject({ id: written.data.id, name: 'Written elsewhere' });
    }
  });

  it('print the new name of a record that others mention, wherever it was renamed', async () => {
    const storeroom = (await first.post('/storerooms', { storeroom: { name: 'Before' } }).expect(201)).data.id as number;
    const created = await first.post('/parts', { part: { name: 'Bolt', storeroom_id: storeroom } }).expect(201);
    const processes = [first, ...others];
    for (let round = 0; round < 12; round++) {
      const writer = processes[round % 3] ?? first;
      const name = `Renamed ${round}`;
      const { headers } = await writer.patch(`/storerooms/${storeroom}`, { storeroom: { name } }).expect(200);
      const since = { 'x-min-position': headers.get('x-position') ?? '' };
      for (const reader of processes) {
        const [one, list] = await Promise.all([reader.get(`/parts/${created.data.id}`, since), reader.get('/parts', since)]);
        expect([one.data.storeroom.name, list.data.at(-1).storeroom.name]).toEqual([name, name]);
      }
    }
  });

  it('take no write for a site from the moment one of them has archived it', async () => {
    const processes = [first, ...others];
    const site = (await first.post('/entities', { entity: { name: 'Closing' } }).expect(201)).data.id as number;
    const there = { 'x-entity-id': String(site) };
    const write = (app: Client) => app.post('/locations', { location: { name: 'Late' } }, there);
    for (const app of processes) await write(app).expect(201);
    await first.delete(`/entities/${site}`).expect(204);
    const answers = await Promise.all(processes.map(write));
    expect(answers.map(({ status, error }) => [status, error?.code])).toEqual(processes.map(() => [409, 'CONFLICT']));
    for (const app of processes) {
      const { body } = await app.graphqlAnswer('mutation { createLocation(input: { name: "Late" }) { id } }', {}, there);
      expect(body.errors[0].extensions.code).toBe('CONFLICT');
    }
  });

  it('record in the currency and on the day of a site from the moment one of them has changed it', async () => {
    const [ahead, behind] = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];
    for (const app of others) {
      const entity = { name: 'Moving', currency: 'KWD', timezone: ahead };
      const site = (await first.post('/entities', { entity }).expect(201)).data.id as number;
      const there = { 'x-entity-id': String(site) };
      await app.post('/locations', { location: { name: 'Early' } }, there).expect(201);
      await first.patch(`/entities/${site}`, { entity: { currency: 'JPY', timezone: behind } }).expect(200);
      const shown = (await app.get('/locations', there).expect(200)).meta.entity as object;
      expect(shown).toMatchObject({ currency: 'JPY', timezone: `${behind}: -11:00` });
      await app.post('/parts', { part: { name: 'Belt' } }, there).expect(201);
      const [event] = (await app.get('/audit_trail?type=PartRegistered', there).expect(200)).data as {
        effective_at: string;
        recorded_at: string;
        data: { currency: string };
      }[];
      const day = new Intl.DateTimeFormat('en-CA', { timeZone: behind }).format(new Date(event?.recorded_at ?? ''));
      expect([event?.data.currency, event?.effective_at]).toEqual(['JPY', day]);
    }
  });

  it('know what others have begun to use', async () => {
    for (const use of [
      (app: Client, there: Record<string, string>) => app.post('/parts', { part: { name: 'Priced' } }, there).expect(201),
      async (app: Client, there: Record<string, string>) => {
        const order = (await app.post('/work_orders', { work_order: { title: 'Costly' } }, there).expect(201)).data.id as number;
        return app.post(`/work_orders/${order}/other_costs`, { other_cost: { amount: 5 } }, there).expect(201);
      },
    ])
      for (const app of others) {
        const site = (await first.post('/entities', { entity: { name: 'Abroad' } }).expect(201)).data.id as number;
        const there = { 'x-entity-id': String(site) };
        await app.get('/entities', there).expect(200);
        await use(app, there);
        expect((await first.patch(`/entities/${site}`, { entity: { currency: 'EUR' } })).error).toMatchObject({ code: 'CURRENCY_IN_USE' });
      }
  });

  it('keep one currency where another comes at the same moment as the first amounts', async () => {
    const [second, third] = others;
    if (!second || !third) throw new Error('three processes were started');
    const paid = { name: 'Paula', email: `paula@${log}.example`, regular_rate: 41 };
    const technician_id = (await first.post('/users', { user: paid }).expect(201)).data.id as number;
    const amounts: [string, (order: number) => [string, object]][] = [
      ['part', () => ['/parts', { part: { name: 'Priced', on_hand_qty: 3, unit_cost: 7 } }]],
      ['labour', (order) => [`/work_orders/${order}/labor_entries`, { labor_entry: { technician_id, hours: 0.3333 } }]],
      ['other cost', (order) => [`/work_orders/${order}/other_costs`, { other_cost: { amount: 12 } }]],
    ];
    for (const [what, amount] of amounts) {
      const site = (await first.post('/entities', { entity: { name: what, currency: 'EUR' } }).expect(201)).data.id as number;
      const there = { 'x-entity-id': String(site) };
      const order = (await first.post('/work_orders', { work_order: { title: 'Costly' } }, there).expect(201)).data.id as number;
      // Every process knows the site as it was.
      for (const app of others) await app.get('/work_orders', there).expect(200);
      const [path, body] = amount(order);
      const record = (app: Client) => insist((headers) => app.post(path, body, { ...there, ...headers }));
      const [changed, ...recorded] = await Promise.all([
        third.patch(`/entities/${site}`, { entity: { currency: 'JPY' } }),
        record(first),
        record(second),
      ]);
      const currency = changed.status === 200 ? 'JPY' : 'EUR';
      expect([what, (await first.get(`/entities/${site}`).expect(200)).data.currency]).toEqual([what, currency]);
      expect(recorded.map(({ status }) => status)).toEqual([201, 201]);
      for (const { headers } of recorded) {
        const since = { ...there, 'x-min-position': headers.get('x-position') ?? '' };
        const events = (await first.get('/audit_trail', since).expect(200)).data as { type: string; data: { currency?: string } }[];
        // The trail of a site has what its own record was before, too.
        const amounts = events.filter(({ type, data }) => !type.startsWith('Entity') && data.currency !== undefined);
        expect(amounts.length).toBeGreaterThan(0);
        for (const { type, data } of amounts) expect([what, type, data.currency]).toEqual([what, type, currency]);
      }
      expect((await third.patch(`/entities/${site}`, { entity: { currency: 'KWD' } })).error).toMatchObject({ code: 'CURRENCY_IN_USE' });
    }
  });

  it('leave the currency open where the first amount was refused', async () => {
    const site = (await first.post('/entities', { entity: { name: 'Refused' } }).expect(201)).data.id as number;
    const there = { 'x-entity-id': String(site) };
    const order = (await first.post('/work_orders', { work_order: { title: 'Free' } }, there).expect(201)).data.id as number;
    await first.post(`/work_orders/${order}/other_costs`, { other_cost: { amount: 5 } }, { ...there, 'if-match': '"77"' }).expect(412);
    await first.post(`/work_orders/${order}/other_costs`, { other_cost: { amount: 5, category_id: 987_654 } }, there).expect(422);
    await first.patch(`/entities/${site}`, { entity: { currency: 'EUR' } }).expect(200);
    const again = { ...there, 'idempotency-key': `first amount ${log}` };
    const { data } = await first.post('/parts', { part: { name: 'Belt' } }, again).expect(201);
    expect((await first.post('/parts', { part: { name: 'Belt' } }, again).expect(201)).data).toEqual(data);
    expect((await first.get(`/parts?filter[name_eq]=Belt`, there).expect(200)).data).toMatchObject([{ id: data.id }]);
  });

  it('open one order for an alarm that comes to all of them at the same moment', async () => {
    const processes = [first, ...others];
    const work_order = { title: 'Press is hot', dedup_key: `press ${log}` };
    const raise = (app: Client) => insist((headers) => app.post('/work_orders', { work_order }, headers));
    const answers = await Promise.all(Array.from({ length: 15 }, (_, index) => raise(processes[index % 3] ?? first)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array<number>(14).fill(200), 201]);
    expect(new Set(answers.map(({ data }) => data.id as number)).size).toBe(1);
    const last = Math.max(...answers.map(({ headers }) => Number(headers.get('x-position'))));
    for (const app of processes) {
      const { data } = await app.get(`/work_orders?dedup_key=press ${log}`, { 'x-min-position': String(last) }).expect(200);
      expect(data).toMatchObject([{ alarm_count: 15, comments_count: 14 }]);
    }
  });

  it('decide about the same parts without a storm of conflicts', async () => {
    const processes = [first, ...others];
    const load = await KeyedLoad.prepare(processes, `spread ${log}`);
    const began = performance.now();
    await load.run(12, 240);
    const seconds = (performance.now() - began) / 1_000;
    await load.verify(first);
    const outcomes = await Promise.all(processes.map(appendOutcomes));
    const total = (of: 'appended' | 'conflicts'): number => outcomes.reduce((sum, outcome) => sum + outcome[of], 0);
    console.info(
      `${log}: 240 requests of 12 clients to 3 processes about 4 parts in ${seconds.toFixed(1)} s: ` +
        `${total('appended')} appends, ${total('conflicts')} conflicts, at each process ${outcomes.map(({ appended }) => appended).join(', ')}`,
    );
    // Each append that wins makes at most one rival of each other process try again, once more where it loses twice.
    expect(total('conflicts')).toBeLessThan(3 * total('appended'));
  });

  it('take a secret, and what was got by it, from the moment another process has shown it', async () => {
    const [other] = others;
    if (!other) throw new Error('three processes were started');
    const expires_at = inADay();
    const make = async (path: string, more: object) =>
      (await first.post(`/access/${path}`, { name: `${path} of another process`, entity_ids: [1], ...more }).expect(201)).data;
    const rotate = async (path: string, id: number) => (await first.post(`/access/${path}/${id}/rotate`, {}).expect(200)).data;
    /** That process has looked credentials up a moment ago, and takes what it found for what there is. */
    const justLooked = async () => other.get('/parts', { authorization: `Bearer ${known}` }).expect(200);
    const statusOf = async (key: string, at: Client = other) => (await new Client(at.url, key).get('/parts')).status;
    const tokenAt = async (at: Client, { client_id, client_secret }: Record<string, string>) => {
      const form = { grant_type: 'client_credentials', client_id, client_secret } as Record<string, string>;
      const headers = { authorization: undefined, 'x-entity-id': undefined, 'content-type': 'application/x-www-form-urlencoded' };
      const { body } = await at.request('POST', '/api/v1/oauth/token', new URLSearchParams(form).toString(), headers);
      return (body.access_token ?? body.error) as string;
    };
    const known = (await make('api_keys', { scopes: ['parts:read'], expires_at })).key as string;

    for (const [path, more] of [
      ['api_keys', { scopes: ['parts:read'], expires_at }],
      ['service_accounts', { role: 'admin' }],
    ] as const) {
      // prettier-ignore
      await justLooked();
      const made = await make(path, more);
      expect([path, await statusOf(made.key)]).toEqual([path, 200]);
      await justLooked();
      expect([path, await statusOf((await rotate(path, made.id)).key)]).toEqual([path, 200]);
    }
    await justLooked();
    const client = await make('clients', { scopes: ['parts:read'] });
    expect(await tokenAt(other, client)).toMatch(/^eyJ/);
    await justLooked();
    expect(await tokenAt(other, await rotate('clients', client.id))).toMatch(/^eyJ/);
    await justLooked();
    expect(await statusOf(await tokenAt(first, await make('clients', { scopes: ['parts:read'] })))).toBe(200);
    await justLooked();
    await first.post('/access/keys/rotate').expect(200);
    expect(await statusOf(await tokenAt(first, client))).toBe(200);
    await justLooked();
    expect(await statusOf(`mwk_${'0'.repeat(16)}_${'x'.repeat(43)}`)).toBe(401);
  });

  it('know what somebody may do from the position of the answer that gave it to him', async () => {
    const [other] = others;
    if (!other) throw new Error('three processes were started');
    const make = async (path: string, body: object, there = {}) => (await first.post(path, body, there).expect(201)).data;
    const entity_id = (await make('/entities', { entity: { name: 'Rights' } })).id as number;
    const site = { 'x-entity-id': String(entity_id) };
    const reader = `Reader ${log}`;
    const role = (await make('/access/roles', { name: reader, scopes: ['work_orders:read'] })).id as number;
    const permissions = (named: string) => [{ entity_id, role: named }];
    const user = { name: 'Rita', email: `rita@${log}.example`, permissions_attributes: permissions('technician') };
    const person = (await make('/users', { user }, site)).id as number;
    const { access_token } = await signIn(first, person, site);
    const key = await make('/access/api_keys', { name: 'Rights', scopes: ['parts:read'], entity_ids: [entity_id], expires_at: inADay() });
    const opened = await first.post('/work_orders', { work_order: { title: 'Of nobody' } }, site).expect(201);

    const statusOf = async (path: string, secret: string, since?: string) =>
      (await new Client(other.url, secret).get(path, { ...site, 'x-min-position': since })).status;
    /** What is answered right before the change, so that it is remembered, and with the position of the change. */
    const beforeAndAfter = async (ask: (since?: string) => Promise<unknown>, change: () => Promise<Answer>) => {
      const before = await ask();
      const since = (await change()).headers.get('x-position') ?? '';
      return [before, await ask(since)];
    };
    const ordersOf = async (since?: string) =>
      (await new Client(other.url, access_token).get('/work_orders', { ...site, 'x-min-position': since }).expect(200)).data
        .length as number;
    const technicians = (technicians_see: string) => first.patch(`/entities/${entity_id}`, { entity: { technicians_see } }).expect(200);
    const grant = (named: string) =>
      first.patch(`/users/${person}`, { user: { permissions_attributes: permissions(named) } }, site).expect(200);

    expect(await ordersOf(opened.headers.get('x-position') ?? '')).toBe(0);
    expect(await beforeAndAfter(ordersOf, () => technicians('all'))).toEqual([0, 1]);
    expect(await beforeAndAfter(ordersOf, () => technicians('assigned'))).toEqual([1, 0]);
    const trail = (since?: string) => statusOf('/audit_trail', access_token, since);
    expect(await beforeAndAfter(trail, () => grant('auditor'))).toEqual([403, 200]);
    expect(await beforeAndAfter(trail, () => grant(reader))).toEqual([200, 403]);
    const scopes = ['work_orders:read', 'audit:read'];
    expect(await beforeAndAfter(trail, () => first.patch(`/access/roles/${role}`, { scopes }).expect(200))).toEqual([403, 200]);
    const ofKey = (since?: string) => statusOf('/work_orders', key.key as string, since);
    const scopesOfKey = (of: string[]) => first.patch(`/access/api_keys/${key.id}`, { scopes: of }, site).expect(200);
    for (const round of [1, 2]) {
      expect([round, ...(await beforeAndAfter(ofKey, () => scopesOfKey(['parts:read', 'work_orders:read'])))]).toEqual([round, 403, 200]);
      expect([round, ...(await beforeAndAfter(ofKey, () => scopesOfKey(['parts:read'])))]).toEqual([round, 200, 403]);
    }
  });

  it('let the maker of a site in from the answer on, and wherever its position is named', async () => {
    const user = { name: 'Mia', email: `mia@${log}.example`, permissions_attributes: [{ entity_id: 1, role: 'admin' }] };
    const person = (await first.post('/users', { user }).expect(201)).data.id as number;
    const { access_token } = await signIn(first, person);
    const processes = [first, ...others].map(({ url }) => new Client(url, access_token));
    for (const maker of processes) {
      // All have looked a moment ago, and take what they found for what there is.
      for (const app of processes) await app.get('/parts');
      const { data, headers } = await maker.post('/entities', { entity: { name: 'Made' } }).expect(201);
      const there = { 'x-entity-id': String(data.id), 'x-min-position': undefined };
      const since = { ...there, 'x-min-position': headers.get('x-position') ?? '' };
      const atOnce = await maker.get('/parts', there);
      const elsewhere = await Promise.all(processes.map((app) => app.get('/parts', since)));
      expect([atOnce, ...elsewhere].map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    }
  });

  it('take over from one that is killed, and lose nothing that was asked of it', async () => {
    const [second, third] = others;
    if (!second || !third) throw new Error('three processes were started');
    const load = await KeyedLoad.prepare([second, third], `hand-over ${log}`);
    const running = load.run(6, 120);
    await load.untilAnswered(20);
    await first.kill('SIGKILL');
    const killed = performance.now();
    while ((await Promise.all([second, third].map(workedBy))).flat().length === 0) await delay(20);
    const tookOver = performance.now() - killed;
    await running;
    const workers = await Promise.all([second, third].map(workedBy));
    console.info(`${log}: another process took over ${tookOver.toFixed(0)} ms after SIGKILL (promised: within 5 s)`);
    expect(new Set(workers.flat()).size).toBe(workers.flat().length);
    await load.verify(second);
    await first.restart();
  });
});

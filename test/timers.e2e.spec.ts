import { createHash, randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { Client, isToComeAgain, type Answer } from './harness/client.js';
import { TestServer } from './harness/server.js';
import { signedIn } from './harness/sign-in.js';

let app: TestServer;
beforeAll(async () => void (app = await TestServer.start()));
afterAll(() => app.stop());

const person = async (fields: object = {}): Promise<number> =>
  (await app.post('/users', { user: { name: 'Tim', surname: 'Keeper', regular_rate: 36, ...fields } }).expect(201)).data.id;
const open = async (fields: object = {}): Promise<number> =>
  (await app.post('/work_orders', { work_order: { title: 'Repair', ...fields } }).expect(201)).data.id;
const start = (order: number, body: object = {}) => app.post(`/work_orders/${order}/timer/start`, body);
const stop = (order: number, body: object = {}) => app.post(`/work_orders/${order}/timer/stop`, body);
const timersOf = async (technician: number) => (await app.get(`/timers?technician_id=${technician}`).expect(200)).data;
const entriesOf = async (order: number) => (await app.get(`/work_orders/${order}/labor_entries`).expect(200)).data;

/** Until so many milliseconds have passed since a timer was started: it counts by the clock, and nothing can be waited for. */
async function whileItRuns(startedAt: string, milliseconds: number): Promise<void> {
  while (Date.now() - Date.parse(startedAt) < milliseconds) await app.get('/timers');
}

/** A key of a person, as the table of keys defines one: there is no operation that makes them yet. */
async function keyOf(userId: number): Promise<string> {
  const keyId = randomBytes(8).toString('hex');
  const key = `mw_${keyId}_${randomBytes(32).toString('base64url')}`;
  const database = new pg.Client({ connectionString: app.ownerUrl });
  await database.connect();
  const values = [keyId, createHash('sha256').update(key).digest(), userId];
  await database.query('INSERT INTO app.api_keys (key_id, secret_hash, customer_id, user_id) VALUES ($1, $2, 1, $3)', values);
  await database.end();
  return key;
}

describe('a timer', () => {
  it('is shown while it runs, and leaves an entry of exactly its time when it is stopped', async () => {
    const [order, technician] = [await open({ title: 'Press' }), await person()];
    const tag = (await app.get(`/work_orders/${order}`)).headers.get('etag');
    const begin = (tag: string | null) =>
      app.post(`/work_orders/${order}/timer/start`, { technician_id: technician }, { 'if-match': tag ?? '' });
    expect((await begin('"99"')).error.code).toBe('PRECONDITION_FAILED');
    const { data: timer } = await begin(tag).expect(201);
    expect(timer).toMatchObject({
      work_order: { id: order, title: 'Press' },
      technician: { id: technician, name: 'Tim' },
      hours: 0,
      overdue: false,
    });
    // A timer has a stream of its own: it does not move the tag of its order.
    expect((await app.get(`/work_orders/${order}`)).headers.get('etag')).toBe(tag);
    expect(await timersOf(technician)).toMatchObject([
      { id: timer.id, work_order: { id: order }, started_at: timer.started_at, overdue: false },
    ]);
    expect((await app.get(`/timers/${timer.id}`)).data).toMatchObject({ id: timer.id });
    expect((await app.get(`/timers?filter[overdue_true]=true&technician_id=${technician}`)).meta.pagination.total).toBe(0);
    await whileItRuns(timer.started_at, 1_000);
    const { data: entry } = await stop(order, { technician_id: technician, note: 'Bearing' }).expect(200);
    const seconds = (Date.parse(entry.ended_at) - Date.parse(entry.started_at)) / 1000;
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(entry).toMatchObject({
      work_order_id: order,
      started_at: timer.started_at,
      timer: true,
      note: 'Bearing',
      rate: 36,
      charge: seconds / 100,
    });
    expect(await entriesOf(order)).toMatchObject([{ id: entry.id, timer: true, created_by: { id: technician } }]);
    expect((await app.get(`/work_orders/${order}`)).data.total_costs.labor).toBe(entry.amount);
    expect(await timersOf(technician)).toEqual([]);
    expect((await app.get(`/timers/${timer.id}`)).status).toBe(404);
    expect((await stop(order, { technician_id: technician })).status).toBe(404);
  });

  it('is found by the title of its order and by the name of who works, and by nothing else', async () => {
    const [order, technician] = [await open({ title: 'Décalcifier' }), await person({ name: 'Zoë', surname: 'Sought' })];
    const { data: timer } = await start(order, { technician_id: technician }).expect(201);
    const found = async (text: string): Promise<number[]> =>
      (await app.get(`/timers?search=${encodeURIComponent(text)}`).expect(200)).data.map(({ id }: { id: number }) => id);
    for (const text of ['decalc', 'zoe', 'SOUGHT', 'Zoë Sought']) expect(await found(text)).toEqual([timer.id]);
    expect(await found('no timer is called so')).toEqual([]);
    const sought = await app.graphql('{ timers(search: "Sought") { nodes { id } } none: timers(search: "nobody") { totalCount } }');
    expect(sought).toEqual({ timers: { nodes: [{ id: `${timer.id}` }] }, none: { totalCount: 0 } });
    await stop(order, { technician_id: technician }).expect(200);
  });

  it('is found as overdue when it has been running for more than a day, and is not cut', async () => {
    const [order, technician] = [await open(), await person()];
    const { data: timer } = await start(order, { technician_id: technician }).expect(201);
    const overdue = async () =>
      (await app.get(`/timers?filter[overdue_true]=true&work_order_id=${order}`).expect(200)).data.map(
        ({ id, overdue: isSo, hours }: { id: number; overdue: boolean; hours: number }) => [id, isSo, Math.floor(hours)],
      );
    const owner = new pg.Client({ connectionString: app.ownerUrl });
    await owner.connect();
    // Nobody can wait for a day: what is read of the timer says that it began earlier.
    const began = (earlier: string) => owner.query(`UPDATE read_timers_v1.timers SET started_at = started_at - interval '${earlier}' WHERE id = $1`, [timer.id]); // prettier-ignore
    await began('23 hours 59 minutes');
    expect(await overdue()).toEqual([]);
    await began('12 hours');
    expect(await overdue()).toEqual([[timer.id, true, 35]]);
    await owner.end();
    await stop(order, { technician_id: technician }).expect(200);
  });

  it('that runs for less than a second leaves no entry', async () => {
    const [order, technician] = [await open(), await person()];
    const answers = [
      await start(order, { technician_id: technician }).expect(201),
      await stop(order, { technician_id: technician }).expect(200),
    ];
    const took = Date.parse(answers[1]?.data?.ended_at ?? answers[0]?.data.started_at) - Date.parse(answers[0]?.data.started_at);
    // On a machine that takes its time there is one of that time.
    expect(answers[1]?.data === null).toBe(took === 0);
    expect(await entriesOf(order)).toHaveLength(took === 0 ? 0 : 1);
  });

  it('runs once a person, when fifty start it at the same moment on two orders', async () => {
    const [orders, technician] = [[await open(), await open()], await person()];
    /** Asked again under its key for as long as a busy machine says so. */
    const starting = async (order: number, key = randomUUID()): Promise<Answer> => {
      const answer = await app.post(`/work_orders/${order}/timer/start`, { technician_id: technician }, { 'idempotency-key': key });
      return isToComeAgain(answer.error) ? starting(order, key) : answer;
    };
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => starting(orders[index % 2] ?? 0)));
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    const order = won[0]?.data.work_order.id;
    for (const { status, error } of answers.filter((answer) => answer.status !== 201))
      expect([status, error]).toEqual([409, expect.objectContaining({ code: 'TIMER_RUNNING', id: order })]);
    expect(await timersOf(technician)).toMatchObject([{ work_order: { id: order } }]);
    expect((await stop(orders.find((other) => other !== order) ?? 0, { technician_id: technician })).status).toBe(404);
    await stop(order, { technician_id: technician }).expect(200);
  });

  it('is refused on what is closed, archived or unknown, and for whom no rate is known', async () => {
    const technician = await person();
    const refused = async (order: number, body: object) => {
      const { status, error } = await start(order, body);
      return [status, error.code, error.details.map(({ field, code }: { field: string; code: string }) => [field, code])];
    };
    const order = await open();
    expect(await refused(order, {})).toEqual([422, 'VALIDATION_FAILED', [['technician_id', 'required']]]);
    expect((await app.post(`/work_orders/${order}/timer/start`)).status).toBe(422);
    expect(await refused(order, { technician_id: 987654321 })).toEqual([422, 'VALIDATION_FAILED', [['technician_id', 'not_found']]]);
    const unpaid = await person({ regular_rate: null });
    expect(await refused(order, { technician_id: unpaid })).toEqual([422, 'VALIDATION_FAILED', [['technician_id', 'rate_missing']]]);
    expect(await refused(order, { technician_id: technician, hours: 1 })).toEqual([422, 'VALIDATION_FAILED', [['hours', 'unknown_field']]]);
    expect((await refused(await open({ completed_at: '2026-01-31T08:00:00Z' }), { technician_id: technician }))[1]).toBe(
      'WORK_ORDER_CLOSED',
    );
    expect((await refused(987654321, { technician_id: technician }))[0]).toBe(404);
    // Whom no work may be given keeps time all the same.
    const idle = await person({ can_be_assigned_to_wo: false });
    await start(order, { technician_id: idle }).expect(201);
    await stop(order, { technician_id: idle }).expect(200);
    await start(order, { technician_id: technician }).expect(201);
    const { error } = await stop(order, { technician_id: technician, rate_type: 'overtime1' });
    expect(error.details).toMatchObject([{ field: 'rate_type', code: 'rate_missing' }]);
    expect(await timersOf(technician)).toHaveLength(1);
    await app.delete(`/work_orders/${order}`).expect(204);
    expect((await refused(order, { technician_id: await person() }))[1]).toBe('CONFLICT');
  });

  it('is stopped by completing or cancelling its order, whose answer has the entry already', async () => {
    for (const close of [{ completed_at: '2026-01-31T08:00:00Z' }, { status_id: 4 }]) {
      const [order, technicians] = [await open(), [await person(), await person({ regular_rate: 72 })]];
      const timers = [];
      for (const technician_id of technicians) timers.push((await start(order, { technician_id }).expect(201)).data);
      await whileItRuns(timers[1].started_at, 1_000);
      const { data: closed } = await app.patch(`/work_orders/${order}`, { work_order: close }).expect(200);
      const trail = (await app.get(`/audit_trail?stream=workOrder-${order}&sort=position asc`)).data as {
        type: string;
        recorded_at: string;
      }[];
      const at = Date.parse(trail.find(({ type }) => /^WorkOrder(Completed|Cancelled)$/.test(type))?.recorded_at ?? '');
      const entries = await entriesOf(order);
      expect(entries).toHaveLength(2);
      for (const { started_at, ended_at } of entries)
        expect(Date.parse(ended_at) - Date.parse(started_at)).toBe(Math.floor((at - Date.parse(started_at)) / 1000) * 1000);
      const sum = entries.reduce((cents: number, { amount }: { amount: number }) => cents + Math.round(amount * 100), 0) / 100;
      expect(closed.total_costs).toMatchObject({ labor: sum, total: sum });
      for (const technician of technicians) expect(await timersOf(technician)).toEqual([]);
    }
  });

  it('has ended with its order for whoever stops it, or begins elsewhere, before that has been carried out', async () => {
    const [order, another] = [await open(), await open()];
    const technicians = [await person(), await person()] as const;
    const timers = [];
    for (const technician_id of technicians) timers.push((await start(order, { technician_id }).expect(201)).data);
    const owner = new pg.Client({ connectionString: app.ownerUrl });
    await owner.connect();
    // What ends the timers of an order finds them in this view, and tries again until it may look there.
    await owner.query('REVOKE SELECT ON read.timers FROM millwright_app');
    const completing = app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } });
    const closings = `/audit_trail?stream=workOrder-${order}&type=WorkOrderCompleted`;
    let closing: { recorded_at: string } | undefined;
    while (!closing) [closing] = (await app.get(closings).expect(200)).data;
    const closedAt = Date.parse(closing.recorded_at);
    const elapsed = (at: string): number => Math.floor((closedAt - Date.parse(at)) / 1000) * 1000;
    const [first, second] = timers as [{ started_at: string }, { started_at: string }];
    // Until another second of each would count.
    const later = Math.max(...[first, second].map(({ started_at }) => Date.parse(started_at) + elapsed(started_at))) + 1_000;
    while (Date.now() < later) await app.get('/locations');
    const answers = Promise.all([
      stop(order, { technician_id: technicians[0] }).expect(404),
      start(another, { technician_id: technicians[1] }).expect(201),
    ]);
    await Promise.race([answers, app.get('/locations').then(() => app.get('/locations'))]);
    await owner.query('GRANT SELECT ON read.timers TO millwright_app');
    await owner.end();
    await completing.expect(200);
    await answers;
    const took = (await entriesOf(order)).map((entry: Record<'started_at' | 'ended_at', string>) => [
      entry.started_at,
      Date.parse(entry.ended_at) - Date.parse(entry.started_at),
    ]);
    const expected = timers.map(({ started_at }) => [started_at, elapsed(started_at)]).filter(([, length]) => length !== 0);
    expect(took.sort()).toEqual(expected.sort());
    await stop(another, { technician_id: technicians[1] }).expect(200);
  });

  it('runs on when its order is archived, which is neither completed nor cancelled, and is stopped there', async () => {
    const [order, technician] = [await open(), await person()];
    const { data: timer } = await start(order, { technician_id: technician }).expect(201);
    await app.delete(`/work_orders/${order}`).expect(204);
    expect(await timersOf(technician)).toMatchObject([{ id: timer.id, work_order: { id: order } }]);
    await whileItRuns(timer.started_at, 1_000);
    const { data: entry } = await stop(order, { technician_id: technician }).expect(200);
    expect(entry).toMatchObject({ work_order_id: order, started_at: timer.started_at, timer: true });
    expect(await entriesOf(order)).toMatchObject([{ id: entry.id }]);
  });

  it('runs on when its site is archived, and is stopped there over either interface, so that its people can go on elsewhere', async () => {
    const site = (await app.post('/entities', { entity: { name: 'Plant' } }).expect(201)).data.id;
    const there = { 'x-entity-id': String(site) };
    const order = (await app.post('/work_orders', { work_order: { title: 'Repair' } }, there).expect(201)).data.id;
    const [first, second, elsewhere] = [await person(), await person(), await open()];
    const begin = (technician_id: number) => app.post(`/work_orders/${order}/timer/start`, { technician_id }, there);
    await begin(first).expect(201);
    const { data: timer } = await begin(second).expect(201);
    await app.delete(`/entities/${site}`).expect(204);
    expect((await begin(await person())).error).toMatchObject({ code: 'CONFLICT' });
    await whileItRuns(timer.started_at, 1_000);
    const { data: entry } = await app.post(`/work_orders/${order}/timer/stop`, { technician_id: first }, there).expect(200);
    const mutation = `mutation { stopTimer(input: { workOrderId: ${order}, technicianId: ${second} }) { id timer } }`;
    const { body } = await app.graphqlAnswer(mutation, undefined, there);
    const logged = (await app.get(`/work_orders/${order}/labor_entries`, there).expect(200)).data.map(({ id }: { id: number }) => id);
    expect(logged.sort()).toEqual([entry.id, Number(body.data.stopTimer.id)].sort());
    for (const technician_id of [first, second]) await start(elsewhere, { technician_id }).expect(201);
  });

  it('is not stopped by hand where its order would be charged past the limit, until there is room; closing the order ends it', async () => {
    const [order, technician] = [await open(), await person({ regular_rate: 3600 })];
    const entry = (hours: number, rate: string | number) =>
      app.post(`/work_orders/${order}/labor_entries`, { labor_entry: { technician_id: technician, hours, rate } }).expect(201);
    await entry(10, '999999997.99');
    const { data: last } = await entry(1, '20.09');
    const stopping = `mutation { stopTimer(input: { workOrderId: ${order}, technicianId: ${technician} }) { id } }`;
    const { data: timer } = await start(order, { technician_id: technician }).expect(201);
    await whileItRuns(timer.started_at, 1_000);
    const { error } = await stop(order, { technician_id: technician }).expect(422);
    expect(error).toMatchObject({ code: 'VALUE_OUT_OF_RANGE', details: [{ field: 'rate_type', code: 'out_of_range' }] });
    expect((await app.graphqlAnswer(stopping)).body.errors[0].extensions.code).toBe('VALUE_OUT_OF_RANGE');
    expect(await timersOf(technician)).toMatchObject([{ id: timer.id }]);
    await app.post(`/work_orders/${order}/labor_entries/${last.id}/reverse`, { reason: 'Wrong' }).expect(201);
    const { data: counted } = await stop(order, { technician_id: technician }).expect(200);
    await entry(1, 20 - counted.amount);
    const { data: again } = await start(order, { technician_id: technician }).expect(201);
    await whileItRuns(again.started_at, 1_000);
    expect((await stop(order, { technician_id: technician })).status).toBe(422);
    await app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }).expect(200);
    expect(await timersOf(technician)).toEqual([]);
    expect((await entriesOf(order)).filter(({ timer: byTimer }: { timer: boolean }) => byTimer)).toHaveLength(2);
  });

  it('and an entry by hand at the moment of its stop never pass the limit together', async () => {
    const near = async () => {
      const [order, technician_id] = [await open(), await person({ regular_rate: 3600 })];
      const log = (hours: number, rate: string) =>
        app.post(`/work_orders/${order}/labor_entries`, { labor_entry: { technician_id, hours, rate } });
      await log(10, '999999989.99').expect(201);
      return { order, technician_id, log, timer: (await start(order, { technician_id }).expect(201)).data };
    };
    const accounts = [];
    for (let count = 0; count < 6; count += 1) accounts.push(await near());
    await whileItRuns(accounts.at(-1)?.timer.started_at, 1_000);
    for (const [index, { order, technician_id, log }] of accounts.entries()) {
      const stopping = stop(order, { technician_id });
      if (index % 2 > 0) await app.get('/health');
      // 100.09 are left: enough for either, and not for both.
      const statuses = (await Promise.all([stopping, log(1, '99.50')])).map(({ status }) => status).sort((one, other) => one - other);
      expect([[200, 422], [201, 422]]).toContainEqual(statuses); // prettier-ignore
      expect((await app.get(`/work_orders/${order}`).expect(200)).data.total_costs.labor).toBeLessThanOrEqual(9_999_999_999.99);
    }
  });

  it('is stopped past the limit where its site or its order is archived, for nothing else could end it', async () => {
    const site = (await app.post('/entities', { entity: { name: 'Dear' } }).expect(201)).data.id;
    const there = { 'x-entity-id': String(site) };
    const archived = [];
    for (const isSite of [false, true]) {
      const order = (await app.post('/work_orders', { work_order: { title: 'Repair' } }, there).expect(201)).data.id;
      const technician_id = await person({ regular_rate: 3600 });
      const labor_entry = { technician_id, hours: 10, rate: '999999999.99' };
      await app.post(`/work_orders/${order}/labor_entries`, { labor_entry }, there).expect(201);
      await app.post(`/work_orders/${order}/labor_entries`, { labor_entry: { ...labor_entry, hours: 1, rate: '0.09' } }, there).expect(201);
      archived.push({ order, technician_id, isSite, timer: (await app.post(`/work_orders/${order}/timer/start`, { technician_id }, there).expect(201)).data }); // prettier-ignore
    }
    await whileItRuns(archived.at(-1)?.timer.started_at, 1_000);
    for (const { order, technician_id, isSite } of archived) {
      const stopped = () => app.post(`/work_orders/${order}/timer/stop`, { technician_id }, there);
      expect((await stopped()).error.code).toBe('VALUE_OUT_OF_RANGE');
      await app.delete(isSite ? `/entities/${site}` : `/work_orders/${order}`, undefined, there).expect(204);
      expect((await stopped().expect(200)).data).toMatchObject({ timer: true, work_order_id: order });
    }
  });

  it('tells whoever stopped his own that it has ended, also where the answer and then the order were lost', async () => {
    const [technician, other] = [await person({ permissions_attributes: [{ entity_id: 1, role: 'technician' }] }), await person()];
    const own = await signedIn(app, technician);
    const order = await open({ technicians_ids: [technician] });
    const { data: timer } = await own.post(`/work_orders/${order}/timer/start`, {}).expect(201);
    await app.patch(`/work_orders/${order}`, { work_order: { technicians_ids: [other] } }).expect(200);
    await whileItRuns(timer.started_at, 1_000);
    const stopping = () => own.post(`/work_orders/${order}/timer/stop`, {}, { 'idempotency-key': `stop ${order}` });
    const first = await stopping().expect(200);
    const owner = new pg.Client({ connectionString: app.ownerUrl });
    await owner.connect();
    // As if the process had died between the stop and its answer.
    const lost = `UPDATE app.idempotency_keys SET status = NULL, headers = NULL, body = NULL, owner = gen_random_uuid(), lease_until = now() - interval '1 s'
      WHERE scope = (SELECT scope FROM app.idempotency_keys ORDER BY created_at DESC LIMIT 1) AND status IS NOT NULL`;
    while ((await owner.query(lost)).rowCount === 0);
    await owner.end();
    expect((await stopping().expect(200)).data.id).toBe(first.data.id);
    expect((await own.post(`/work_orders/${order}/timer/stop`, {})).status).toBe(404);
  });

  it('is told of by no repeat to whoever stopped that of somebody else and does not see the order any more', async () => {
    const [manager, technician] = [await person({ permissions_attributes: [{ entity_id: 1, role: 'manager' }] }), await person()];
    const [by, order] = [await signedIn(app, manager), await open({ title: 'Hidden' })];
    const { data: timer } = await by.post(`/work_orders/${order}/timer/start`, { technician_id: technician }).expect(201);
    await whileItRuns(timer.started_at, 1_000);
    const stopping = () =>
      by.post(`/work_orders/${order}/timer/stop`, { technician_id: technician, note: 'Seal' }, { 'idempotency-key': `stop ${order}` });
    await stopping().expect(200);
    await app.patch(`/users/${manager}`, { user: { permissions_attributes: [{ entity_id: 1, role: 'technician' }] } }).expect(200);
    while ((await by.get(`/work_orders/${order}`)).status !== 404);
    expect((await stopping()).status).toBe(404);
    const mutation = `mutation { stopTimer(input: { workOrderId: ${order}, technicianId: ${technician} }, idempotencyKey: "again ${order}") { note } }`;
    expect((await by.graphqlAnswer(mutation)).body.errors[0].extensions.code).toBe('NOT_FOUND');
  });

  it('runs on where a completion is refused, and over GraphQL as over REST', async () => {
    const part = (await app.post('/parts', { part: { name: 'Seal', on_hand_qty: 2, unit_cost: 1 } }).expect(201)).data.id;
    const [order, technician] = [await open(), await person()];
    await app.post(`/work_orders/${order}/parts`, { part_id: part, quantity: 2 }).expect(201);
    await app.patch(`/parts/${part}/reconcile`, { quantity: -1, note: 'Lost' }).expect(200);
    const begun = `mutation { startTimer(input: { workOrderId: ${order}, technicianId: ${technician} }, idempotencyKey: "timer-${order}") { id startedAt overdue workOrder { title } technician { id } } }`;
    const { startTimer: timer } = await app.graphql(begun);
    expect((await app.graphql(begun)).startTimer).toEqual(timer);
    expect(timer).toMatchObject({ overdue: false, workOrder: { title: 'Repair' }, technician: { id: `${technician}` } });
    expect((await app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } })).error.code).toBe('INSUFFICIENT_STOCK');
    const listed = `{ timers(filter: { technicianId: { eq: ${technician} } }) { nodes { id startedAt } } timer(id: ${timer.id}) { id } }`;
    expect(await app.graphql(listed)).toEqual({
      timers: { nodes: [{ id: timer.id, startedAt: timer.startedAt }] },
      timer: { id: timer.id },
    });
    await whileItRuns(timer.startedAt, 1_000);
    const stopped = `mutation { stopTimer(input: { workOrderId: ${order}, technicianId: ${technician} }) { timer rate workOrder { totalCosts { labor } } amount } }`;
    const { stopTimer: entry } = await app.graphql(stopped);
    expect(entry).toMatchObject({ timer: true, rate: '36', workOrder: { totalCosts: { labor: entry.amount } } });
  });

  it('is that of whoever asks, and shown to him alone', async () => {
    const technician = await person();
    const own = new Client(app.url, await keyOf(technician));
    const order = await open();
    const { data: timer } = await own.post(`/work_orders/${order}/timer/start`).expect(201);
    const running = { created_by_id: technician, started_at: timer.started_at };
    expect((await own.get(`/work_orders/${order}`)).data.active_timer_current_user).toEqual(running);
    expect((await own.get(`/work_orders?id=${order}`)).data[0].active_timer_current_user).toEqual(running);
    const shown = await own.graphql(`{ workOrder(id: ${order}) { activeTimerCurrentUser { createdById startedAt } } }`);
    expect(shown.workOrder.activeTimerCurrentUser).toEqual({ createdById: `${technician}`, startedAt: timer.started_at });
    expect((await app.get(`/work_orders/${order}`)).data.active_timer_current_user).toBeNull();
    await own.post(`/work_orders/${order}/timer/stop`).expect(200);
    expect((await own.get(`/work_orders/${order}`)).data.active_timer_current_user).toBeNull();
  });
});

describe('a date of a schedule', () => {
  it('gets no order once its site is archived, though the schedule has not heard of that', async () => {
    const site = (await app.post('/entities', { entity: { name: 'Mill' } }).expect(201)).data.id as number;
    const there = { 'x-entity-id': String(site) };
    const owner = new pg.Client({ connectionString: app.ownerUrl });
    await owner.connect();
    const pm_schedule = { title: 'Filters', start_date: new Date(Date.now() + 5_000).toISOString(), repeat_frequency: 'day' };
    const { id } = (await app.post('/pm_schedules', { pm_schedule }, there).expect(201)).data;
    // What tells the schedules of a site finds them in this view, and tries again until it may look there.
    await owner.query('REVOKE SELECT ON read.pm_schedules FROM millwright_app');
    await app.delete(`/entities/${site}`).expect(204);
    const trail = `/audit_trail?stream=pmSchedule-${id}&sort=revision asc`;
    let told: { type: string; actor: { id: string } }[] = [];
    while (told.length < 2) told = (await app.get(trail, there).expect(200)).data;
    await owner.query('GRANT SELECT ON read.pm_schedules TO millwright_app');
    await owner.end();
    expect(told.map(({ type, actor }) => [type, actor.id])).toEqual([
      ['PmScheduleRegistered', expect.any(String)],
      ['PmScheduleSiteArchived', 'pm-raising'],
    ]);
    await app.patch(`/entities/${site}/unarchive`, undefined, there).expect(200);
    const raised = (await app.post(`/pm_schedules/${id}/raise`, {}, there).expect(200)).data;
    expect((await app.get(`/work_orders/${raised.last_active_work_order_id}`, there).expect(200)).data.pm_schedule_id).toBe(id);
  });
});

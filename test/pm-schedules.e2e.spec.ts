import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { differences, sample } from './contract/shape.js';
import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const dayMs = 86_400_000;
/** So many days from now, to the second. */
const inDays = (days: number): string => new Date(Math.floor(Date.now() / 1_000) * 1_000 + days * dayMs).toISOString();
const shown = (instant: string): string => instant.replace('.000Z', 'Z');

const create = async (path: string, root: string, fields: object): Promise<number> =>
  (await app.post(path, { [root]: fields }).expect(201)).data.id as number;
const schedule = (fields: object = {}): Promise<Answer> =>
  app.post('/pm_schedules', { pm_schedule: { title: 'Filters', start_date: inDays(1), repeat_frequency: 'day', ...fields } }).expect(201);
const act = (id: number, action: string, body?: object) => app.post(`/pm_schedules/${id}/${action}`, body);
const shownSchedule = async (id: number) => (await app.get(`/pm_schedules/${id}`).expect(200)).data;
const ordersOf = async (id: number) => (await app.get(`/work_orders?pm_schedule_id=${id}&sort=id asc`).expect(200)).data;
const changeOrder = (id: number, work_order: object) => app.patch(`/work_orders/${id}`, { work_order }).expect(200);

/** Asks again until it is so: what a schedule does follows within seconds (S19, S73). */
async function until<T>(read: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  const patience = Date.now() + 30_000;
  for (;;) {
    const found = await read();
    if (isSo(found)) return found;
    if (Date.now() > patience) throw new Error(`it has not come to that: ${JSON.stringify(found)}`);
    await delay(20);
  }
}
const raisedOrders = (id: number, count: number) =>
  until(
    () => ordersOf(id),
    (orders) => orders.length >= count,
  );

describe('a PM schedule', () => {
  it('has the shape of the contract, over REST and GraphQL', async () => {
    const asset_id = await create('/assets', 'asset', { name: 'Freezer' });
    const [part_id, technician, category, procedure] = await Promise.all([
      create('/parts', 'part', { name: 'Air Filter', on_hand_qty: 9, unit_cost: 26.15 }),
      create('/users', 'user', { name: 'John', surname: 'Doe' }),
      create('/categories', 'category', { name: `Refrigeration ${randomUUID()}` }),
      create('/procedure_templates', 'procedure_template', { name: 'Building Maintenance Audit' }),
    ]);
    const { data } = await schedule({
      title: null,
      start_date: '2095-02-18T12:00:00Z',
      time_to_complete: 4,
      repeat_frequency: 'month',
      repeat_occurrence: 'custom',
      on_week_days: [1],
      in_months: [2, 7],
      on_month_day: 18,
      procedure_template_ids: [procedure],
      template_work_order: {
        title: 'HVAC filter replacement',
        priority: 'high',
        asset_id,
        categories_ids: [category],
        technicians_ids: [technician],
        checklist: [{ text: 'Inspect defrost drain for blockages' }],
        part_assignments: [{ part_id, quantity: 2 }],
      },
    });
    expect(data).toMatchObject({
      title: 'HVAC filter replacement',
      status: 'planned',
      next_order_date: '2095-02-18T12:00:00Z',
      next_due_date: '2095-02-18T16:00:00Z',
      procedure_templates: [{ id: procedure, name: 'Building Maintenance Audit' }],
      has_work_orders: false,
      progression: null,
      template_work_order: { asset: { id: asset_id }, part_assignments: [{ part_id, quantity: 2, total_cost: 52.3 }] },
    });
    const alone = await app.get(`/pm_schedules/${data.id}`).expect(200);
    expect(differences(sample('22-show-pm-schedule').response, alone.body)).toEqual([]);
    expect(alone.data).toEqual(data);
    const listed = await app.get(`/pm_schedules?filter[title_cont]=HVAC&asset_id=${asset_id}`).expect(200);
    expect(differences(sample('21-list-pm-schedules').response, listed.body)).toEqual([]);
    expect(listed.data).toHaveLength(1);
    const { pmSchedule } = await app.graphql(
      `{ pmSchedule(id: ${data.id}) { title nextOrderDate leadTimeHours progression { percentage } procedureTemplates { id name } createdById
         templateWorkOrder { id title asset { name } partAssignments { quantity totalCost } } lastActiveWorkOrderId lastActiveWorkOrderTitle } }`,
    );
    expect(pmSchedule).toMatchObject({
      nextOrderDate: '2095-02-18T12:00:00Z',
      procedureTemplates: [{ name: 'Building Maintenance Audit' }],
      templateWorkOrder: {
        title: 'HVAC filter replacement',
        asset: { name: 'Freezer' },
        partAssignments: [{ quantity: '2', totalCost: '52.3' }],
      },
    });
  });

  it('opens the order of what it missed with everything that is there, and says what is not', async () => {
    const [part_id, short, gone, left, idle] = await Promise.all([
      create('/parts', 'part', { name: 'Filter', on_hand_qty: 3, unit_cost: 2 }),
      create('/parts', 'part', { name: 'Belt', on_hand_qty: 1, unit_cost: 5 }),
      create('/assets', 'asset', { name: 'Sold' }),
      create('/users', 'user', { name: 'Left', surname: 'Long ago' }),
      create('/vendors', 'vendor', { name: 'Idle' }),
    ]);
    const template_work_order = {
      title: 'Change filters',
      asset_id: gone,
      technicians_ids: [left],
      vendors_ids: [idle],
      part_assignments: [
        { part_id, quantity: 2 },
        { part_id: short, quantity: 2 },
      ],
    };
    const start_date = inDays(-2.5);
    const { data } = await schedule({ start_date: inDays(3), time_to_complete: 1.5, template_work_order });
    await app.delete(`/assets/${gone}`).expect(204);
    await app.delete(`/users/${left}`).expect(204);
    await app.patch(`/vendors/${idle}`, { vendor: { assign_to_work_orders: false } }).expect(200);
    await act(data.id, 'raise').expect(200);
    const [order] = await ordersOf(data.id);
    expect(order).toMatchObject({
      title: 'Change filters',
      type: 'preventive',
      pm_schedule_id: data.id,
      asset: null,
      technicians: [],
      vendors: [],
    });
    expect(Date.parse(order.due_date) - Date.parse(data.next_order_date)).toBe(1.5 * 3_600_000);
    const { part_assignments } = (await app.get(`/work_orders/${order.id}`)).data;
    expect(part_assignments).toMatchObject([{ part_id, quantity: 2 }]);
    const comments = (
      await until(
        () => app.get(`/work_orders/${order.id}/comments`),
        ({ data: all }) => all.length > 0,
      )
    ).data;
    expect(comments).toHaveLength(1);
    expect(comments[0].text).toContain(
      `Opened without asset ${gone}, which is archived; user ${left}, which is archived; vendor ${idle}, which is not assignable; part ${short}, of which 2`,
    );
    expect(comments[0].created_by.id).toBe(1);

    const missed = (await schedule({ start_date })).data;
    const [latest] = await raisedOrders(missed.id, 1);
    expect(latest.due_date).toBe(shown(new Date(Date.parse(start_date) + 2 * dayMs).toISOString()));
    expect(await shownSchedule(missed.id)).toMatchObject({ skipped_count: 2, status: 'active', has_uncompleted_wo: true });
    const all = (await schedule({ start_date, catch_up: 'all' })).data;
    expect(await raisedOrders(all.id, 3)).toHaveLength(3);
  });

  it('is active until its order is closed, and shows how far that has come', async () => {
    const checklist = [{ text: 'a' }, { text: 'b' }, { text: 'c', checked: true }];
    const { id } = (await schedule({ max_occurrences: 1, template_work_order: { title: 'Steps', checklist } })).data;
    const raised = (await act(id, 'raise').expect(200)).data;
    const order = raised.last_active_work_order_id;
    expect(raised).toMatchObject({ status: 'active', has_work_orders: true, next_order_date: null, last_active_work_order_title: 'Steps' });
    expect((await shownSchedule(id)).progression).toEqual({ percentage: 33, id: order, status: 'open' });
    // A pause is told before an open order is.
    expect((await act(id, 'pause').expect(200)).data).toMatchObject({ status: 'paused', has_uncompleted_wo: true });
    expect((await act(id, 'resume').expect(200)).data.status).toBe('active');
    await changeOrder(order, { status_id: 5 });
    const finished = await until(
      () => shownSchedule(id),
      ({ status }) => status === 'finished',
    );
    expect(finished).toMatchObject({ has_uncompleted_wo: false, progression: { percentage: 100, id: order } });
    await changeOrder(order, { status_id: 1 });
    await until(
      () => shownSchedule(id),
      ({ status }) => status === 'active',
    );
    expect((await act(id, 'raise')).status).toBe(409);
  });

  it('has heard of it by the position that the answer of a write on its order names', async () => {
    const { id } = (await schedule()).data;
    const order = (await act(id, 'raise').expect(200)).data.last_active_work_order_id;
    const written = async (write: Promise<Answer>): Promise<unknown> => {
      const position = (await write).headers.get('x-position');
      const { data } = await app.get(`/audit_trail?stream=pmSchedule-${id}&sort=position desc&per_page=1`).expect(200);
      expect(Number(position)).toBeGreaterThanOrEqual(Number(data[0].position));
      const { status, has_uncompleted_wo } = (await app.get(`/pm_schedules/${id}?min_position=${position}`).expect(200)).data;
      return [data[0].type, status, has_uncompleted_wo];
    };
    const [closed, open] = [
      ['PmOrderClosed', 'planned', false],
      ['PmOrderReopened', 'active', true],
    ];
    expect(await written(app.delete(`/work_orders/${order}`).expect(204))).toEqual(closed);
    expect(await written(app.patch(`/work_orders/${order}/unarchive`).expect(200))).toEqual(open);
    expect(await written(changeOrder(order, { status_id: 5 }))).toEqual(closed);
    expect(await written(changeOrder(order, { status_id: 1 }))).toEqual(open);
    expect(await written(changeOrder(order, { status_id: 4 }))).toEqual(closed);
  });

  it('has its orders follow procedures as they are then, and counts their required items', async () => {
    const items = [
      { name: 'Pressure', item_type: 'number', options: { required: true } },
      { name: 'Notes', item_type: 'text' },
    ];
    const [procedure, gone] = await Promise.all(
      ['Audit', 'Old audit'].map((name) => create('/procedure_templates', 'procedure_template', { name, items })),
    );
    const { id } = (await schedule({ procedure_template_ids: [procedure, gone], template_work_order: { checklist: [{ text: 'a' }] } }))
      .data;
    const counted = async () => (await app.get(`/procedure_templates/${procedure}`)).data.assignment_count;
    expect(await counted()).toEqual({ work_orders: 0, pm_schedules: 1 });
    await app.delete(`/procedure_templates/${gone}`).expect(204);
    const order = (await act(id, 'raise').expect(200)).data.last_active_work_order_id;
    const { procedures } = (await app.get(`/work_orders/${order}`)).data;
    expect(procedures).toMatchObject([{ name: 'Audit', procedure_template_id: procedure, completed_at: null }]);
    expect((await app.get(`/work_orders/${order}/comments`)).data[0].text).toContain(`procedure template ${gone}`);
    expect(await counted()).toEqual({ work_orders: 1, pm_schedules: 1 });
    const at = `/work_orders/${order}/procedures/${procedures[0].id}`;
    const asked = (await app.get(at)).data.items;
    await app.patch(at, { answers: [{ item_id: asked[0].id, value: 3.5 }] }).expect(200);
    expect((await shownSchedule(id)).progression.percentage).toBe(50);
    // Named inside the template they are the schedule's, too; and no schedule counts that is archived or has no date to come.
    const inside = { max_occurrences: 1, template_work_order: { procedure_template_ids: [procedure] } };
    const once = (await schedule(inside)).data;
    expect(once.procedure_templates).toEqual([{ id: procedure, name: 'Audit' }]);
    expect(await counted()).toEqual({ work_orders: 1, pm_schedules: 2 });
    await act(once.id, 'skip').expect(200);
    expect(await counted()).toEqual({ work_orders: 1, pm_schedules: 1 });
    await app.delete(`/pm_schedules/${id}`).expect(204);
    expect(await counted()).toEqual({ work_orders: 1, pm_schedules: 0 });
  });

  it('counts from the completion of its order, where it floats', async () => {
    const { id } = (await schedule({ type: 'floating', repeat_interval: 10, start_date: inDays(2) })).data;
    const order = (await act(id, 'raise').expect(200)).data.last_active_work_order_id;
    expect((await shownSchedule(id)).next_order_date).toBeNull();
    expect((await act(id, 'skip')).error.code).toBe('CONFLICT');
    const range = `from=${inDays(0).slice(0, 10)}&to=${inDays(60).slice(0, 10)}`;
    const dates = async () => (await app.get(`/pm_schedules/${id}/occurrences?${range}`).expect(200)).data;
    expect(await dates()).toMatchObject([{ number: 1, status: 'raised', work_order_id: order }]);
    await changeOrder(order, { completed_at: inDays(-1) });
    const next = await until(
      () => shownSchedule(id),
      ({ next_order_date }) => next_order_date !== null,
    );
    expect(next.next_order_date.slice(0, 10)).toBe(inDays(9).slice(0, 10));
    expect(await dates()).toMatchObject([{ number: 1 }, { number: 2, status: 'coming', date: next.next_order_date, work_order_id: null }]);
  });

  it('raises nothing while it is paused or archived, and for neither afterwards', async () => {
    const { id } = (await schedule({ start_date: inDays(1) })).data;
    expect((await act(id, 'pause', {}).expect(200)).data).toMatchObject({ status: 'paused', next_order_date: null });
    const revision = (await app.get(`/pm_schedules/${id}`)).headers.get('etag');
    expect((await act(id, 'pause').expect(200)).headers.get('etag')).toBe(revision);
    expect((await act(id, 'raise')).status).toBe(409);
    expect((await act(id, 'skip')).status).toBe(409);
    expect((await act(id, 'resume').expect(200)).data).toMatchObject({ status: 'planned', skipped_count: 0 });
    const skipped = (await act(id, 'skip').expect(200)).data;
    expect([skipped.skipped_count, skipped.next_order_date.slice(0, 10)]).toEqual([1, inDays(2).slice(0, 10)]);
    await app.delete(`/pm_schedules/${id}`).expect(204);
    expect((await act(id, 'resume')).status).toBe(409);
    const put = (await app.get('/pm_schedules?status=paused&filter[archived_true]=true&sort=id desc')).data;
    expect(put[0]).toMatchObject({ id, status: 'paused', next_order_date: null });
    await app.patch(`/pm_schedules/${id}/unarchive`).expect(200);
    expect((await shownSchedule(id)).next_order_date).not.toBeNull();
  });

  it('gives each of fifty that raise at the same moment a date of its own, and each key one', async () => {
    const { id } = (await schedule()).data;
    const answers = await Promise.all(Array.from({ length: 50 }, () => act(id, 'raise').expect(200)));
    expect(new Set(answers.map(({ data }) => data.last_active_work_order_id)).size).toBe(50);
    expect(await raisedOrders(id, 50)).toHaveLength(50);
    const key = { 'idempotency-key': randomUUID() };
    const [first, second] = [await app.post(`/pm_schedules/${id}/raise`, {}, key), await app.post(`/pm_schedules/${id}/raise`, {}, key)];
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.data).toEqual(first.data);
    const { data } = await app.get(`/pm_schedules/${id}/occurrences?from=2026-01-01&to=2099-01-01`).expect(200);
    const past = data.filter(({ status }: { status: string }) => status === 'raised');
    expect(past.map(({ number }: { number: number }) => number)).toEqual(Array.from({ length: 51 }, (_, index) => index + 1));
  });

  it('merges what is said of its template, and reaches later orders only', async () => {
    const { id } = (await schedule({ template_work_order: { title: 'First', priority: 'low', checklist: [{ text: 'a' }] } })).data;
    const first = (await act(id, 'raise').expect(200)).data.last_active_work_order_id;
    const changed = await app
      .patch(`/pm_schedules/${id}`, { pm_schedule: { template_work_order: { title: 'Second', checklist: [] } } })
      .expect(200);
    expect(changed.data.template_work_order).toMatchObject({ title: 'Second', priority: 'low', checklist: [] });
    const second = (await act(id, 'raise').expect(200)).data.last_active_work_order_id;
    expect([(await app.get(`/work_orders/${first}`)).data.title, (await app.get(`/work_orders/${second}`)).data.title]).toEqual([
      'First',
      'Second',
    ]);
  });

  it('raises no date again whose time of day moves, and begins with a new rule at once', async () => {
    const { id } = (await schedule({ start_date: '2095-01-03T08:00:00Z', repeat_frequency: 'year' })).data;
    await act(id, 'raise').expect(200);
    const change = async (pm_schedule: object) =>
      (await app.patch(`/pm_schedules/${id}`, { pm_schedule }).expect(200)).data.next_order_date;
    expect(await change({ start_date: '2095-01-03T11:00:00Z' })).toBe('2096-01-03T11:00:00Z');
    await act(id, 'skip').expect(200);
    expect(await change({ repeat_frequency: 'month' })).toBe('2095-02-03T11:00:00Z');
    const { pmOccurrences } = await app.graphql(
      `{ pmOccurrences(pmScheduleId: ${id}, from: "2095-12-01", to: "2096-02-28") { rows { number date status } } }`,
    );
    expect(pmOccurrences.rows).toEqual([
      { number: 13, date: '2095-12-03T11:00:00Z', status: 'coming' },
      { number: 2, date: '2096-01-03T11:00:00Z', status: 'skipped' },
      { number: 14, date: '2096-02-03T11:00:00Z', status: 'coming' },
    ]);
  });

  it('follows the time zone of its site', async () => {
    const site = await create('/entities', 'entity', { name: 'Berlin', timezone: 'Europe/Berlin' });
    const there = { 'x-entity-id': String(site) };
    const pm_schedule = { title: 'Morning', start_date: '2095-01-03T08:00:00Z', repeat_frequency: 'month' };
    const { id } = (await app.post('/pm_schedules', { pm_schedule }, there).expect(201)).data;
    const dates = async () =>
      (await app.get(`/pm_schedules/${id}/occurrences?from=2095-06-01&to=2095-06-30`, there).expect(200)).data.map(
        ({ date }: { date: string }) => date,
      );
    expect(await dates()).toEqual(['2095-06-03T07:00:00Z']);
    await app.patch(`/entities/${site}`, { entity: { timezone: 'America/New_York' } }).expect(200);
    // Eight in the morning of Berlin is three at night in New York, which has summer time then.
    await until(dates, ([date]) => date === '2095-06-03T07:00:00Z');
    await app.patch(`/entities/${site}`, { entity: { timezone: 'Asia/Tokyo' } }).expect(200);
    await until(dates, ([date]) => date === '2095-06-03T08:00:00Z');
    // What is done right after the move goes by the new zone.
    for (let month = 1; month < 6; month += 1) await app.post(`/pm_schedules/${id}/raise`, {}, there).expect(200);
    const june = (await app.post(`/pm_schedules/${id}/raise`, {}, there).expect(200)).data;
    expect(june.next_order_date).toBe('2095-07-03T08:00:00Z');
    await app.patch(`/entities/${site}`, { entity: { timezone: 'Europe/Berlin' } }).expect(200);
    const july = (await app.post(`/pm_schedules/${id}/skip`, {}, there).expect(200)).data;
    expect(july.next_order_date).toBe('2095-08-03T07:00:00Z');
  });

  it('raises nothing while its site is archived, and nothing for that time once it is back', async () => {
    const site = await create('/entities', 'entity', { name: 'Plant' });
    const there = { 'x-entity-id': String(site) };
    const start = new Date(Date.now() + 3_000).toISOString();
    const pm_schedule = { title: 'Filters', start_date: start, repeat_frequency: 'day' };
    const { id } = (await app.post('/pm_schedules', { pm_schedule }, there).expect(201)).data;
    await app.delete(`/entities/${site}`).expect(204);
    const shown = () => app.graphql(`{ pmSchedule(id: ${id}) { status nextOrderDate hasWorkOrders } }`, undefined, there);
    await until(shown, ({ pmSchedule }) => pmSchedule.nextOrderDate === null && pmSchedule.status === 'paused');
    while (Date.now() < Date.parse(start)) await shown();
    const range = `from=${inDays(-1).slice(0, 10)}&to=${inDays(2).slice(0, 10)}`;
    const dates = async () => (await app.get(`/pm_schedules/${id}/occurrences?${range}`, there).expect(200)).data;
    expect(await dates()).toEqual([]);
    await app.patch(`/entities/${site}/unarchive`, undefined, there).expect(200);
    // What is done right after it is back goes by that.
    const raised = (await app.post(`/pm_schedules/${id}/raise`, {}, there).expect(200)).data;
    expect([raised.has_work_orders, raised.skipped_count]).toEqual([true, 0]);
    expect((await dates())[0]).toMatchObject({ number: 2, status: 'raised', work_order_id: raised.last_active_work_order_id });
  });

  it('refuses what cannot be, by the field, and appends nothing', async () => {
    const refused = async (fields: object): Promise<Record<string, string>> => {
      const { status, error } = await app.post('/pm_schedules', {
        pm_schedule: { title: 'Filters', start_date: inDays(1), repeat_frequency: 'day', ...fields },
      });
      expect([status, error.code]).toEqual([422, 'VALIDATION_FAILED']);
      return Object.fromEntries(error.details.map(({ field, code }: { field: string; code: string }) => [field, code]));
    };
    const archived = await create('/assets', 'asset', { name: 'Gone' });
    await app.delete(`/assets/${archived}`).expect(204);
    const { id } = (await schedule({})).data;
    const before = (await app.get('/pm_schedules')).meta.pagination.total;
    const template = (fields: object) => ({ template_work_order: { title: 'a', ...fields } });
    const inTemplate = 'pm_schedule.template_work_order';
    expect(await refused({ start_date: undefined })).toEqual({ 'pm_schedule.start_date': 'required' });
    expect(await refused({ title: null })).toEqual({ [`${inTemplate}.title`]: 'required' });
    expect(await refused({ title: ' ', ...template({}) })).toEqual({ 'pm_schedule.title': 'required' });
    const blanked = await app.patch(`/pm_schedules/${id}`, { pm_schedule: { title: '' } }).expect(422);
    expect(blanked.error.details).toMatchObject([{ field: 'pm_schedule.title', code: 'required' }]);
    expect(await refused({ end_date: '2020-01-01' })).toEqual({ 'pm_schedule.end_date': 'out_of_range' });
    expect(await refused({ start_date: '1950-01-01T00:00:00Z', catch_up: 'all' })).toEqual({ 'pm_schedule.start_date': 'out_of_range' });
    expect(await refused({ on_week_days: [7], in_months: [0], on_month_day: 32 })).toEqual({
      'pm_schedule.on_week_days': 'out_of_range',
      'pm_schedule.in_months': 'out_of_range',
      'pm_schedule.on_month_day': 'out_of_range',
    });
    expect(await refused({ time_to_complete: 1.005, lead_time_hours: 8761, max_occurrences: 0, repeat_interval: 0 })).toEqual({
      'pm_schedule.time_to_complete': 'too_many_decimals',
      'pm_schedule.lead_time_hours': 'out_of_range',
      'pm_schedule.max_occurrences': 'out_of_range',
      'pm_schedule.repeat_interval': 'out_of_range',
    });
    const unknown = ['status_id', 'completed_at', 'due_date', 'type', 'work_order_request_id', 'dedup_key', 'external_reference'];
    expect(await refused(template(Object.fromEntries(unknown.map((name) => [name, 1]))))).toEqual(
      Object.fromEntries(unknown.map((name) => [`${inTemplate}.${name}`, 'unknown_field'])),
    );
    expect(
      await refused(template({ asset_id: archived, location_id: 987654321, part_assignments: [{ part_id: 987654321, quantity: 1 }] })),
    ).toEqual({
      [`${inTemplate}.asset_id`]: 'archived',
      [`${inTemplate}.location_id`]: 'not_found',
      [`${inTemplate}.part_assignments.0.part_id`]: 'not_found',
    });
    expect(await refused({ procedure_template_ids: [], ...template({ procedure_template_ids: [] }) })).toEqual({
      [`${inTemplate}.procedure_template_ids`]: 'contradicts',
    });
    expect((await app.get('/pm_schedules')).meta.pagination.total).toBe(before);
  });
});

describe('the calendar and the report', () => {
  it('say what is to come and what became of the rest, at a site of its own', async () => {
    const site = await create('/entities', 'entity', { name: 'Plant 8' });
    const there = { 'x-entity-id': String(site) };
    const post = async (path: string, body?: object) => (await app.post(path, body, there)).data;
    const at = inDays(2);
    const plan = (title: string) =>
      post('/pm_schedules', { pm_schedule: { title, start_date: at, repeat_frequency: 'day', time_to_complete: 1 } });
    const [first, second] = [await plan('One'), await plan('Two')];
    const raised = async (id: number): Promise<number> => (await post(`/pm_schedules/${id}/raise`)).last_active_work_order_id;
    const [onTime, , cancelled] = [await raised(first.id), await raised(first.id), await raised(first.id)];
    await raised(second.id);
    await post(`/pm_schedules/${second.id}/skip`);
    const change = (id: number, work_order: object) => app.patch(`/work_orders/${id}`, { work_order }, there).expect(200);
    await change(onTime, { status_id: 5 });
    await change(cancelled, { status_id: 4 });
    const from = at.slice(0, 10);
    const to = inDays(4).slice(0, 10);
    const report = await app.get(`/reports/pm_compliance?from=${from}&to=${to}`, there).expect(200);
    expect(report.data).toMatchObject({ raised: 4, on_time: 1, late: 0, open: 2, skipped: 1, cancelled: 1, compliance: 0.333333 });
    const { lines, compliance } = (await app.get(`/reports/pm_compliance/explain?from=${from}&to=${to}`, there).expect(200)).data;
    expect(compliance).toEqual(report.data);
    expect(lines.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['cancelled', 'on_time', 'open', 'open', 'skipped']);
    expect(lines[0].event).toMatchObject({ type: 'PmOccurrenceRaised', stream: `pmSchedule-${first.id}` });
    const shown = `{ explainPmCompliance(from: "${from}", to: "${to}") { lines { event { id type revision actor { kind } } } } }`;
    const { explainPmCompliance } = await app.graphql(shown, undefined, there);
    const { id, type, revision, actor } = lines[0].event;
    expect(explainPmCompliance.lines[0]).toEqual({ event: { id, type, revision, actor: { kind: actor.kind } } });

    const calendar = await app.get(`/pm_schedules/calendar?from=${from}&to=${inDays(6).slice(0, 10)}`, there).expect(200);
    expect(calendar.meta.has_more).toBe(false);
    expect(
      calendar.data.map(({ pm_schedule, number, status }: never) => [(pm_schedule as { title: string }).title, number, status]),
    ).toEqual([
      ['One', 1, 'raised'],
      ['Two', 1, 'raised'],
      ['One', 2, 'raised'],
      ['Two', 2, 'skipped'],
      ['One', 3, 'raised'],
      ['Two', 3, 'coming'],
      ['One', 4, 'coming'],
      ['Two', 4, 'coming'],
      ['One', 5, 'coming'],
      ['Two', 5, 'coming'],
    ]);
    const { pmCompliance, pmCalendar, pmOccurrences } = await app.graphql(
      `{ pmCompliance(from: "${from}", to: "${to}") { raised compliance }
         pmCalendar(from: "${from}", to: "2099-01-01") { hasMore rows { number pmSchedule { title } } }
         pmOccurrences(pmScheduleId: ${second.id}, from: "${from}", to: "${to}") { rows { number status workOrderId } } }`,
      undefined,
      there,
    );
    expect(pmCompliance).toEqual({ raised: 4, compliance: '0.333333' });
    expect([pmCalendar.hasMore, pmCalendar.rows.length]).toEqual([true, 1_000]);
    expect(pmOccurrences.rows).toHaveLength(3);

    // What an archived schedule has behind it takes none of the thousand rows.
    const gone = await post('/pm_schedules', { pm_schedule: { title: 'Gone', start_date: inDays(-1_100.5), repeat_frequency: 'day' } });
    await until(
      () => app.get(`/pm_schedules/${gone.id}`, there),
      ({ data }) => data.has_work_orders,
    );
    await app.delete(`/pm_schedules/${gone.id}`, undefined, there).expect(204);
    const whole = await app.get(`/pm_schedules/calendar?from=2000-01-01&to=${inDays(6).slice(0, 10)}`, there).expect(200);
    expect([whole.data, whole.meta.has_more]).toEqual([calendar.data, false]);

    const refused = await app.get('/reports/pm_compliance?from=2026-02-30', there);
    expect(refused.error.details.map(({ field, code }: never) => [field, code])).toEqual(
      expect.arrayContaining([
        ['from', 'invalid_date'],
        ['to', 'required'],
      ]),
    );
  });

  it('explain no figure in part: what one answer does not hold is to be asked for in parts', async () => {
    const there = { 'x-entity-id': String(await create('/entities', 'entity', { name: 'Plant 10' })) };
    const pm_schedule = { title: 'Since 1990', start_date: '1990-01-01T12:00:00Z', repeat_frequency: 'day' };
    const { id } = (await app.post('/pm_schedules', { pm_schedule }, there).expect(201)).data;
    await until(
      () => app.get(`/pm_schedules/${id}`, there),
      ({ data }) => data.has_work_orders,
    );
    const asked = (from: string, to: string) => app.get(`/reports/pm_compliance/explain?from=${from}&to=${to}`, there);
    const refused = await asked('1990-01-01', '2026-01-01').expect(422);
    expect(refused.error.details).toMatchObject([{ field: 'from', code: 'out_of_range' }]);
    const { compliance, lines } = (await asked('2000-01-01', '2026-01-01').expect(200)).data;
    expect([compliance.skipped, lines.length]).toEqual([9_498, 9_498]);
  });

  it('count what was completed at the very instant that it was due at as on time, and a second later as late', async () => {
    const there = { 'x-entity-id': String(await create('/entities', 'entity', { name: 'Plant 9' })) };
    const pm_schedule = { title: 'Once', start_date: inDays(-3), time_to_complete: 1.5 };
    const { id } = (await app.post('/pm_schedules', { pm_schedule }, there).expect(201)).data;
    const [order] = await until(
      async () => (await app.get(`/work_orders?pm_schedule_id=${id}`, there).expect(200)).data,
      (orders) => orders.length > 0,
    );
    const day = pm_schedule.start_date.slice(0, 10);
    const counted = async (completed_at: string) => {
      await app.patch(`/work_orders/${order.id}`, { work_order: { completed_at } }, there).expect(200);
      const { data } = await app.get(`/reports/pm_compliance?from=${day}&to=${day}`, there).expect(200);
      return [data.on_time, data.late, data.compliance];
    };
    expect(await counted(order.due_date)).toEqual([1, 0, 1]);
    expect(await counted(new Date(Date.parse(order.due_date) + 1_000).toISOString())).toEqual([0, 1, 0]);
    // Another due date of the order changes nothing about when its date was due.
    await app.patch(`/work_orders/${order.id}`, { work_order: { due_date: inDays(-10) } }, there).expect(200);
    expect(await counted(order.due_date)).toEqual([1, 0, 1]);
  });
});

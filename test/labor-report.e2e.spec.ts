import { Client } from './harness/client.js';
import { TestServer } from './harness/server.js';

let app: TestServer;
let berlin: { headers: Record<string, string>; id: number };
beforeAll(async () => {
  app = await TestServer.start();
  const entity = { name: 'Berlin', currency: 'EUR', timezone: 'Europe/Berlin' };
  const { id } = (await app.post('/entities', { entity }).expect(201)).data;
  berlin = { id, headers: { 'x-entity-id': `${id}` } };
});
afterAll(() => app.stop());

const person = async (fields: object): Promise<number> =>
  (await app.post('/users', { user: { name: 'Tess', ...fields } }).expect(201)).data.id;
const open = async (fields: object = {}): Promise<number> =>
  (await app.post('/work_orders', { work_order: { title: 'Repair', ...fields } }, berlin.headers).expect(201)).data.id;
const log = async (order: number, labor_entry: object) =>
  (await app.post(`/work_orders/${order}/labor_entries`, { labor_entry }, berlin.headers).expect(201)).data;
const report = async (query: string) => app.get(`/reports/labor?${query}`, berlin.headers).expect(200);
const hours = (regular: number, overtime1 = 0, overtime2 = 0) => ({
  regular,
  overtime1,
  overtime2,
  total: regular + overtime1 + overtime2,
});

describe('the labour report', () => {
  let [fitter, welder, order, other, category]: number[] = [];
  beforeAll(async () => {
    fitter = await person({ surname: 'Fitter', job_title: 'Fitter', regular_rate: 40, overtime_rate1: 60 });
    welder = await person({ surname: 'Welder', job_title: 'Welder', regular_rate: 50 });
    const vendor = (await app.post('/vendors', { vendor: { name: 'Summit', hourly_rate: 100 } }).expect(201)).data.id;
    category = (await app.post('/labor_categories', { labor_category: { name: 'Travel' } }).expect(201)).data.id;
    [order, other] = [await open({ title: 'Press' }), await open({ title: 'Boiler' })];
    // 22:30 to 01:30 in Berlin: one half on Sunday, the other on Monday.
    await log(order, { technician_id: fitter, started_at: '2026-03-29T20:30:00Z', ended_at: '2026-03-29T23:30:00Z' });
    // From midnight to midnight of a day of 23 hours: it ends on the next one.
    await log(order, {
      technician_id: fitter,
      started_at: '2026-03-28T23:00:00Z',
      ended_at: '2026-03-29T22:00:00Z',
      rate_type: 'overtime1',
    });
    await log(other, { technician_id: welder, hours: 0.3333, date: '2026-04-07', labor_category_id: category });
    await log(other, { vendor_id: vendor, hours: 2, date: '2026-04-07' });
    const wrong = await log(other, { technician_id: welder, hours: 5, date: '2026-03-29' });
    await app
      .post(`/work_orders/${other}/labor_entries/${wrong.id}/reverse`, { reason: 'x', date: '2026-04-07' }, berlin.headers)
      .expect(201);
  });

  it('splits hours at midnight of the site, and leaves money whole on its day', async () => {
    expect((await report('group_by=day&from=2026-03-29&to=2026-03-30')).data).toEqual([
      { key: '2026-03-29', label: '2026-03-29', hours: { ...hours(6.5, 23), total: 29.5 }, amount: 250 },
      { key: '2026-03-30', label: '2026-03-30', hours: hours(1.5), amount: 1500 },
    ]);
    expect((await report('group_by=week')).data).toEqual([
      { key: '2026-W13', label: '2026-W13', hours: { ...hours(6.5, 23), total: 29.5 }, amount: 250 },
      { key: '2026-W14', label: '2026-W14', hours: hours(1.5), amount: 1500 },
      { key: '2026-W15', label: '2026-W15', hours: { ...hours(-2.6667), total: -2.6667 }, amount: -33.33 },
    ]);
  });

  it('groups by who worked, what for, and on what, with vendors in a row without a key', async () => {
    const { data, meta } = await report('group_by=technician&to=2026-04-30');
    expect(data).toEqual([
      { key: fitter, label: 'Tess Fitter', hours: { ...hours(3, 23), total: 26 }, amount: 1500 },
      { key: welder, label: 'Tess Welder', hours: hours(0.3333), amount: 16.67 },
      { key: null, label: 'none', hours: hours(2), amount: 200 },
    ]);
    expect(meta.total).toEqual({ hours: { regular: 5.3333, overtime1: 23, overtime2: 0, total: 28.3333 }, amount: 1716.67 });
    expect((await report('group_by=job_title&from=2026-04-01')).data).toMatchObject([{ key: 'Welder', label: 'Welder' }, { key: null }]);
    expect((await report('group_by=labor_category')).data[1] ?? {}).toMatchObject({ key: null, label: 'none' });
    expect((await report('group_by=labor_category')).data[0]).toEqual({
      key: category,
      label: 'Travel',
      hours: hours(0.3333),
      amount: 16.67,
    });
    const orders = (await report('group_by=work_order')).data as { key: number; label: string; amount: number }[];
    expect(orders.map(({ key, label, amount }) => [key, label, amount])).toEqual([
      [other, 'Boiler', 216.67],
      [order, 'Press', 1500],
    ]);
    const costs = (await app.get('/reports/costs?group_by=work_order', berlin.headers)).data as { labor: number }[];
    expect(costs.map(({ labor }) => labor)).toEqual(orders.map(({ amount }) => amount));
    // A job title is that of today.
    await app.patch(`/users/${welder}`, { user: { job_title: 'Pipe welder' } }).expect(200);
    expect((await report('group_by=job_title&from=2026-04-01')).data).toMatchObject([{ key: 'Pipe welder' }, { key: null }]);
    // Another site has none of it.
    expect((await app.get('/reports/labor')).data).toEqual([]);
  });

  it('is made of lines that add up to its rows, over GraphQL as over REST', async () => {
    const { data } = await app.get('/reports/labor/explain?group_by=day&from=2026-03-29&to=2026-03-30', berlin.headers).expect(200);
    type Line = { key: string; amount: number; hours: number; event: { type: string } };
    const sum = (key: string, figure: 'amount' | 'hours') =>
      (data as Line[]).filter((line) => line.key === key).reduce((total, line) => total + line[figure], 0);
    expect([sum('2026-03-29', 'hours'), sum('2026-03-29', 'amount'), sum('2026-03-30', 'hours'), sum('2026-03-30', 'amount')]).toEqual([
      29.5, 250, 1.5, 1500,
    ]);
    expect(data[0]).toMatchObject({
      kind: 'labor',
      rate_type: 'regular',
      work_order_id: order,
      event: { type: 'LabourLogged', stream: `workOrder-${order}` },
    });
    const asked = 'groupBy: week, from: "2026-04-06"';
    const shown = await app.graphql(
      `{ laborReport(${asked}) { rows { key label hours { regular total } amount } total { amount } currency } explainLaborReport(${asked}) { key hours amount eventType } }`,
      undefined,
      berlin.headers,
    );
    expect(shown.laborReport).toEqual({
      rows: [{ key: '2026-W15', label: '2026-W15', hours: { regular: '-2.6667', total: '-2.6667' }, amount: '-33.33' }],
      total: { amount: '-33.33' },
      currency: 'EUR',
    });
    expect(shown.explainLaborReport.map(({ amount }: { amount: string }) => amount)).toEqual(['16.67', '200', '-250']);
  });

  it('splits hours in the zone of today, and leaves money on the day that it was booked on', async () => {
    const entity = { name: 'Harbour', timezone: 'Europe/Berlin' };
    const there = { 'x-entity-id': `${(await app.post('/entities', { entity }).expect(201)).data.id}` };
    const id = (await app.post('/work_orders', { work_order: { title: 'Crane' } }, there).expect(201)).data.id;
    // From 23:00 to 01:00 of Berlin, which is booked on the day of its end.
    const labor_entry = { technician_id: fitter, started_at: '2026-02-10T22:00:00Z', ended_at: '2026-02-11T00:00:00Z' };
    await app.post(`/work_orders/${id}/labor_entries`, { labor_entry }, there).expect(201);
    const days = async () =>
      (await app.get('/reports/labor?group_by=day', there).expect(200)).data.map(
        ({ key, hours: { total }, amount }: { key: string; hours: { total: number }; amount: number }) => [key, total, amount],
      );
    expect(await days()).toEqual([
      ['2026-02-10', 1, 0],
      ['2026-02-11', 1, 80],
    ]);
    await app.patch(`/entities/${there['x-entity-id']}`, { entity: { timezone: 'America/New_York' } }, there).expect(200);
    expect(await days()).toEqual([
      ['2026-02-10', 2, 0],
      ['2026-02-11', 0, 80],
    ]);
  });

  it('tells nobody what somebody earns who may not see rates, also divided by his hours', async () => {
    const expires_at = new Date(Date.now() + 86_400_000).toISOString();
    const holding = async (...scopes: string[]): Promise<Client> => {
      const made = await app.post('/access/api_keys', { name: scopes.join(), scopes, entity_ids: [berlin.id], expires_at }).expect(201);
      return new Client(app.url, made.data.key);
    };
    const shown = async (client: Client, groupBy: string) => {
      const asked = `from=2026-04-01&group_by=${groupBy}`;
      const { data, meta } = await client.get(`/reports/labor?${asked}`, berlin.headers).expect(200);
      const query = `{ laborReport(from: "2026-04-01", groupBy: ${groupBy}) { rows { amount } total { amount } } }`;
      const { body } = await client.graphqlAnswer(query, undefined, berlin.headers);
      const { rows, total } = body.data.laborReport as { rows: { amount: string | null }[]; total: { amount: string | null } };
      const amounts = (data as { amount: number | null }[]).map(({ amount }) => amount);
      expect(rows.map(({ amount }) => (amount === null ? null : Number(amount)))).toEqual(amounts);
      return { amounts, hidden: [meta.hidden, body.extensions?.hidden], totals: [meta.total.amount, total.amount] };
    };
    const keeper = await holding('work_orders:read', 'costs:read', 'people:read');
    const clerk = await holding('work_orders:read', 'costs:read', 'rates:read', 'people:read');
    for (const groupBy of ['technician', 'job_title', 'labor_category']) {
      const { amounts, hidden, totals } = await shown(keeper, groupBy);
      expect(amounts).toEqual(amounts.map(() => null));
      expect([hidden, totals]).toEqual([
        [['amount'], ['laborReport.rows.amount']],
        [-33.33, '-33.33'],
      ]);
      const seen = await shown(clerk, groupBy);
      expect(seen.amounts).not.toContain(null);
      expect(seen.hidden).toEqual([undefined, undefined]);
    }
    for (const groupBy of ['work_order', 'day', 'week']) expect(await shown(keeper, groupBy)).toEqual(await shown(clerk, groupBy));
    const { totals } = await shown(await holding('work_orders:read', 'rates:read'), 'work_order');
    expect(totals).toEqual([null, null]);
  });

  it('refuses what it does not understand by its name', async () => {
    const wrong = async (query: string) => (await app.get(`/reports/labor?${query}`, berlin.headers)).error.details[0];
    expect(await wrong('group_by=colour')).toMatchObject({ field: 'group_by', code: 'not_a_choice' });
    expect(await wrong('from=2026-02-30')).toMatchObject({ field: 'from', code: 'invalid_date' });
    expect(await wrong('until=2026-02-28')).toMatchObject({ field: 'until', code: 'unknown_field' });
  });
});

describe('the explanation of a work order', () => {
  it('has lines whose sums by kind are its total costs, open, completed, reopened and after returns', async () => {
    const seal = (await app.post('/parts', { part: { name: 'Seal', on_hand_qty: 9, unit_cost: 3.33 } }, berlin.headers).expect(201)).data
      .id;
    const order = await open();
    await app.post(`/work_orders/${order}/parts`, { part_id: seal, quantity: 1.5 }, berlin.headers).expect(201);
    await app.post(`/work_orders/${order}/other_costs`, { other_cost: { amount: -4.5, note: 'Scrap' } }, berlin.headers).expect(201);
    await log(order, { technician_id: await person({ regular_rate: 41 }), hours: 0.3333, note: 'Fitted' });
    const sums = async () => {
      const { data } = await app.get(`/work_orders/${order}/explain`, berlin.headers).expect(200);
      const of = (kind: string) => {
        const lines = (data.lines as { kind: string; amount: number }[]).filter((line) => line.kind === kind);
        return lines.reduce((cents, { amount }) => cents + Math.round(amount * 100), 0) / 100;
      };
      const { labor, parts, other } = (await app.get(`/work_orders/${order}`, berlin.headers)).data.total_costs;
      expect({ labor: of('labor'), parts: of('parts'), other: of('other') }).toEqual({ labor, parts, other });
      expect(data.total_costs).toMatchObject({ labor, parts, other });
      return data.lines;
    };
    expect(await sums()).toMatchObject([
      { kind: 'parts', amount: 5, event: { type: 'PartAssignmentRequested', stream: `workOrder-${order}` } },
      { kind: 'other', amount: -4.5, explanation: 'It was credited for Scrap.', event: { type: 'OtherCostRecorded' } },
      { kind: 'labor', amount: 13.67, hours: 0.3333, event: { type: 'LabourLogged' } },
    ]);
    await app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }, berlin.headers).expect(200);
    expect(await sums()).toHaveLength(3);
    await app.patch(`/work_orders/${order}`, { work_order: { status_id: 1 } }, berlin.headers).expect(200);
    expect((await sums()).map(({ amount }: { amount: number }) => amount)).toEqual([-4.5, 13.67, 5, 5, -5]);
    const shown = `{ explainWorkOrder(workOrderId: ${order}) { totalCosts { total } lines { kind amount eventType event { id type stream revision position actor { kind id } recordedAt effectiveAt } } } }`;
    const { explainWorkOrder } = await app.graphql(shown, undefined, berlin.headers);
    expect(explainWorkOrder).toMatchObject({ totalCosts: { total: '14.17' } });
    expect(explainWorkOrder.lines).toHaveLength(5);
    const events = (await sums()).map(({ event }: { event: Record<string, unknown> }) => {
      const { recorded_at: recordedAt, effective_at: effectiveAt, ...others } = event;
      return { ...others, recordedAt, effectiveAt };
    });
    expect(explainWorkOrder.lines.map(({ event }: { event: unknown }) => event)).toEqual(events);
    for (const path of ['/reports/labor', '/reports/costs'])
      expect((await app.get(`${path}?from=2026-03-02&to=2026-03-01`, berlin.headers)).error.details).toMatchObject([
        { field: 'to', code: 'out_of_range' },
      ]);
    expect((await app.get('/work_orders/987654321/explain', berlin.headers)).status).toBe(404);
  });
});

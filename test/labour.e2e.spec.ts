import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const person = async (fields: object = {}): Promise<number> =>
  (await app.post('/users', { user: { name: 'Tess', surname: 'Labour', regular_rate: 41, overtime_rate1: 61.5, ...fields } }).expect(201))
    .data.id;
const open = async (fields: object = {}): Promise<number> =>
  (await app.post('/work_orders', { work_order: { title: 'Repair', ...fields } }).expect(201)).data.id;
const log = (order: number, labor_entry: object, headers?: Record<string, string>) =>
  app.post(`/work_orders/${order}/labor_entries`, { labor_entry }, headers);
const costsOf = async (order: number) => (await app.get(`/work_orders/${order}`).expect(200)).data.total_costs;
const problemsOf = ({ status, error }: Answer) => [
  status,
  error.code,
  error.details.map(({ field, code }: { field: string; code: string }) => [field, code]),
];
const oneHundredMinutes = { started_at: '2026-03-02T08:00:00Z', ended_at: '2026-03-02T09:40:00Z' };

describe('labour on a work order', () => {
  it('is charged to the second at the rate of now, and shown wherever the order and its asset cost', async () => {
    const [technician, asset] = [await person(), (await app.post('/assets', { asset: { name: 'Press' } }).expect(201)).data.id];
    const order = await open({ asset_id: asset });
    const { data, headers } = await log(order, { technician_id: technician, ...oneHundredMinutes, note: 'Bearing' }).expect(201);
    expect(data).toMatchObject({
      ...{ work_order_id: order, ...oneHundredMinutes, hours: 1.6667, rate_type: 'regular', rate: 41, charge: 68.333333, amount: 68.33 },
      ...{ currency: 'USD', date: '2026-03-02', note: 'Bearing', timer: false, reversed_entry_id: null, reversed_by_id: null },
      ...{ technician: { id: technician, name: 'Tess', surname: 'Labour' }, created_by: { id: 1 } },
    });
    // A rate that changes later alters nothing that was logged.
    await app.patch(`/users/${technician}`, { user: { regular_rate: 50 } }).expect(200);
    expect((await app.get(`/work_orders/${order}/labor_entries/${data.id}`)).headers.get('etag')).toBe(headers.get('etag'));
    const again = { technician_id: technician, ...oneHundredMinutes, rate: '41.00' };
    await log(order, again).expect(201);
    await log(order, again).expect(201);
    expect(await costsOf(order)).toMatchObject({ labor: 205, parts: 0, other: 0, total: 205, is_estimate: true });
    const listed = (await app.get(`/work_orders?filter[id_eq]=${order}`)).data[0];
    expect(listed.total_costs).toMatchObject({ labor: 205, total: 205 });
    const report = (await app.get('/reports/costs?group_by=work_order')).data as { key: number; labor: number; total: number }[];
    expect(report.find(({ key }) => key === order)).toMatchObject({ labor: 205, total: 205 });
    expect((await app.get(`/assets/${asset}/costs`)).data).toMatchObject({ labor: 205, total: 205 });
    expect((await app.get(`/assets/${asset}/explain`)).data.lines).toMatchObject([
      { kind: 'labor', amount: 68.33, event: { type: 'LabourLogged' } },
      { kind: 'labor', amount: 68.34 },
      { kind: 'labor', amount: 68.33 },
    ]);
    const { data: entries } = await app.get(`/work_orders/${order}/labor_entries?filter[technician_id_eq]=${technician}&rate_type=regular`);
    expect(entries.map(({ amount }: { amount: number }) => amount)).toEqual([68.33, 68.34, 68.33]);
    await app.rebuild('labor-entries');
    await app.rebuild('costs');
    expect((await app.get(`/work_orders/${order}/labor_entries`)).data).toEqual(entries);
    expect((await app.get(`/assets/${asset}/costs`)).data).toMatchObject({ labor: 205, total: 205 });
  });

  it('takes hours, overtime and any past day, also on a completed order, and nothing where no rate is known', async () => {
    const [technician, unpaid] = [await person(), await person({ regular_rate: null, overtime_rate1: 0 })];
    const order = await open({ completed_at: '2026-03-01T08:00:00Z' });
    const late = { technician_id: technician, hours: '0.3333', rate_type: 'overtime1', date: '2026-02-28' };
    expect((await log(order, late).expect(201)).data).toMatchObject({
      ...{ hours: 0.3333, rate: 61.5, charge: 20.49795, amount: 20.5, date: '2026-02-28', started_at: null, ended_at: null },
    });
    expect((await log(order, { technician_id: unpaid, hours: 1, rate_type: 'overtime1' }).expect(201)).data).toMatchObject({
      rate: 0,
      amount: 0,
    });
    const missing = [422, 'VALIDATION_FAILED', [['labor_entry.rate', 'rate_missing']]];
    expect(problemsOf(await log(order, { technician_id: unpaid, hours: 1 }))).toEqual(missing);
    expect(problemsOf(await log(order, { technician_id: technician, hours: 1, rate_type: 'overtime2' }))).toEqual(missing);
    const cancelled = await open({ status_id: 4 });
    expect((await log(cancelled, { technician_id: technician, hours: 1 }).expect(201)).data).toMatchObject({ amount: 41 });
  });

  it('counts what an hour of somebody costs as it was said, also at a site whose currency has fewer decimals', async () => {
    const dinars = (await app.post('/entities', { entity: { name: 'Kuwait', currency: 'KWD' } }).expect(201)).data.id as number;
    const user = { name: 'Noor', regular_rate: 33.333 };
    const technician_id = (await app.post('/users', { user }, { 'x-entity-id': String(dinars) }).expect(201)).data.id as number;
    const order = await open();
    expect((await log(order, { technician_id, hours: 3 }).expect(201)).data).toMatchObject({ rate: 33.333, charge: 99.999, amount: 100 });
    await app.post(`/work_orders/${order}/timer/start`, { technician_id }).expect(201);
    await app.post(`/work_orders/${order}/timer/stop`, { technician_id }).expect(200);
    expect(await costsOf(order)).toMatchObject({ labor: 100 });
  });

  it('has its rate sent back as it was read, wherever that was said; only what is other is judged by the decimals of the site', async () => {
    const siteOf = async (currency: string) => ({
      'x-entity-id': String((await app.post('/entities', { entity: { name: `Site of ${currency}`, currency } }).expect(201)).data.id),
    });
    const [dinars, yen] = [await siteOf('KWD'), await siteOf('JPY')];
    for (const [root, rate, Type, camel] of [
      ['user', 'regular_rate', 'User', 'regularRate'],
      ['vendor', 'hourly_rate', 'Vendor', 'hourlyRate'],
    ] as const) {
      const { id } = (await app.post(`/${root}s`, { [root]: { name: 'Noor', [rate]: 33.333 } }, dinars).expect(201)).data;
      const path = `/${root}s/${id}`;
      const mutation = `mutation ($rate: Decimal) { changed: update${Type}(input: {id: ${id}, name: "Nora", ${camel}: $rate}) { ${camel} } }`;
      for (const there of [{ 'x-entity-id': '1' }, yen]) {
        const shown = (await app.get(path, there).expect(200)).data[rate] as number;
        for (const said of [shown, '33.3330'])
          expect((await app.patch(path, { [root]: { name: 'Nour', [rate]: said } }, there).expect(200)).data).toMatchObject({
            name: 'Nour',
            [rate]: 33.333,
          });
        expect((await app.graphql(mutation, { rate: '33.333' }, there)).changed).toEqual({ [camel]: '33.333' });
        expect(problemsOf(await app.patch(path, { [root]: { [rate]: 33.334 } }, there))).toEqual([422, 'VALIDATION_FAILED', [[`${root}.${rate}`, 'too_many_decimals']]]); // prettier-ignore
        expect(problemsOf(await app.patch(path, { [root]: { [rate]: '33.3333333' } }, there))[2]).toEqual([[`${root}.${rate}`, 'too_many_decimals']]); // prettier-ignore
        expect(problemsOf(await app.patch(path, { [root]: { [rate]: -33.333 } }, there))[2]).toEqual([[`${root}.${rate}`, 'out_of_range']]);
      }
      await app.patch(path, { [root]: { [rate]: 33.334 } }, dinars).expect(200);
      expect((await app.patch(path, { [root]: { [rate]: 33.33 } }).expect(200)).data[rate]).toBe(33.33);
      expect(problemsOf(await app.post(`/${root}s`, { [root]: { name: 'Noor', [rate]: 33.333 } }))[2]).toEqual([[`${root}.${rate}`, 'too_many_decimals']]); // prettier-ignore
    }
  });

  it('is the work of a vendor at his hourly rate, of whom it says what is demanded of him', async () => {
    const vendor = async (fields: object): Promise<number> =>
      (await app.post('/vendors', { vendor: { name: 'Summit', hourly_rate: 80, ...fields } }).expect(201)).data.id;
    const [active, inactive, order] = [await vendor({}), await vendor({ is_active: false }), await open()];
    const category = (await app.post('/labor_categories', { labor_category: { name: 'Welding' } }).expect(201)).data.id;
    const entry = { vendor_id: active, hours: 0.5, rate_type: 'overtime2', labor_category_id: category };
    expect((await log(order, entry).expect(201)).data).toMatchObject({
      ...{ technician: null, vendor: { id: active, name: 'Summit' }, rate: 80, amount: 40, rate_type: 'overtime2' },
      labor_category: { id: category, name: 'Welding' },
    });
    const refused = async (of: object) => problemsOf(await log(order, { hours: 1, ...of }))[2];
    expect(await refused({ vendor_id: inactive })).toEqual([['labor_entry.vendor_id', 'not_assignable']]);
    expect(await refused({ vendor_id: active, technician_id: 1 })).toEqual([
      ['labor_entry.vendor_id', 'contradicts'],
      ['labor_entry.rate', 'rate_missing'],
    ]);
    await app.delete(`/vendors/${active}`).expect(204);
    expect((await log(order, entry).expect(201)).data).toMatchObject({ vendor: { id: active }, amount: 40 });
    expect(problemsOf(await log(await open(), entry))[2]).toEqual([['labor_entry.vendor_id', 'archived']]);
    expect((await app.get(`/work_orders/${order}/labor_entries?vendor_id=${active}`)).meta.pagination.total).toBe(2);
    // A bill may come late for whoever the order names, without an entry of his.
    const named = await vendor({});
    const given = await open({ vendors_ids: [named] });
    await app.patch(`/vendors/${named}`, { vendor: { is_active: false } }).expect(200);
    expect((await log(given, { vendor_id: named, hours: 1 }).expect(201)).data).toMatchObject({ vendor: { id: named }, amount: 80 });
  });

  it('is refused by the field that is wrong, and appends nothing then', async () => {
    const technician = await person();
    const order = await open();
    const wrong = async (entry: object) => problemsOf(await log(order, { technician_id: technician, hours: 1, ...entry }))[2];
    expect(await wrong({ hours: 0 })).toEqual([['labor_entry.hours', 'out_of_range']]);
    expect(await wrong({ hours: 744.0001 })).toEqual([['labor_entry.hours', 'out_of_range']]);
    expect(await wrong({ hours: 0.00001 })).toEqual([['labor_entry.hours', 'too_many_decimals']]);
    expect(await wrong({ hours: null })).toEqual([['labor_entry.hours', 'required']]);
    const untimed = await app.graphqlAnswer(`mutation { logLabor(input: { workOrderId: ${order}, technicianId: ${technician} }) { id } }`);
    const told = 'must be given, or startedAt and endedAt';
    expect(untimed.body.errors[0]).toMatchObject({
      message: expect.stringContaining(`input.hours ${told}`),
      extensions: { details: [{ field: 'input.hours', code: 'required', message: told }] },
    });
    expect(await wrong({ started_at: '2026-03-02T08:00:00Z' })).toEqual([['labor_entry.hours', 'contradicts']]);
    expect(await wrong({ hours: null, started_at: '2026-03-02T08:00:00Z' })).toEqual([['labor_entry.ended_at', 'required']]);
    expect(await wrong({ hours: null, started_at: '2026-03-02T08:00:00.0004Z', ended_at: '2026-03-02T09:00:00.5+00:00' })).toEqual([
      ['labor_entry.started_at', 'not_whole_seconds'],
      ['labor_entry.ended_at', 'not_whole_seconds'],
    ]);
    expect(await wrong({ rate: -1 })).toEqual([['labor_entry.rate', 'out_of_range']]);
    expect(await wrong({ rate: 41.001 })).toEqual([['labor_entry.rate', 'too_many_decimals']]);
    expect(await wrong({ technician_id: 987654321 })).toEqual([['labor_entry.technician_id', 'not_found']]);
    expect(await wrong({ technician_id: null })).toEqual([['labor_entry.technician_id', 'required']]);
    expect(await wrong({ date: '2099-01-01' })).toEqual([['labor_entry.date', 'out_of_range']]);
    expect(await wrong({ rate_type: 'double' })).toEqual([['labor_entry.rate_type', 'not_a_choice']]);
    expect(await wrong({ amount: 3 })).toEqual([['labor_entry.amount', 'unknown_field']]);
    expect(problemsOf(await log(order, { technician_id: technician, hours: 744, rate: 999999999.99 }))[1]).toBe('VALUE_OUT_OF_RANGE');
    expect((await app.post(`/work_orders/${order}/labor_entries`)).status).toBe(422);
    expect((await log(987654321, { technician_id: technician, hours: 1 })).status).toBe(404);
    expect((await app.get(`/work_orders/${order}/labor_entries`)).meta.pagination.total).toBe(0);
    expect((await app.get(`/audit_trail?stream=workOrder-${order}`)).data).toHaveLength(1);
  });

  it('is taken back once by a linked entry of its own day', async () => {
    const order = await open();
    const entry = { technician_id: await person(), hours: 1.6667, date: '2026-01-31' };
    const { id } = (await log(order, entry).expect(201)).data;
    const reverse = (body: object, of = id) => app.post(`/work_orders/${order}/labor_entries/${of}/reverse`, body);
    expect(problemsOf(await reverse({}))).toEqual([422, 'VALIDATION_FAILED', [['reason', 'required']]]);
    const answers = await Promise.all(Array.from({ length: 50 }, () => reverse({ reason: 'Wrong order', date: '2026-03-05' })));
    const [reversal, ...others] = answers.filter(({ status }) => status === 201).map(({ data }) => data);
    expect(others).toEqual([]);
    for (const { status, error } of answers.filter((answer) => answer.status !== 201))
      expect([status, error]).toEqual([409, expect.objectContaining({ code: 'ALREADY_REVERSED', id: reversal.id })]);
    expect(reversal).toMatchObject({
      hours: -1.6667,
      charge: -68.3347,
      amount: -68.33,
      date: '2026-03-05',
      note: 'Wrong order',
      reversed_entry_id: id,
    });
    expect((await app.get(`/work_orders/${order}/labor_entries/${id}`)).data).toMatchObject({ amount: 68.33, reversed_by_id: reversal.id });
    expect((await reverse({ reason: 'x' }, reversal.id)).error.code).toBe('CONFLICT');
    expect((await reverse({ reason: 'x' }, 987654321)).status).toBe(404);
    expect(await costsOf(order)).toMatchObject({ labor: 0, total: 0 });
  });

  it('is logged over GraphQL as over REST, with one effect a key and no lost update', async () => {
    const [order, technician] = [await open(), await person()];
    const mutate = `mutation { logLabor(input: { workOrderId: ${order}, technicianId: ${technician}, hours: "2" }, idempotencyKey: "labour-once-${order}")
      { id hours rate charge amount rateType technician { id } workOrder { totalCosts { labor } laborEntries { totalCount } } } }`;
    const first = (await app.graphql(mutate)).logLabor;
    expect(first).toMatchObject({
      hours: '2',
      rate: '41',
      charge: '82',
      amount: '82',
      rateType: 'regular',
      technician: { id: `${technician}` },
    });
    expect(first.workOrder).toEqual({ totalCosts: { labor: '82' }, laborEntries: { totalCount: 1 } });
    expect((await app.graphql(mutate)).logLabor).toEqual(first);
    const reversed = `mutation { reverseLaborEntry(input: { workOrderId: ${order}, laborEntryId: ${first.id}, reason: "x" }) { amount reversedEntryId date createdAt } }`;
    const { createdAt, ...reversal } = (await app.graphql(reversed)).reverseLaborEntry;
    // Without a date it belongs to the day on which it is recorded, which is that of the original to nobody but chance.
    expect(reversal).toEqual({ amount: '-82', reversedEntryId: first.id, date: createdAt.slice(0, 10) });
    expect(
      (await app.graphql(`{ laborEntry(workOrderId: ${order}, id: ${first.id}) { reversedById } }`)).laborEntry.reversedById,
    ).not.toBeNull();
    const key = { 'idempotency-key': `labour-${order}` };
    const entry = { technician_id: technician, hours: 1 };
    const once = await log(order, entry, key);
    expect((await log(order, entry, key)).body).toEqual(once.body);
    const stale = { 'if-match': `"1"` };
    expect((await log(order, entry, stale)).status).toBe(412);
  });
});

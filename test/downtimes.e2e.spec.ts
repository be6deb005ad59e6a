import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const createAsset = async (fields: object = {}): Promise<number> =>
  (await app.post('/assets', { asset: { name: 'Compressor', ...fields } }).expect(201)).data.id;
const start = (asset: number, downtime: object) => app.post(`/assets/${asset}/downtimes`, { downtime });
const change = (asset: number, id: number, downtime: object) => app.patch(`/assets/${asset}/downtimes/${id}`, { downtime });
const statusOf = async (asset: number): Promise<string> => (await app.get(`/assets/${asset}`).expect(200)).data.status;
const open = async (fields: object = {}): Promise<number> =>
  (await app.post('/work_orders', { work_order: { title: 'Repair', ...fields } }).expect(201)).data.id;
const at = (hour: string): string => `2026-03-02T${hour}:00Z`;

describe('an asset', () => {
  it('is offline exactly while one of its downtimes has not ended, wherever it is shown', async () => {
    const asset = await createAsset({ name: 'Press' });
    const order = await open({ asset_id: asset });
    // The order comes first: to read the asset itself would renew what is remembered of it for others.
    const shown = async () => ({
      ofTheOrder: (await app.get(`/work_orders/${order}`)).data.asset.status,
      alone: await statusOf(asset),
      listed: (await app.get(`/assets?filter[id_eq]=${asset}`)).data[0].status,
      offline: (await app.get(`/assets?status=offline&filter[id_eq]=${asset}`)).meta.pagination.total,
      ofTheListedOrder: (await app.get(`/work_orders?asset_id=${asset}`)).data[0].asset.status,
      inGraphql: await app.graphql(`{ asset(id: ${asset}) { status } workOrder(id: ${order}) { asset { status } } }`),
    });
    const all = (status: string) => ({
      alone: status,
      listed: status,
      offline: status === 'offline' ? 1 : 0,
      ofTheOrder: status,
      ofTheListedOrder: status,
      inGraphql: { asset: { status }, workOrder: { asset: { status } } },
    });
    expect(await shown()).toEqual(all('online'));
    const { data, headers } = await start(asset, { started_at: at('08:00'), reason: 'Bearing seized' }).expect(201);
    expect(data).toMatchObject({
      asset_id: asset,
      started_at: at('08:00'),
      ended_at: null,
      reason: 'Bearing seized',
      work_order_id: null,
      planned: false,
    });
    expect(headers.get('x-position')).toMatch(/^\d+$/);
    expect(await shown()).toEqual(all('offline'));
    expect((await app.patch(`/assets/${asset}`, { asset: { model: 'P2' } }).expect(200)).data.status).toBe('offline');
    expect((await app.get(`/assets/${asset}`)).data).toMatchObject({ model: 'P2', status: 'offline' });
    const ended = (await change(asset, data.id, { ended_at: at('09:30') }).expect(200)).data;
    expect(ended).toMatchObject({ id: data.id, ended_at: at('09:30'), reason: 'Bearing seized' });
    expect(await shown()).toEqual(all('online'));
    await change(asset, data.id, { ended_at: null }).expect(200);
    expect(await shown()).toEqual(all('offline'));
    await app.delete(`/assets/${asset}/downtimes/${data.id}`).expect(204);
    expect(await shown()).toEqual(all('online'));
    expect((await app.get(`/assets/${asset}/downtimes/${data.id}`)).status).toBe(404);
    expect((await app.delete(`/assets/${asset}/downtimes/${data.id}`)).status).toBe(404);
  });

  it('is down once, when fifty record it at the same moment', async () => {
    const asset = await createAsset();
    const answers = await Promise.all(Array.from({ length: 50 }, () => start(asset, {})));
    const won = answers.filter(({ status }) => status === 201);
    expect(won).toHaveLength(1);
    for (const { error, status } of answers.filter((answer) => answer.status !== 201))
      expect([status, error]).toEqual([409, expect.objectContaining({ code: 'ASSET_OFFLINE', id: won[0]?.data.id })]);
    expect((await app.get(`/assets/${asset}/downtimes`)).meta.pagination.total).toBe(1);
  });

  it('is down where If-Match has its tag, and not where it has changed', async () => {
    const asset = await createAsset();
    const ofTheAsset = { 'if-match': (await app.get(`/assets/${asset}`)).headers.get('etag') ?? '' };
    const down = (from: string, to: string) =>
      app.post(`/assets/${asset}/downtimes`, { downtime: { started_at: at(from), ended_at: at(to) } }, ofTheAsset);
    await down('01:00', '02:00').expect(201);
    await down('03:00', '04:00').expect(201);
    await app.patch(`/assets/${asset}`, { asset: { model: 'B' } }).expect(200);
    expect((await down('05:00', '06:00')).error.code).toBe('PRECONDITION_FAILED');
    expect((await app.get(`/assets/${asset}/downtimes`)).meta.pagination.total).toBe(2);
  });

  it('keeps its own tag, and its downtimes have one together', async () => {
    const asset = await createAsset();
    const tag = (await app.get(`/assets/${asset}`)).headers.get('etag');
    const { data, headers } = await start(asset, { started_at: at('08:00'), ended_at: at('09:00') }).expect(201);
    expect((await app.get(`/assets/${asset}`)).headers.get('etag')).toBe(tag);
    const second = (await start(asset, { started_at: at('10:00') }).expect(201)).data;
    const path = `/assets/${asset}/downtimes/${data.id}`;
    const stale = { 'if-match': headers.get('etag') ?? '' };
    expect((await app.patch(path, { downtime: { reason: 'Belt' } }, stale)).status).toBe(412);
    const fresh = { 'if-match': (await app.get(path)).headers.get('etag') ?? '' };
    await app.patch(path, { downtime: { reason: 'Belt' } }, fresh).expect(200);
    const listed = (await app.get(`/assets/${asset}/downtimes?filter[reason_cont]=bel`)).data;
    expect(listed).toMatchObject([{ id: data.id, reason: 'Belt' }]);
    const latest = (await app.get(`/assets/${asset}/downtimes`)).data as { id: number }[];
    expect(latest.map(({ id }) => id)).toEqual([second.id, data.id]);
  });

  it('refuses downtimes by the field that is wrong', async () => {
    const asset = await createAsset();
    const { id } = (await start(asset, { started_at: at('08:00'), ended_at: at('10:00') }).expect(201)).data;
    const wrong = async (downtime: object) => {
      const { status, error } = await start(asset, downtime);
      return [status, error.details.map(({ field, code }: { field: string; code: string }) => [field, code])];
    };
    expect(await wrong({ started_at: at('09:00'), ended_at: at('11:00') })).toEqual([422, [['downtime.started_at', 'overlaps']]]);
    expect(await wrong({ started_at: at('12:00'), ended_at: at('12:00') })).toEqual([422, [['downtime.ended_at', 'not_after_start']]]);
    expect(await wrong({ started_at: '2099-01-01T00:00:00Z' })).toEqual([422, [['downtime.started_at', 'out_of_range']]]);
    expect(await wrong({ started_at: 'yesterday' })).toEqual([422, [['downtime.started_at', 'invalid_date']]]);
    expect(await wrong({ work_order_id: 987654321 })).toEqual([422, [['downtime.work_order_id', 'not_found']]]);
    expect(await wrong({ why: 'x' })).toEqual([422, [['downtime.why', 'unknown_field']]]);
    expect((await app.post(`/assets/${asset}/downtimes`)).status).toBe(422);
    expect((await change(asset, id, { started_at: null })).error.details).toMatchObject([
      { field: 'downtime.started_at', code: 'required' },
    ]);
    expect((await start(987654321, {})).status).toBe(404);
    expect((await app.get('/assets/987654321/downtimes')).status).toBe(404);
    await start(asset, { started_at: at('10:00'), ended_at: at('11:00') }).expect(201);
    await app.delete(`/assets/${asset}`).expect(204);
    expect((await start(asset, {})).error.code).toBe('CONFLICT');
  });

  it('is brought up again, or was never down, also once it is archived, and goes down no more', async () => {
    const asset = await createAsset();
    const [past, { data: open }] = [await start(asset, { started_at: at('10:00'), ended_at: at('11:00') }), await start(asset, {})];
    await app.delete(`/assets/${asset}`).expect(204);
    const status = async () => (await app.get(`/assets/${asset}`).expect(200)).data.status;
    expect(await status()).toBe('offline');
    expect((await change(asset, open.id, { reason: 'Sold' })).error.code).toBe('CONFLICT');
    const { data: ended } = await change(asset, open.id, { ended_at: new Date(Date.parse(open.started_at) + 1).toISOString() }).expect(200);
    expect([ended.ended_at, await status()]).toEqual([expect.any(String), 'online']);
    await change(asset, open.id, { reason: 'Sold' }).expect(200);
    expect((await change(asset, open.id, { ended_at: null })).error.code).toBe('CONFLICT');
    await app.delete(`/assets/${asset}/downtimes/${past.data.id}`).expect(204);
    expect((await app.delete(`/assets/${asset}/downtimes/${past.data.id}`)).status).toBe(404);
  });

  it('is down over GraphQL as over REST, with one effect a key', async () => {
    const asset = await createAsset();
    const mutate = async (name: string, input: string, more = '') =>
      (
        await app.graphql(
          `mutation { ${name}(input: { ${input} }${more}) { id startedAt endedAt reason planned asset { status } workOrder { id } } }`,
        )
      )[name];
    const order = await open();
    const begun = `assetId: ${asset}, startedAt: "${at('08:00')}", planned: true, workOrderId: ${order}`;
    const first = await mutate('startDowntime', begun, ', idempotencyKey: "down-once"');
    expect(first).toMatchObject({
      startedAt: at('08:00'),
      endedAt: null,
      planned: true,
      asset: { status: 'offline' },
      workOrder: { id: `${order}` },
    });
    expect(await mutate('startDowntime', begun, ', idempotencyKey: "down-once"')).toEqual(first);
    const ended = await mutate('changeDowntime', `assetId: ${asset}, downtimeId: ${first.id}, endedAt: "${at('09:00')}"`);
    expect(ended).toMatchObject({ endedAt: at('09:00'), asset: { status: 'online' } });
    const read = `{ asset(id: ${asset}) { downtimes { totalCount nodes { id } } } downtime(assetId: ${asset}, id: ${first.id}) { reason } }`;
    expect(await app.graphql(read)).toMatchObject({ asset: { downtimes: { nodes: [{ id: first.id }] } }, downtime: { reason: null } });
    expect(await mutate('withdrawDowntime', `assetId: ${asset}, downtimeId: ${first.id}`)).toMatchObject({ id: first.id });
    const gone = await app.graphqlAnswer(`{ downtime(assetId: ${asset}, id: ${first.id}) { id } }`);
    expect(gone.body).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    const trail = (await app.get(`/audit_trail?stream=downtime-${asset}&sort=position asc`).expect(200)).data as { type: string }[];
    expect(trail.map(({ type }) => type)).toEqual(['DowntimeStarted', 'DowntimeChanged', 'DowntimeWithdrawn']);
  });
});

describe('a work order', () => {
  it('shows the latest downtime that names it, alone, in lists and at once in its own answers', async () => {
    const asset = await createAsset();
    const order = await open({ asset_id: asset });
    const none = (await app.get(`/work_orders/${order}`)).data;
    expect(none.downtime_tracking).toBeNull();
    const first = (await start(asset, { started_at: at('08:00'), ended_at: at('09:00'), work_order_id: order }).expect(201)).data;
    const second = (await start(asset, { started_at: at('10:00'), work_order_id: order }).expect(201)).data;
    const offline = { id: second.id, started_at: at('10:00'), ended_at: null, status: 'offline' };
    expect((await app.patch(`/work_orders/${order}`, { work_order: { title: 'Repair it' } }).expect(200)).data.downtime_tracking).toEqual(
      offline,
    );
    expect((await app.get(`/work_orders/${order}`)).data.downtime_tracking).toEqual(offline);
    await change(asset, second.id, { ended_at: at('11:00') }).expect(200);
    const online = { ...offline, ended_at: at('11:00'), status: 'online' };
    expect((await app.get(`/work_orders?asset_id=${asset}`)).data[0].downtime_tracking).toEqual(online);
    await change(asset, second.id, { work_order_id: null }).expect(200);
    const inGraphql = `{ workOrder(id: ${order}) { downtimeTracking { id startedAt endedAt status } } }`;
    expect((await app.graphql(inGraphql)).workOrder.downtimeTracking).toEqual({
      id: `${first.id}`,
      startedAt: at('08:00'),
      endedAt: at('09:00'),
      status: 'online',
    });
  });
});

describe('the reliability of an asset', () => {
  const reliability = (asset: number, from: string, to: string) =>
    app.get(`/assets/${asset}/reliability?from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`);

  it('in 100 h with downtimes of 2 h and 3 h is 0.95, over REST and GraphQL', async () => {
    const asset = await createAsset();
    await start(asset, { started_at: '2026-01-01T10:00:00Z', ended_at: '2026-01-01T12:00:00Z' }).expect(201);
    await start(asset, { started_at: '2026-01-03T10:00:00Z', ended_at: '2026-01-03T13:00:00Z' }).expect(201);
    const [from, to] = ['2026-01-01T00:00:00Z', '2026-01-05T04:00:00Z'];
    const { data } = await reliability(asset, from, to).expect(200);
    const figures = { period_hours: 100, failures: 2, downtime_hours: 5, availability: 0.95, mttr_hours: 2.5, mtbf_hours: 47.5 };
    expect(data).toEqual({ asset_id: asset, from, to, ...figures });
    const asked = `{ assetReliability(assetId: ${asset}, from: "${from}", to: "${to}") { failures availability mttrHours mtbfHours downtimeHours } }`;
    expect((await app.graphql(asked)).assetReliability).toEqual({
      failures: 2,
      availability: '0.95',
      mttrHours: '2.5',
      mtbfHours: '47.5',
      downtimeHours: '5',
    });
  });

  it('takes plain dates for days of the site, of 23 and 25 hours where its clocks are changed, and cuts off what lies ahead', async () => {
    const berlin = (await app.post('/entities', { entity: { name: 'Werk Berlin', timezone: 'Europe/Berlin' } }).expect(201)).data
      .id as number;
    const site = { 'x-entity-id': String(berlin) };
    const asset = (await app.post('/assets', { asset: { name: 'Presse' } }, site).expect(201)).data.id as number;
    const of = async (from: string, to: string) =>
      (await app.get(`/assets/${asset}/reliability?from=${from}&to=${to}`, site).expect(200)).data;
    expect(await of('2026-03-29', '2026-03-29')).toMatchObject({
      from: '2026-03-28T23:00:00Z',
      to: '2026-03-29T22:00:00Z',
      period_hours: 23,
    });
    expect(await of('2026-10-25', '2026-10-25')).toMatchObject({ period_hours: 25, availability: 1, mttr_hours: null, mtbf_hours: null });
    const before = Date.now();
    const { to } = await of('2026-03-29', '2099-01-01');
    expect(Date.parse(to as string)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(to as string)).toBeLessThanOrEqual(Date.now());
    expect((await reliability(asset, '2026-03-29', '2026-03-29')).status).toBe(404);
  });

  it('is refused by the parameter that is wrong', async () => {
    const asset = await createAsset();
    const codes = async (query: string) => {
      const { status, error } = await app.get(`/assets/${asset}/reliability?${query}`);
      return [status, ...error.details.map(({ field, code }: { field: string; code: string }) => `${field} ${code}`)];
    };
    expect(await codes('')).toEqual([422, 'from required', 'to required']);
    expect(await codes('from=2026-02-30&to=soon')).toEqual([422, 'from invalid_date', 'to invalid_date']);
    expect(await codes('from=2026-02-02&to=2026-02-01')).toEqual([422, 'to out_of_range']);
    expect(await codes('from=2098-02-02&to=2099-02-01')).toEqual([422, 'from out_of_range']);
    expect(await codes('from=2026-02-02&to=2026-02-03&until=x')).toEqual([422, 'until unknown_field']);
  });
});

describe('the costs of an asset', () => {
  it('are what was posted on its orders, with everything below it where that is asked, and their lines add up', async () => {
    const line = await createAsset({ name: 'Line' });
    const pump = await createAsset({ name: 'Pump', parent_id: line });
    const seal = await createAsset({ name: 'Seal', parent_id: pump });
    const part = (await app.post('/parts', { part: { name: 'Ring', on_hand_qty: 3, unit_cost: 3.33 } }).expect(201)).data.id as number;
    const order = await open({ asset_id: seal });
    await app.post(`/work_orders/${order}/parts`, { part_id: part, quantity: 2 }).expect(201);
    const another = await open({ asset_id: line });
    const cost = (id: number, other_cost: object) => app.post(`/work_orders/${id}/other_costs`, { other_cost }).expect(201);
    await cost(another, { amount: 10.1, date: '2026-01-31', note: 'Crane' });
    await cost(another, { amount: -0.05, date: '2026-02-01' });
    await app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }).expect(200);
    const costs = async (asset: number, query = '') => {
      const { labor, parts, other, total } = (await app.get(`/assets/${asset}/costs?${query}`).expect(200)).data;
      return { labor, parts, other, total };
    };
    expect(await costs(line)).toEqual({ labor: 0, parts: 0, other: 10.05, total: 10.05 });
    expect(await costs(line, 'subtree=true')).toEqual({ labor: 0, parts: 6.66, other: 10.05, total: 16.71 });
    expect(await costs(pump, 'subtree=true')).toEqual({ labor: 0, parts: 6.66, other: 0, total: 6.66 });
    expect(await costs(line, 'subtree=true&from=2026-01-31&to=2026-01-31')).toMatchObject({ other: 10.1, total: 10.1 });
    expect(await costs(line, 'from=2026-02-01')).toMatchObject({ total: -0.05 });
    await start(line, { started_at: at('08:00'), ended_at: at('09:30'), work_order_id: another }).expect(201);
    const explained = (await app.get(`/assets/${line}/explain?subtree=true&from=2026-01-01&to=2099-01-01`).expect(200)).data;
    const lines = explained.lines as { kind: string; amount: number | null; hours: number | null; event: object }[];
    expect(lines.map(({ kind, amount, hours }) => [kind, amount, hours])).toEqual([
      ['other', 10.1, null],
      ['other', -0.05, null],
      ['parts', 6.66, null],
      ['downtime', null, 1.5],
    ]);
    expect(explained.costs.total).toBe(16.71);
    expect(explained.reliability).toMatchObject({ failures: 1, downtime_hours: 1.5 });
    expect(lines[2]?.event).toMatchObject({ type: 'PartIssued', stream: `part-${part}`, revision: 3, actor: { kind: 'process_manager' } });
    expect(lines[3]?.event).toMatchObject({ type: 'DowntimeStarted', stream: `downtime-${line}`, revision: 0 });
    const asked = `assetId: ${line}, subtree: true`;
    const inGraphql = await app.graphql(
      `{ assetCosts(${asked}) { parts total } explainAsset(${asked}) { costs { total } reliability { failures } lines { kind amount eventType } } }`,
    );
    expect(inGraphql).toEqual({
      assetCosts: { parts: '6.66', total: '16.71' },
      explainAsset: {
        costs: { total: '16.71' },
        reliability: null,
        lines: [
          { kind: 'other', amount: '10.1', eventType: 'OtherCostRecorded' },
          { kind: 'other', amount: '-0.05', eventType: 'OtherCostRecorded' },
          { kind: 'parts', amount: '6.66', eventType: 'PartIssued' },
        ],
      },
    });
    expect((await app.get(`/assets/${line}/costs?subtree=maybe`)).error.details).toMatchObject([
      { field: 'subtree', code: 'not_a_boolean' },
    ]);
    expect((await app.get('/assets/987654321/costs')).status).toBe(404);
    expect((await app.get('/assets/987654321/explain')).status).toBe(404);
  });
});

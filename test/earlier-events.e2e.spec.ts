import { setTimeout as delay } from 'node:timers/promises';
import { appendAsBefore } from './harness/past-events.js';
import { TestServer } from './harness/server.js';

it('an event of an earlier version is read as today, and shown in the history as it is stored', async () => {
  const app = await TestServer.start({ log: 'postgres' });
  try {
    const part = (await app.post('/parts', { part: { name: 'Belt', on_hand_qty: 5, unit_cost: 2 } }).expect(201)).data.id as number;
    const created = await app.post('/work_orders', { work_order: { title: 'Change belt' } }).expect(201);
    const order = created.data.id as number;
    const assigned = await app.post(`/work_orders/${order}/parts`, { part_id: part, quantity: 2 }).expect(201);
    await app.kill('SIGTERM');
    // What a release before counts were noted has left behind: a completion that was refused, and its second try that was not.
    const refused = { completionRevision: 2, parts: [{ partId: part, quantity: '2', code: 'INSUFFICIENT_STOCK', message: 'too few' }] };
    await appendAsBefore(app.ownerUrl, `workOrder-${order}`, [
      ['WorkOrderCompletionStarted', { completedAt: '2025-01-02T03:04:05.000Z', statusId: 5 }],
      ['WorkOrderCompletionRefused', refused],
    ]);
    await app.restart();
    const { data } = await app
      .get(`/work_orders/${order}`, { 'x-min-position': String(BigInt(assigned.headers.get('x-position') ?? 0) + 2n) })
      .expect(200);
    expect([data.status.id, data.part_assignments.length]).toEqual([1, 1]);
    expect((await app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }).expect(200)).data.total_costs.parts).toBe(4);
    const trail = (await app.get(`/audit_trail?work_order_id=${order}&type=WorkOrderCompletionRefused`).expect(200)).data;
    expect(trail).toEqual([
      expect.objectContaining({
        data: refused,
        actor: { kind: 'api_key', id: 'admin' },
        credential: null,
        effective_at: '2025-01-02T03:04:05.000Z',
      }),
    ]);
    const [after] = (await app.get(`/audit_trail?work_order_id=${order}&type=WorkOrderCompleted`).expect(200)).data;
    expect(after.actor).toEqual({ kind: 'process_manager', id: 'fulfilment' });
  } finally {
    await app.stop();
  }
});

it('an instant of an earlier release belongs to the day it had at its site then, whatever the time zone becomes', async () => {
  const app = await TestServer.start({ log: 'postgres' });
  try {
    const entity = { name: 'Kiritimati', timezone: 'Pacific/Kiritimati' };
    const site = (await app.post('/entities', { entity }).expect(201)).data.id as number;
    const here = { 'x-entity-id': String(site) };
    const part = (await app.post('/parts', { part: { name: 'Belt', on_hand_qty: 5, unit_cost: 2 } }, here).expect(201)).data.id as number;
    const order = (await app.post('/work_orders', { work_order: { title: 'Change belt' } }, here).expect(201)).data.id as number;
    await app.post(`/work_orders/${order}/parts`, { part_id: part, quantity: 2 }, here).expect(201);
    await app.kill('SIGTERM');
    // A cost, and a completion whose effects are still to come: in the evening of the 31st in London, on the 1st of February at the site.
    const completedAt = '2025-01-31T20:00:00.000Z';
    const cost = {
      otherCostId: 900,
      amount: '7',
      currency: 'USD',
      date: '2025-02-01',
      note: null,
      categoryId: null,
      externalReference: null,
    };
    const happened: [string, object][] = [
      ['OtherCostRecorded', cost],
      ['WorkOrderCompletionStarted', { completedAt, statusId: 5 }],
    ];
    await appendAsBefore(app.ownerUrl, `workOrder-${order}`, happened, { entity_id: site, effective_at: completedAt });
    await app.restart();
    const events = async () => (await app.get(`/audit_trail?work_order_id=${order}&sort=position asc`, here).expect(200)).data as Shown[];
    while (!(await events()).some(({ type }) => type === 'WorkOrderCompleted')) await delay(20);
    const times = (await events()).slice(-4).map(({ type, effective_at }) => [type, effective_at]);
    expect(times).toEqual([
      ['OtherCostRecorded', completedAt],
      ['WorkOrderCompletionStarted', completedAt],
      ['PartIssued', '2025-02-01'],
      ['WorkOrderCompleted', '2025-02-01'],
    ]);
    const months = async () =>
      ((await app.get('/reports/costs?group_by=month', here).expect(200)).data as { key: string; total: number }[]).map(
        ({ key, total }) => [key, total],
      );
    expect(await months()).toEqual([['2025-02', 11]]);
    await app.patch(`/entities/${site}`, { entity: { timezone: 'America/New_York' } }).expect(200);
    expect(await months()).toEqual([['2025-02', 11]]);
    expect((await app.get('/reports/costs?group_by=day&to=2025-01-31', here).expect(200)).data).toEqual([]);
  } finally {
    await app.stop();
  }
});

type Shown = Readonly<{ type: string; effective_at: string }>;

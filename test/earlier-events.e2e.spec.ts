import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
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

it('contacts that an earlier release has numbered in each vendor keep their numbers, and new ones get what none of them has', async () => {
  const app = await TestServer.start({ log: 'postgres' });
  const owner = new pg.Client({ connectionString: app.ownerUrl });
  await owner.connect();
  try {
    await app.kill('SIGTERM');
    const added = [
      { id: 1, isPrimary: true },
      { id: 2, isPrimary: false },
    ];
    for (const name of ['Summit', 'Peak'])
      await appendAsBefore(app.ownerUrl, `vendor-${name === 'Summit' ? 900 : 901}`, [
        ['VendorRegistered', { name, vendorContacts: { added } }],
      ]);
    await app.restart();
    const contactsOf = async (vendor: number) => (await app.get(`/vendors/${vendor}`).expect(200)).data.vendor_contacts as { id: number }[];
    while ((await app.get('/vendors?filter[id_in]=900,901')).data.length < 2) await delay(20);
    await app.kill('SIGTERM');
    // That release has folded all of it, and knows no sequence of contacts.
    await owner.query('DELETE FROM app.taken_up_sequences');
    await owner.query('ALTER SEQUENCE app.vendor_contact_id RESTART');
    await app.restart();
    const change = (vendor: number, vendor_contacts_attributes: object[]) =>
      app.patch(`/vendors/${vendor}`, { vendor: { vendor_contacts_attributes } }).expect(200);
    await change(900, [{ name: 'Cleo' }]);
    await change(901, [{ name: 'Dan' }, { id: 1, name: 'Ann' }, { id: 2, _destroy: true }]);
    expect(await contactsOf(900)).toMatchObject([{ id: 1, name: null }, { id: 2, name: null }, { id: 3, name: 'Cleo' }]); // prettier-ignore
    expect(await contactsOf(901)).toMatchObject([{ id: 1, name: 'Ann' }, { id: 4, name: 'Dan' }]); // prettier-ignore
    await change(901, [{ id: 1, _destroy: true }]);
    const { rows } = await owner.query<{ details: object }>("SELECT details FROM app.people WHERE kind = 'vendor' AND id IN (900, 901)");
    const kept = JSON.stringify(rows);
    expect([kept.includes('Ann'), kept.includes('Cleo'), kept.includes('Dan')]).toEqual([false, true, true]);
    // Of a repeat, too, whose first answer was lost with its process.
    const vendor = { name: 'Crest', vendor_contacts_attributes: [{ name: 'Eve' }, { name: 'Fay' }] };
    const key = { 'idempotency-key': randomUUID() };
    const { data } = await app.post('/vendors', { vendor }, key).expect(201);
    const lost = `UPDATE app.idempotency_keys SET status = NULL, headers = NULL, body = NULL, owner = gen_random_uuid(),
      lease_until = now() - interval '1 s' WHERE status IS NOT NULL`;
    while ((await owner.query(lost)).rowCount === 0) await delay(10);
    expect(data.vendor_contacts).toMatchObject([{ id: 5 }, { id: 6 }]);
    expect((await app.post('/vendors', { vendor }, key).expect(201)).data).toEqual(data);
  } finally {
    await owner.end();
    await app.stop();
  }
});

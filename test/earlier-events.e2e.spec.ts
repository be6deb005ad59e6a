import { randomUUID } from 'node:crypto';
import pg from 'pg';
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
      expect.objectContaining({ data: refused, actor: { kind: 'api_key', id: 'admin' }, effective_at: '2025-01-02T03:04:05.000Z' }),
    ]);
    const [after] = (await app.get(`/audit_trail?work_order_id=${order}&type=WorkOrderCompleted`).expect(200)).data;
    expect(after.actor).toEqual({ kind: 'process_manager', id: 'fulfilment' });
  } finally {
    await app.stop();
  }
});

async function appendAsBefore(
  url: string | undefined,
  stream: string,
  events: readonly (readonly [type: string, data: object])[],
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ revision: string }>('SELECT max(revision) AS revision FROM log.events WHERE stream = $1', [
      stream,
    ]);
    let revision = Number(rows[0]?.revision);
    for (const [type, data] of events) {
      revision += 1;
      const id = randomUUID();
      const metadata = {
        $causationId: 'earlier',
        $correlationId: 'earlier',
        actor: { id: 'admin', kind: 'api_key' },
        customer_id: 1,
        effective_at: '2025-01-02T03:04:05.000Z',
        entity_id: 1,
        recorded_at: '2025-01-02T03:04:05.000Z',
        request_id: 'earlier',
        schema_version: 1,
      };
      await client.query('UPDATE log.counter SET position = position + 1');
      await client.query(
        `INSERT INTO log.events (global_position, revision, event_id, stream, category, type, canonical)
         SELECT position, $1, $2, $3, 'workOrder', $4, $5 FROM log.counter`,
        [revision, id, stream, type, JSON.stringify({ data, id, metadata, revision, stream, type })],
      );
    }
  } finally {
    await client.end();
  }
}

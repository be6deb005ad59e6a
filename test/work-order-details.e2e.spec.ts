import { randomUUID } from 'node:crypto';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const create = async (path: string, body: object): Promise<number> => (await app.post(path, body).expect(201)).data.id;
const open = (fields: object = {}): Promise<number> => create('/work_orders', { work_order: { title: 'Work', ...fields } });
const change = (id: number, fields: object) => app.patch(`/work_orders/${id}`, { work_order: fields });
const show = async (id: number) => (await app.get(`/work_orders/${id}`).expect(200)).data;
const eventsOf = async (id: number): Promise<number> => (await app.get(`/audit_trail?stream=workOrder-${id}`)).meta.pagination.total;

describe('a checklist', () => {
  const steps = ['Inspect', 'Clear', 'Refill'].map((text, index) => ({ text, order: index + 1, checked: false }));
  const tick = (id: number, order: number | string, checked: unknown = true, headers?: Record<string, string>) =>
    app.patch(`/work_orders/${id}/checklist/${order}`, { checked }, headers);
  const ticked = async (id: number): Promise<boolean[]> => (await show(id)).checklist.map((item: { checked: boolean }) => item.checked);
  const by = { id: 1, name: expect.any(String), surname: null };

  it('is ticked off item by item, and shows who did it when, over REST and GraphQL', async () => {
    const order = await open({ checklist: steps });
    expect((await show(order)).checklist).toEqual(steps.map((item) => ({ ...item, checked_at: null, checked_by: null })));
    const { data, headers } = await tick(order, 2).expect(200);
    expect(data).toMatchObject({ id: order, checklist: [{ checked: false }, { checked: true, checked_by: by }, { checked: false }] });
    expect(Date.parse(data.checklist[1].checked_at)).toBe(Date.parse(data.updated_at));
    expect(headers.get('etag')).toBe((await app.get(`/work_orders/${order}`)).headers.get('etag'));
    expect((await show(order)).checklist).toEqual(data.checklist);
    const { tickChecklistItem } = await app.graphql(
      `mutation ($input: TickChecklistItemInput!) { tickChecklistItem(input: $input) { checklist { order checked checkedAt checkedBy { id name } } } }`,
      { input: { workOrderId: order, order: 3, checked: true } },
    );
    const seen = { order: 3, checked: true, checkedAt: expect.any(String), checkedBy: { id: '1', name: expect.any(String) } };
    expect(tickChecklistItem.checklist[2]).toEqual(seen);
    await app.rebuild('work-orders');
    expect((await show(order)).checklist[1]).toEqual(data.checklist[1]);
    const { data: back } = await tick(order, 2, false).expect(200);
    expect(back.checklist[1]).toEqual({ ...steps[1], checked_at: null, checked_by: null });
    expect(await app.graphql(`{ workOrder(id: ${order}) { checklist { checked checkedBy { id } } } }`)).toEqual({
      workOrder: { checklist: [{ checked: false, checkedBy: null }, { checked: false, checkedBy: null }, { checked: true, checkedBy: { id: '1' } }] }, // prettier-ignore
    });
  });

  it('keeps all ticks of fifty people who tick fifty items at the same moment', async () => {
    const order = await open({ checklist: Array.from({ length: 50 }, (_, index) => ({ text: `Step ${index}` })) });
    const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => tick(order, index + 1)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await ticked(order)).toEqual(Array.from({ length: 50 }, () => true));
  });

  it('keeps who ticked what a whole list leaves unchanged, and a tick of what is so changes nothing', async () => {
    const order = await open({ checklist: steps });
    const { checklist } = (await tick(order, 1).expect(200)).data;
    const whole = steps.map((item) => ({ ...item, checked: item.order < 3 }));
    const changed = (await change(order, { checklist: whole }).expect(200)).data;
    expect(changed.checklist[0]).toEqual(checklist[0]);
    expect(changed.checklist[1]).toMatchObject({ checked_at: changed.updated_at, checked_by: by });
    const before = await eventsOf(order);
    await tick(order, 1).expect(200);
    expect(await eventsOf(order)).toBe(before);
  });

  it('refuses what it cannot tick, and appends nothing', async () => {
    const order = await open({ checklist: [{ text: 'First', order: 0 }] });
    await tick(order, 0).expect(200);
    const before = await eventsOf(order);
    expect((await tick(order, 1)).error.code).toBe('NOT_FOUND');
    expect((await tick(order, 'first')).error.code).toBe('NOT_FOUND');
    expect((await tick(987654321, 1)).error.code).toBe('NOT_FOUND');
    expect((await tick(order, 0, 'yes')).error.details).toMatchObject([{ field: 'checked', code: 'not_a_boolean' }]);
    expect((await app.patch(`/work_orders/${order}/checklist/0`, {})).error.details).toMatchObject([
      { field: 'checked', code: 'required' },
    ]);
    expect((await tick(order, 0, false, { 'if-match': '"0"' })).status).toBe(412);
    const twice = await change(order, { checklist: [{ text: 'One', order: 2 }, { text: 'Other' }] });
    expect(twice.error.details).toMatchObject([{ field: 'work_order.checklist.1.order', code: 'not_unique' }]);
    expect(await eventsOf(order)).toBe(before);
    await change(order, { status_id: 5 }).expect(200);
    expect((await tick(order, 0, false)).error.code).toBe('WORK_ORDER_CLOSED');
    expect(await ticked(order)).toEqual([true]);
  });

  it('is ticked once under one key', async () => {
    const order = await open({ checklist: steps });
    const key = { 'idempotency-key': randomUUID() };
    const first = await tick(order, 1, true, key).expect(200);
    await tick(order, 1, false).expect(200);
    const again = await tick(order, 1, true, key).expect(200);
    expect([again.headers.get('idempotent-replayed'), again.body]).toEqual(['true', first.body]);
    expect(await ticked(order)).toEqual([false, false, false]);
  });
});

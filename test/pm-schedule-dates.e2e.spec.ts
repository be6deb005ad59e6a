import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const hourMs = 3_600_000;
const schedule = async (fields: object): Promise<number> =>
  (await app.post('/pm_schedules', { pm_schedule: { title: 'Filters', repeat_frequency: 'day', ...fields } }).expect(201)).data
    .id as number;

describe('a date that came before its schedule was paused or put away', () => {
  it('has its order, however soon after the date that was', async () => {
    const earlier = new Date(Date.now() - hourMs).toISOString();
    const ordersOf = async (id: number): Promise<unknown[]> => (await app.get(`/work_orders?pm_schedule_id=${id}`).expect(200)).data;
    for (const hold of [(path: string) => app.post(`${path}/pause`).expect(200), (path: string) => app.delete(path).expect(204)]) {
      const id = await schedule({ start_date: earlier });
      await hold(`/pm_schedules/${id}`);
      expect((await app.get(`/pm_schedules/${id}`).expect(200)).data).toMatchObject({ has_work_orders: true, skipped_count: 0 });
      const patience = Date.now() + 30_000;
      while ((await ordersOf(id)).length === 0) if (Date.now() > patience) throw new Error('no order was opened');
      expect(await ordersOf(id)).toHaveLength(1);
    }
  });
});

import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const hourMs = 3_600_000;
const schedule = async (fields: object): Promise<number> =>
  (await app.post('/pm_schedules', { pm_schedule: { title: 'Filters', repeat_frequency: 'day', ...fields } }).expect(201)).data
    .id as number;

describe('the end of a PM schedule', () => {
  it('is found as it is shown over either edge, an instant or a day, and by what is earlier or later', async () => {
    const ends = ['2099-12-31T08:00:00Z', '2099-12-31T08:00:00.5Z', '2099-12-31', '2098-12-31T10:00:00+02:00', null];
    const ids: number[] = [];
    for (const end_date of ends) ids.push(await schedule({ start_date: '2097-01-01T08:00:00Z', end_date }));
    const among = `filter[id_in]=${ids.join(',')}&sort=id`;
    const found = async (filter: string): Promise<number[]> =>
      (await app.get(`/pm_schedules?${among}&${filter}`).expect(200)).data.map(({ id }: { id: number }) => ids.indexOf(id));
    const { data } = await app.get(`/pm_schedules?${among}`).expect(200);
    const shown = data.map(({ end_date }: { end_date: string | null }) => end_date) as (string | null)[];
    expect(shown).toEqual(['2099-12-31T08:00:00Z', '2099-12-31T08:00:00.500Z', '2099-12-31', '2098-12-31T08:00:00Z', null]);

    const nodes = 'query ($filter: PmScheduleFilter) { pmSchedules(filter: $filter, sort: "id") { nodes { id endDate } } }';
    const listed = async (filter: object): Promise<{ id: string; endDate: string | null }[]> =>
      (await app.graphql(nodes, { filter: { id: { in: ids.map(String) }, ...filter } })).pmSchedules.nodes;
    expect((await listed({})).map(({ endDate }) => endDate)).toEqual(shown);

    for (const [place, end] of shown.entries()) {
      expect(await found(end === null ? 'filter[end_date_null]=true' : `filter[end_date_eq]=${end}`)).toEqual([place]);
      expect((await listed({ endDate: { eq: end } })).map(({ id }) => ids.indexOf(Number(id)))).toEqual([place]);
    }
    expect(await found('filter[end_date_gteq]=2099-12-31')).toEqual([0, 1, 2]);
    expect(await found('filter[end_date_gt]=2099-12-31T08:00:00.000Z')).toEqual([1]);
    expect(await found('filter[end_date_lt]=2099-12-31')).toEqual([3]);
    expect(await found('filter[end_date_in]=2099-12-31,2098-12-31T08:00:00Z')).toEqual([2, 3]);
    const sorted = await app.get(`/pm_schedules?filter[id_in]=${ids.join(',')}&sort=end_date desc`).expect(200);
    expect(sorted.data.map(({ id }: { id: number }) => ids.indexOf(id))).toEqual([4, 1, 0, 2, 3]);
  });
});

describe('an instant to the minute', () => {
  it('is taken as the contract writes it, over either edge, in what is said and what is asked', async () => {
    const id = await schedule({ start_date: '2098-01-31T12:07Z', end_date: '2098-04-30T14:07+02:00', repeat_frequency: 'month' });
    const shown = { start_date: '2098-01-31T12:07:00Z', end_date: '2098-04-30T12:07:00Z' };
    expect((await app.get(`/pm_schedules/${id}`).expect(200)).data).toMatchObject(shown);
    const occurrences = await app.get(`/pm_schedules/${id}/occurrences?from=2098-01-31T12:08Z&to=2098-12-31T00:00Z`).expect(200);
    const days = ['2098-02-28', '2098-03-31', '2098-04-30'];
    expect(occurrences.data.map(({ date }: { date: string }) => date)).toEqual(days.map((day) => `${day}T12:07:00Z`));
    const filter = 'filter[start_date_eq]=2098-01-31T12:07Z&filter[end_date_lteq]=2098-04-30T12:07Z';
    expect((await app.get(`/pm_schedules?${filter}`).expect(200)).data).toMatchObject([{ id }]);

    const mutation = `mutation { updatePmSchedule(input: { id: ${id}, endDate: "2098-03-31T12:00Z", startDate: "2098-01-31T12:07Z" }) { endDate } }`;
    expect(await app.graphql(mutation)).toEqual({ updatePmSchedule: { endDate: '2098-03-31T12:00:00Z' } });
    const query = '{ pmSchedules(filter: { startDate: { eq: "2098-01-31T12:07Z" } }) { nodes { id } } }';
    expect(await app.graphql(query)).toEqual({ pmSchedules: { nodes: [{ id: String(id) }] } });
  });
});

describe('a date that came before its site was archived', () => {
  it('has its order, however soon after the date that was', async () => {
    const { id: site } = (await app.post('/entities', { entity: { name: 'Closing' } }).expect(201)).data;
    const there = { 'x-entity-id': String(site) };
    const pm_schedule = { title: 'Filters', repeat_frequency: 'day', start_date: new Date(Date.now() - hourMs).toISOString() };
    const { id } = (await app.post('/pm_schedules', { pm_schedule }, there).expect(201)).data;
    await app.delete(`/entities/${site}`).expect(204);
    const shown = async () => (await app.get(`/pm_schedules/${id}`, there).expect(200)).data as Readonly<{ status: string }>;
    while ((await shown()).status !== 'paused') await delay(20);
    expect(await shown()).toMatchObject({ has_work_orders: true, skipped_count: 0 });
    const orders = async (): Promise<unknown[]> => (await app.get(`/work_orders?pm_schedule_id=${id}`, there).expect(200)).data;
    while ((await orders()).length === 0) await delay(20);
    expect(await orders()).toHaveLength(1);
  });
});

describe('a date that came before its schedule was paused or put away', () => {
  it('has its order, however soon after the date that was', async () => {
    const earlier = new Date(Date.now() - hourMs).toISOString();
    const ordersOf = async (id: number): Promise<unknown[]> => (await app.get(`/work_orders?pm_schedule_id=${id}`).expect(200)).data;
    for (const hold of [(path: string) => app.post(`${path}/pause`).expect(200), (path: string) => app.delete(path).expect(204)]) {
      const id = await schedule({ start_date: earlier });
      await hold(`/pm_schedules/${id}`);
      expect((await app.get(`/pm_schedules/${id}`).expect(200)).data).toMatchObject({ has_work_orders: true, skipped_count: 0 });
      while ((await ordersOf(id)).length === 0) await delay(20);
      expect(await ordersOf(id)).toHaveLength(1);
      const [raised] = (await app.get(`/audit_trail?stream=pmSchedule-${id}&filter[type_eq]=PmOccurrenceRaised`).expect(200)).data;
      expect(raised).toMatchObject({ actor: { kind: 'process_manager', id: 'pm-raising' }, effective_at: earlier.slice(0, 10) });
    }
  });
});

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { Agent } from 'undici';
import { Asker, logHead } from '../tools/prove/asker.js';
import { RoleHolders } from '../tools/prove/role-holders.js';
import { Client } from './harness/client.js';
import { TestServer } from './harness/server.js';
import { signedIn } from './harness/sign-in.js';

let app: TestServer;
let agent: Agent;
let administrator: Asker;
/** Sees the orders that are assigned to him. */
let technician: Client;
let technicianId: number;
/** Sees his own requests. */
let requester: Client;
beforeAll(async () => {
  app = await TestServer.start();
  agent = new Agent({ connections: 4 });
  administrator = new Asker(app.url, app.adminKey, agent);
  const holders = await RoleHolders.at(app.url, administrator, agent);
  technicianId = (await holders.user('technician', [1], { regular_rate: 40 })).id;
  technician = new Client(app.url, (await holders.signedIn(technicianId)).credential);
  requester = new Client(app.url, (await holders.person('requester')).credential);
});
afterAll(async () => {
  await agent.close();
  await app.stop();
});

const open = async (fields: object = {}): Promise<number> => {
  const { id } = (await app.post('/work_orders', { work_order: { title: 'Not for everybody', ...fields } }).expect(201)).data;
  await app.get(`/work_orders/${id}`).expect(200);
  return id as number;
};

describe('an order that somebody does not see', () => {
  it('is looked for as long as one that is not there', async () => {
    const hidden = await open();
    const elsewhere = (await app.post('/entities', { entity: { name: 'Elsewhere' } }).expect(201)).data.id as number;
    const there = { 'x-entity-id': String(elsewhere) };
    const ofOthers = (await app.post('/work_orders', { work_order: { title: 'Not here' } }, there).expect(201)).data.id as number;
    await app.get(`/work_orders/${ofOthers}`, there).expect(200);
    const statements = async (): Promise<number> =>
      Number(/^millwright_read_statements_total (\d+)$/m.exec(String((await app.request('GET', '/metrics').expect(200)).body))?.[1]);
    /** The fewest of several times: the server reads for itself as well, beside one time or another. */
    const asked = async (id: number, path = 'work_orders', client = technician): Promise<number> => {
      const counted: number[] = [];
      for (let time = 0; time < 8; time += 1) {
        const before = await statements();
        await client.get(`/${path}/${id}`).expect(404);
        counted.push((await statements()) - before);
      }
      return Math.min(...counted);
    };
    const absent = await asked(99_999);
    expect([absent > 0, await asked(hidden), await asked(ofOthers)]).toEqual([true, absent, absent]);
    const made = await app.post('/work_order_requests', { work_order_request: { title: 'Of somebody else' } }).expect(201);
    const ofNobody = await asked(99_999, 'work_order_requests', requester);
    expect([ofNobody, await asked(made.data.id as number, 'work_order_requests', requester)]).toEqual([2, 2]);
  });

  it('takes no repeat of its alarm from him, and tells him nothing', async () => {
    const order = await open({ dedup_key: 'pump-7' });
    const alarm = { work_order: { title: 'Pump 7 again', dedup_key: 'pump-7' } };
    const before = await logHead(administrator);
    const { status, body, error } = await technician.post('/work_orders', alarm);
    expect([status, error.code, JSON.stringify(body).includes('Not for')]).toEqual([409, 'CONFLICT', false]);
    expect(error.id).toBeUndefined();
    expect(await logHead(administrator)).toBe(before);
    expect((await app.post('/work_orders', alarm).expect(200)).data).toMatchObject({ id: order, alarm_count: 2 });
    await app.patch(`/work_orders/${order}`, { work_order: { technicians_ids: [technicianId] } }).expect(200);
    expect((await technician.post('/work_orders', alarm).expect(200)).data).toMatchObject({ id: order, alarm_count: 3 });
  });

  it('keeps no text of his repeat, nor of one that is wrong, nor of one that opens an order after all', async () => {
    const text = randomUUID();
    const alarm = (fields: object = {}) => ({ work_order: { title: 'Pump 8', description: text, dedup_key: 'pump-8', ...fields } });
    const order = await open({ dedup_key: 'pump-8' });
    await technician.post('/work_orders', alarm()).expect(409);
    await app.post('/work_orders', alarm({ asset: {} })).expect(422);
    await app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }).expect(200);
    const next = (await app.post('/work_orders', alarm()).expect(201)).data.id as number;
    const kept = async (): Promise<unknown[]> => {
      const client = new pg.Client({ connectionString: app.ownerUrl });
      await client.connect();
      const { rows } = await client.query<{ content: string }>('SELECT content FROM app.kept_texts WHERE content = $1', [text]);
      await client.end();
      return rows;
    };
    expect(await kept()).toEqual([]);
    expect((await app.post('/work_orders', alarm()).expect(200)).data).toMatchObject({ id: next, alarm_count: 2 });
    expect(await kept()).toEqual([{ content: text }]);
  });

  it('is not named where it holds a reference, or has his timer', async () => {
    const order = await open({ external_reference: 'erp-77' });
    const taken = { work_order: { title: 'x', external_reference: 'erp-77' } };
    const refused = (await technician.post('/work_orders', taken).expect(409)).error;
    expect([refused.code, refused.id]).toEqual(['DUPLICATE_REFERENCE', undefined]);
    expect(refused.details[0].message).toBe('"erp-77" is the reference of work order');
    expect((await app.post('/work_orders', taken).expect(409)).error).toMatchObject({ id: order });
    const mine = await open({ technicians_ids: [technicianId] });
    const moved = (await technician.patch(`/work_orders/${mine}`, taken).expect(409)).error;
    expect([moved.code, moved.id]).toEqual(['DUPLICATE_REFERENCE', undefined]);

    await app.post(`/work_orders/${order}/timer/start`, { technician_id: technicianId }).expect(201);
    const running = (await technician.post(`/work_orders/${mine}/timer/start`, {}).expect(409)).error;
    expect([running.code, running.id, running.message.includes(String(order))]).toEqual(['TIMER_RUNNING', undefined, false]);
  });

  it('is not named by the request that it was opened from', async () => {
    const { id } = (await requester.post('/work_order_requests', { work_order_request: { title: 'It leaks' } }).expect(201)).data;
    const order = (await app.post(`/work_order_requests/${id}/convert`, { work_order: {} }).expect(201)).data.id as number;
    await app.get(`/work_orders/${order}`).expect(200);
    const refused = (await requester.delete(`/work_order_requests/${id}`).expect(409)).error;
    expect([refused.code, refused.id]).toEqual(['RECORD_IN_USE', undefined]);
    expect((await app.delete(`/work_order_requests/${id}`).expect(409)).error).toMatchObject({ id: order });
  });

  it('counts neither in the compliance of maintenance nor among what follows a template', async () => {
    const item = { name: 'Is it tight?', item_type: 'checkbox' };
    const template = (await app.post('/procedure_templates', { procedure_template: { name: 'Round', items: [item] } }).expect(201)).data.id;
    const { id } = (
      await app
        .post('/pm_schedules', {
          pm_schedule: {
            ...{ title: 'Service', type: 'persistent', start_date: '2031-01-06T08:00:00Z', repeat_frequency: 'month', repeat_interval: 1 },
            ...{ repeat_occurrence: 'custom', on_month_day: 6, template_work_order: { title: 'Service' } },
          },
        })
        .expect(201)
    ).data;
    await app.post(`/pm_schedules/${id}/raise`, {});
    const order = await open({ procedure_template_ids: [template] });
    const period = '?from=2026-01-01&to=2031-12-31';
    const raised = async (client: Client): Promise<unknown[]> => [
      (await client.get(`/reports/pm_compliance${period}`).expect(200)).data.raised,
      (await client.get(`/reports/pm_compliance/explain${period}`).expect(200)).data.lines.length,
      (await client.get(`/procedure_templates/${template}`).expect(200)).data.assignment_count.work_orders,
    ];
    expect(await raised(app)).toEqual([1, 1, 1]);
    expect(await raised(technician)).toEqual([0, 0, 0]);
    await app.patch(`/work_orders/${order}`, { work_order: { technicians_ids: [technicianId] } }).expect(200);
    await app.get(`/work_orders/${order}`).expect(200);
    expect(await raised(technician)).toEqual([0, 0, 1]);
  });

  it('is not told of by the schedule that raised it, nor found by what that would tell', async () => {
    const plan = { start_date: '2031-01-06T08:00:00Z', repeat_frequency: 'month' };
    const { id } = (
      await app.post('/pm_schedules', { pm_schedule: { ...plan, title: 'Told of', template_work_order: { title: 'Told of' } } }).expect(201)
    ).data;
    const raised = (await app.post(`/pm_schedules/${id}/raise`, {}).expect(200)).data;
    const order = raised.last_active_work_order_id as number;
    const told = async (client: Client): Promise<unknown> => {
      const { has_work_orders, has_uncompleted_wo, status } = (await client.get(`/pm_schedules/${id}`).expect(200)).data;
      const found = async (filter: string): Promise<boolean> =>
        (await client.get(`/pm_schedules?sort=has_uncompleted_wo desc,status asc&search=Told of&${filter}`).expect(200)).data.length > 0;
      const filters = ['has_work_orders_true=true', 'has_uncompleted_wo_eq=true', 'status_eq=active'];
      const overGraphql = await client.graphql(`{ pmSchedule(id: ${id}) { hasWorkOrders hasUncompletedWo status } }`);
      expect(overGraphql).toEqual({ pmSchedule: { hasWorkOrders: has_work_orders, hasUncompletedWo: has_uncompleted_wo, status } });
      const matched = await Promise.all(filters.map((filter) => found(`filter[${filter.replace('=', ']=')}`)));
      return [has_work_orders, has_uncompleted_wo, status, ...matched];
    };
    expect(await told(app)).toEqual([true, true, 'active', true, true, true]);
    expect(await told(technician)).toEqual([false, false, 'planned', false, false, false]);
    await app.patch(`/work_orders/${order}`, { work_order: { technicians_ids: [technicianId] } }).expect(200);
    await app.get(`/work_orders/${order}`).expect(200);
    expect(await told(technician)).toEqual([true, true, 'active', true, true, true]);
    await app.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }).expect(200);
    await app.get(`/pm_schedules/${id}`).expect(200);
    expect(await told(technician)).toEqual([true, false, 'planned', true, false, false]);
  });
});

describe('a site that somebody has lost', () => {
  /** Somebody with the first site and one of his own, and what takes that one from him. */
  const ofTwoSites = async () => {
    const site = (await app.post('/entities', { entity: { name: 'Lost soon' } }).expect(201)).data.id as number;
    const permissions_attributes = [1, site].map((entity_id) => ({ entity_id, role: 'manager' }));
    const id = (await app.post('/users', { user: { name: 'Ann', permissions_attributes } }).expect(201)).data.id as number;
    const ann = await signedIn(app, id);
    const loses = (...sites: number[]) => {
      const lost = sites.map((entity_id) => ({ entity_id, _destroy: true }));
      return app.patch(`/users/${id}`, { user: { permissions_attributes: lost } }).expect(200);
    };
    return { site, id, ann, loses };
  };
  const sitesOf = (listed: unknown): number[] => (listed as { id: number }[]).map(({ id }) => Number(id));

  it('is told to him by no repeat, of a record, of one that he has made, or of a batch, over REST and GraphQL', async () => {
    const { site, ann, loses } = await ofTwoSites();
    const keys = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    const keyed = (index: number) => ({ 'idempotency-key': keys[index] });
    const change = () => ann.patch(`/entities/${site}`, { entity: { description: 'Changed' } }, keyed(0));
    const make = () => ann.post('/entities', { entity: { name: 'Made by Ann' } }, keyed(3));
    const made = (await make().expect(201)).data.id as number;
    const ops = ['/api/v1/entities', `/api/v1/entities/${site}`].map((url) => ({ method: 'GET', url }));
    const batch = async () => {
      const { results } = (await ann.post('/batch', { ops, sequential: true }, keyed(1)).expect(200)).body;
      return [sitesOf(results[0].body.data).includes(site), results[1].status];
    };
    const mutation = `mutation { updateEntity(input: {id: ${site}, description: "Changed again"}) { id } }`;
    const overGraphql = async () => {
      const { data, errors } = (await ann.graphqlAnswer(mutation, undefined, keyed(2))).body;
      return errors?.[0].extensions.code ?? Number(data.updateEntity.id);
    };
    const told = async () => {
      const { status, headers } = await change();
      return [status, headers.get('idempotent-replayed'), (await make()).status, ...(await batch()), await overGraphql()];
    };
    expect(await told()).toEqual([200, null, 201, true, 200, site]);
    expect(await told()).toEqual([200, 'true', 201, true, 200, site]);
    await loses(site, made);
    while ((await ann.get(`/entities/${site}`)).status !== 404) await delay(20);
    expect(await told()).toEqual([404, null, 404, false, 404, 'NOT_FOUND']);
  });

  it('is one for whose repeats he lacks what they took there, as once was a role, a credential, or a link', async () => {
    const { site, id, ann } = await ofTwoSites();
    const everywhere = (await app.get('/entities?per_page=200').expect(200)).data as readonly Readonly<{ id: number }>[];
    const admin = everywhere.map((entity) => ({ entity_id: entity.id, role: 'admin' }));
    await app.patch(`/users/${id}`, { user: { permissions_attributes: admin } }).expect(200);
    await app.post('/users', { user: { name: 'Stays administrator', permissions_attributes: admin } }).expect(201);
    const granted = { name: 'Bob', permissions_attributes: [{ entity_id: 1, role: 'technician' }] };
    const bob = (await app.post('/users', { user: granted }).expect(201)).data.id as number;
    const [sites, name] = [[1, site], `Readers ${randomUUID()}`];
    const writes = [
      ['PATCH', `/entities/${site}`, { entity: { description: 'Theirs' } }],
      ['PATCH', `/users/${bob}`, { user: { permissions_attributes: [{ entity_id: site, role: 'technician' }] } }],
      ['POST', '/access/service_accounts', { name: 'Robot', role: 'technician', entity_ids: sites }],
      ['POST', '/access/roles', { name, scopes: ['parts:read'] }],
      ['POST', `/users/${bob}/invite`, {}],
    ] as const;
    const keys = writes.map(() => randomUUID());
    const ask = async () => {
      const statuses: number[] = [];
      for (const [index, [method, path, body]] of writes.entries()) {
        const sent = { 'idempotency-key': keys[index] as string };
        statuses.push((await (method === 'PATCH' ? ann.patch(path, body, sent) : ann.post(path, body, sent))).status);
      }
      return statuses;
    };
    while ((await ann.get(`/access/roles`)).status !== 200) await delay(20);
    expect(await ask()).toEqual([200, 200, 201, 201, 201]);
    expect(await ask()).toEqual([200, 200, 201, 201, 201]);
    await app.patch(`/users/${id}`, { user: { permissions_attributes: [{ entity_id: site, role: 'requester' }] } }).expect(200);
    while ((await ann.patch(`/entities/${site}`, { entity: { description: 'Theirs' } })).status !== 403) await delay(20);
    expect(await ask()).toEqual([403, 403, 403, 403, 403]);
  });
});

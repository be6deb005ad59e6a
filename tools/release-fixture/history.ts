import type { Answer, ApiClient } from '../api-client.js';

/** The records of the history that a fixture tells, by what they are. */
export type History = Readonly<{
  hall: number; machine: number; belt: number; filter: number; labour: number; archived: number;
  open: number; completed: number; reopened: number; cancelled: number;
}>; // prettier-ignore

const idOf = async (client: ApiClient, path: string, body: object): Promise<number> =>
  (await client.post<{ id: number }>(path, body)).data.id;

/** A small plant in which everything has happened once. Only what every release can do. */
export async function tellHistory(client: ApiClient): Promise<{ history: History; position: string }> {
  const hall = await idOf(client, '/locations', { location: { name: 'Hall', external_reference: 'hall-1' } });
  const bay = await idOf(client, '/locations', { location: { name: 'Bay', parent_id: hall } });
  const machine = await idOf(client, '/assets', { asset: { name: 'Press', location_id: bay, purchase_date: '1999-04-01' } });
  const pump = await idOf(client, '/assets', { asset: { name: 'Pump', parent_id: machine } });
  const category = await idOf(client, '/categories', { category: { name: 'Repair' } });
  const waiting = await idOf(client, '/work_order_statuses', { work_order_status: { name: 'Waiting', kind: 'open' } });
  await client.post('/users', { user: { name: 'Kim', surname: 'Keeper', email: 'kim@example.org' } });
  const belt = await idOf(client, '/parts', { part: { name: 'Belt', on_hand_qty: 10, unit_cost: 12.5, external_reference: 'belt-1' } });
  const filter = await idOf(client, '/parts', { part: { name: 'Välve filter', on_hand_qty: '3.333', unit_cost: '6.99' } });
  const labour = await idOf(client, '/parts', { part: { name: 'Grease', is_non_stock: true, unit_cost: 4 } });
  const archived = await idOf(client, '/parts', { part: { name: 'Old belt' } });
  await client.send('DELETE', `/parts/${archived}`);
  await client.patch(`/parts/${belt}/restock`, { quantity: 5, cost: 13.1, note: 'PO-1' }, 'restock-of-a-release');
  await client.patch(`/parts/${belt}/reconcile`, { quantity: -0.75, note: 'count' });
  await client.patch(`/parts/${filter}/update_avg_unit_cost`, { cost: 7 });
  await client.patch(`/parts/${filter}/update_unit_cost`, { cost: 7.5 });
  const order = (title: string, more: object = {}): Promise<number> =>
    idOf(client, '/work_orders', { work_order: { title, asset_id: pump, categories_ids: [category], ...more } });
  const take = async (id: number): Promise<void> => {
    for (const [part_id, quantity] of [[belt, 2], [filter, 0.5], [labour, 3]]) await client.post(`/work_orders/${id}/parts`, { part_id, quantity });
  }; // prettier-ignore
  const status = (id: number, status_id: number): Promise<Answer> => client.patch(`/work_orders/${id}`, { work_order: { status_id } });
  const [open, completed, reopened, cancelled] = [
    await order('Open', { status_id: waiting }),
    await order('Completed'),
    await order('Reopened'),
    await order('Cancelled'),
  ];
  for (const id of [open, completed, reopened, cancelled]) await take(id);
  await status(completed, 5);
  await client.post(`/work_orders/${completed}/other_costs`, { other_cost: { amount: 19.99, date: '2025-03-01', note: 'crane' } });
  await client.post(`/work_orders/${completed}/other_costs`, { other_cost: { amount: -5, date: '2025-03-02' } });
  await client.patch(`/work_orders/${completed}/parts`, { part_id: belt, quantity: 1 });
  await status(reopened, 5);
  await status(reopened, 1);
  const { position = '0' } = await status(cancelled, 4);
  const history = { hall, machine, belt, filter, labour, archived, open, completed, reopened, cancelled };
  return { history, position };
}

/** What a client reads of it, path by path: the later release has to say the same, and may say more. */
export async function answersOf(client: ApiClient, history: History, position: string): Promise<Record<string, unknown>> {
  const { belt, filter, labour, open, completed, reopened, cancelled, hall, machine } = history;
  const paths = [
    ...[belt, filter, labour].flatMap((id) => [`/parts/${id}`, `/parts/${id}/transactions?sort=id%20asc`, `/parts/${id}/explain`]),
    ...[open, completed, reopened, cancelled].map((id) => `/work_orders/${id}`),
    `/work_orders/${completed}/other_costs?sort=id%20asc`,
    `/locations/${hall}`,
    `/assets/${machine}`,
    '/parts?sort=id%20asc',
    '/parts?filter[archived_true]=true',
    '/work_orders?sort=id%20asc',
    '/assets?sort=id%20asc',
    '/users?sort=id%20asc',
    '/work_order_statuses?sort=id%20asc',
    '/reports/costs?group_by=work_order',
    '/reports/costs?group_by=part',
    '/audit_trail?sort=position%20asc&per_page=1000',
  ];
  const answers: Record<string, unknown> = {};
  for (const path of paths) {
    const [place = '', query = ''] = path.split('?');
    answers[path] = (await client.get(place, { ...Object.fromEntries(new URLSearchParams(query)), min_position: position })).data;
  }
  return answers;
}

import { ApiClient, ApiError } from '../api-client.js';
import type { ServerProcess } from '../server-process.js';
import type { Random } from './random.js';

export type Plant = Readonly<{
  client: ApiClient;
  partIds: readonly number[];
  workOrderIds: readonly number[];
  accepted: number;
  refused: number;
  position: string | undefined;
}>;

const callers = 8;

/** Lets a plant live over the public API for some seconds: stock comes and goes, orders are opened, filled, completed, reopened and cancelled, all at once. */
export async function runPlant(server: ServerProcess, random: Random, seconds: number): Promise<Plant> {
  const client = new ApiClient({ url: server.url, key: server.key, entityId: 1, patience: 30_000 });
  const partIds = await Promise.all(
    Array.from({ length: 6 }, (_, number) =>
      create(client, '/parts', { part: { name: `Part ${number}`, is_non_stock: number === 5, unit_cost: 3.33 } }),
    ),
  );
  const workOrderIds = await Promise.all(
    Array.from({ length: 12 }, (_, number) => create(client, '/work_orders', { work_order: { title: `Order ${number}` } })),
  );
  const until = performance.now() + seconds * 1000;
  let accepted = 0;
  let refused = 0;
  let position = 0n;
  const caller = async (): Promise<void> => {
    while (performance.now() < until) {
      const { method, path, body } = somethingToDo(random, random.pick(partIds), random.pick(workOrderIds));
      try {
        const answer = await client.send(method, path, { body });
        const reached = BigInt(answer.position ?? 0);
        if (reached > position) position = reached;
        accepted++;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status === 0 || error.status === 500)
          throw new Error(`${method} ${path} ${JSON.stringify(body)}`, { cause: error });
        refused++;
      }
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return { client, partIds, workOrderIds, accepted, refused, position: String(position) };
}

async function create(client: ApiClient, path: string, body: unknown): Promise<number> {
  return (await client.post<{ id: number }>(path, body)).data.id;
}

function somethingToDo(random: Random, partId: number, workOrderId: number): { method: 'POST' | 'PATCH'; path: string; body: unknown } {
  const quantity = random.pick(['0.001', '0.333', '1', '2.5', String(random.between(1, 9))]);
  const cost = (random.between(0, 9_999) / 100).toFixed(2);
  switch (random.between(1, 12)) {
    case 1:
    case 2:
    case 3:
      return { method: 'PATCH', path: `/parts/${partId}/restock`, body: { quantity, cost } };
    case 4:
      return { method: 'PATCH', path: `/parts/${partId}/reconcile`, body: { quantity: `-${quantity}`, note: 'count' } };
    case 5:
      return { method: 'PATCH', path: `/parts/${partId}/update_avg_unit_cost`, body: { cost } };
    case 6:
    case 7:
      return { method: 'POST', path: `/work_orders/${workOrderId}/parts`, body: { part_id: partId, quantity } };
    case 8:
      return {
        method: 'PATCH',
        path: `/work_orders/${workOrderId}/parts`,
        body: { part_id: partId, quantity: random.pick(['0', quantity]) },
      };
    case 9:
      return {
        method: 'POST',
        path: `/work_orders/${workOrderId}/other_costs`,
        body: { other_cost: { amount: random.pick([cost, `-${cost}`, '0.01']), date: '2024-02-29' } },
      };
    case 10:
      return { method: 'PATCH', path: `/work_orders/${workOrderId}`, body: { work_order: { status_id: 5 } } };
    case 11:
      return { method: 'PATCH', path: `/work_orders/${workOrderId}`, body: { work_order: { status_id: 1 } } };
    default:
      return { method: 'PATCH', path: `/work_orders/${workOrderId}`, body: { work_order: { status_id: random.pick([2, 2, 2, 4]) } } };
  }
}

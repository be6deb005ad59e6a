import type { ApiClient } from '../api-client.js';
import { names, type Plant, type Seen } from './log-prefixes.js';

/** Something that is asked again and again, under the name by which `log-prefixes.ts` folds the same from the log. */
export type Question = Readonly<{ name: string; ask: (client: ApiClient) => Promise<Seen> }>;

/** Another client: it does not wait for what others write. */
const at = { min_position: '0' };

/** What is polled beside the writes: single reads, lists with their totals, explanations, reports, and documents of several fields. */
export function questions(plant: Plant): Question[] {
  const [first = 0, second = 0] = plant.orderIds;
  const [part = 0, other = 0] = plant.partIds;
  return [
    {
      name: names.order(first),
      ask: async (client) => orderSeen((await client.get<RestOrder>(`/work_orders/${first}`, at)).data),
    },
    {
      name: names.order(second),
      ask: async (client) =>
        graphqlOrderSeen((await graphql<{ workOrder: GraphqlOrder }>(client, `{ workOrder(id: ${second}) { ${orderFields} } }`)).workOrder),
    },
    {
      name: names.allParts,
      ask: async (client) =>
        (await client.get<RestPart[]>('/parts', { ...at, sort: 'id asc', per_page: '100' })).data.map(partSeen).join(' '),
    },
    { name: names.document, ask: (client) => documentOf(client, plant) },
    { name: names.movements(part), ask: (client) => explanationOf(client, part) },
    { name: names.movements(other), ask: (client) => partWithTransactionsOf(client, other) },
    { name: names.transactions(part), ask: (client) => transactionsOf(client, part) },
    { name: names.costs, ask: async (client) => String((await client.get('/reports/costs', { ...at, group_by: 'part' })).meta['total']) },
  ];
}

async function graphql<T>(client: ApiClient, query: string): Promise<T> {
  return (await client.send<T>('POST', '/graphql', { body: { query }, query: at })).data;
}

async function documentOf(client: ApiClient, { partIds }: Plant): Promise<Seen> {
  const document = `{ workOrders(sort: "id", filter: {statusKind: {eq: completed}}) { totalCount nodes { ${orderFields} } } parts(sort: "id", first: 100) { nodes { id onHandQty } } }`;
  const { workOrders, parts } = await graphql<{
    workOrders: { totalCount: number; nodes: GraphqlOrder[] };
    parts: { nodes: { id: string; onHandQty: string }[] };
  }>(client, document);
  const stock = parts.nodes
    .filter(({ id }) => partIds.includes(Number(id)))
    .map(({ id, onHandQty }) => `${Number(id)}:${Number(onHandQty)}`);
  return `${workOrders.totalCount} | ${workOrders.nodes.map(graphqlOrderSeen).join(' | ')} | ${stock.join(' ')}`;
}

async function explanationOf(client: ApiClient, id: number): Promise<Seen> {
  const { data, meta } = await client.get<{ part: RestPart; movements: readonly Movement[] }>(`/parts/${id}/explain`, {
    ...at,
    ...lastOne,
  });
  return movementsSeen(partSeen(data.part), totalIn(meta), data.movements[0]);
}

async function partWithTransactionsOf(client: ApiClient, id: number): Promise<Seen> {
  const fields = 'id onHandQty available avgUnitCost stockValue';
  const { part } = await graphql<{
    part: Readonly<{ id: string; onHandQty: string; available: string; avgUnitCost: string; stockValue: string }> &
      Readonly<{ transactions: { totalCount: number; nodes: { id: string; onHandQty: string }[] } }>;
  }>(client, `{ part(id: ${id}) { ${fields} transactions(first: 1, sort: "position desc") { totalCount nodes { id onHandQty } } } }`);
  const { onHandQty, available, avgUnitCost, stockValue, transactions } = part;
  const shown = { id: part.id, on_hand_qty: onHandQty, available, avg_unit_cost: avgUnitCost, stock_value: stockValue };
  const [last] = transactions.nodes;
  return movementsSeen(partSeen(shown), transactions.totalCount, last && { id: last.id, on_hand_qty: last.onHandQty });
}

async function transactionsOf(client: ApiClient, id: number): Promise<Seen> {
  const { data, meta } = await client.get<readonly Movement[]>(`/parts/${id}/transactions`, { ...at, ...lastOne });
  return movementsSeen(`used ${Number(meta['total_used'])}`, totalIn(meta), data[0]);
}

const lastOne = { per_page: '1', sort: 'position desc' };
const totalIn = (meta: Readonly<Record<string, unknown>>): number => (meta['pagination'] as { total: number }).total;

/** A figure as either edge prints it. */
type Figure = number | string;
type Movement = Readonly<{ id: Figure; on_hand_qty: Figure }>;
type RestPart = Readonly<{ id: Figure; on_hand_qty: Figure; available: Figure; avg_unit_cost: Figure; stock_value: Figure }>;
type Line = Readonly<{ part_id: number; quantity: number; total_cost: number }>;
export type RestOrder = Readonly<{
  id: number;
  status: Readonly<{ id: number }>;
  part_assignments: readonly Line[];
  total_costs: Readonly<{ parts: number; is_estimate: boolean }>;
}>;
type GraphqlOrder = Readonly<{
  id: string;
  status: Readonly<{ id: string }>;
  totalCosts: Readonly<{ parts: string; isEstimate: boolean }>;
  partAssignments: readonly Readonly<{ partId: string; quantity: string; totalCost: string }>[];
}>;
const orderFields = 'id status { id } totalCosts { parts isEstimate } partAssignments { partId quantity totalCost }';

const movementsSeen = (what: Seen, count: number, last: Movement | undefined): Seen =>
  `${what} after ${count} movements, the last ${Number(last?.id)} to ${Number(last?.on_hand_qty)}`;

export const partSeen = (row: RestPart): Seen =>
  [row.id, row.on_hand_qty, row.available, row.avg_unit_cost, row.stock_value].map(Number).join(':');

const seenOf = (id: number, status: number, isEstimate: boolean, total: number, lines: readonly (readonly number[])[]): Seen =>
  `${id} in ${status} ${isEstimate ? 'about' : 'cost'} ${total}: ${lines.map((line) => line.join(':')).join(' ')}`;

export const orderSeen = ({ id, status, total_costs, part_assignments }: RestOrder): Seen =>
  seenOf(
    id,
    status.id,
    total_costs.is_estimate,
    total_costs.parts,
    part_assignments.map((line) => [line.part_id, line.quantity, line.total_cost]),
  );

const graphqlOrderSeen = ({ id, status, totalCosts, partAssignments }: GraphqlOrder): Seen =>
  seenOf(
    Number(id),
    Number(status.id),
    totalCosts.isEstimate,
    Number(totalCosts.parts),
    partAssignments.map((line) => [line.partId, line.quantity, line.totalCost].map(Number)),
  );

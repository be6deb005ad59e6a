import { ApiClient } from '../api-client.js';
import type { ServerProcess } from '../server-process.js';
import { databaseUrlOf, withDatabase } from './database-access.js';
import { prefixesOf, readWholeLog, type Seen } from './log-prefixes.js';
import { none, prove, type Circumstances, type Findings } from './proof.js';
import type { Random } from './random.js';
import { withServer } from './with-server.js';

const commandsAtMost = 2_000;
const orders = 6;
const parts = 12;

type Plant = Readonly<{ orderIds: readonly number[]; partIds: readonly number[] }>;

async function pollBesideWrites(server: ServerProcess, circumstances: Circumstances): Promise<Findings> {
  const client = new ApiClient({ url: server.url, key: server.key, entityId: 1 });
  const plant = await plantOf(client);
  const over = new AbortController();
  const pollers = questions(plant).map((question) => poll(client, question, over.signal));
  const commands = await carryOut(client, plant, circumstances).finally(() => over.abort());
  const answers = await Promise.all(pollers);
  await client.close();
  const log = await withDatabase(await databaseUrlOf(server.dataDir, 'superuser'), readWholeLog);
  const states = prefixesOf(log, plant);
  const judged = answers.map(({ name, seen }) => ({ name, seen, ...judge(seen, states.of(name)) }));
  return {
    claims: [
      none(
        'every answer is the fold of some prefix of the log',
        judged.flatMap(({ name, torn }) => torn.map((answer) => `${name}: ${answer}`)),
      ),
      none(
        'no poller is shown an older state than before',
        judged.flatMap(({ name, backward }) => backward.map((answer) => `${name}: ${answer}`)),
      ),
      {
        claim: 'there was something to see',
        held: judged.every(({ states: count }) => count > 1),
        figure: judged.map(({ states: count }) => count).join(', '),
      },
    ],
    figures: {
      commands,
      'events in the log': log.length,
      ...Object.fromEntries(
        judged.map(({ name, seen, states: count }) => [`answers to "${name}", different ones`, `${seen.length}, ${count}`]),
      ),
    },
  };
}

async function plantOf(client: ApiClient): Promise<Plant> {
  const partIds: number[] = [];
  for (let number = 0; number < parts; number++) {
    const part = { name: `Part ${String(number).padStart(2, '0')}`, on_hand_qty: 200, unit_cost: 2 + number };
    partIds.push((await client.post<{ id: number }>('/parts', { part })).data.id);
  }
  const orderIds: number[] = [];
  for (let number = 0; number < orders; number++) {
    const { id } = (await client.post<{ id: number }>('/work_orders', { work_order: { title: `Order ${number}` } })).data;
    orderIds.push(id);
    // Orders share parts, so that each moves the other's estimate.
    for (let line = 0; line < 4; line++)
      await client.post(`/work_orders/${id}/parts`, { part_id: partIds[(number * 2 + line) % parts], quantity: 1 + line });
  }
  return { partIds, orderIds };
}

/** Several hands at once; each knows the orders that are its own, so that nothing it asks for is refused. */
async function carryOut(client: ApiClient, { orderIds, partIds }: Plant, { random, seconds }: Circumstances): Promise<number> {
  const until = performance.now() + seconds * 1000;
  let commands = 0;
  const busy = (): boolean => commands < commandsAtMost && performance.now() < until;
  const onOrder = async (id: number): Promise<void> => {
    for (let status = 5; busy(); status = status === 5 ? 1 : 5) {
      commands += 1;
      await client.patch(`/work_orders/${id}`, { work_order: { status_id: status } });
    }
  };
  const onParts = async (choices: Random): Promise<void> => {
    while (busy()) {
      commands += 1;
      const id = choices.pick(partIds);
      if (choices.next() < 0.5)
        await client.patch(`/parts/${id}/restock`, {
          quantity: choices.between(1, 9),
          cost: `${choices.between(1, 40)}.${choices.between(10, 99)}`,
        });
      else await client.patch(`/parts/${id}/reconcile`, { quantity: choices.next() < 0.5 ? 1 : -1, note: 'count' });
    }
  };
  await Promise.all([...orderIds.map(onOrder), onParts(random), onParts(random)]);
  return commands;
}

type Question = Readonly<{ name: string; ask: (client: ApiClient) => Promise<Seen> }>;

/** What stands in an answer is brought into the words of `log-prefixes.ts`, which folds the same from the log. */
function questions({ orderIds, partIds }: Plant): Question[] {
  // Another client: it does not wait for what others write.
  const at = { min_position: '0' };
  const graphql = async <T>(client: ApiClient, query: string): Promise<T> =>
    (await client.send<T>('POST', '/graphql', { body: { query }, query: at })).data;
  const [first = 0, second = 0] = orderIds;
  return [
    {
      name: `order ${first} over REST`,
      ask: async (client) => orderSeen((await client.get<RestOrder>(`/work_orders/${first}`, at)).data),
    },
    {
      name: `order ${second} over GraphQL`,
      ask: async (client) => {
        const { workOrder } = await graphql<{ workOrder: GraphqlOrder }>(client, `{ workOrder(id: ${second}) { ${orderFields} } }`);
        return graphqlOrderSeen(workOrder);
      },
    },
    {
      name: 'all parts over REST',
      ask: async (client) => {
        const rows = (await client.get<RestPart[]>('/parts', { ...at, sort: 'id asc', per_page: '100' })).data;
        return rows
          .map((row) => [row.id, row.on_hand_qty, row.available, row.avg_unit_cost, row.stock_value].map(Number).join(':'))
          .join(' ');
      },
    },
    {
      name: 'orders and their parts in one document',
      ask: async (client) => {
        const document = `{ workOrders(sort: "id", filter: {statusKind: {eq: "completed"}}) { totalCount nodes { ${orderFields} } } parts(sort: "id", first: 100) { nodes { id onHandQty } } }`;
        const { workOrders, parts: all } = await graphql<{
          workOrders: { totalCount: number; nodes: GraphqlOrder[] };
          parts: { nodes: { id: string; onHandQty: string }[] };
        }>(client, document);
        const stock = all.nodes
          .filter(({ id }) => partIds.includes(Number(id)))
          .map(({ id, onHandQty }) => `${Number(id)}:${Number(onHandQty)}`);
        return `${workOrders.totalCount} | ${workOrders.nodes.map(graphqlOrderSeen).join(' | ')} | ${stock.join(' ')}`;
      },
    },
  ];
}

type RestPart = Readonly<{ id: number; on_hand_qty: number; available: number; avg_unit_cost: number; stock_value: number }>;
type Line = Readonly<{ part_id: number; quantity: number; total_cost: number }>;
type RestOrder = Readonly<{
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

const seenOf = (id: number, status: number, isEstimate: boolean, total: number, lines: readonly (readonly number[])[]): Seen =>
  `${id} in ${status} ${isEstimate ? 'about' : 'cost'} ${total}: ${lines.map((line) => line.join(':')).join(' ')}`;

const orderSeen = ({ id, status, total_costs, part_assignments }: RestOrder): Seen =>
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

async function poll(
  client: ApiClient,
  { name, ask }: Question,
  signal: AbortSignal,
): Promise<Readonly<{ name: string; seen: readonly Seen[] }>> {
  const seen: Seen[] = [];
  while (!signal.aborted) {
    const answer = await ask(client);
    // What is said again and again is one answer.
    if (answer !== seen.at(-1)) seen.push(answer);
  }
  return { name, seen };
}

/** Walks through the states of the log: each answer must be one of them, at or after the one that the answer before it showed. */
function judge(
  seen: readonly Seen[],
  states: ReadonlyMap<Seen, readonly number[]>,
): Readonly<{ torn: Seen[]; backward: Seen[]; states: number }> {
  const torn: Seen[] = [];
  const backward: Seen[] = [];
  let reached = 0;
  for (const answer of seen) {
    const places = states.get(answer);
    const next = places?.find((place) => place >= reached);
    if (!places) torn.push(answer);
    else if (next === undefined) backward.push(answer);
    else reached = next;
  }
  return { torn, backward, states: new Set(seen).size };
}

/** R13: an answer is a state that existed. */
await prove(
  'R13: what is polled beside completions, reopenings, restocks and counts is the fold of some prefix of the log',
  60,
  (circumstances) => withServer((server) => pollBesideWrites(server, circumstances)),
);

import { randomUUID } from 'node:crypto';
import { signInEmail, signInPassword } from './bearers.js';
import type { Numbers, Records, Subject } from './plant.js';
import { pageSize } from './plant.js';
import type { ApiRequest } from './target.js';

/** A page costs so much that more callers would wait until their time is over. */
const readersOfPages = 8;

/** Machines that report at one moment. */
const machines = 8;
const keylessRestock = 'restock without a key';
const orderEach = 'alarm of a machine without a key: an order each';

/** What an answer of a bare route is as long as. */
export type BareRoute = 'restock' | 'GET';

export type Scenario = Readonly<{
  name: string;
  about: Subject;
  /** Left out: hot and cold. */
  records?: readonly Records[];
  /** Left out: as many as there are connections. */
  callers?: number;
  /** How many numbers a request takes: it then counts as so many operations. */
  recordsPerRequest?: number;
  /** Sent once for each record before anything is measured, one after the other. */
  before?: (id: number) => readonly ApiRequest[];
  request: (ids: readonly number[]) => ApiRequest;
  /** Sent meanwhile by half of the callers, and not counted. */
  beside?: (id: number) => ApiRequest;
  /** The route without the product that this one is compared with. */
  bare?: BareRoute;
  /** The scenario before this one that it is compared with, by its name. */
  against?: string;
  /**
   * Of hot records: the least share of single durable INSERTs a second, the longest p99 (milliseconds), the most processor time (microseconds), and how
   * many times that of the other scenario.
   */
  budget?: Readonly<{
    timesOther?: number;
    durableInserts?: number;
    p99?: number;
    microseconds?: Readonly<{ of: 'server' | 'server and PostgreSQL'; atMost: number }>;
  }>;
}>;

const receipt = '{"quantity":2.5,"cost":12.37}';

export const restock = (id: number, idempotencyKey?: string): ApiRequest => ({
  method: 'PATCH',
  path: `/api/v1/parts/${id}/restock`,
  body: receipt,
  ...(idempotencyKey !== undefined && { idempotencyKey }),
});

export const onePart = (id: number): ApiRequest => ({ method: 'GET', path: `/api/v1/parts/${id}` });

const machineCall = (more: object): ApiRequest => ({
  method: 'POST',
  path: '/api/v1/work_orders',
  body: JSON.stringify({ work_order: { title: 'Overheated', description: 'Sensor 7 says 94 degrees', ...more } }),
});

const alarmOf = (id: number): ApiRequest => machineCall({ asset: { code: `M-${id}` }, dedup_key: `part ${id}` });

const graphql = (query: string, variables: object): ApiRequest => ({
  method: 'POST',
  path: '/api/v1/graphql',
  body: JSON.stringify({ query, variables }),
});

const replayed = (id: number): ApiRequest => restock(id, `replay-${id}`);

const ordersWithEverything = `query ($page: Int) { workOrders(page: $page, perPage: ${pageSize}, sort: "id") { nodes {
  id title asset { name } partAssignments { quantity totalCost part { name } }
  totalCosts { parts other total } otherCosts(first: 5) { totalCount nodes { amount note } }
} } }`;

const restockMutation = 'mutation ($input: RestockPartInput!) { restockPart(input: $input) { id onHandQty averageUnitCost } }';

export const scenarios: readonly Scenario[] = [
  {
    name: 'restock with Idempotency-Key',
    about: 'part',
    request: ([id = 0]) => restock(id, randomUUID()),
    bare: 'restock',
    budget: { durableInserts: 0.25, p99: 80, microseconds: { of: 'server and PostgreSQL', atMost: 350 } },
  },
  {
    name: 'restock with Idempotency-Key, one part',
    about: 'one part',
    records: ['hot'],
    request: ([id = 0]) => restock(id, randomUUID()),
    budget: { durableInserts: 0.25, p99: 80 },
  },
  {
    name: keylessRestock,
    about: 'part',
    request: ([id = 0]) => restock(id),
    bare: 'restock',
    budget: { microseconds: { of: 'server and PostgreSQL', atMost: 280 } },
  },
  ...(['API key', 'token of a client', 'token of a person'] as const).map((as) => ({
    name: `${keylessRestock}, by ${as}`,
    about: 'part' as const,
    records: ['hot'] as const,
    request: ([id = 0]: readonly number[]) => ({ ...restock(id), as }),
    against: keylessRestock,
    budget: { timesOther: 1.05 },
  })),
  {
    name: 'sign-in with a password',
    about: 'one part',
    records: ['hot'],
    // Two hashes at a time, and no more than four of an address wait.
    callers: 2,
    before: () => [{ ...onePart(1), path: '/api/v1/auth/me', as: 'token of a person' }],
    request: () => ({
      method: 'POST',
      path: '/api/v1/auth/login',
      body: JSON.stringify({ email: signInEmail, password: signInPassword }),
    }),
  },
  {
    name: 'replay of a stored answer',
    about: 'part',
    before: (id) => [replayed(id)],
    request: ([id = 0]) => replayed(id),
    bare: 'restock',
  },
  {
    name: 'GET one part',
    about: 'part',
    request: ([id = 0]) => onePart(id),
    bare: 'GET',
    budget: { microseconds: { of: 'server', atMost: 85 } },
  },
  {
    name: 'GET one part beside 32 writers with the same key (each read sees them)',
    about: 'part',
    records: ['hot'],
    request: ([id = 0]) => onePart(id),
    beside: (id) => restock(id, randomUUID()),
    budget: { p99: 80 },
  },
  {
    name: `list page of ${pageSize} parts`,
    about: 'page of parts',
    callers: readersOfPages,
    request: ([page = 1]) => ({ method: 'GET', path: `/api/v1/parts?page=${page}&per_page=${pageSize}&sort=name%20asc` }),
  },
  {
    name: `list page of ${pageSize} work orders`,
    about: 'page of work orders',
    callers: readersOfPages,
    request: ([page = 1]) => ({ method: 'GET', path: `/api/v1/work_orders?page=${page}&per_page=${pageSize}&sort=id%20asc` }),
  },
  {
    name: 'completion of an order with 10 parts',
    about: 'order of ten parts',
    callers: 16,
    request: ([id = 0]) => ({ method: 'PATCH', path: `/api/v1/work_orders/${id}`, body: '{"work_order":{"status_id":5}}' }),
  },
  { name: orderEach, about: 'part', records: ['hot'], callers: machines, request: () => machineCall({}) },
  {
    name: 'alarm of a machine with asset by code and dedup_key: a comment each',
    about: 'part',
    records: ['hot'],
    callers: machines,
    before: (id) => [
      { method: 'POST', path: '/api/v1/assets', body: JSON.stringify({ asset: { name: 'Press', asset_code: `M-${id}` } }) },
      alarmOf(id),
    ],
    request: ([id = 0]) => alarmOf(id),
    against: orderEach,
    budget: { p99: 50, timesOther: 2 },
  },
  {
    name: `GraphQL, ${pageSize} work orders with asset, parts, costs`,
    about: 'page of work orders',
    callers: readersOfPages,
    request: ([page = 1]) => graphql(ordersWithEverything, { page }),
  },
  {
    name: 'GraphQL mutation restockPart',
    about: 'part',
    request: ([id = 0]) => graphql(restockMutation, { input: { partId: String(id), quantity: '2.5', cost: '12.37' } }),
    bare: 'restock',
  },
  {
    name: 'batch of 100 restocks, each',
    about: 'part',
    callers: 8,
    recordsPerRequest: 100,
    request: (ids) => ({
      method: 'POST',
      path: '/api/v1/batch',
      body: JSON.stringify({
        sequential: true,
        ops: ids.map((id) => ({ method: 'PATCH', url: restock(id).path, params: { quantity: 2.5, cost: 12.37 } })),
      }),
    }),
    bare: 'restock',
  },
];

/** All of them where a word is `http` itself, or where there are none. */
export const scenariosWanted = (words: readonly string[] | undefined): readonly Scenario[] =>
  words === undefined || words.includes('http')
    ? scenarios
    : scenarios.filter(({ name }) => words.some((word) => name.toLowerCase().includes(word.toLowerCase())));

/** The next request of a scenario; undefined when there are not enough records left for one. */
export function requestsOf({ request, recordsPerRequest = 1 }: Scenario, numbers: Numbers): () => ApiRequest | undefined {
  return () => {
    const ids = Array.from({ length: recordsPerRequest }, numbers).filter((id) => id !== undefined);
    return ids.length === recordsPerRequest ? request(ids) : undefined;
  };
}

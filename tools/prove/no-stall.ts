import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import type { ServerProcess } from '../server-process.js';
import { atMost, none, percentile, prove, type Circumstances, type Findings } from './proof.js';
import { muchUsedPart } from './much-used-part.js';
import { withServer } from './with-server.js';

const longestStallMs = 100;
const ordersOfMuchUsedPart = 200_000;
const documentedRefusals = new Set([200, 400, 401, 404, 405, 411, 413, 414, 415, 422, 431]);

type Attack = Readonly<{ name: string; path: string; method?: 'POST' | 'GET' | 'PATCH'; body: string; contentType?: string }>;

/** R10: one request cannot stall the others. */
await prove('R10: no single request holds up the others for more than 100 ms', 30, async (circumstances) => {
  return withServer((server) => attackOneByOne(server, circumstances));
});

async function attackOneByOne(server: ServerProcess, { seconds }: Circumstances): Promise<Findings> {
  const attacks = attacksOf();
  const cold = await coldStarts(server);
  const until = performance.now() + seconds * 1000;
  const worst = new Map<string, number>();
  const undocumented: string[] = [];
  const quiet = await stallDuring(server, () => delay(500));
  let rounds = 0;
  do {
    for (const attack of attacks) {
      const stall = await stallDuring(server, async () => {
        const status = await send(server, attack);
        if (!documentedRefusals.has(status)) undocumented.push(`${attack.name}: ${status}`);
      });
      worst.set(attack.name, Math.max(worst.get(attack.name) ?? 0, stall));
    }
    rounds++;
  } while (performance.now() < until);
  return {
    claims: [
      atMost(`the first restock of a part that ${ordersOfMuchUsedPart} orders have used`, Math.max(...cold), longestStallMs, 'ms'),
      ...[...worst].map(([name, stall]) => atMost(name, stall, longestStallMs, 'ms')),
      none('every answer has a documented status', undocumented),
    ],
    figures: {
      rounds,
      'longest lag without any attack': `${quiet.toFixed(1)} ms`,
      'median of the worst': `${percentile([...worst.values()], 0.5).toFixed(1)} ms`,
    },
  };
}

/** A part is only loaded while it is in nobody's memory: once after each start. */
async function coldStarts(server: ServerProcess): Promise<number[]> {
  const path = `/api/v1/parts/${await muchUsedPart(server, ordersOfMuchUsedPart)}/restock`;
  const stalls: number[] = [];
  for (let start = 0; start < 3; start += 1) {
    await server.end('SIGTERM');
    await server.start();
    const warmUp: Attack = { name: 'a first request', path: '/api/v1/parts?per_page=1', method: 'GET', body: '' };
    await send(server, warmUp);
    const restock: Attack = { name: 'a restock', path, method: 'PATCH', body: JSON.stringify({ quantity: '1', cost: '1' }) };
    stalls.push(
      await stallDuring(server, async () => {
        let status = await send(server, restock);
        // On a machine that has no time the part is not loaded within 2 s, and goes on being loaded by whoever asks again.
        while (status === 503) status = await send(server, restock);
        if (status !== 200) throw new Error(`the part could not be restocked: ${status}`);
      }),
    );
  }
  return stalls;
}

/** The longest time the server's event loop was held up while something ran, in milliseconds, by the server's own clock; looking at it starts it anew. */
async function stallDuring(server: ServerProcess, work: () => Promise<unknown>): Promise<number> {
  await longestLag(server);
  await work();
  return longestLag(server);
}

async function longestLag({ url, key }: ServerProcess): Promise<number> {
  const answer = await request(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
  const seconds = /^nodejs_eventloop_lag_max_seconds (\S+)$/m.exec(await answer.body.text())?.[1];
  if (seconds === undefined) throw new Error('the metrics do not say how long the event loop was held up');
  return Number(seconds) * 1000;
}

async function send(server: ServerProcess, { path, method = 'POST', body, contentType = 'application/json' }: Attack): Promise<number> {
  try {
    const answer = await request(`${server.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${server.key}`, 'x-entity-id': '1', ...(method === 'GET' ? {} : { 'content-type': contentType }) },
      body: method === 'GET' ? null : body,
    });
    await answer.body.text();
    return answer.statusCode;
  } catch {
    // A server may close the connection on a body that is too large before it was sent to the end; that is a refusal as well.
    return 413;
  }
}

function attacksOf(): Attack[] {
  const megabyte = 1024 * 1024;
  const json = (value: unknown): string => JSON.stringify(value);
  const graphql = (query: string): string => json({ query });
  const nested = (depth: number): string => `{"part":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`;
  const manyKeys = `{"part":{${Array.from({ length: 60_000 }, (_, index) => `"k${index}":1`).join(',')}}}`;
  return [
    { name: 'a body of a megabyte of text', path: '/api/v1/parts', body: json({ part: { name: 'x'.repeat(megabyte - 100) } }) },
    { name: 'a body of twenty megabytes', path: '/api/v1/parts', body: json({ part: { name: 'x'.repeat(20 * megabyte) } }) },
    { name: 'nesting of 100,000', path: '/api/v1/parts', body: nested(100_000) },
    {
      name: 'an array of 300,000 numbers',
      path: '/api/v1/parts',
      body: json({ part: { name: 'x', assets_ids: Array.from({ length: 300_000 }, () => 1) } }),
    },
    { name: '60,000 unknown fields', path: '/api/v1/parts', body: manyKeys },
    {
      name: 'a number of a million digits',
      path: '/api/v1/parts',
      body: `{"part":{"name":"x","unit_cost":${'9'.repeat(megabyte - 100)}}}`,
    },
    { name: 'a million backslashes', path: '/api/v1/parts', body: `{"part":{"name":"${'\\\\'.repeat(megabyte / 2 - 100)}"}}` },
    {
      name: 'a GraphQL query of depth 5,000',
      path: '/api/v1/graphql',
      body: graphql(`
        ${'{part(id:1)'.repeat(5_000)}
        {
          id
        }
        ${'}'.repeat(5_000)}
      `),
    },
    {
      name: 'a GraphQL query of 20,000 aliases',
      path: '/api/v1/graphql',
      body: graphql(`{${Array.from({ length: 20_000 }, (_, index) => `a${index}:part(id:1){id}`).join(' ')}}`),
    },
    { name: 'a GraphQL fragment bomb', path: '/api/v1/graphql', body: graphql(fragmentBomb(25)) },
    { name: 'a GraphQL query of 200,000 tokens', path: '/api/v1/graphql', body: graphql(`{part(id:1){${'id '.repeat(200_000)}}}`) },
    { name: 'a filter of 15,000 characters', path: `/api/v1/parts?filter[name_cont]=${'%25_'.repeat(3_000)}`, method: 'GET', body: '' },
    { name: 'a batch of 100 writes', path: '/api/v1/batch', body: json({ sequential: true, ops: batchOps(100) }) },
    { name: 'a batch of 100 refused writes', path: '/api/v1/batch', body: json({ sequential: true, ops: batchOps(100, {}) }) },
    { name: 'a page of 1,000', path: '/api/v1/parts?per_page=1000', method: 'GET', body: '' },
  ];
}

function fragmentBomb(depth: number): string {
  const fragments = Array.from({ length: depth }, (_, index) => `fragment f${index} on Part { ...f${index + 1} ...f${index + 1} }`);
  return `query { part(id: 1) { ...f0 } } ${fragments.join(' ')} fragment f${depth} on Part { id }`;
}

function batchOps(count: number, part: object = { name: 'Batch' }): unknown[] {
  return Array.from({ length: count }, () => ({ method: 'POST', url: '/api/v1/parts', params: { part } }));
}

import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { request } from 'undici';
import { PostgresLog } from '#millwright/event-sourcing';
import { ServerProcess } from '../server-process.js';
import type { Measurement } from './line.js';
import { loadFor } from './load.js';
import type { BenchPlace } from './place.js';
import { keysetRead, selectByKey } from './probes.js';
import type { Rebuilt } from './rebuild-worker.js';
import { seededAssetId } from './details.js';
import { seedLog, type Seeded } from './seed-log.js';

/** What only shows on a long log: rebuilds, and reads among many rows. One log serves all of these measurements. */
export async function onALargeLog(place: BenchPlace): Promise<Measurement[]> {
  const started = performance.now();
  const log = new PostgresLog({ url: place.appUrl });
  const seeded = await seedLog(log, place.parts, place.events).finally(() => log.close());
  console.error(
    `  ${seeded.events} events of ${seeded.parts} parts and ${seeded.workOrders} work orders appended in ${((performance.now() - started) / 1000).toFixed(0)} s`,
  );
  const everything = await rebuild(place, seeded);
  const few = await rebuild(place, seeded, ['stock-levels', 'costs']);
  return [...few, ...everything, ...(await reads(place, seeded))];
}

async function rebuild({ appUrl, ownerUrl }: BenchPlace, { events }: Seeded, names: readonly string[] = []): Promise<Measurement[]> {
  const probe = await keysetRead(appUrl);
  const program = fileURLToPath(new URL('./rebuild-worker.js', import.meta.url));
  // Without a bound, Node lets garbage pile up as long as the machine has memory to spare.
  const { stdout } = await promisify(execFile)(process.execPath, ['--max-old-space-size=384', program, appUrl, ownerUrl, ...names]);
  const { seconds, peakMegabytes } = JSON.parse(stdout) as Rebuilt;
  const what = names.length > 0 ? 'stock levels and work order totals' : 'everything';
  return [
    {
      name: `rebuild of ${what}`,
      unit: 'events/s',
      value: events / seconds,
      probe,
      budget: { atLeastTimesProbe: names.length > 0 ? 0.35 : 0.15 },
    },
    { name: `rebuild of ${what}, peak memory`, unit: 'MB', value: peakMegabytes, probe: null, budget: { atMost: 512 } },
  ];
}

async function reads({ appUrl, ownerUrl, seconds }: BenchPlace, { parts }: Seeded): Promise<Measurement[]> {
  const server = await ServerProcess.create({
    environment: { DATABASE_URL: appUrl, MIGRATIONS_DATABASE_URL: ownerUrl },
    startDeadline: 600_000,
  });
  try {
    await server.start();
    await createAsset(server);
    await untilCaughtUp(server);
    const anyPart = (): number => 1 + Math.floor(Math.random() * parts);
    const ids = Array.from({ length: 10_000 }, anyPart);
    const probe = await selectByKey(appUrl, 'read.parts', ids, seconds);
    const single = await loadFor(seconds, 1, () => send(server, 'GET', `/parts/${anyPart()}`));
    const pages = Math.floor(parts / 50);
    const list = await loadFor(seconds, 1, () =>
      send(server, 'GET', `/parts?page=${1 + Math.floor(Math.random() * Math.min(pages, 100))}&sort=name asc`),
    );
    const searched = await loadFor(seconds, 1, () => send(server, 'GET', `/parts?filter[number_eq]=P-${anyPart()}`));
    return [
      { name: 'single part over HTTP, p99', unit: 'ms', value: single.p99, probe, budget: { atMostTimesProbe: 3 } },
      { name: 'list page of 50 parts over HTTP, p99', unit: 'ms', value: list.p99, probe: null, budget: { atMost: 20 } },
      { name: 'filtered list of parts over HTTP, p99', unit: 'ms', value: searched.p99, probe: null, budget: { atMost: 20 } },
      {
        name: 'nested GraphQL: 50 work orders with asset, parts, costs',
        unit: 'statements',
        value: await statementsOf(server, ordersWithEverything),
        probe: null,
        budget: { atMost: 8 },
      },
    ];
  } finally {
    await server.dispose();
  }
}

/** The process managers have not seen the seeded history yet; reads are measured when nothing works through it beside them. */
async function untilCaughtUp(server: ServerProcess): Promise<void> {
  type Worker = Readonly<{ lag_events: number }>;
  for (;;) {
    const health = JSON.parse(await send(server, 'GET', '/health/ready')) as Readonly<
      Record<'projections' | 'process_managers', readonly Worker[]>
    >;
    if ([...health.projections, ...health.process_managers].every(({ lag_events }) => lag_events === 0)) return;
    await delay(100);
  }
}

/** The asset that every order of the seeded log is about. */
async function createAsset(server: ServerProcess): Promise<void> {
  const text = await send(server, 'POST', '/assets', { asset: { name: 'Pump' } });
  const { id } = (JSON.parse(text) as { data: { id: number } }).data;
  if (id !== seededAssetId) throw new Error(`the asset is ${id}, not ${seededAssetId}`);
}

const ordersWithEverything = `{ workOrders(first: 50) { nodes {
  id title asset { name } partAssignments { quantity totalCost part { name } }
  totalCosts { parts other total } otherCosts(first: 5) { totalCount nodes { amount note } }
} } }`;

/** How many SQL statements the server sends to its read models for a GraphQL query, by its own count. */
async function statementsOf(server: ServerProcess, query: string): Promise<number> {
  const ask = (): Promise<string> => send(server, 'POST', '/graphql', { query });
  const count = async (): Promise<number> => {
    const text = await send(server, 'GET', '/metrics');
    return Number(/^millwright_read_statements_total (\d+)$/m.exec(text)?.[1]);
  };
  const first = await ask();
  const { nodes } = (JSON.parse(first) as { data: { workOrders: { nodes: { asset: unknown; partAssignments: unknown[] }[] } } }).data
    .workOrders;
  if (nodes.length !== 50 || nodes.some(({ asset, partAssignments }) => asset === null || partAssignments.length === 0))
    throw new Error(`not 50 whole orders: ${first.slice(0, 300)}`);
  const before = await count();
  await ask();
  return (await count()) - before;
}

async function send({ url, key }: ServerProcess, method: 'GET' | 'POST', path: string, body?: object): Promise<string> {
  const answer = await request(new URL(/^\/(metrics|health)/.test(path) ? path : `/api/v1${path}`, url), {
    method,
    headers: { authorization: `Bearer ${key}`, 'x-entity-id': '1', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300) throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
  return text;
}

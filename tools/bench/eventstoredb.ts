import { randomUUID } from 'node:crypto';
import {
  ensureSequences,
  EventStore,
  openEventStoreDbLog,
  ProjectionEngine,
  Sequences,
  type EventLog,
  type EventMetadata,
} from '#millwright/event-sourcing';
import { readConfiguration } from '../../src/config.js';
import { projections } from '../../src/engine/projections.js';
import { startEventStoreDbTestServer } from '../eventstoredb-test-server.js';
import { firstPartId, registerParts, restock, transactionSequence } from './commands.js';
import type { Measurement } from './line.js';
import { loadFor } from './load.js';
import type { BenchPlace } from './place.js';
import { seedLog } from './seed-log.js';
import { poolOf } from './pool.js';

const warmParts = 1_000;
const mostEvents = 100_000;

/**
 * Appends and catch-up with the log in EventStoreDB: the one of EVENTSTORE_URL, or else the wire-level test server, which shares this machine's
 * processors and stores a line of JSON an append. Against that one, the figures are those of the adapter and the protocol, not of EventStoreDB.
 */
export async function overTheWire(place: BenchPlace): Promise<Measurement[]> {
  const { eventStoreUrl } = readConfiguration();
  if (eventStoreUrl !== undefined) return measure(eventStoreUrl, 'EventStoreDB', place);
  const server = await startEventStoreDbTestServer();
  try {
    return await measure(server.url, 'test server', place);
  } finally {
    await server.stop();
  }
}

async function measure(url: string, where: string, place: BenchPlace): Promise<Measurement[]> {
  const log = await openEventStoreDbLog({ url, prefix: `bench${randomUUID().slice(0, 8)}_` });
  try {
    return [...(await appends(log, where, place)), ...(await catchUp(log, where, place))];
  } finally {
    await log.close();
  }
}

async function appends(log: EventLog, where: string, { appUrl, ownerUrl, seconds }: BenchPlace): Promise<Measurement[]> {
  const pool = poolOf(appUrl, 4);
  const owner = poolOf(ownerUrl, 1);
  await ensureSequences(owner, [transactionSequence]).finally(() => owner.end());
  const events = new EventStore(log, new Sequences(pool));
  try {
    await registerParts(events, firstPartId, warmParts);
    const probe = async (callers: number): Promise<number> => (await loadFor(seconds, callers, () => bareAppend(log))).perSecond;
    const load = (callers: number, parts: number) =>
      loadFor(seconds, callers, () => restock(events, firstPartId + Math.floor(Math.random() * parts)));
    const line = (name: string, value: number, raw: number): Measurement => ({
      name: `restock over the wire (${where}), ${name}`,
      unit: 'commands/s',
      value,
      probe: raw,
      budget: { none: true },
    });
    const bareBy64 = await probe(64);
    return [
      line('64 callers, many parts', (await load(64, warmParts)).perSecond, bareBy64),
      line('64 callers, one hot part', (await load(64, 1)).perSecond, bareBy64),
      line('one caller', (await load(1, warmParts)).perSecond, await probe(1)),
    ];
  } finally {
    await events.close();
    await pool.end();
  }
}

/** What the adapter does without the engine: an event on a stream of its own. */
function bareAppend(log: EventLog): Promise<unknown> {
  const id = randomUUID();
  return log.append({ stream: `probe-${id}`, expected: 'no stream', events: [{ id, type: 'Probed', data, metadata }] });
}

const now = new Date().toISOString();
const data = { text: 'x'.repeat(200) };
const metadata: EventMetadata = {
  recorded_at: now,
  effective_at: now,
  schema_version: 1,
  actor: { kind: 'system', id: 'bench' },
  entity_id: 1,
  customer_id: 1,
  request_id: 'bench',
  $correlationId: 'bench',
  $causationId: 'bench',
};

/** Two read models from the first event on, beside reading the log page by page and throwing it away. */
async function catchUp(log: EventLog, where: string, { appUrl, ownerUrl, events }: BenchPlace): Promise<Measurement[]> {
  const wanted = Math.min(events, mostEvents);
  await seedLog(log, Math.ceil(wanted / 10), wanted);
  const started = performance.now();
  let stored = 0;
  for (let page = await log.readAll(0n, 1_000); page.length > 0; page = await log.readAll(page.at(-1)?.position ?? 0n, 1_000))
    stored += page.length;
  const probe = stored / ((performance.now() - started) / 1_000);

  const engine = new ProjectionEngine({
    log,
    projections: projections.filter(({ name }) => ['stock-levels', 'costs'].includes(name)),
    database: { app: { connectionString: appUrl }, owner: { connectionString: ownerUrl } },
  });
  try {
    const head = await log.head();
    const began = performance.now();
    await engine.start();
    await engine.waitFor(head);
    return [
      {
        name: `catch-up over the wire (${where}), ${stored} events into stock levels and costs`,
        unit: 'events/s',
        value: stored / ((performance.now() - began) / 1_000),
        probe,
        budget: { none: true },
      },
    ];
  } finally {
    await engine.stop();
  }
}

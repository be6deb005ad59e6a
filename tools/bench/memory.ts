import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresLog } from '#millwright/event-sourcing';
import { seededAssetId } from './details.js';
import type { Measurement } from './line.js';
import { busyFor } from './load.js';
import { MeasuredServer } from './over-http/measured-server.js';
import { onePart, restock } from './over-http/scenarios.js';
import { connections, unlessBusy, type ApiRequest } from './over-http/target.js';
import type { BenchPlace } from './place.js';
import { isInProc } from './processor-time.js';
import { seedLog } from './seed-log.js';

/** How many times as long as other loads: garbage piles up slowly. */
const timesAsLong = 120;
const lookMs = 100;
const megabyte = 2 ** 20;

/**
 * How much memory the server takes while it answers a bit of everything, on a log as long as that of the large measurements, and while it builds the read
 * models of that log. It is started anew in between, as an installation is after its import. On Linux only.
 */
export async function memoryUnderLoad(place: BenchPlace): Promise<Measurement[]> {
  if (!isInProc) return [];
  const log = new PostgresLog({ url: place.appUrl });
  const { events, parts, workOrders } = await seedLog(log, place.parts, place.events).finally(() => log.close());
  const server = await MeasuredServer.start(place);
  try {
    if ((await server.create('/assets', { asset: { name: 'Pump' } })) !== seededAssetId)
      throw new Error('the seeded orders are about another asset');
    await server.settled();
    const built = await highest(server);
    console.error(`  ${events} events of ${parts} parts and ${workOrders} work orders are shown`);
    await server.restart();
    const seconds = place.seconds * timesAsLong;
    const {
      peak,
      mean,
      done: load,
    } = await during(server, () => busyFor(seconds, connections, () => server.send(anything(parts)).catch(unlessBusy)));
    const name = `memory of the server on ${events} events and ${parts} parts, ${Math.round(seconds / 60)} min of load at ${load.perSecond.toFixed(0)} requests/s`;
    return [
      { name: `${name}, peak`, unit: 'MB', value: peak / megabyte, probe: null, budget: { atMost: 400 } },
      { name: `${name}, mean`, unit: 'MB', value: mean / megabyte, probe: null, budget: { none: true } },
      {
        name: 'memory of a server that builds their read models, peak',
        unit: 'MB',
        value: built / megabyte,
        probe: null,
        budget: { none: true },
      },
    ];
  } finally {
    await server.dispose();
  }
}

/** Mostly single records, as clients do: restocks with and without a key, single reads, and now and then a page. */
function anything(parts: number): ApiRequest {
  const part = 1 + Math.floor(Math.random() * parts);
  const kind = Math.random();
  if (kind < 0.4) return restock(part, randomUUID());
  if (kind < 0.6) return restock(part);
  if (kind < 0.96) return onePart(part);
  const page = 1 + Math.floor(Math.random() * 100);
  return { method: 'GET', path: `/api/v1/${kind < 0.98 ? 'parts' : 'work_orders'}?page=${page}` };
}

type Memory = Readonly<{ peak: number; mean: number }>;

/** What the server's resident memory is meanwhile, in bytes. */
async function during<Done>({ pid }: MeasuredServer, work: () => Promise<Done>): Promise<Memory & Readonly<{ done: Done }>> {
  const looking = new AbortController();
  const looked = peakOf(pid, looking.signal);
  const done = await work().finally(() => looking.abort());
  return { ...(await looked), done };
}

/** The most that the server has had since it was started, in bytes: before it is ready nobody else could have looked. */
const highest = ({ pid }: MeasuredServer): Promise<number> => bytesOf(pid, 'VmHWM');

/** Of resident memory, in bytes, until the signal aborts. */
async function peakOf(pid: number | undefined, signal: AbortSignal): Promise<Memory> {
  let [peak, sum, looks] = [0, 0, 0];
  while (!signal.aborted) {
    const bytes = await bytesOf(pid, 'VmRSS');
    peak = Math.max(peak, bytes);
    sum += bytes;
    looks += 1;
    await delay(lookMs, undefined, { signal }).catch(() => undefined);
  }
  return { peak, mean: sum / looks };
}

async function bytesOf(pid: number | undefined, what: 'VmRSS' | 'VmHWM'): Promise<number> {
  const kilobytes = new RegExp(`^${what}:\\s+(\\d+) kB`, 'm').exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) * 1024;
}

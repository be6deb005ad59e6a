import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmbeddedPostgres } from '../../src/embedded-postgres/index.js';
import { FaultyProxy } from '../faulty-proxy.js';
import { ServerProcess } from '../server-process.js';
import { atMost, none, type Findings } from './proof.js';
import { otherThanRefused, Witness, type Reply } from './witness.js';

const recoveredWithinMs = 5_000;

/** It takes no connection; it takes everything and never answers, as a dead network does. */
type OutageMode = 'refuse' | 'blackHole';

type Outage = Readonly<{ mode: OutageMode; during: readonly Reply[]; liveness: readonly number[]; recoveredAfterMs: number }>;

/** A database on the other side of a network: it refuses, then falls silent, and comes back each time. */
export async function databaseGone(seconds: number): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-outage-'));
  await chmod(folder, 0o711); // root's database server runs as another user, who must get through
  const database = await EmbeddedPostgres.start({ directory: join(folder, 'data') });
  const proxy = await FaultyProxy.start({ host: '127.0.0.1', port: Number(new URL(database.urlFor('app')).port) });
  const through = (role: 'app' | 'owner'): string => Object.assign(new URL(database.urlFor(role)), { port: String(proxy.port) }).href;
  const server = await ServerProcess.create({ environment: { DATABASE_URL: through('app'), MIGRATIONS_DATABASE_URL: through('owner') } });
  try {
    await server.start();
    return await breakAndMend(server, proxy, seconds);
  } finally {
    await server.dispose();
    await proxy.close();
    await database.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function breakAndMend(server: ServerProcess, proxy: FaultyProxy, seconds: number): Promise<Findings> {
  const { pid } = server;
  const witness = new Witness(server);
  await witness.begin();
  const outages: Outage[] = [];
  for (const mode of ['refuse', 'blackHole'] as const) outages.push(await oneOutage(witness, proxy, mode, (seconds / 2) * 1000));
  const during = outages.flatMap((outage) => outage.during);
  return {
    claims: [
      none('every write while the database was gone was answered 503 with Retry-After', otherThanRefused(during)),
      none(
        'the process stayed alive and said so',
        outages.flatMap(({ liveness }) => liveness.filter((status) => status !== 200).map(String)),
      ),
      { claim: 'no process exit', held: server.pid === pid, figure: `process ${server.pid}` },
      ...outages.map(({ mode, recoveredAfterMs }) => atMost(`recovered after "${mode}" within`, recoveredAfterMs, recoveredWithinMs, 'ms')),
    ],
    figures: { 'database gone: seconds of each outage': seconds / 2, 'database gone: writes tried': during.length },
  };
}

async function oneOutage(witness: Witness, proxy: FaultyProxy, mode: OutageMode, forMs: number): Promise<Outage> {
  proxy[mode]();
  const until = performance.now() + forMs;
  const during: Reply[] = [];
  const liveness: number[] = [];
  while (performance.now() < until) {
    during.push(...(await witness.restocks(4)));
    liveness.push(await witness.live());
    await delay(50);
  }
  proxy.pass();
  return { mode, during, liveness, recoveredAfterMs: await witness.untilRecovered(performance.now()) };
}

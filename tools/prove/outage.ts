import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { EmbeddedPostgres } from '../../src/embedded-postgres/index.js';
import { ServerProcess } from '../server-process.js';
import { atMost, none, prove, type Circumstances, type Findings } from './proof.js';
import { SwitchableProxy, type ProxyMode } from './switchable-proxy.js';

const recoveredWithinMs = 5_000;

/** R11: a broken dependency degrades, it does not kill. */
await prove(
  'R11: a database that is gone makes writes 503, ends nothing, and 5 s after it is back everything works',
  120,
  async (circumstances) => {
    const folder = await mkdtemp(join(tmpdir(), 'millwright-outage-'));
    await chmod(folder, 0o711); // root's database server runs as another user, who must get through
    const database = await EmbeddedPostgres.start({ directory: join(folder, 'data') });
    const proxy = await SwitchableProxy.to(Number(new URL(database.urlFor('app')).port));
    const through = (role: 'app' | 'owner'): string => Object.assign(new URL(database.urlFor(role)), { port: String(proxy.port) }).href;
    const server = await ServerProcess.create({ environment: { DATABASE_URL: through('app'), MIGRATIONS_DATABASE_URL: through('owner') } });
    try {
      await server.start();
      return await breakAndMend(server, proxy, circumstances);
    } finally {
      await server.dispose();
      await proxy.close();
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
);

type Reply = Readonly<{ status: number; retryAfter: boolean; id: number | undefined }>;
type Outage = Readonly<{ mode: ProxyMode; during: readonly Reply[]; liveness: readonly number[]; recoveredAfterMs: number }>;

async function breakAndMend(server: ServerProcess, proxy: SwitchableProxy, { seconds }: Circumstances): Promise<Findings> {
  const { pid } = server;
  const partId = (await write(server, '/parts', { part: { name: 'Outage' } }))?.id ?? 0;
  const outages: Outage[] = [];
  for (const mode of ['refuse', 'swallow'] as const) outages.push(await oneOutage(server, proxy, partId, mode, (seconds / 2) * 1000));
  const during = outages.flatMap((outage) => outage.during);
  return {
    claims: [
      none(
        'every write during an outage was answered 503',
        during.flatMap(({ status }) => (status === 503 ? [] : [String(status)])),
      ),
      none(
        'with Retry-After',
        during.flatMap(({ retryAfter, status }) => (retryAfter ? [] : [String(status)])),
      ),
      none(
        'the process stayed alive and said so',
        outages.flatMap(({ liveness }) => liveness.filter((status) => status !== 200).map(String)),
      ),
      { claim: 'no process exit', held: server.pid === pid, figure: `process ${server.pid}` },
      ...outages.map(({ mode, recoveredAfterMs }) => atMost(`recovered after "${mode}" within`, recoveredAfterMs, recoveredWithinMs, 'ms')),
    ],
    figures: { outages: outages.length, 'seconds of each': seconds / 2, 'writes tried meanwhile': during.length },
  };
}

async function oneOutage(server: ServerProcess, proxy: SwitchableProxy, partId: number, mode: ProxyMode, forMs: number): Promise<Outage> {
  const restock = (): Promise<Reply | undefined> => write(server, `/parts/${partId}/restock`, { quantity: '1', cost: '1' }, 'PATCH');
  proxy.switchTo(mode);
  const until = performance.now() + forMs;
  const during: Reply[] = [];
  const liveness: number[] = [];
  while (performance.now() < until) {
    const replies = await Promise.all([restock(), restock(), restock(), restock()]);
    during.push(...replies.map((reply) => reply ?? { status: 0, retryAfter: false, id: undefined }));
    liveness.push(await statusOf(`${server.url}/health/live`));
    await delay(50);
  }
  proxy.switchTo('pass');
  const mended = performance.now();
  while (performance.now() - mended < 60_000) {
    if ((await restock())?.status === 200 && (await statusOf(`${server.url}/health/ready`)) === 200) break;
    await delay(20);
  }
  return { mode, during, liveness, recoveredAfterMs: performance.now() - mended };
}

/** Undefined when no answer came at all. */
async function write(server: ServerProcess, path: string, body: unknown, method: 'POST' | 'PATCH' = 'POST'): Promise<Reply | undefined> {
  try {
    const answer = await request(`${server.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${server.key}`, 'x-entity-id': '1', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const { data } = (await answer.body.json()) as { data?: { id?: number } };
    return { status: answer.statusCode, retryAfter: answer.headers['retry-after'] !== undefined, id: data?.id };
  } catch {
    return undefined;
  }
}

async function statusOf(url: string): Promise<number> {
  try {
    const { statusCode, body } = await request(url);
    await body.dump();
    return statusCode;
  } catch {
    return 0;
  }
}

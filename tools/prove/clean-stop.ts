import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'undici';
import { ApiClient } from '../api-client.js';
import type { ServerProcess } from '../server-process.js';
import { databaseUrlOf, withDatabase } from './database-access.js';
import { readLog } from './log-audit.js';
import { atMost, none, prove, type Circumstances, type Findings } from './proof.js';
import { withServer } from './with-server.js';

const callers = 32;
const exitWithinMs = 10_000;
const readyWithinMs = 5_000;

/** R9: clean stop, quick start. */
await prove(
  'R9: a stop under load answers what was accepted and ends within 10 s; after SIGKILL it is ready within 5 s',
  60,
  async (circumstances) => {
    return withServer((server) => stopAndStart(server, circumstances));
  },
);

type Stop = Readonly<{ exit: number | string; tookMs: number; dropped: readonly string[]; acknowledged: readonly string[] }>;

async function stopAndStart(server: ServerProcess, { seconds, random }: Circumstances): Promise<Findings> {
  const until = performance.now() + seconds * 1000;
  const stops: Stop[] = [];
  const readyAfterStop: number[] = [];
  const readyAfterKill: number[] = [];
  do {
    stops.push(await stopUnderLoad(server, stops.length, random.between(300, 1500)));
    readyAfterStop.push(await server.start());
    await server.end('SIGKILL');
    readyAfterKill.push(await server.start());
  } while (performance.now() < until);

  const events = await withDatabase(await databaseUrlOf(server.dataDir, 'superuser'), readLog);
  const notes = new Set(events.map(({ note }) => note));
  return {
    claims: [
      none(
        'every stop ended with exit code 0',
        stops.flatMap(({ exit }) => (exit === 0 ? [] : [String(exit)])),
      ),
      atMost('a stop under load took at most', Math.max(...stops.map(({ tookMs }) => tookMs)), exitWithinMs, 'ms'),
      none(
        'no accepted request was left without an answer',
        stops.flatMap(({ dropped }) => dropped),
      ),
      none(
        'everything acknowledged is in the log',
        stops.flatMap(({ acknowledged }) => acknowledged.filter((id) => !notes.has(id))),
      ),
      atMost('after SIGKILL the server was ready within', Math.max(...readyAfterKill), readyWithinMs, 'ms'),
    ],
    figures: {
      'stops under load': stops.length,
      'requests acknowledged around them': stops.reduce((sum, { acknowledged }) => sum + acknowledged.length, 0),
      'ready after a clean stop, worst': `${Math.max(...readyAfterStop).toFixed(0)} ms`,
    },
  };
}

/**
 * Sends SIGTERM while callers are busy, each on a connection the server has accepted before. A caller goes when it is told to (`Connection: close`);
 * a request that was sent and never answered counts as dropped.
 */
async function stopUnderLoad(server: ServerProcess, round: number, loadMs: number): Promise<Stop> {
  const partId = await createPart(server, `Stop ${round}`);
  const acknowledged: string[] = [];
  const dropped: string[] = [];
  const load = Array.from({ length: callers }, (_, caller) =>
    restockUntilToldToGo(server, partId, `${round}-${caller}`, acknowledged, dropped),
  );
  await Promise.all(load.map(({ begun }) => begun));
  await delay(loadMs);
  const started = performance.now();
  const exit = await server.end('SIGTERM');
  const tookMs = performance.now() - started;
  await Promise.all(load.map(({ ended }) => ended));
  return { exit, tookMs, dropped, acknowledged };
}

async function createPart(server: ServerProcess, name: string): Promise<number> {
  const client = new ApiClient({ url: server.url, key: server.key, entityId: 1, patience: 10_000 });
  const { data } = await client.post<{ id: number }>('/parts', { part: { name } });
  await client.close();
  return data.id;
}

type CallerOfOneConnection = Readonly<{ begun: Promise<unknown>; ended: Promise<void> }>;

function restockUntilToldToGo(
  server: ServerProcess,
  partId: number,
  name: string,
  acknowledged: string[],
  dropped: string[],
): CallerOfOneConnection {
  const connection = new Client(server.url, { pipelining: 1 });
  const restock = async (id: string): Promise<boolean> => {
    const answer = await connection.request({
      method: 'PATCH',
      path: `/api/v1/parts/${partId}/restock`,
      headers: { authorization: `Bearer ${server.key}`, 'x-entity-id': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ quantity: '1', cost: '1', note: id }),
    });
    await answer.body.dump();
    if (answer.statusCode === 200) acknowledged.push(id);
    else if (answer.statusCode !== 503) dropped.push(`${id}: ${answer.statusCode}`);
    return answer.headers.connection !== 'close';
  };
  const begun = restock(`${name}-0`);
  const goOn = async (): Promise<void> => {
    let mayStay = await begun;
    for (let count = 1; mayStay; count++)
      mayStay = await restock(`${name}-${count}`).catch((error: unknown) => {
        dropped.push(`${name}-${count}: ${String(error)}`);
        return false;
      });
    await connection.close();
  };
  return { begun, ended: goOn() };
}

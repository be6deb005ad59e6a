import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient, ApiError } from '../api-client.js';
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

/** Sends SIGTERM while callers are busy. A refused connection is no accepted request; one that was cut after it was sent is. */
async function stopUnderLoad(server: ServerProcess, round: number, loadMs: number): Promise<Stop> {
  const client = new ApiClient({ url: server.url, key: server.key, entityId: 1, patience: 0 });
  const { data: part } = await client.post<{ id: number }>('/parts', { part: { name: `Stop ${round}` } });
  const acknowledged: string[] = [];
  const dropped: string[] = [];
  let stopped = false;
  const caller = async (_: unknown, number: number): Promise<void> => {
    for (let count = 0; !stopped; count++) {
      const id = `${round}-${number}-${count}`;
      try {
        await client.patch(`/parts/${part.id}/restock`, { quantity: '1', cost: '1', note: id });
        acknowledged.push(id);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.status === 503 || error.message.includes('ECONNREFUSED')) return;
        dropped.push(`${id}: ${error.message}`);
      }
    }
  };
  const load = Promise.all(Array.from({ length: callers }, caller));
  await delay(loadMs);
  const started = performance.now();
  const exit = await server.end('SIGTERM');
  const tookMs = performance.now() - started;
  stopped = true;
  await load;
  await client.close();
  return { exit, tookMs, dropped, acknowledged };
}

import { setTimeout as delay } from 'node:timers/promises';
import type { ServerProcess } from '../server-process.js';
import type { Random } from './random.js';

export type Kills = Readonly<{ app: number; database: number; both: number; readyAfterMs: readonly number[] }>;

/** Kills the application, its database, or both, at random moments until the signal aborts; leaves everything running in the end. */
export async function killAtRandom(
  server: ServerProcess,
  random: Random,
  pauseMs: readonly [number, number],
  signal: AbortSignal,
): Promise<Kills> {
  const kills = { app: 0, database: 0, both: 0 };
  const readyAfterMs: number[] = [];
  while (!signal.aborted) {
    // The pause is a choice of the proof, not a wait for something: faults must fall at arbitrary moments of the load.
    await delay(random.between(...pauseMs), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const victim = random.pick(['app', 'app', 'database', 'both'] as const);
    if (victim !== 'app') await killDatabase(server);
    if (victim !== 'database') {
      await server.end('SIGKILL');
      readyAfterMs.push(await server.start());
    }
    kills[victim]++;
  }
  return { ...kills, readyAfterMs };
}

async function killDatabase(server: ServerProcess): Promise<void> {
  const pid = await server.databasePid();
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It was just dying by itself (its application was killed a moment ago).
  }
}

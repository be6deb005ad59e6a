import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresLog, ProjectionEngine } from '#millwright/event-sourcing';
import { projections } from '../../src/engine/projections.js';

/** How long no checkpoint may move, in milliseconds: while indexes are made none does. */
const patienceMs = 300_000;

/** What a rebuild took: seconds, and the most memory the process had (MB). */
export type Rebuilt = Readonly<{ seconds: number; peakMegabytes: number }>;

/**
 * A process of its own, so that its memory is that of the rebuild: folds the log into the named projections (all, where none is named; those are built
 * from nothing, named ones beside what serves) and prints what it took.
 */
async function main([appUrl = '', ownerUrl = '', ...names]: readonly string[]): Promise<Rebuilt> {
  const log = new PostgresLog({ url: appUrl });
  const wanted = names.length === 0 ? projections : projections.filter(({ name }) => names.includes(name));
  const engine = new ProjectionEngine({
    log,
    projections: wanted,
    database: { app: { connectionString: appUrl }, owner: { connectionString: ownerUrl } },
  });
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  try {
    const started = performance.now();
    await engine.start();
    if (names.length > 0) await Promise.all(names.map((name) => engine.rebuild(name)));
    await untilAt(await log.head(), engine);
    return { seconds: (performance.now() - started) / 1000, peakMegabytes: peak / 2 ** 20 };
  } finally {
    clearInterval(watch);
    await engine.stop();
    await log.close();
  }
}

/** A projection that fails tries again by itself; only when nothing moves any more is the measurement given up. */
async function untilAt(head: bigint, engine: ProjectionEngine): Promise<void> {
  let reached = '';
  let since = performance.now();
  for (;;) {
    const statuses = await engine.status();
    if (statuses.every(({ checkpoint }) => checkpoint >= head)) return;
    const now = statuses.map(({ checkpoint, building }) => building?.checkpoint ?? checkpoint).join(' ');
    if (now !== reached) [reached, since] = [now, performance.now()];
    if (performance.now() - since > patienceMs)
      throw new Error(statuses.map(({ name, state, reason }) => `${name}: ${state} ${reason ?? ''}`).join('\n'));
    await delay(20);
  }
}

console.log(JSON.stringify(await main(process.argv.slice(2))));

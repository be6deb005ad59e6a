import 'reflect-metadata';
import { setTimeout as delay } from 'node:timers/promises';
import { PostgresLog, ProjectionEngine } from '#millwright/event-sourcing';
import { projections } from '../../src/projections.js';

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
    const head = await log.head();
    for (;;) {
      const statuses = await engine.status();
      if (statuses.every(({ checkpoint }) => checkpoint >= head)) break;
      const failed = statuses.find(({ state, reason }) => state === 'failed' && reason !== 'no build serves yet');
      if (failed) throw new Error(`${failed.name}: ${failed.reason ?? ''}`);
      await delay(20);
    }
    return { seconds: (performance.now() - started) / 1000, peakMegabytes: peak / 2 ** 20 };
  } finally {
    clearInterval(watch);
    await engine.stop();
    await log.close();
  }
}

console.log(JSON.stringify(await main(process.argv.slice(2))));

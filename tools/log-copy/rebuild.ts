import { setTimeout as delay } from 'node:timers/promises';
import { ProjectionEngine, tablesOf, validFrom, type Projection } from '#millwright/event-sourcing';
import type { Logger } from 'pino';
import type { Databases } from '../../src/read-database/databases.js';
import { openEventLog } from '../../src/event-log/event-log.js';
import { projections } from '../../src/engine/projections.js';
import { CannotCopy } from './cannot-copy.js';
import type { End } from './ends.js';

/** Read models that show where an event stands in the log, and so belong to one log only. */
export const holdingPositions: readonly Projection[] = projections.filter((projection) =>
  tablesOf(projection).some(({ columns }) => Object.keys(columns).some((column) => column === validFrom || /(^|_)position$/.test(column))),
);

/** Builds them anew from the log that is the right one now, so that the application finds them ready. */
export async function rebuildFrom({ configuration }: End, databases: Databases, logger: Logger): Promise<void> {
  const log = await openEventLog(configuration, databases, logger);
  const engine = new ProjectionEngine({
    log,
    // All of them, for they are worked together: those that hold no positions go on where they were.
    projections,
    database: { app: { connectionString: databases.appUrl }, owner: { connectionString: databases.ownerUrl } },
    logger,
  });
  try {
    const head = await log.head();
    await engine.start();
    const over = new AbortController();
    await Promise.race([
      engine.waitFor(head, { signal: over.signal, projections: holdingPositions.map(({ name }) => name) }),
      untilOneFails(engine, over.signal),
    ]).finally(() => over.abort());
  } finally {
    await engine.stop();
    await log.close();
  }
}

async function untilOneFails(engine: ProjectionEngine, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(1_000, undefined, { signal }).catch(() => undefined);
    const failed = (await engine.status()).find(({ state }) => state === 'failed');
    if (failed && !signal.aborted)
      throw new CannotCopy(
        `The log was moved, but the read model ${failed.name} cannot be built: ${failed.reason}. The application will try again when it starts.`,
      );
  }
}

import type { EventLog } from '../event-log.js';
import type { Position } from '../event.js';
import type { Projection } from '../projection.js';
import type { Build } from './build-catalog.js';
import type { ProjectionSupervisor } from './projection-supervisor.js';
import { messageOf } from './retry.js';

/** How a projection is doing, as this process sees it. */
export type ProjectionStatus = Readonly<{
  name: string;
  version: number;
  /**
   * `live`: worked here and up to date but for milliseconds; `catching up`: worked here, far behind; `standing by`: another process works it;
   * `failed`: it does not get on, see `reason`.
   */
  state: 'live' | 'catching up' | 'standing by' | 'failed';
  /** The position its views show. */
  checkpoint: Position;
  /** Positions between the log's head and the checkpoint: events, where the log counts without gaps. */
  lagEvents: number;
  /** Age of the oldest event that is not folded yet, in milliseconds; 0 when there is none. */
  lagMs: number;
  parkedStreams: readonly string[];
  /** A newer build on its way to replace the one that serves. */
  building?: Readonly<{ version: number; checkpoint: Position }>;
  reason?: string;
}>;

/** Reads the log for head and ages; a log or database that is gone becomes the reason, not an error. */
export async function projectionStatus(
  projections: readonly Projection[],
  supervisor: ProjectionSupervisor,
  builds: readonly Build[],
  log: EventLog,
): Promise<ProjectionStatus[]> {
  let unreachable: string | undefined;
  const head = await log.head().catch((error: unknown) => {
    unreachable = `the event log cannot be reached: ${messageOf(error)}`;
    return supervisor.live.newest;
  });
  const ages = new Map<Position, Promise<number>>();
  const ageAfter = (checkpoint: Position): Promise<number> => {
    const known = ages.get(checkpoint) ?? ageOfNext(log, checkpoint);
    ages.set(checkpoint, known);
    return known;
  };
  return Promise.all(
    projections.map(async (projection) => {
      const { name, version } = projection;
      const runner = supervisor.servingRunner(name);
      const serving = builds.find((build) => build.projection === name && build.serving);
      const building = builds.findLast((build) => build.projection === name && !build.serving && !build.retired);
      const checkpoint = runner?.position ?? serving?.checkpoint ?? 0n;
      const reason =
        supervisor.problems.get(name) ?? failureOf(supervisor, projection) ?? unreachable ?? (serving ? undefined : 'no build serves yet');
      const behind = head > checkpoint;
      return {
        name,
        version,
        state: reason !== undefined ? 'failed' : !runner ? 'standing by' : runner.live ? 'live' : 'catching up',
        checkpoint,
        lagEvents: behind ? Number(head - checkpoint) : 0,
        lagMs: behind && unreachable === undefined ? await ageAfter(checkpoint) : 0,
        parkedStreams: serving?.parked ?? [],
        ...(building && {
          building: { version: building.version, checkpoint: supervisor.runners.get(building.schema)?.position ?? building.checkpoint },
        }),
        ...(reason !== undefined && { reason }),
      };
    }),
  );
}

function failureOf(supervisor: ProjectionSupervisor, projection: Projection): string | undefined {
  for (const runner of supervisor.runners.values())
    if (runner.projection === projection && runner.failure !== undefined) return runner.failure;
  return undefined;
}

async function ageOfNext(log: EventLog, checkpoint: Position): Promise<number> {
  const [next] = await log.readAll(checkpoint, 1).catch(() => []);
  return next ? Math.max(0, Date.now() - Date.parse(next.metadata.recorded_at)) : 0;
}

import type { EventLog } from '../event-log.js';
import type { Position } from '../event.js';
import type { Projection } from '../projection.js';
import type { Build } from './build-catalog.js';
import type { ProjectionSupervisor } from './projection-supervisor.js';
import { messageOf } from '../retry.js';

/** How a projection is doing, as this process sees it. */
export type ProjectionStatus = Readonly<{
  name: string;
  version: number;
  /**
   * `live`: worked here and up to date but for milliseconds; `catching up`: far behind, or not shown before it has been folded;
   * `standing by`: another process works it; `failed`: it does not get on, see `reason`.
   */
  state: 'live' | 'catching up' | 'standing by' | 'failed';
  /** Whether it can be read: all that can show one and the same position. */
  shown: boolean;
  /** The position its views show, or its tables where there are no views. */
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
  /** Why another process keeps this one from showing anything, if it does. */
  elsewhere: string | undefined,
): Promise<ProjectionStatus[]> {
  let unreachable: string | undefined;
  const head = await log.head().catch((error: unknown) => {
    unreachable = `the event log cannot be reached: ${messageOf(error)}`;
    return supervisor.live.position;
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
      const { live } = supervisor;
      const member = live.members.of(name);
      const serving = builds.find((build) => build.projection === name && build.serving);
      const building = builds.findLast((build) => build.projection === name && !build.serving && !build.retired);
      const checkpoint = member ? live.position : (serving?.checkpoint ?? 0n);
      const failure = member ? live.failure : failureOf(supervisor, projection);
      const reason = supervisor.problems.get(name) ?? failure ?? unreachable ?? elsewhere;
      const behind = head > checkpoint;
      return {
        name,
        version,
        state: stateOf({
          failed: reason !== undefined,
          here: live.held,
          member: member !== undefined,
          behind: live.behind,
          shown: serving?.live ?? false,
        }),
        shown: serving?.live === true && elsewhere === undefined,
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

function stateOf(
  it: Readonly<{ failed: boolean; here: boolean; member: boolean; behind: boolean; shown: boolean }>,
): ProjectionStatus['state'] {
  if (it.failed) return 'failed';
  if (it.here) return it.member && !it.behind ? 'live' : 'catching up';
  return it.shown ? 'standing by' : 'catching up';
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

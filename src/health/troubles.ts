import type { ProcessManagerStatus, ProjectionStatus } from '#millwright/event-sourcing';

export type Troubles = Readonly<{
  /** What does not run at all, for a person. */
  stopped: readonly string[];
  /** What runs, but needs somebody to look at it, for a person. */
  struggling: readonly string[];
}>;

type ReadModel = Pick<ProjectionStatus, 'name' | 'state' | 'shown' | 'building' | 'checkpoint' | 'parkedStreams' | 'reason'>;
type Process = Pick<ProcessManagerStatus, 'name' | 'state' | 'stuck' | 'reason'>;

/**
 * What is wrong with the workers behind the log. A read model that is on its way stops only what reads it, once there was something to read: on a
 * database that is folded for the first time one would be ready before the other, and whoever writes is answered from both.
 */
export function troublesOf(readModels: readonly ReadModel[], processes: readonly Process[], firstFold: boolean): Troubles {
  const awaited = readModels
    .filter(({ state, shown }) => state !== 'failed' && !shown)
    .map(
      ({ name, building, checkpoint }) =>
        `projection ${name} is not shown before it has been folded, and is at ${building?.checkpoint ?? checkpoint}`,
    );
  const nothingToRead = firstFold || readModels.every(({ shown }) => !shown);
  return {
    stopped: [
      ...(nothingToRead ? awaited : []),
      ...readModels.filter(({ state }) => state === 'failed').map(({ name, reason }) => `projection ${name} does not run: ${reason}`),
      ...processes.filter(({ state }) => state === 'failed').map(({ name, reason }) => `process ${name} does not run: ${reason}`),
    ],
    struggling: [
      ...(nothingToRead ? [] : awaited),
      ...readModels
        .filter(({ parkedStreams }) => parkedStreams.length > 0)
        .map(({ name, parkedStreams }) => `projection ${name} has parked ${parkedStreams.join(', ')}`),
      ...processes.flatMap(({ name, stuck }) => stuck.map(({ stream }) => `process ${name} does not get on with ${stream}`)),
    ],
  };
}

import {
  EventStore,
  PostgresSnapshots,
  ProjectionEngine,
  Sequences,
  type EventLog,
  type ProjectionStatus,
} from '#millwright/event-sourcing';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Databases } from './databases.js';
import type { Metrics } from './health/metrics.js';
import { projections } from './projections.js';

/** What the workers behind the log are doing, as `/health/ready` shows it. Times in milliseconds, positions as text. */
export type EngineStatus = Readonly<{
  projections: readonly Readonly<{
    name: string;
    state: ProjectionStatus['state'];
    position: string;
    lag_events: number;
    lag_ms: number;
    parked_streams: readonly string[];
  }>[];
  /** What does not run at all, for a person. */
  stopped: readonly string[];
  /** What runs, but needs somebody to look at it, for a person. */
  struggling: readonly string[];
}>;

/** The log and everything that works on it, in the order it starts and, backwards, stops. Injected by class. */
export class Engine {
  readonly sequences: Sequences;
  readonly events: EventStore;
  readonly projections: ProjectionEngine;

  constructor(
    readonly log: EventLog,
    databases: Databases,
    pool: pg.Pool,
    logger: Logger,
  ) {
    this.sequences = new Sequences(pool);
    this.events = new EventStore(log, this.sequences, { snapshots: new PostgresSnapshots(pool) });
    this.projections = new ProjectionEngine({
      log,
      projections,
      database: { app: { connectionString: databases.appUrl }, owner: { connectionString: databases.ownerUrl } },
      logger,
      onParked: (streams) => logger.error({ streams }, 'a stream cannot be folded any further and is parked'),
    });
  }

  async start(): Promise<void> {
    await this.projections.start();
  }

  async status(): Promise<EngineStatus> {
    const statuses = await this.projections.status();
    return {
      projections: statuses.map(({ name, state, checkpoint, lagEvents, lagMs, parkedStreams }) => ({
        name,
        state,
        position: String(checkpoint),
        lag_events: lagEvents,
        lag_ms: lagMs,
        parked_streams: parkedStreams,
      })),
      stopped: statuses.filter(({ state }) => state === 'failed').map(({ name, reason }) => `projection ${name} does not run: ${reason}`),
      struggling: statuses
        .filter(({ parkedStreams }) => parkedStreams.length > 0)
        .map(({ name, parkedStreams }) => `projection ${name} has ${parkedStreams.length} parked streams`),
    };
  }

  /** Sets the gauges that describe this moment; to be called when somebody reads the metrics. */
  async measure(metrics: Metrics): Promise<void> {
    for (const { name, lagEvents, lagMs, parkedStreams } of await this.projections.status()) {
      metrics.lagEvents.set({ projection: name }, lagEvents);
      metrics.lagSeconds.set({ projection: name }, lagMs / 1_000);
      metrics.parkedStreams.set({ projection: name }, parkedStreams.length);
    }
  }

  /** Workers first, then the log they work on. Requests should have been answered before. */
  async stop(): Promise<void> {
    await this.projections.stop();
    await this.events.close();
    await this.log.close();
  }
}

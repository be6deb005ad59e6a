import {
  EventStore,
  PostgresSnapshots,
  ProcessManagerEngine,
  ProjectionEngine,
  Sequences,
  tablesOf,
  type EventLog,
  type ProcessManagerStatus,
  type ProjectionStatus,
} from '#millwright/event-sourcing';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';
import type { Databases } from './databases.js';
import type { Metrics } from './health/metrics.js';
import { takeUpLog } from './log-take-up.js';
import { processManagers } from './process-managers.js';
import { projections } from './projections.js';
import { poolOf } from './read-database/data-source.js';
import type { ReadModelProgress } from './read-database/read-data-source.js';

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
  process_managers: readonly Readonly<{
    name: string;
    state: ProcessManagerStatus['state'];
    position: string;
    lag_events: number;
    unfinished_events: number;
    stuck_events: number;
  }>[];
  /** What does not run at all, for a person. */
  stopped: readonly string[];
  /** What runs, but needs somebody to look at it, for a person. */
  struggling: readonly string[];
}>;

/** How long workers wait for a database that has fallen silent before they begin anew on another connection. */
const patience = { connectionTimeoutMillis: 2_000, query_timeout: 10_000 };

/** The log and everything that works on it, in the order it starts and, backwards, stops. Injected by class. */
export class Engine {
  readonly sequences: Sequences;
  readonly events: EventStore;
  readonly projections: ProjectionEngine;
  readonly processManagers: ProcessManagerEngine;
  private readonly pool: pg.Pool;
  private looking: Promise<readonly ProjectionStatus[]> | undefined;

  constructor(
    readonly log: EventLog,
    databases: Databases,
    entities: EntityManager,
    logger: Logger,
  ) {
    this.pool = poolOf(entities);
    this.sequences = new Sequences(this.pool);
    this.events = new EventStore(log, this.sequences, { snapshots: new PostgresSnapshots(this.pool) });
    this.projections = new ProjectionEngine({
      log,
      projections,
      database: {
        app: { connectionString: databases.appUrl, ...patience },
        owner: { connectionString: databases.ownerUrl, connectionTimeoutMillis: patience.connectionTimeoutMillis },
      },
      logger,
      onParked: (streams) => logger.error({ streams }, 'a stream cannot be folded any further and is parked'),
    });
    this.processManagers = new ProcessManagerEngine({
      log,
      managers: processManagers(this.events, this.pool, entities),
      database: { connectionString: databases.appUrl, ...patience },
      logger,
    });
  }

  /** @throws UnsuitableLog when this log does not go with this database */
  async start(): Promise<void> {
    await takeUpLog(this.log, this.pool, this.sequences);
    await this.projections.start();
    await this.processManagers.start();
  }

  async status(): Promise<EngineStatus> {
    const [projected, managed] = await Promise.all([this.projections.status(), this.processManagers.status()]);
    const awaited = projected
      .filter(({ state, shown }) => state !== 'failed' && !shown)
      .map(
        ({ name, building, checkpoint }) =>
          `projection ${name} is not shown before it has been folded, and is at ${building?.checkpoint ?? checkpoint}`,
      );
    // One that is on its way stops only what reads it; with all of them there is nothing to answer with.
    const nothingShown = projected.every(({ shown }) => !shown);
    return {
      projections: projected.map(({ name, state, checkpoint, lagEvents, lagMs, parkedStreams }) => ({
        name,
        state,
        position: String(checkpoint),
        lag_events: lagEvents,
        lag_ms: lagMs,
        parked_streams: parkedStreams,
      })),
      process_managers: managed.map(({ name, state, checkpoint, lagEvents, unfinished, stuck }) => ({
        name,
        state,
        position: String(checkpoint),
        lag_events: lagEvents,
        unfinished_events: unfinished,
        stuck_events: stuck.length,
      })),
      stopped: [
        ...(nothingShown ? awaited : []),
        ...projected.filter(({ state }) => state === 'failed').map(({ name, reason }) => `projection ${name} does not run: ${reason}`),
        ...managed.filter(({ state }) => state === 'failed').map(({ name, reason }) => `process ${name} does not run: ${reason}`),
      ],
      struggling: [
        ...(nothingShown ? [] : awaited),
        ...projected
          .filter(({ parkedStreams }) => parkedStreams.length > 0)
          .map(({ name, parkedStreams }) => `projection ${name} has parked ${parkedStreams.join(', ')}`),
        ...managed.flatMap(({ name, stuck }) => stuck.map(({ stream }) => `process ${name} does not get on with ${stream}`)),
      ],
    };
  }

  /** How far the read model of a view has got; undefined where it is shown. One look serves everybody who asks while it is under way. */
  async progressOf(view: string): Promise<ReadModelProgress | undefined> {
    this.looking ??= this.projections.status().finally(() => (this.looking = undefined));
    const projection = projections.find((it) => tablesOf(it).some(({ name }) => name === view));
    const status = (await this.looking).find(({ name }) => name === projection?.name);
    if (!status || status.shown) return undefined;
    const { name, building, checkpoint, lagEvents } = status;
    return { read_model: name, position: String(building?.checkpoint ?? checkpoint), log_position: String(checkpoint + BigInt(lagEvents)) };
  }

  /** Sets the gauges that describe this moment; to be called when somebody reads the metrics. */
  async measure(metrics: Metrics): Promise<void> {
    for (const { name, lagEvents, unfinished, stuck } of await this.processManagers.status()) {
      metrics.processManagerLag.set({ process_manager: name }, lagEvents);
      metrics.unfinishedEvents.set({ process_manager: name }, unfinished);
      metrics.stuckEvents.set({ process_manager: name }, stuck.length);
    }
    for (const { name, lagEvents, lagMs, parkedStreams } of await this.projections.status()) {
      metrics.lagEvents.set({ projection: name }, lagEvents);
      metrics.lagSeconds.set({ projection: name }, lagMs / 1_000);
      metrics.parkedStreams.set({ projection: name }, parkedStreams.length);
    }
  }

  /** Workers first, then the log they work on. Requests should have been answered before. */
  async stop(): Promise<void> {
    await this.processManagers.stop();
    await this.projections.stop();
    await this.events.close();
    await this.log.close();
  }
}

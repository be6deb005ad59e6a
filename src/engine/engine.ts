import {
  EventStore,
  OutboxChannels,
  PostgresSnapshots,
  Precedence,
  ProcessManagerEngine,
  ProjectionEngine,
  Sequences,
  tablesOf,
  type EventLog,
  type ProcessManagerStatus,
  type ProjectionStatus,
} from '#millwright/event-sourcing';
import { CallLog } from '#millwright/call-log';
import { PersonalTraces } from '#millwright/people';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';
import type { Databases } from '../read-database/databases.js';
import type { Metrics } from '../health/metrics.js';
import { troublesOf, type Troubles } from '../health/troubles.js';
import { takeUpLog } from '../event-log/log-take-up.js';
import { processManagers } from './process-managers.js';
import { projections } from './projections.js';
import { poolOf } from '../read-database/data-source.js';
import type { ReadModelProgress } from '../read-database/read-data-source.js';

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
}> &
  Troubles;

/** How long workers wait for a database that has fallen silent before they begin anew on another connection. */
const patience = { connectionTimeoutMillis: 2_000, query_timeout: 10_000 };

/** The log and everything that works on it, in the order it starts and, backwards, stops. Injected by class. */
export class Engine {
  readonly sequences: Sequences;
  readonly calls: CallLog;
  readonly events: EventStore;
  readonly projections: ProjectionEngine;
  readonly processManagers: ProcessManagerEngine;
  /** Every way out of the house, by the rooms that know it. */
  readonly channels = new OutboxChannels();
  /** Every place where something of a person is kept, by the rooms that keep it. */
  readonly traces: PersonalTraces;
  /** People and programs that wait for an answer, to whom what happens by itself gives way. */
  readonly precedence = new Precedence();
  private readonly pool: pg.Pool;
  private looking: Promise<readonly ProjectionStatus[]> | undefined;
  /** This process found a database from which nothing was ever shown, and not everything is yet. */
  private firstFold = false;

  constructor(
    readonly log: EventLog,
    databases: Databases,
    entities: EntityManager,
    metrics: Metrics,
    logger: Logger,
    readonly isMailThere: boolean,
  ) {
    this.pool = poolOf(entities);
    // What failed may say what was looked for, which is to be nowhere.
    this.traces = new PersonalTraces((userId, failure) =>
      logger.warn({ user_id: userId, reason: kindOf(failure) }, 'not all that is kept of an erased person is gone; it is tried again'),
    );
    this.sequences = new Sequences(this.pool);
    this.calls = new CallLog(this.pool, {
      relaxed: log.keepsKeys === true,
      onLost: (lines) => metrics.lostCallLines.inc(lines),
      onFault: (fault) => logger.warn({ err: fault }, 'the log of calls cannot be written at the moment'),
    });
    this.events = new EventStore(log, this.sequences, {
      snapshots: new PostgresSnapshots(this.pool),
      logger,
      calls: this.calls,
      precedence: this.precedence,
    });
    this.projections = new ProjectionEngine({
      log,
      projections,
      database: {
        app: { connectionString: databases.appUrl, ...patience },
        owner: { connectionString: databases.ownerUrl, connectionTimeoutMillis: patience.connectionTimeoutMillis },
      },
      logger,
      precedence: this.precedence,
      onParked: (streams) => logger.error({ streams }, 'a stream cannot be folded any further and is parked'),
    });
    this.processManagers = new ProcessManagerEngine({
      log,
      managers: processManagers(this.events, this.pool, entities, this),
      database: { connectionString: databases.appUrl, ...patience },
      logger,
    });
  }

  /** @throws UnsuitableLog when this log does not go with this database */
  async start(): Promise<void> {
    await takeUpLog(this.log, this.pool, this.sequences);
    this.firstFold = !(await showsAnything(this.pool));
    await this.projections.start();
    await this.processManagers.start();
  }

  async status(): Promise<EngineStatus> {
    const [projected, managed] = await Promise.all([this.projections.status(), this.processManagers.status()]);
    if (projected.every(({ shown }) => shown)) this.firstFold = false;
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
      ...this.troubles(projected, managed),
    };
  }

  private troubles(projected: readonly ProjectionStatus[], managed: readonly ProcessManagerStatus[]): Troubles {
    const { stopped, struggling } = troublesOf(projected, managed, this.firstFold);
    const notGone = this.traces.notGone.map((id) => `not all that is kept of the erased user ${id} is gone; it is tried again`);
    return { stopped, struggling: [...struggling, ...notGone] };
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

/** What went wrong, without its words. */
function kindOf(failure: unknown): string {
  const { code, name } = failure as Readonly<{ code?: unknown; name?: unknown }>;
  return [code, name].find((word) => typeof word === 'string') ?? 'unknown';
}

async function showsAnything(pool: pg.Pool): Promise<boolean> {
  const { rows } = await pool.query<{ exists: boolean }>('SELECT EXISTS (SELECT FROM app.projection_builds WHERE live)');
  return rows[0]?.exists ?? false;
}

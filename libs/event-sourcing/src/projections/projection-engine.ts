import pg from 'pg';
import type { EventLog } from '../event-log.js';
import type { Position } from '../event.js';
import type { Projection } from '../projection.js';
import { BuildCatalog } from './build-catalog.js';
import { digestOf, type Digest } from './digest.js';
import { silentLogger, type EngineLogger } from './engine-logger.js';
import type { ParkedStream } from './parked-streams.js';
import { PositionWaiters, type WaitOptions } from './position-waiters.js';
import type { ProjectionRunner } from './projection-runner.js';
import { projectionStatus, type ProjectionStatus } from './projection-status.js';
import { lockNameOf, ProjectionSupervisor } from './projection-supervisor.js';
import { assertDistinct } from './read-model-schema.js';
import { pause } from './retry.js';
import { WorkerLocks } from './worker-locks.js';

export type ProjectionEngineOptions = Readonly<{
  log: EventLog;
  projections: readonly Projection[];
  /** `app` writes rows, `owner` makes tables and views; both may be one role. */
  database: Readonly<{ app: pg.PoolConfig; owner: pg.PoolConfig }>;
  logger?: EngineLogger;
  /** Told of every stream that is parked: the alarm of the application. */
  onParked?: (streams: readonly ParkedStream[]) => void;
}>;

/** How often the book of builds is looked at, in milliseconds: what other processes ask for begins within that time. */
const lookMs = 1000;
/** How often checkpoints of other processes are looked at while somebody waits, in milliseconds. */
const pollMs = 10;

/**
 * Rows and checkpoint are one transaction, so losing the last of them in a crash costs nothing but folding again: commits need not wait for the disk.
 * All statements go by key; a plan made while a table was small must not scan it when it has grown.
 */
const writerSettings = {
  synchronous_commit: 'off',
  timezone: 'UTC',
  datestyle: 'ISO',
  enable_seqscan: 'off',
  enable_bitmapscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  jit: 'off',
  idle_in_transaction_session_timeout: '5s',
};

const writerOptions = Object.entries(writerSettings)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

/** Keeps read models in step with the log: one for each process, over all projections; each projection is worked by one process at a time. */
export class ProjectionEngine {
  private readonly app: pg.Pool;
  private readonly owner: pg.Pool;
  private readonly catalog: BuildCatalog;
  private readonly locks: WorkerLocks;
  private readonly supervisor: ProjectionSupervisor;
  private readonly waiters = new PositionWaiters();
  private timer: NodeJS.Timeout | undefined;
  private polling = false;
  private stopping = false;

  constructor(private readonly options: ProjectionEngineOptions) {
    const { projections, database, log } = options;
    const logger = options.logger ?? silentLogger;
    assertDistinct(projections);
    const settings = `${database.app.options ?? ''} ${writerOptions}`;
    // How long an answer may take is said of each statement of the app's (see answered-in-time.ts).
    this.app = new pg.Pool({ max: 4, keepAlive: true, ...database.app, query_timeout: undefined, options: settings });
    this.owner = new pg.Pool({ max: 2, keepAlive: true, query_timeout: 60_000, idleTimeoutMillis: 1000, ...database.owner });
    for (const pool of [this.app, this.owner]) {
      pool.on('error', (error) => {
        if (!this.stopping) logger.warn({ err: error }, 'an idle connection of the projections was lost');
      });
      // A connection that breaks while it is in use says so twice: to its query, which is enough, and as an event, which would end the process.
      pool.on('connect', (client) => client.on('error', () => undefined));
    }
    this.catalog = new BuildCatalog(this.app, this.owner);
    this.locks = new WorkerLocks(database.app, projections.map(lockNameOf), () => this.supervisor.locksChanged(), logger);
    this.supervisor = new ProjectionSupervisor({
      projections,
      log,
      pool: this.app,
      catalog: this.catalog,
      locks: () => this.locks.held,
      logger,
      advanced: (runner) => this.advanced(runner),
      parked: (streams) => options.onParked?.(streams),
    });
  }

  /** Takes up what no other process works; from then on everything runs by itself. Also where the database cannot be reached yet: see `status`. */
  async start(): Promise<void> {
    await this.locks.start();
    await this.supervisor.reconcile();
    this.timer = setInterval(() => void this.supervisor.reconcile(), lookMs);
  }

  /** Ends after the batches at hand and gives the work to other processes. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    await this.supervisor.stop();
    await this.locks.close();
    await Promise.all([this.app.end(), this.owner.end()]);
  }

  /**
   * Resolves when the views of all projections (or of those named) show everything up to a position, whichever process works them.
   * @throws PositionNotReached after `timeout` milliseconds
   */
  async waitFor(position: Position, options: WaitOptions & Readonly<{ projections?: readonly string[] }> = {}): Promise<void> {
    const behind = this.options.projections
      .filter(({ name }) => options.projections?.includes(name) ?? true)
      .map(({ name }) => name)
      .filter((name) => (this.supervisor.servingRunner(name)?.position ?? -1n) < position);
    if (behind.length === 0) return;
    const waited = this.waiters.wait(position, behind, options);
    for (const name of behind) this.supervisor.servingRunner(name)?.hurry(true);
    void this.pollOthers();
    await waited;
  }

  /** How every projection is doing. Reads the log and the database; never throws. */
  async status(): Promise<ProjectionStatus[]> {
    const builds = await this.catalog.list().catch(() => this.supervisor.builds);
    return projectionStatus(this.options.projections, this.supervisor, builds, this.options.log);
  }

  /** Whether the views of a projection lack events of this stream, because one of them could not be folded. Known within a second in other processes. */
  isParked(name: string, stream: string): boolean {
    const runner = this.supervisor.servingRunner(name);
    if (runner) return runner.parked.has(stream);
    return this.supervisor.builds.some((build) => build.projection === name && build.serving && build.parked.includes(stream));
  }

  /** Folds the whole log anew beside the tables that serve, and then flips; resolves when the new ones serve. */
  async rebuild(name: string, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    const projection = this.projection(name);
    const schema = await this.catalog.create(projection);
    await this.supervisor.reconcile();
    let generation: number | undefined;
    for (;;) {
      signal?.throwIfAborted();
      const builds = (await this.catalog.list()).filter((build) => build.projection === name);
      generation ??= builds.find((build) => build.schema === schema)?.generation;
      const serving = builds.find((build) => build.serving);
      if (serving && generation !== undefined && (serving.version > projection.version || serving.generation >= generation)) return;
      await pause(20, signal);
    }
  }

  /** SHA-256 over all rows of a projection, and the position they stand for. Two builds of one log have equal digests. */
  digest(name: string): Promise<Digest> {
    return digestOf(this.app, this.projection(name));
  }

  private projection(name: string): Projection {
    const projection = this.options.projections.find((it) => it.name === name);
    if (!projection) throw new Error(`there is no projection ${name}`);
    return projection;
  }

  private advanced(runner: ProjectionRunner): void {
    if (!runner.serving || this.waiters.size === 0) return runner.hurry(false);
    this.waiters.advanced(runner.projection.name, runner.position);
    runner.hurry(this.waiters.names().has(runner.projection.name));
  }

  /** While somebody waits for a projection that another process works (or takes over meanwhile): its checkpoint is in the database. */
  private async pollOthers(): Promise<void> {
    if (this.polling) return;
    this.polling = true;
    while (this.waiters.size > 0) {
      const elsewhere = [...this.waiters.names()].some((name) => !this.supervisor.servingRunner(name));
      if (elsewhere) {
        const checkpoints = await this.catalog.servingCheckpoints().catch(() => new Map<string, Position>());
        for (const [name, checkpoint] of checkpoints) this.waiters.advanced(name, checkpoint);
      }
      await pause(elsewhere ? pollMs : 10 * pollMs);
    }
    this.polling = false;
  }
}

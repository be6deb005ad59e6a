import pg from 'pg';
import type { EventLog } from '../event-log.js';
import type { Position } from '../event.js';
import { tablesOf } from '../stored-tables.js';
import type { Projection } from '../projection.js';
import { BuildCatalog } from './build-catalog.js';
import { digestOf, type Digest } from './digest.js';
import { silentLogger, type EngineLogger } from './engine-logger.js';
import type { ParkedStream } from './parked-streams.js';
import { PositionNotReached, PositionWaiters, type WaitOptions } from './position-waiters.js';
import { projectionStatus, type ProjectionStatus } from './projection-status.js';
import { ProjectionSupervisor } from './projection-supervisor.js';
import { assertDistinct } from './read-model-schema.js';
import { lockTiers, releaseOf } from './release.js';
import { Precedence } from '../precedence.js';
import { pause } from '../retry.js';
import { WorkerLocks } from './worker-locks.js';

export type ProjectionEngineOptions = Readonly<{
  log: EventLog;
  projections: readonly Projection[];
  /** `app` writes rows, `owner` makes tables and views; both may be one role. */
  database: Readonly<{ app: pg.PoolConfig; owner: pg.PoolConfig }>;
  logger?: EngineLogger;
  /** Told of every stream that is parked: the alarm of the application. */
  onParked?: (streams: readonly ParkedStream[]) => void;
  /** Told of those who wait for a position. */
  precedence?: Precedence;
}>;

/** How often the book of builds is looked at, in milliseconds: what other processes ask for begins within that time. */
const lookMs = 1000;
/** How often the checkpoint of another process is looked at while somebody waits, in milliseconds. */
const pollMs = 10;
/** How long a start waits for the read models to stand together, in milliseconds; a log that has to be folded first takes longer. */
const gatherMs = 10_000;
/** Events that are folded within a moment. */
const shortWay = 10_000n;
/** Who waits for no read model in particular waits for those that are live, under this name. */
const together = 'the live read models';

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
  // Before the client gives up, so that what hangs is told from what is gone.
  statement_timeout: '8s',
};

const writerOptions = Object.entries(writerSettings)
  .map(([name, value]) => `-c ${name}=${value}`)
  .join(' ');

/** Told of the streams (undefined: any) whose rows become others from now on until its answer is called, before a transaction may show it. */
export type ChangeListener = (streams?: readonly string[]) => () => void;

/** Keeps read models in step with the log: one for each process, over all projections; those that serve are written together, by one process at a time. */
export class ProjectionEngine {
  private readonly app: pg.Pool;
  private readonly owner: pg.Pool;
  private readonly catalog: BuildCatalog;
  private readonly locks: WorkerLocks;
  private readonly supervisor: ProjectionSupervisor;
  private readonly waiters = new PositionWaiters();
  private readonly precedence: Precedence;
  private readonly changeListeners: ChangeListener[] = [];
  private timer: NodeJS.Timeout | undefined;
  private polling = false;
  private stopping = false;
  private readonly release: string;

  private readonly options: ProjectionEngineOptions;

  constructor(given: ProjectionEngineOptions) {
    const options = { ...given, projections: given.projections.map((it) => ({ ...it, tables: tablesOf(it) })) };
    const { projections, database, log } = options;
    this.options = options;
    this.precedence = options.precedence ?? new Precedence();
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
    this.release = releaseOf(projections);
    this.locks = new WorkerLocks(database.app, lockTiers(projections), () => this.supervisor.locksChanged(), logger);
    this.supervisor = new ProjectionSupervisor({
      projections,
      log,
      pool: this.app,
      catalog: this.catalog,
      allowed: () => ({ builds: this.locks.holds(1), live: this.locks.holds(3) }),
      logger,
      changing: (streams) => this.changing(streams),
      advanced: () => this.advanced(),
      parked: (streams) => options.onParked?.(streams),
    });
  }

  /**
   * Takes up what no other process works; from then on everything runs by itself. Also where the database cannot be reached yet: see `status`.
   * Read models that stood at different places (a release before they were written together left them so) are brought to one before this resolves,
   * and so are those of an empty log; only what has to be folded anew goes on afterwards.
   */
  async start(): Promise<void> {
    await this.locks.start();
    await this.supervisor.reconcile();
    this.timer = setInterval(() => void this.supervisor.reconcile(), lookMs);
    const until = Date.now() + gatherMs;
    while (Date.now() < until && (await this.isGathering())) await pause(pollMs);
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
   * Resolves when the views show everything up to a position, whichever process works them; where projections are named, also those that were not shown.
   * @throws PositionNotReached after `timeout` milliseconds
   */
  async waitFor(
    position: Position,
    { projections, ...options }: WaitOptions & Readonly<{ projections?: readonly string[] }> = {},
  ): Promise<void> {
    const behind = (projections ?? [together]).filter((name) => !this.shows(name, position));
    if (behind.length === 0) return;
    this.precedence.begin();
    try {
      const waited = this.waiters.wait(position, behind, options);
      this.supervisor.live.hurry(true);
      void this.pollOthers();
      await waited;
    } finally {
      this.precedence.end();
    }
  }

  /** Whether the views show everything up to a position, or do so within `milliseconds`. */
  reaches(position: Position, milliseconds: number): boolean | Promise<boolean> {
    return this.shows(together, position) || this.reachesIn(position, milliseconds);
  }

  private async reachesIn(position: Position, milliseconds: number): Promise<boolean> {
    try {
      await this.waitFor(position, { timeout: milliseconds });
      return true;
    } catch (error) {
      if (error instanceof PositionNotReached) return false;
      throw error;
    }
  }

  /** Whether this process works the read models that are shown, so that it knows of every change of them. */
  get worksReadModels(): boolean {
    return this.supervisor.live.held;
  }

  /** Has a listener told of every change of what is shown, while this process works it. */
  onChange(listener: ChangeListener): void {
    this.changeListeners.push(listener);
  }

  private changing(streams?: readonly string[]): () => void {
    const told = this.changeListeners.map((listener) => listener(streams));
    return () => told.forEach((changed) => changed());
  }

  /** Whether this process works the read model among the live ones, and that far. */
  private shows(name: string, position: Position): boolean {
    const { live } = this.supervisor;
    return live.held && live.position >= position && (name === together || live.members.of(name) !== undefined);
  }

  /** How every projection is doing. Reads the log and the database; never throws. */
  async status(): Promise<ProjectionStatus[]> {
    const builds = await this.catalog.list().catch(() => this.supervisor.book.builds);
    return projectionStatus(this.options.projections, this.supervisor, builds, this.options.log, await this.elsewhere());
  }

  /** Whether the views of a projection lack events of this stream, because one of them could not be folded. Known within a second in other processes. */
  isParked(name: string, stream: string): boolean {
    const member = this.supervisor.live.members.of(name);
    if (member) return member.work.parked.has(stream);
    return this.supervisor.book.builds.some((build) => build.projection === name && build.serving && build.parked.includes(stream));
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

  /** Why the live read models are not this release's to show: a process of another release works them. */
  private async elsewhere(): Promise<string | undefined> {
    if (this.supervisor.live.held) return undefined;
    if (this.locks.holds(2)) return 'a process of an earlier release works the read models';
    const release = await this.catalog.live().then(
      (live) => live.release,
      () => null,
    );
    return release === null || release === this.release ? undefined : 'a process of another release works the read models';
  }

  /** Some read model that can be worked here is still on its way to the others, and has not far to go. */
  private async isGathering(): Promise<boolean> {
    const { live, runners, problems } = this.supervisor;
    if (!live.held || problems.size > 0) return false;
    const missing = this.options.projections.filter(({ name }) => !live.members.of(name));
    if (missing.length === 0) return false;
    const working = [...runners.values()].filter(({ projection }) => missing.includes(projection));
    if (working.some(({ failure }) => failure !== undefined)) return false;
    const head = await this.options.log.head().catch(() => undefined);
    return head !== undefined && working.every(({ build, position }) => build.serving || head - position < shortWay);
  }

  private advanced(): void {
    const { live } = this.supervisor;
    for (const name of this.waiters.names()) if (this.shows(name, 0n)) this.waiters.advanced(name, live.position);
    live.hurry(this.waiters.size > 0);
  }

  /** While somebody waits for what another process works (or takes over meanwhile): the checkpoint is in the database. */
  private async pollOthers(): Promise<void> {
    if (this.polling) return;
    this.polling = true;
    while (this.waiters.size > 0) {
      const elsewhere = !this.supervisor.live.held;
      if (elsewhere) {
        const live = await this.catalog.live().catch(() => undefined);
        for (const name of this.waiters.names())
          if (live && (name === together || live.projections.has(name))) this.waiters.advanced(name, live.checkpoint);
      }
      await pause(elsewhere ? pollMs : 10 * pollMs);
    }
    this.polling = false;
  }
}

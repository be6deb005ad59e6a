import type pg from 'pg';
import type { EventLog } from '../event-log.js';
import type { Projection } from '../projection.js';
import type { Build, BuildCatalog } from './build-catalog.js';
import { CatchUp } from './catch-up.js';
import type { EngineLogger } from './engine-logger.js';
import { IdleCheckpoints } from './idle-checkpoints.js';
import { LiveFeed } from './live-feed.js';
import type { ParkedStream } from './parked-streams.js';
import { ProjectionRunner } from './projection-runner.js';
import { messageOf } from './retry.js';

/** The worker lock of a projection. Versions have locks of their own: a new one builds while a process with older code still works the old one. */
export const lockNameOf = ({ name, version }: Projection): string => `projection ${name} v${version}`;

/** Characters of rows that all runners together may keep in memory while they catch up. */
const memoryInCharacters = 32_000_000;
/** How long the serving build stands still for its successor to draw level, in milliseconds. */
const drawLevelMs = 2000;

type Parts = Readonly<{
  projections: readonly Projection[];
  log: EventLog;
  pool: pg.Pool;
  catalog: BuildCatalog;
  /** The names of the worker locks this process holds. */
  locks: () => ReadonlySet<string>;
  logger: EngineLogger;
  advanced: (runner: ProjectionRunner) => void;
  parked: (streams: readonly ParkedStream[]) => void;
}>;

/**
 * Keeps the runners of this process in step with what the locks allow and the book of builds says:
 * starts and stops them, makes a build where there is none of this version, finishes and flips new ones, drops old ones.
 */
export class ProjectionSupervisor {
  /** By schema. */
  readonly runners = new Map<string, ProjectionRunner>();
  /** Why a projection cannot be worked here, by name. */
  readonly problems = new Map<string, string>();
  /** The book as it was read last. */
  builds: readonly Build[] = [];
  readonly live: LiveFeed;
  private readonly stopping = new AbortController();
  private readonly catchUp: CatchUp;
  private readonly idle: IdleCheckpoints;
  private readonly workedBefore = new Set<string>();
  private reconciling: Promise<void> | undefined;
  private again = false;

  constructor(private readonly parts: Parts) {
    const { log, catalog, logger } = parts;
    this.live = new LiveFeed(
      log,
      this.stopping.signal,
      (runner) => this.catchUp.add(runner),
      (error) => logger.warn({ err: error }, 'the live subscription ended'),
    );
    this.catchUp = new CatchUp(
      log,
      this.stopping.signal,
      (runner) => this.live.join(runner),
      (runners, error) => {
        logger.warn({ err: error }, 'catching up was interrupted');
        for (const runner of runners) runner.mistrust();
      },
    );
    this.idle = new IdleCheckpoints(
      catalog,
      () => this.runners.values(),
      (error) => logger.warn({ err: error }, 'idle checkpoints could not be stored'),
    );
  }

  /** The runner whose tables the views show, if this process works it. */
  servingRunner(name: string): ProjectionRunner | undefined {
    for (const runner of this.runners.values()) if (runner.projection.name === name && runner.serving && !runner.stopped) return runner;
    return undefined;
  }

  /** Brings everything in step once; what is asked for meanwhile is done right after. */
  reconcile(): Promise<void> {
    this.again = true;
    this.reconciling ??= (async () => {
      while (this.again && !this.stopping.signal.aborted) {
        this.again = false;
        await this.once();
      }
    })().finally(() => (this.reconciling = undefined));
    return this.reconciling;
  }

  /** Locks were won or lost: what is lost stops at once. */
  locksChanged(): void {
    const held = this.parts.locks();
    for (const [schema, runner] of this.runners)
      if (!held.has(lockNameOf(runner.projection))) {
        runner.halt();
        this.live.leave(runner);
        this.runners.delete(schema);
      }
    void this.reconcile();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.reconciling;
    await Promise.all([...this.runners.values()].map((runner) => runner.stop()));
    await this.idle.stop();
    await this.live.ended();
  }

  private async once(): Promise<void> {
    try {
      this.builds = await this.parts.catalog.list();
    } catch (error) {
      for (const { name } of this.parts.projections) this.problems.set(name, messageOf(error));
      this.parts.logger.warn({ err: error }, 'the book of projections cannot be read');
      return;
    }
    for (const projection of this.parts.projections) {
      if (this.stopping.signal.aborted) return;
      try {
        const problem = await this.supervise(projection);
        if (problem === undefined) this.problems.delete(projection.name);
        else this.problems.set(projection.name, problem);
      } catch (error) {
        this.problems.set(projection.name, messageOf(error));
        this.parts.logger.error({ err: error, projection: projection.name }, 'a projection cannot be set up');
      }
    }
  }

  private async supervise(projection: Projection): Promise<string | undefined> {
    if (!this.parts.locks().has(lockNameOf(projection))) return undefined;
    const serving = this.buildsOf(projection).find((build) => build.serving);
    if (serving && serving.version > projection.version) {
      await this.stopAllBut(projection, []);
      return `version ${serving.version} serves already, made by newer code; this is ${projection.version}`;
    }
    if (this.needsBuild(projection)) {
      await this.parts.catalog.create(projection);
      this.builds = await this.parts.catalog.list();
    }
    this.workedBefore.add(projection.name);
    const own = this.ownBuilds(projection);
    await this.stopAllBut(projection, own);
    for (const build of own) if (!this.runners.has(build.schema)) this.run(projection, build);
    if (this.buildsOf(projection).some((build) => build.retired)) await this.dropRetired(projection);
    return undefined;
  }

  /** There is none of this version; or new code may be able to fold what an older process had to park. */
  private needsBuild(projection: Projection): boolean {
    const own = this.ownBuilds(projection);
    if (own.length === 0) return true;
    if (this.workedBefore.has(projection.name)) return false;
    return own.at(-1)?.parked.length !== 0;
  }

  private buildsOf({ name }: Projection): Build[] {
    return this.builds.filter((build) => build.projection === name);
  }

  private ownBuilds(projection: Projection): Build[] {
    return this.buildsOf(projection).filter((build) => build.version === projection.version && !build.retired);
  }

  private run(projection: Projection, build: Build): void {
    const { pool, logger, advanced, parked } = this.parts;
    const runner = new ProjectionRunner(projection, build, pool, {
      wantsEvents: (it) => this.catchUp.add(it),
      advanced: (it) => {
        advanced(it);
        if (it.checkpoint < it.position) this.idle.due();
      },
      unfinished: (it) => this.finish(it),
      memory: () => memoryInCharacters / [...this.runners.values()].filter((it) => !it.live).length,
      parked: (it, streams) => {
        for (const { stream, position, error } of streams)
          logger.error(
            { projection: projection.name, schema: it.build.schema, stream, position, error },
            'a stream was parked: its event cannot be folded',
          );
        parked(streams);
      },
      failed: (it, error) => {
        this.live.leave(it);
        logger.error({ err: error, projection: projection.name, schema: it.build.schema }, 'a projection failed and will be tried again');
      },
    });
    this.runners.set(build.schema, runner);
    runner.start();
  }

  private async stopAllBut(projection: Projection, builds: readonly Build[]): Promise<void> {
    const kept = new Set(builds.map((build) => build.schema));
    for (const [schema, runner] of this.runners)
      if (runner.projection === projection && !kept.has(schema)) {
        this.runners.delete(schema);
        this.live.leave(runner);
        await runner.stop();
      }
  }

  /** A build that has caught up gets its indexes, and then the views. */
  private async finish(runner: ProjectionRunner): Promise<void> {
    const { projection, build } = runner;
    if (!runner.indexed) {
      await this.parts.catalog.index(projection, build.schema);
      runner.indexed = true;
      return; // the log went on meanwhile
    }
    const predecessor = this.servingRunner(projection.name);
    const release = await predecessor?.hold();
    try {
      if (predecessor && !(await runner.workTo(predecessor.checkpoint, drawLevelMs))) return;
      if (!(await this.idle.storeNow(runner)) || !(await this.parts.catalog.flip(projection, build.schema))) return;
      if (predecessor) predecessor.serving = false;
      runner.serving = true;
      this.parts.logger.info({ projection: projection.name, schema: build.schema }, 'a new build serves');
    } finally {
      release?.();
    }
    this.parts.advanced(runner);
    void this.reconcile();
  }

  /** Tables that are still being read stay until the next time. */
  private async dropRetired(projection: Projection): Promise<void> {
    try {
      await this.parts.catalog.dropRetired(projection.name);
    } catch (error) {
      this.parts.logger.info({ err: error, projection: projection.name }, 'tables of an older build are still in use');
    }
  }
}

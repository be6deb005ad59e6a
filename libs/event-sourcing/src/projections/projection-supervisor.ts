import type pg from 'pg';
import type { EventLog } from '../event-log.js';
import type { Projection, TableDefinition } from '../projection.js';
import { Admissions } from './admissions.js';
import { BuildBook } from './build-book.js';
import type { Build, BuildCatalog } from './build-catalog.js';
import { BatchWriter } from './batch-writer.js';
import { BuildTables } from './build-tables.js';
import { CatchUp } from './catch-up.js';
import { CheckpointMoved } from './checkpoint-step.js';
import type { EngineLogger } from './engine-logger.js';
import type { Member } from './live-members.js';
import { LiveMembership } from './live-membership.js';
import { LiveReadModels } from './live-read-models.js';
import type { ParkedStream } from './parked-streams.js';
import { ProjectionRunner } from './projection-runner.js';
import { releaseOf } from './release.js';
import { messageOf } from '../retry.js';
import { Turns } from './turns.js';

/** Characters of rows that all runners together may keep in memory while they catch up. */
const memoryInCharacters = 32_000_000;

/** Between two tries to make the indexes of a live build, in milliseconds: a failed one may have read a large table. */
const indexAgainMs = 60_000;

type Parts = Readonly<{
  projections: readonly Projection[];
  log: EventLog;
  pool: pg.Pool;
  catalog: BuildCatalog;
  /** Which work the locks allow this process. */
  allowed: () => Readonly<{ builds: boolean; live: boolean }>;
  logger: EngineLogger;
  changing: (streams?: readonly string[]) => () => void;
  advanced: () => void;
  parked: (streams: readonly ParkedStream[]) => void;
}>;

/**
 * Keeps the work of this process in step with what the locks allow and the book of builds says: takes over the live read models, makes a build
 * where there is none of this version and shape, has it caught up and taken in, indexes what lacks an index, and drops what is done with.
 */
export class ProjectionSupervisor {
  /** Those who work builds that are not live, by schema. */
  readonly runners = new Map<string, ProjectionRunner>();
  /** Why a projection cannot be worked here, by name. */
  readonly problems = new Map<string, string>();
  readonly book: BuildBook;
  readonly live: LiveReadModels;
  private readonly stopping = new AbortController();
  private readonly catchUp: CatchUp;
  private readonly admissions: Admissions;
  private readonly membership: LiveMembership;
  private readonly workedBefore = new Set<string>();
  /** Until when the indexes of a live build are left alone, by schema; milliseconds. */
  private readonly indexed = new Map<string, number>();
  /** One at a time, so that the owner has a connection left. */
  private readonly indexing = new Turns();
  private reconciling: Promise<void> | undefined;
  private again = false;

  constructor(private readonly parts: Parts) {
    const { log, catalog, logger, pool } = parts;
    this.book = new BuildBook(catalog);
    this.membership = new LiveMembership(catalog.owner, catalog, releaseOf(parts.projections));
    this.live = new LiveReadModels({
      log,
      writer: new BatchWriter(pool),
      membership: this.membership,
      logger,
      changing: (streams) => parts.changing(streams),
      advanced: () => parts.advanced(),
      left: (member, error) => {
        logger.error({ err: error, ...factsOf(member) }, 'a read model cannot be written; it is no longer shown, and is tried by itself');
        void this.reconcile();
      },
      usurped: () => {
        this.live.halt();
        void this.reconcile();
      },
    });
    this.admissions = new Admissions(
      (runners) => this.live.admit(runners),
      (error) => logger.warn({ err: error }, 'read models could not be taken in and will ask again'),
    );
    this.catchUp = new CatchUp(log, this.stopping.signal, (runners, error) => {
      logger.warn({ err: error }, 'catching up was interrupted');
      for (const runner of runners) runner.interrupted(error);
    });
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
    const { builds, live } = this.parts.allowed();
    if (!live && this.live.held) this.live.halt();
    if (!builds) {
      for (const runner of this.runners.values()) runner.halt();
      this.runners.clear();
    }
    void this.reconcile();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const runner of this.runners.values()) runner.halt();
    await this.reconciling;
    await Promise.all([...this.runners.values()].map((runner) => runner.stop()));
    await this.live.stop();
  }

  private async once(): Promise<void> {
    const { allowed, projections, logger } = this.parts;
    try {
      await this.book.read();
      if (allowed().live && !this.live.held) await this.takeOver();
    } catch (error) {
      for (const { name } of projections) this.problems.set(name, messageOf(error));
      logger.warn({ err: error }, 'the read models cannot be taken up');
      return;
    }
    for (const projection of projections) {
      if (this.stopping.signal.aborted) return;
      try {
        const problem = await this.supervise(projection);
        if (problem === undefined) this.problems.delete(projection.name);
        else this.problems.set(projection.name, problem);
      } catch (error) {
        this.problems.set(projection.name, messageOf(error));
        logger.error({ err: error, projection: projection.name }, 'a projection cannot be set up');
      }
    }
  }

  private async takeOver(): Promise<void> {
    const members: Member[] = [];
    for (const projection of this.parts.projections) {
      const build = this.book.serving(projection);
      const tables = build?.live ? await this.book.workable(projection, build) : undefined;
      if (build && tables) members.push(this.memberOf(projection, build, tables));
    }
    const tenure = await this.membership.takeOver(members);
    for (const { work } of members) await work.reload('together');
    if (!this.parts.allowed().live) return;
    await this.live.begin(tenure, members);
    if (!this.parts.allowed().live) return this.live.halt();
    await this.book.read();
  }

  private memberOf(projection: Projection, build: Build, tables: readonly TableDefinition[]): Member {
    const facts = { projection, schema: build.schema };
    const work = new BuildTables(
      projection,
      build.schema,
      tables,
      this.parts.pool,
      this.parts.log,
      (streams) => this.parkedIn(facts, streams),
      () => memoryInCharacters,
    );
    return { ...facts, tables, work };
  }

  private parkedIn(facts: Readonly<{ projection: Projection; schema: string }>, streams: readonly ParkedStream[]): void {
    for (const { stream, position, error } of streams)
      this.parts.logger.error({ ...factsOf(facts), stream, position, error }, 'a stream was parked: its event cannot be folded');
    if (streams.length > 0) this.parts.parked(streams);
  }

  private async supervise(projection: Projection): Promise<string | undefined> {
    if (!this.parts.allowed().builds) return undefined;
    const serving = this.book.serving(projection);
    if (serving && serving.version > projection.version) {
      await this.stopAllBut(projection, []);
      return `version ${serving.version} serves already, made by newer code; this is ${projection.version}`;
    }
    if (this.needsBuild(projection)) {
      await this.parts.catalog.create(projection);
      await this.book.read();
    }
    this.workedBefore.add(projection.name);
    await this.runBuilds(projection);
    this.indexLive(projection);
    if (this.book.of(projection).some((build) => build.retired)) await this.dropRetired(projection);
    return undefined;
  }

  /** There is none of this version and shape; or new code may be able to fold what an older process had to park. */
  private needsBuild(projection: Projection): boolean {
    const own = this.book.own(projection);
    if (own.length === 0) return true;
    if (this.workedBefore.has(projection.name)) return false;
    return own.at(-1)?.parked.length !== 0;
  }

  /** Builds that are not live have a runner each: the newest of this shape, and the one that is to be shown until then. */
  private async runBuilds(projection: Projection): Promise<void> {
    const worked: Build[] = [];
    for (const build of this.book.of(projection)) {
      if (build.retired || build.live || this.live.members.has(build.schema)) continue;
      const tables = build.serving || this.book.own(projection).includes(build) ? await this.book.workable(projection, build) : undefined;
      // Where another process works the live read models, what it shows is its own.
      if (!tables || (build.serving && !this.live.held)) continue;
      worked.push(build);
      if (!this.runners.has(build.schema) && !this.live.members.has(build.schema)) this.run(projection, build, tables);
    }
    await this.stopAllBut(projection, worked);
  }

  private run(projection: Projection, build: Build, tables: readonly TableDefinition[]): void {
    const { pool, log, logger, catalog } = this.parts;
    const facts = factsOf({ projection, schema: build.schema });
    const runner = new ProjectionRunner(projection, build, tables, pool, log, {
      wantsEvents: (it) => this.catchUp.add(it),
      index: () => catalog.index(projection, build.schema, tables, { signal: this.stopping.signal }),
      admit: async (it) => {
        const predecessor = this.book.serving(projection);
        if (!(await this.admissions.ask(it))) return false;
        this.runners.delete(build.schema);
        if (predecessor) logger.info(facts, predecessor.schema === build.schema ? 'a read model is shown again' : 'a new build serves');
        void this.reconcile();
        return true;
      },
      memory: () => memoryInCharacters / Math.max(1, this.runners.size),
      parked: (it, streams) => this.parkedIn({ projection, schema: build.schema }, streams),
      failed: (it, error) => {
        // What takes its place retires it while it is under way: that is what an upgrade looks like.
        if (error instanceof CheckpointMoved) logger.info(facts, 'a build was retired, or is worked elsewhere');
        else logger.error({ err: error, ...facts }, 'a projection failed and will be tried again');
      },
    });
    this.runners.set(build.schema, runner);
    runner.start();
  }

  private async stopAllBut(projection: Projection, builds: readonly Build[]): Promise<void> {
    const kept = new Set(builds.map((build) => build.schema));
    for (const [schema, runner] of this.runners)
      if (runner.projection === projection && !kept.has(schema) && !this.live.members.has(schema)) {
        this.runners.delete(schema);
        await runner.stop();
      }
  }

  /** Indexes that came or went since a live build was made: beside everything else, for it takes its time. */
  private indexLive(projection: Projection): void {
    const { catalog, logger } = this.parts;
    const build = this.book.own(projection).find(({ live }) => live);
    if (!build || Date.now() < (this.indexed.get(build.schema) ?? 0) || !this.live.held) return;
    const { schema } = build;
    const { signal } = this.stopping;
    this.indexed.set(schema, Infinity);
    this.indexing
      .take(() => catalog.index(projection, schema, projection.tables, { inUse: true, signal }))
      .catch((error: unknown) => {
        this.indexed.set(schema, Date.now() + indexAgainMs);
        if (!signal.aborted)
          logger.error({ err: error, ...factsOf({ projection, schema }) }, 'an index cannot be made and will be tried again');
      });
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

const factsOf = ({ projection, schema }: Readonly<{ projection: Projection; schema: string }>): object => ({
  projection: projection.name,
  schema,
});

import type pg from 'pg';
import type { EventLog } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import type { Projection, TableDefinition } from '../projection.js';
import type { Build } from './build-catalog.js';
import { BuildTables } from './build-tables.js';
import { CheckpointMoved } from './checkpoint-step.js';
import { refusesRows, tellsAgainst } from './culprits.js';
import { foldingTurn } from './folding-turns.js';
import type { Shown } from './live-membership.js';
import type { ParkedStream } from './parked-streams.js';
import { Backoff, errorOf, messageOf, pause } from '../retry.js';
import type { Stretch } from './stretch.js';

/** What a runner tells the engine. */
export type RunnerObserver = Readonly<{
  /** It wants the log from its `received` position on. */
  wantsEvents(runner: ProjectionRunner): void;
  /** It has caught up and lacks its secondary indexes. */
  index(runner: ProjectionRunner): Promise<void>;
  /** It has caught up, and is to be taken in among the live read models; answers whether it was. */
  admit(runner: ProjectionRunner): Promise<boolean>;
  parked(runner: ProjectionRunner, streams: readonly ParkedStream[]): void;
  failed(runner: ProjectionRunner, error: unknown): void;
  /** Characters of rows one runner may keep in memory while it catches up. */
  memory(): number;
}>;

/** Events that are folded at a time. */
const batchEvents = 2000;
/** Past this many waiting events the reader of the log waits for the runner. */
const roomEvents = 4000;
/** Events that a runner may lack when it is to be taken in: the live read models stand still while it works them. */
const levelEvents = 2000;
/** Between two tries to be taken in, in milliseconds. */
const againMs = 50;

/** Works one build by itself, in batches of many, until it is taken in among the live read models. */
export class ProjectionRunner {
  /** What was handed over so far, folded or not. */
  received: Position = 0n;
  /** Why it does not get on, if it does not. */
  failure: string | undefined;
  indexed: boolean;
  readonly tables: BuildTables;
  private readonly stopping = new AbortController();
  private queue: RecordedEvent[] = [];
  private atHead = false;
  /** Up to here every batch is written by itself: among these events are rows that the database refuses. */
  private carefulUpTo: Position = -1n;
  /** What went wrong where somebody else worked for it: reading the log, or drawing level. */
  private trouble: Error | undefined;
  private wake: () => void = () => undefined;
  private roomMade: () => void = () => undefined;
  private running: Promise<void> | undefined;

  constructor(
    readonly projection: Projection,
    readonly build: Build,
    tables: readonly TableDefinition[],
    pool: pg.Pool,
    private readonly log: EventLog,
    private readonly observer: RunnerObserver,
  ) {
    this.indexed = build.indexed;
    this.shown = { projection, schema: build.schema, tables };
    this.tables = new BuildTables(
      projection,
      build.schema,
      tables,
      pool,
      log,
      (parked) => {
        if (parked.length > 0) observer.parked(this, parked);
      },
      () => observer.memory(),
    );
  }

  readonly shown: Shown;

  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** What the tables show: the checkpoint as the database has it. */
  get position(): Position {
    return this.tables.stored;
  }

  start(): void {
    this.running = this.run();
  }

  /** Ends after the batch at hand. */
  async stop(): Promise<void> {
    this.halt();
    await this.running;
  }

  /** Ends without waiting: the lock is gone, and what is under way fails at the checkpoint or was still rightful. */
  halt(): void {
    this.stopping.abort();
    this.wake();
    this.roomMade();
  }

  /** Takes the next stretch of the log; what was received before is passed over. */
  offer({ events, categories, upTo }: Stretch): void {
    if (upTo <= this.received || this.failure !== undefined || this.stopped) return;
    const cares = this.projection.categories;
    events.forEach((event, index) => {
      if (event.position > this.received && (!cares || cares.includes(categories[index] ?? ''))) this.queue.push(event);
    });
    this.received = upTo;
    this.wake();
  }

  /** Resolves when the runner can take more. */
  async room(): Promise<void> {
    while (this.queue.length > roomEvents && !this.stopped && !this.failure)
      await new Promise<void>((resolve) => (this.roomMade = resolve));
  }

  /** The reader has nothing more for it. */
  reachedHead(): void {
    this.atHead = true;
    this.wake();
  }

  /** Reading for it has failed: it begins again from what the database says. */
  interrupted(error: unknown): void {
    this.trouble = errorOf(error);
    this.wake();
  }

  /** Works up to a position that is ahead of it by little; only while it asks to be taken in. Answers false, and may have got nearer, when it does not get there. */
  async drawLevel(position: Position): Promise<boolean> {
    if (this.stopped || position < this.position) return false;
    try {
      const events = position === this.position ? [] : await this.log.readAll(this.position, levelEvents);
      const last = events.at(-1);
      if (events.length === levelEvents && last && last.position < position) return false;
      const cares = this.projection.categories;
      const own = events.filter(
        (event) => event.position <= position && (!cares || cares.includes(event.stream.slice(0, event.stream.indexOf('-')))),
      );
      if (position > this.position) await this.tables.foldAndWrite(own, position);
      return true;
    } catch (error) {
      this.trouble = errorOf(error);
      return false;
    }
  }

  private async run(): Promise<void> {
    const backoff = new Backoff(100, 5000);
    while (!this.stopped) {
      try {
        await this.tables.reload();
        this.queue = [];
        this.trouble = undefined;
        this.received = this.position;
        this.failure = undefined;
        await this.work(backoff);
        return;
      } catch (error) {
        this.failure = messageOf(error);
        this.queue = [];
        this.roomMade();
        if (this.stopped) return;
        // Rows of many batches were written together, so the stream to blame is looked for by writing them again one by one.
        const seekCulprit = refusesRows(error) && this.carefulUpTo < this.received;
        if (seekCulprit) this.carefulUpTo = this.received;
        this.observer.failed(this, await this.reasonFor(error));
        if (!seekCulprit) await backoff.wait(this.stopping.signal);
      }
    }
  }

  /** Tables that refuse may be gone: who retires a build drops them, too, perhaps before this one has heard of the one or the other. */
  private async reasonFor(error: unknown): Promise<unknown> {
    if (!tellsAgainst(error)) return error;
    return this.tables.reload().then(
      () => error,
      (reason: unknown) => (reason instanceof CheckpointMoved ? reason : error),
    );
  }

  /** Until it is taken in. */
  private async work(backoff: Backoff): Promise<void> {
    while (!this.stopped) {
      await this.catchUp(backoff);
      if (this.stopped) return;
      await this.tables.flush();
      // Nothing of the rest was of concern.
      if (this.received > this.position) await this.tables.foldAndWrite([], this.received);
      if (!this.indexed) {
        await this.observer.index(this);
        this.indexed = true; // the log went on meanwhile
      } else if (await this.observer.admit(this)) return;
      else await pause(againMs, this.stopping.signal);
      if (this.trouble !== undefined) throw this.trouble;
      this.received = this.position;
    }
  }

  /** Takes what the reader brings until that has reached the head. */
  private async catchUp(backoff: Backoff): Promise<void> {
    this.atHead = false;
    this.observer.wantsEvents(this);
    while (!this.stopped) {
      if (this.trouble !== undefined) throw this.trouble;
      if (this.queue.length === 0 && this.atHead) return;
      if (this.queue.length === 0) {
        await new Promise<void>((resolve) => (this.wake = resolve));
        continue;
      }
      await foldingTurn();
      await this.nextBatch();
      backoff.succeeded();
    }
  }

  private async nextBatch(): Promise<void> {
    const events = this.queue.slice(0, batchEvents);
    this.queue = this.queue.slice(batchEvents);
    this.roomMade();
    const upTo = this.queue.length === 0 ? this.received : (events.at(-1)?.position ?? this.received);
    if (upTo <= this.carefulUpTo) await this.tables.foldAndWrite(events, upTo);
    else await this.tables.foldAhead(events, upTo);
  }
}

import type pg from 'pg';
import type { Position, RecordedEvent } from '../event.js';
import type { Projection } from '../projection.js';
import { CheckpointMoved } from './batch-writer.js';
import type { Build } from './build-catalog.js';
import { BuildTables, refusesRows } from './build-tables.js';
import { foldingTurn } from './folding-turns.js';
import type { ParkedStream, ParkedStreams } from './parked-streams.js';
import { Backoff, messageOf, pause } from './retry.js';
import type { Stretch } from './stretch.js';

/** What a runner tells the engine. */
export type RunnerObserver = Readonly<{
  /** It wants the log from its `received` position on: by the shared catch-up first, then live. */
  wantsEvents(runner: ProjectionRunner): void;
  /** Its position moved. */
  advanced(runner: ProjectionRunner): void;
  /** It follows the log live, but lacks indexes or is not shown yet; called between two batches, again and again until both are done. */
  unfinished(runner: ProjectionRunner): Promise<void>;
  parked(runner: ProjectionRunner, streams: readonly ParkedStream[]): void;
  failed(runner: ProjectionRunner, error: unknown): void;
  /** Characters of rows one runner may keep in memory while it catches up. */
  memory(): number;
}>;

/** Events one transaction folds at most: enough to make the round trips cheap, few enough to keep memory flat. */
const batchEvents = 2000;
/** Past this many waiting events a catch-up reader waits for the runner, and the live feed lets it go. */
const roomEvents = 4000;
/** Between two live transactions of one projection, in milliseconds, while nobody waits for it: under load that makes batches instead of commits. */
const restMs = 40;
/** Between two tries to finish a build, in milliseconds. */
const finishEveryMs = 20;

/** Works one build of one projection: takes events in log order, folds them in batches, and writes rows and checkpoint together. */
export class ProjectionRunner {
  /** The log is folded up to here: what the tables show. */
  position: Position = 0n;
  /** What was handed over so far, folded or not. */
  received: Position = 0n;
  /** Why it does not get on, if it does not. */
  failure: string | undefined;
  live = false;
  serving: boolean;
  indexed: boolean;
  private readonly tables: BuildTables;
  private readonly stopping = new AbortController();
  private queue: RecordedEvent[] = [];
  private busy = false;
  private held: Promise<void> | undefined;
  /** Up to here every batch is written by itself: among these events are rows that the database refuses. */
  private carefulUpTo: Position = -1n;
  private wake: () => void = () => undefined;
  private roomMade: () => void = () => undefined;
  private restOver: () => void = () => undefined;
  private hurried = false;
  private doubted = false;
  private finishAgainAt = 0;
  private running: Promise<void> | undefined;

  constructor(
    readonly projection: Projection,
    readonly build: Build,
    pool: pg.Pool,
    private readonly observer: RunnerObserver,
  ) {
    this.serving = build.serving;
    this.indexed = build.indexed;
    this.tables = new BuildTables(
      projection,
      build.schema,
      pool,
      (parked) => {
        if (parked.length > 0) observer.parked(this, parked);
        this.movePosition();
      },
      () => observer.memory(),
    );
  }

  get parked(): ParkedStreams {
    return this.tables.parked;
  }

  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** The checkpoint as the database has it. */
  get checkpoint(): Position {
    return this.tables.stored;
  }

  get crowded(): boolean {
    return this.queue.length > roomEvents;
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
    this.live = false;
    this.stopping.abort();
    this.wake();
    this.restOver();
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
    if (this.queue.length > 0) this.wake();
    else this.movePosition();
  }

  /** Resolves when the runner can take more. */
  async room(): Promise<void> {
    while (this.crowded && !this.stopped && !this.failure) await new Promise<void>((resolve) => (this.roomMade = resolve));
  }

  /** Whether somebody waits for a position: rest is skipped then. */
  hurry(hurried: boolean): void {
    this.hurried = hurried;
    if (hurried) this.restOver();
  }

  /** It follows the log live from now on. */
  goLive(): void {
    this.live = true;
    this.movePosition();
    this.wake();
  }

  /** Works until the position is reached; only for `unfinished`, which stands between two batches. Answers false when it takes too long. */
  async workTo(position: Position, timeoutMs: number): Promise<boolean> {
    const until = Date.now() + timeoutMs;
    while (this.position < position && Date.now() < until && !this.stopped) {
      if (this.queue.length > 0) await this.nextBatch();
      else await pause(2);
    }
    return this.position >= position;
  }

  /** Between two batches, keeps the runner from starting another until released. */
  async hold(): Promise<() => void> {
    let release: () => void = () => undefined;
    const hold = new Promise<void>((resolve) => (release = resolve));
    const earlier = this.held;
    this.held = earlier ? earlier.then(() => hold) : hold;
    const mine = this.held;
    while (this.busy) await pause(1);
    return () => {
      if (this.held === mine) this.held = undefined;
      release();
    };
  }

  /**
   * When it has moved past events of no concern, and does nothing: the step its checkpoint should make.
   * The runner then stands still until `settleIdle`.
   */
  claimIdle(): Readonly<{ schema: string; from: Position; to: Position }> | undefined {
    if (this.busy || this.held || this.stopped || this.failure || this.queue.length > 0 || this.tables.unwritten) return undefined;
    if (this.checkpoint >= this.position) return undefined;
    this.busy = true;
    return { schema: this.build.schema, from: this.checkpoint, to: this.position };
  }

  settleIdle(storedAt: Position | undefined): void {
    if (storedAt !== undefined) this.tables.movedTo(storedAt);
    this.busy = false;
    this.movePosition();
    this.wake();
  }

  /** A checkpoint that was not where it should be makes the runner begin again from what the database says. */
  mistrust(): void {
    this.doubted = true;
    this.wake();
  }

  private async run(): Promise<void> {
    const backoff = new Backoff(100, 5000);
    while (!this.stopped) {
      try {
        await this.tables.reload();
        this.doubted = false;
        this.queue = [];
        this.position = this.received = this.checkpoint;
        this.failure = undefined;
        this.observer.wantsEvents(this);
        await this.work(backoff);
      } catch (error) {
        this.live = false;
        this.failure = messageOf(error);
        this.queue = [];
        this.roomMade();
        if (this.stopped) return;
        // Rows of many batches were written together, so the stream to blame is looked for by writing them again one by one.
        const seekCulprit = refusesRows(error) && this.carefulUpTo < this.received;
        if (seekCulprit) this.carefulUpTo = this.received;
        this.observer.failed(this, error);
        if (!seekCulprit) await backoff.wait(this.stopping.signal);
      }
    }
  }

  private async work(backoff: Backoff): Promise<void> {
    for (;;) {
      if (this.live && this.tables.unwritten) await this.finishWriting();
      if (this.live && !this.finished && Date.now() >= this.finishAgainAt) {
        await this.observer.unfinished(this);
        this.finishAgainAt = Date.now() + finishEveryMs;
      }
      if (this.queue.length === 0 && !this.stopped && !this.doubted) await this.sleep();
      if (this.stopped) return;
      if (this.doubted) throw new CheckpointMoved(this.build.schema);
      if (this.queue.length === 0) continue;
      if (!this.live) await foldingTurn();
      await this.nextBatch();
      backoff.succeeded();
      if (this.live && !this.hurried && !this.stopped && this.queue.length < batchEvents) await this.rest();
    }
  }

  private get finished(): boolean {
    return this.serving && this.indexed;
  }

  /** Until there is something to do. */
  private async sleep(): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.wake = resolve));
    if (this.live && !this.finished) await Promise.race([woken, pause(finishEveryMs, this.stopping.signal)]);
    else await woken;
  }

  private async rest(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, restMs);
      this.restOver = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async nextBatch(): Promise<void> {
    while (this.held ?? this.busy) await (this.held ?? pause(1));
    if (this.queue.length === 0 || this.stopped) return;
    this.busy = true;
    try {
      const events = this.queue.length <= batchEvents ? this.queue : this.queue.slice(0, batchEvents);
      this.queue = this.queue.length <= batchEvents ? [] : this.queue.slice(batchEvents);
      this.roomMade();
      const upTo = this.queue.length === 0 ? this.received : (events.at(-1)?.position ?? this.received);
      // Behind, many batches are written together; live, each at once.
      if (this.live || upTo <= this.carefulUpTo || this.hurried) await this.tables.foldAndWrite(events, upTo);
      else await this.tables.foldAhead(events, upTo);
    } finally {
      this.busy = false;
    }
    this.movePosition();
  }

  /** The head is reached: what was gathered on the way goes into the tables now. */
  private async finishWriting(): Promise<void> {
    this.busy = true;
    try {
      await this.tables.flush();
    } finally {
      this.busy = false;
    }
    this.movePosition();
  }

  /** What is written is shown; and where nothing is left to do, so is everything received, for the rest was of no concern. */
  private movePosition(): void {
    const idle = !this.busy && this.queue.length === 0 && !this.tables.unwritten;
    const position = idle ? this.received : this.checkpoint;
    if (position <= this.position) return;
    this.position = position;
    this.observer.advanced(this);
  }
}

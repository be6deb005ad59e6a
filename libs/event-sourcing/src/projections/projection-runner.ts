import type pg from 'pg';
import type { Position, RecordedEvent } from '../event.js';
import type { Projection } from '../projection.js';
import { foldBatch } from './batch-fold.js';
import { BatchWriter, CheckpointMoved, UnwritableRows } from './batch-writer.js';
import type { Build } from './build-catalog.js';
import { ParkedStreams, type ParkedStream } from './parked-streams.js';
import { Backoff, messageOf, pause } from './retry.js';
import { RowBuffer } from './row-buffer.js';
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
}>;

/** Events one transaction folds at most: enough to make the round trips cheap, few enough to keep memory flat. */
const batchEvents = 5000;
/** Past this many waiting events a catch-up reader waits for the runner, and the live feed lets it go. */
const roomEvents = 10_000;
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
  readonly parked: ParkedStreams;
  private readonly rows: RowBuffer;
  private readonly writer: BatchWriter;
  private readonly stopping = new AbortController();
  private queue: RecordedEvent[] = [];
  private busy = false;
  private held: Promise<void> | undefined;
  private stored: Position = 0n;
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
    private readonly pool: pg.Pool,
    private readonly observer: RunnerObserver,
  ) {
    this.serving = build.serving;
    this.indexed = build.indexed;
    this.parked = new ParkedStreams(projection.name);
    this.rows = new RowBuffer(projection.tables);
    this.writer = new BatchWriter(pool, projection, build.schema);
  }

  get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** The checkpoint as the database has it. */
  get checkpoint(): Position {
    return this.stored;
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
    else if (!this.busy) this.moveTo(upTo);
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
    if (this.busy || this.held || this.stopped || this.failure || this.queue.length > 0 || this.stored >= this.position) return undefined;
    this.busy = true;
    return { schema: this.build.schema, from: this.stored, to: this.position };
  }

  settleIdle(storedAt: Position | undefined): void {
    if (storedAt !== undefined) this.stored = storedAt;
    this.busy = false;
    if (this.queue.length === 0) this.moveTo(this.received);
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
        await this.reload();
        this.failure = undefined;
        this.observer.wantsEvents(this);
        await this.work(backoff);
      } catch (error) {
        this.live = false;
        this.failure = messageOf(error);
        this.rows.forget();
        this.parked.forget();
        this.queue = [];
        this.roomMade();
        if (this.stopped) return;
        this.observer.failed(this, error);
        await backoff.wait(this.stopping.signal);
      }
    }
  }

  private async reload(): Promise<void> {
    const { rows } = await this.pool.query<{ checkpoint: string; streams: string[] }>(
      `select checkpoint::text, array(select stream from app.parked_streams p where p.schema_name = b.schema_name) as streams
       from app.projection_builds b where schema_name = $1 and not retired`,
      [this.build.schema],
    );
    const [row] = rows;
    if (!row) throw new CheckpointMoved(this.build.schema);
    this.doubted = false;
    this.queue = [];
    this.rows.forget();
    this.parked.reset(row.streams);
    this.stored = this.position = this.received = BigInt(row.checkpoint);
  }

  private async work(backoff: Backoff): Promise<void> {
    for (;;) {
      if (this.live && !this.finished && Date.now() >= this.finishAgainAt) {
        await this.observer.unfinished(this);
        this.finishAgainAt = Date.now() + finishEveryMs;
      }
      if (this.queue.length === 0 && !this.stopped && !this.doubted) await this.sleep();
      if (this.stopped) return;
      if (this.doubted) throw new CheckpointMoved(this.build.schema);
      if (this.queue.length === 0) continue;
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
      await this.fold(events, upTo);
    } finally {
      this.busy = false;
    }
    this.moveTo(this.queue.length === 0 ? this.received : this.stored);
  }

  /** Writes a stretch in one transaction; where its rows are refused, halves it until the stream is found that cannot be written. */
  private async fold(events: readonly RecordedEvent[], upTo: Position, culprit?: unknown): Promise<void> {
    try {
      const [event] = events;
      if (culprit !== undefined && event) this.parked.park(event, culprit);
      else await foldBatch(this.projection, events, this.rows, this.parked, this.writer);
      await this.writer.write(this.rows.changes(), this.parked.unstored(), { from: this.stored, to: upTo });
    } catch (error) {
      this.rows.forget();
      this.parked.forget();
      if (!refusesRows(error) || culprit !== undefined) throw error;
      const middle = events.length >> 1;
      const last = events[middle - 1];
      if (!last) return this.fold(events, upTo, error);
      await this.fold(events.slice(0, middle), last.position);
      return this.fold(events.slice(middle), upTo);
    }
    this.rows.settle();
    const added = this.parked.settle();
    this.stored = upTo;
    if (added.length > 0) this.observer.parked(this, added);
  }

  private moveTo(position: Position): void {
    if (position <= this.position) return;
    this.position = position;
    this.observer.advanced(this);
  }
}

/** Data exceptions (22), broken constraints (23) and limits of a row (54): the rows are to blame, not the database. */
function refusesRows(error: unknown): boolean {
  if (error instanceof UnwritableRows) return true;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^(22|23|54)...$/.test(code);
}

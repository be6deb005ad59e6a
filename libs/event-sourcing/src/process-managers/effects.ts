import type { Position, RecordedEvent } from '../event.js';
import { Backoff, messageOf } from '../retry.js';
import { alarmAfterTries, type StuckWork } from './process-manager.js';

/** An event that does not go through, and how often it was tried. */
export type StuckEvent = StuckWork & Readonly<{ position: Position }>;

type Work = {
  readonly event: RecordedEvent;
  /** The position seen before it: a place where a subscription can begin. */
  readonly after: Position;
  tries: number;
  error: string | undefined;
};

/**
 * The events one process manager has been given and not finished: in order within a stream, streams side by side, so many at a time.
 * Its watermark is the position up to which everything is done.
 */
export class Effects {
  /** In log order. */
  private readonly unfinished = new Map<Position, Work>();
  private readonly streams = new Map<string, Work[]>();
  private readonly ready: Work[][] = [];
  private running = 0;
  private seen: Position;
  private changed: () => void = () => undefined;

  constructor(
    checkpoint: Position,
    private readonly handle: (event: RecordedEvent) => Promise<void>,
    private readonly limits: Readonly<{ atOnce: number; waiting: number }>,
    private readonly observer: Readonly<{ finished: (position: Position) => void; failing: (stuck: StuckEvent, cause: unknown) => void }>,
    private readonly signal: AbortSignal,
  ) {
    this.seen = checkpoint;
  }

  /** Everything up to here is done; it never moves back. */
  get watermark(): Position {
    for (const { after } of this.unfinished.values()) return after;
    return this.seen;
  }

  /** Whether the effects of the event at this position are done (or it is of no concern), whatever is still under way before it. */
  isDone(position: Position): boolean {
    return position <= this.seen && !this.unfinished.has(position);
  }

  get stuck(): StuckEvent[] {
    return [...this.unfinished.values()].filter(({ tries }) => tries >= alarmAfterTries).map(stuckOf);
  }

  get size(): number {
    return this.unfinished.size;
  }

  /** Takes the next event of the log; resolves when there is room for another. */
  async add(event: RecordedEvent): Promise<void> {
    if (event.position <= this.seen) return;
    const work: Work = { event, after: this.seen, tries: 0, error: undefined };
    this.seen = event.position;
    this.unfinished.set(event.position, work);
    const stream = this.streams.get(event.stream);
    if (stream) stream.push(work);
    else {
      const first = [work];
      this.streams.set(event.stream, first);
      this.ready.push(first);
      this.dispatch();
    }
    while (this.unfinished.size >= this.limits.waiting && !this.signal.aborted) await this.change();
  }

  /** Nothing of concern lies before this position that was not added. */
  passed(position: Position): void {
    if (position <= this.seen) return;
    this.seen = position;
    this.observer.finished(position);
  }

  /** Resolves when nothing runs any more: soon after the signal, since then nothing new begins and nothing is tried again. */
  async settled(): Promise<void> {
    while (this.running > 0) await this.change();
  }

  private change(): Promise<void> {
    const earlier = this.changed;
    return new Promise((resolve) => {
      this.changed = () => {
        earlier();
        resolve();
      };
    });
  }

  private dispatch(): void {
    while (this.running < this.limits.atOnce && !this.signal.aborted) {
      const stream = this.ready.shift();
      const work = stream?.[0];
      if (!stream || !work) return;
      this.running += 1;
      void this.perform(work).then((done) => {
        this.running -= 1;
        if (done) this.finish(stream, work);
        this.dispatch();
        const changed = this.changed;
        this.changed = () => undefined;
        changed();
      });
    }
  }

  private finish(stream: Work[], { event }: Work): void {
    stream.shift();
    if (stream.length > 0) this.ready.push(stream);
    else this.streams.delete(event.stream);
    this.unfinished.delete(event.position);
    this.observer.finished(event.position);
  }

  /** Until it goes through, however long that takes. Answers false when the work was stopped before. */
  private async perform(work: Work): Promise<boolean> {
    const backoff = new Backoff(20, 5000);
    while (!this.signal.aborted) {
      try {
        await this.handle(work.event);
        return true;
      } catch (error) {
        work.tries += 1;
        work.error = messageOf(error);
        if (work.tries >= alarmAfterTries) this.observer.failing(stuckOf(work), error);
        await backoff.wait(this.signal);
      }
    }
    return false;
  }
}

const stuckOf = ({ event, tries, error }: Work): StuckEvent => ({
  stream: event.stream,
  position: event.position,
  tries,
  error: error ?? '',
});

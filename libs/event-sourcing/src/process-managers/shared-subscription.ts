import type { EventLog } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import { errorOf, pause } from '../retry.js';
import { categoryOf } from '../stream-name.js';

/** Who is told of the log. */
export type Follower = Readonly<{
  /** Streams whose events it gets. */
  categories: readonly string[];
  /** Events come one after the other: the next one when this has resolved. */
  event(event: RecordedEvent): Promise<void>;
  /** Nothing of its categories lies up to here that it was not given. */
  passed(position: Position): void;
  signal: AbortSignal;
}>;

export type SharedSubscriptionLimits = Readonly<{
  /** Events that are kept for those who are not there yet. */
  kept: number;
  /** Milliseconds that the others wait for one who does not take his events; after that he reads by himself. */
  patienceMs: number;
  /** Milliseconds in which those who begin together are gathered, so that one reading serves them all. */
  gatherMs: number;
}>;

const usual: SharedSubscriptionLimits = { kept: 2_000, patienceMs: 500, gatherMs: 20 };

/**
 * One subscription to the log for everybody in a process who follows it.
 * Whoever stands further back than what is kept of it reads the log by himself until he has caught up, so nobody slow holds up the rest.
 */
export class SharedSubscription {
  /** Where each follower stands: everything up to there was handed to it. */
  private readonly reached = new Map<Follower, Position>();
  /** In log order; `first` is the number of the first one since the subscription began. */
  private recent: RecordedEvent[] = [];
  private first = 0;
  /** All events behind this one, up to the end, are among the recent ones. */
  private begins: Position = 0n;
  private end: Position = 0n;
  private running: AbortController | undefined;
  private problem: Error | undefined;
  private change = newChange();
  private waking = false;
  private roomMade: () => void = () => undefined;

  constructor(
    private readonly log: EventLog,
    private readonly limits = usual,
  ) {}

  /**
   * Tells a follower everything after a position, then what is appended, until its signal aborts; resolves then.
   * @throws what ended the subscription, or what the follower threw
   */
  async follow(after: Position, follower: Follower): Promise<void> {
    const { signal } = follower;
    const stopped = (): void => this.wake();
    signal.addEventListener('abort', stopped);
    this.reached.set(follower, after);
    try {
      await pause(this.limits.gatherMs, signal);
      while (!signal.aborted) {
        if (!this.running) this.begin();
        if (this.isKept(this.placeOf(follower))) await this.together(follower);
        else await this.alone(follower);
      }
    } finally {
      signal.removeEventListener('abort', stopped);
      this.reached.delete(follower);
      this.roomMade();
      if (this.reached.size === 0) this.leave();
    }
  }

  private placeOf(follower: Follower): Position {
    return this.reached.get(follower) ?? 0n;
  }

  private isKept(position: Position): boolean {
    return position >= this.begins;
  }

  /** From the one who stands furthest, of those who are here by now: whoever is behind comes after by himself. */
  private begin(): void {
    const running = new AbortController();
    this.running = running;
    this.problem = undefined;
    this.recent = [];
    this.first = 0;
    this.begins = this.end = [...this.reached.values()].reduce((furthest, position) => (position > furthest ? position : furthest));
    void this.read(this.begins, running.signal).then((problem) => {
      if (this.running !== running) return;
      this.running = undefined;
      this.problem = problem;
      this.wake();
    });
  }

  /** Nobody is left to read for. */
  private leave(): void {
    this.running?.abort();
    this.running = undefined;
  }

  /** Resolves with what ended it. */
  private async read(after: Position, signal: AbortSignal): Promise<Error> {
    try {
      for await (const item of this.log.subscribeAll(after, { signal })) {
        if (signal.aborted) break;
        if (item.kind === 'event') {
          this.recent.push(item.event);
          this.end = item.event.position;
          if (this.recent.length >= 2 * this.limits.kept) await this.makeRoom(signal);
        } else if (item.position > this.end) this.end = item.position;
        this.wakeSoon();
      }
      return new Error('the subscription to the log ended');
    } catch (error) {
      return errorOf(error);
    }
  }

  /** Forgets the older half, when those who are among it have gone on or were waited for long enough. */
  private async makeRoom(signal: AbortSignal): Promise<void> {
    const { kept, patienceMs } = this.limits;
    const last = this.recent[kept - 1]?.position ?? this.begins;
    const late = (): boolean => [...this.reached.values()].some((position) => position < last && this.isKept(position));
    const until = Date.now() + patienceMs;
    this.wake();
    while (late() && !signal.aborted && Date.now() < until) {
      const woken = new AbortController();
      this.roomMade = () => woken.abort();
      await pause(until - Date.now(), woken.signal);
    }
    this.recent = this.recent.slice(kept);
    this.first += kept;
    this.begins = last;
  }

  /** As long as what it has to be told of is kept. */
  private async together(follower: Follower): Promise<void> {
    const { running } = this;
    const { signal } = follower;
    let next = this.numberAfter(this.placeOf(follower));
    while (!signal.aborted && this.running === running && next >= this.first) {
      const changed = this.change.promise;
      next = await this.tell(follower, next, running);
      if (next !== this.first + this.recent.length || this.running !== running) continue;
      if (this.end > this.placeOf(follower)) {
        this.reached.set(follower, this.end);
        follower.passed(this.end);
        this.roomMade();
      }
      await changed;
    }
    if (!signal.aborted && this.running !== running && this.problem) throw this.problem;
  }

  /** Hands over what is kept, and answers with the number of the next one. */
  private async tell(follower: Follower, from: number, running: AbortController | undefined): Promise<number> {
    let next = from;
    for (; next >= this.first && this.running === running && !follower.signal.aborted; next++) {
      const event = this.recent[next - this.first];
      if (!event) break;
      if (event.position <= this.placeOf(follower)) continue;
      if (!follower.categories.includes(categoryOf(event.stream))) continue;
      await follower.event(event);
      this.reached.set(follower, event.position);
      this.roomMade();
    }
    return next;
  }

  private numberAfter(position: Position): number {
    const index = this.recent.findIndex((event) => event.position > position);
    return this.first + (index < 0 ? this.recent.length : index);
  }

  /** By a subscription of its own, up to where it will not be left behind again at once. */
  private async alone(follower: Follower): Promise<void> {
    const { categories, signal } = follower;
    const own = new AbortController();
    const stop = (): void => own.abort();
    signal.addEventListener('abort', stop);
    try {
      for await (const item of this.log.subscribeAll(this.placeOf(follower), { categories, signal: own.signal })) {
        const position = item.kind === 'event' ? item.event.position : item.position;
        if (item.kind === 'event') await follower.event(item.event);
        else follower.passed(position);
        if (position > this.placeOf(follower)) this.reached.set(follower, position);
        const half = this.recent[Math.floor(this.recent.length / 2)]?.position ?? this.begins;
        if (signal.aborted || !this.running || this.placeOf(follower) >= half) return;
      }
      if (!signal.aborted) throw new Error('the subscription to the log ended');
    } finally {
      signal.removeEventListener('abort', stop);
      own.abort();
    }
  }

  /** What comes in one turn of the event loop wakes everybody once. */
  private wakeSoon(): void {
    if (this.waking) return;
    this.waking = true;
    setImmediate(() => this.wake());
  }

  private wake(): void {
    this.waking = false;
    const { resolve } = this.change;
    this.change = newChange();
    resolve();
  }
}

function newChange(): { promise: Promise<void>; resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

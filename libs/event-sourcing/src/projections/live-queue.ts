import { endsAppend } from '../append-borders.js';
import type { EventLog } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import { errorOf } from '../retry.js';

/** Events on their way into the read models, and the position that they reach: the last one's, or further where the rest was of no concern. */
export type Batch = Readonly<{ events: readonly RecordedEvent[]; upTo: Position }>;

/** Events one transaction folds at most, but for an append that is longer: enough to make the round trips cheap, few enough to keep memory flat. */
const batchEvents = 2000;
/** Past this many waiting events the subscription waits. */
const roomEvents = 4000;

/** What the log has said and the read models do not show yet. */
export class LiveQueue {
  private events: RecordedEvent[] = [];
  private received: Position = 0n;
  private taken: Position = 0n;
  /** The subscription has reached the head at least once: the last event it brought is no longer the first half of an old append. */
  private caughtUp = false;
  /** When this was received, what waited was the first part of one append. */
  private incompleteAt: Position | undefined;
  private problem: Error | undefined;
  private wake: () => void = () => undefined;
  private roomMade: () => void = () => undefined;

  constructor(private readonly log: EventLog) {}

  /** More waits than one transaction takes. */
  get isLong(): boolean {
    return this.events.length >= batchEvents;
  }

  private get isReady(): boolean {
    return this.problem !== undefined || (this.received > this.taken && this.received !== this.incompleteAt);
  }

  /** Begins after a position, and follows the log until the signal aborts; resolves then. What goes wrong is told by `something`. */
  async follow(after: Position, signal: AbortSignal): Promise<void> {
    this.events = [];
    this.received = this.taken = after;
    this.caughtUp = false;
    this.incompleteAt = undefined;
    this.problem = undefined;
    try {
      for await (const item of this.log.subscribeAll(after, { signal })) {
        const position = item.kind === 'event' ? item.event.position : item.position;
        if (item.kind === 'event' && position > this.received) this.events.push(item.event);
        if (item.kind === 'caughtUp' && !this.caughtUp) {
          this.caughtUp = true;
          this.incompleteAt = undefined;
        }
        if (position > this.received) this.received = position;
        this.wake();
        // An append that does not end among those that wait is read to its end, however long: nothing of it can be taken before.
        while (this.events.length > roomEvents && this.received !== this.incompleteAt && !signal.aborted)
          await called((call) => (this.roomMade = call), signal);
      }
      if (!signal.aborted) this.problem = new Error('the subscription to the log ended');
    } catch (error) {
      this.problem = errorOf(error);
    }
    this.wake();
  }

  /** Resolves when there is something to take, or the signal aborts. @throws what ended the subscription */
  async something(signal: AbortSignal): Promise<void> {
    while (!this.isReady && !signal.aborted) await called((call) => (this.wake = call), signal);
    if (this.problem !== undefined && !signal.aborted) throw this.problem;
  }

  /** The next batch, which ends where an append does; undefined when the rest of one has yet to come. */
  take(): Batch | undefined {
    if (this.received <= this.taken) return undefined;
    const length = this.border();
    if (this.events.length > 0 && length === 0) {
      this.incompleteAt = this.received;
      this.roomMade();
      return undefined;
    }
    const events = this.events.slice(0, length);
    this.events = this.events.slice(length);
    this.taken = this.events.length === 0 ? this.received : (events.at(-1)?.position ?? this.taken);
    this.roomMade();
    return { events, upTo: this.taken };
  }

  /** The batch was not written: it comes again. */
  giveBack({ events }: Batch): void {
    this.events = [...events, ...this.events];
    this.taken = (events[0]?.position ?? 1n) - 1n;
  }

  /** How many events make the longest run within a transaction's measure that ends where an append does, or else the shortest one. */
  private border(): number {
    let length = 0;
    for (let count = 1; count <= this.events.length && (count <= batchEvents || length === 0); count++)
      if (this.endsAppend(count - 1)) length = count;
    return length;
  }

  private endsAppend(index: number): boolean {
    const event = this.events[index];
    const next = this.events[index + 1];
    return event !== undefined && (next !== undefined || this.caughtUp || event.metadata.append !== undefined) && endsAppend(event, next);
  }
}

/** Resolves when it is called, or the signal aborts. */
async function called(hand: (call: () => void) => void, signal: AbortSignal): Promise<void> {
  let call: () => void = () => undefined;
  await new Promise<void>((resolve) => {
    call = resolve;
    hand(call);
    signal.addEventListener('abort', call);
  });
  signal.removeEventListener('abort', call);
}

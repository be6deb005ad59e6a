import type { SubscriptionItem } from '../event-log.js';
import type { Position } from '../event.js';
import { backoff, pause } from '../retry.js';

/** What a connected subscription delivers. Checkpoints stand in the same queue as the events, so they can never be ahead of the consumer. */
export type Delivery = SubscriptionItem | Readonly<{ kind: 'live' }>;

/** The part of a readable stream that tells of arrivals and of the end. */
type Arrivals = Readonly<{
  readableLength: number;
  on(name: string, listener: (error: unknown) => void): unknown;
  off(name: string, listener: (error: unknown) => void): unknown;
}>;

export type Connection = Readonly<{
  /** Takes the next of what has arrived; undefined when nothing has. */
  read(): Delivery | undefined;
  deliveries: Arrivals;
  close(): Promise<void>;
}>;

/** How far the log is known to hold nothing that a subscription wants, and whether something it wants comes next. */
export type Quiet = Readonly<{ upTo: Position; blocked: boolean }>;

export type SubscriptionSource = Readonly<{
  /** Opens the subscription after a position. */
  connect(after: Position): Connection;
  /** Looks at the log itself, from a position on to the next event that the subscription wants. */
  look(after: Position): Promise<Quiet>;
  stallTimeout: number;
  onTrouble(error: unknown): void;
}>;

/** Milliseconds of silence after which the subscription looks for itself; doubling, so that an idle one costs four small reads a second. */
const firstLook = 20;
const laterLooks = 250;

/** Waits until something is to be read, the connection ends, or it has been quiet for so long. */
function woken(deliveries: Arrivals, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = (): void => {
      clearTimeout(timer);
      for (const name of wakers) deliveries.off(name, wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    for (const name of wakers) deliveries.on(name, wake);
    signal.addEventListener('abort', wake);
  });
}
const wakers = ['readable', 'error', 'end', 'close'];

/** One connection of a subscription, from its opening until it breaks. */
class ConnectedSubscription {
  private failure: unknown;
  private ended = false;
  private live = false;
  /** Something came since the consumer was last told that it has caught up. */
  private behind = true;
  private quiet = firstLook;
  /** "Caught up" is said after a look at the head, so that its position covers what the filter left out. */
  private lookFirst = true;
  private stalledSince: number | undefined;

  constructor(
    private readonly source: SubscriptionSource,
    private readonly connection: Connection,
    private seen: Position,
    private readonly signal: AbortSignal,
  ) {
    const lost = (): void => void (this.ended = true);
    for (const name of ['end', 'close']) connection.deliveries.on(name, lost);
    connection.deliveries.on('error', (error) => {
      this.failure ??= error;
      this.ended = true;
    });
  }

  /** @throws what broke the connection; ends without a throw when the signal aborts */
  async *items(): AsyncGenerator<SubscriptionItem> {
    const { deliveries } = this.connection;
    while (!this.signal.aborted) {
      const delivery = this.connection.read();
      if (delivery) {
        yield* this.deliver(delivery);
        continue;
      }
      if (this.ended) throw new Error('the subscription was lost', { cause: this.failure });
      if (this.live && this.behind) {
        if (this.lookFirst) yield* this.lookAround();
        this.lookFirst = this.behind = false;
        yield { kind: 'caughtUp', position: this.seen };
        continue;
      }
      const before = Date.now();
      await woken(deliveries, this.quiet, this.signal);
      if (deliveries.readableLength === 0 && !this.ended && Date.now() - before >= this.quiet) yield* this.lookAround();
    }
  }

  private *deliver(delivery: Delivery): Generator<SubscriptionItem> {
    if (delivery.kind === 'live') {
      this.live = this.lookFirst = this.behind = true;
      return;
    }
    const position = delivery.kind === 'event' ? delivery.event.position : delivery.position;
    if (position <= this.seen) return;
    this.seen = position;
    this.behind = true;
    this.quiet = firstLook;
    this.stalledSince = undefined;
    yield delivery;
  }

  /**
   * The server tells of skipped events only every few hundred, and older ones never say when a subscription is live. So a quiet subscription
   * looks at the log: what it does not want is passed over exactly, and what it wants but does not get is a connection that has died silently.
   */
  private async *lookAround(): AsyncGenerator<SubscriptionItem> {
    const { upTo, blocked } = await this.source.look(this.seen);
    if (upTo > this.seen) {
      this.seen = upTo;
      this.behind = true;
      yield { kind: 'checkpoint', position: upTo };
    }
    if (blocked) {
      this.stalledSince ??= Date.now();
      if (Date.now() - this.stalledSince > this.source.stallTimeout)
        throw new Error('the subscription no longer delivers what the log has');
      this.quiet = firstLook;
      return;
    }
    this.stalledSince = undefined;
    this.live = true;
    this.quiet = Math.min(laterLooks, Math.max(firstLook, this.quiet * 2));
  }
}

/** Everything after a position, over as many connections as it takes; never repeats or skips an event. */
export async function* subscribeWithReconnect(
  source: SubscriptionSource,
  after: Position,
  signal: AbortSignal,
): AsyncGenerator<SubscriptionItem> {
  let seen = after;
  for (let failures = 0; !signal.aborted; failures += 1) {
    let connection: Connection | undefined;
    try {
      connection = source.connect(seen);
      for await (const item of new ConnectedSubscription(source, connection, seen, signal).items()) {
        failures = 0;
        seen = item.kind === 'event' ? item.event.position : item.position;
        yield item;
      }
    } catch (error) {
      source.onTrouble(error);
    } finally {
      // A subscription that is only dropped keeps its call open on the server.
      await connection?.close();
    }
    if (!signal.aborted) await pause(backoff(failures, { first: 50, longest: 2_000 }), signal);
  }
}

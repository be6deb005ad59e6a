import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  FORWARDS,
  jsonEvent,
  NO_STREAM,
  START,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type AppendResult,
  type JSONType,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { canonicalParts } from '../canonical.js';
import { LogUnavailable, UnknownOutcome, WrongExpectedRevision } from '../event-log.js';
import type { Appended, AppendRequest, EventLog, ExpectedRevision, SubscriptionItem } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import { appendUntilSettled } from './append-attempts.js';
import { pause } from './patience.js';
import { readPatiently, type RunningRead } from './reading.js';
import { numberOf, positionOf, recordedFrom } from './recorded-event.js';
import { credentialsOf, type Credentials, type EventStoreDbLogOptions } from './settings.js';
import { subscribeWithReconnect, type Connection, type Delivery, type Quiet } from './subscription.js';

/** Events of one read; also how many the log is looked over at a time by a quiet subscription. */
const pageSize = 1_000;
const lookSize = 256;
/** The server sends a checkpoint each time it considered this many times 32 events. */
const checkpointMultiplier = 8;

/** The log in EventStoreDB, for installations that outgrow one machine. The only file that knows its client. */
export class EventStoreDbLog implements EventLog {
  private readonly client: EventStoreDBClient;
  private readonly credentials: Credentials;
  private readonly prefix: string;
  private readonly readTimeout: number;
  private readonly closing = new AbortController();
  private readonly appends = new Set<Promise<unknown>>();
  /** The highest position this process has seen. An append that ends at or below it was in the log before. */
  private highest: Promise<Position> | Position | undefined;

  constructor(private readonly options: EventStoreDbLogOptions) {
    this.credentials = credentialsOf(options.url);
    this.prefix = options.prefix ?? '';
    this.readTimeout = options.readTimeout ?? 5_000;
    this.client = EventStoreDBClient.connectionString(options.url);
  }

  async append(
    request: AppendRequest,
    { deadline = Date.now() + (this.options.appendTimeout ?? 5_000) }: { deadline?: number } = {},
  ): Promise<Appended> {
    if (this.closing.signal.aborted) throw new LogUnavailable(new Error('the log was closed'));
    const work = this.appendOnce(request, deadline);
    this.appends.add(work);
    try {
      return await work;
    } finally {
      this.appends.delete(work);
    }
  }

  async readStream(stream: string, fromRevision = 0, limit = pageSize): Promise<RecordedEvent[]> {
    if (limit <= 0) return [];
    const received = await this.read<ResolvedEvent>(stream, () =>
      this.client.readStream(this.prefix + stream, {
        direction: FORWARDS,
        fromRevision: BigInt(fromRevision),
        maxCount: limit,
        requiresLeader: true,
        credentials: this.credentials,
      }),
    );
    return received.flatMap(({ event }) => (event ? [recordedFrom(event, this.prefix)] : []));
  }

  async readAll(after: Position, limit: number): Promise<RecordedEvent[]> {
    const found: RecordedEvent[] = [];
    for (let from = after; found.length < limit;) {
      const page = await this.page(from, Math.min(pageSize, limit - found.length) + 1);
      for (const { event } of page) {
        if (!event || positionOf(event) <= from) continue;
        from = positionOf(event);
        if (this.isOurs(event.streamId)) found.push(recordedFrom(event, this.prefix));
      }
      if (page.length < 2) break;
    }
    this.saw(found.at(-1)?.position ?? 0n);
    return found;
  }

  /** The last event of the whole server, whoever wrote it: every subscription gets there, by events or by checkpoints. */
  async head(): Promise<Position> {
    return this.headWithin(this.readTimeout);
  }

  private async headWithin(timeout: number): Promise<Position> {
    const open = () =>
      this.client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true, credentials: this.credentials });
    const [last] = await readPatiently<AllStreamResolvedEvent>('$all', { timeout, signal: this.closing.signal }, open);
    return last?.event ? positionOf(last.event) : 0n;
  }

  async *subscribeAll(
    after: Position,
    { categories, signal }: { categories?: readonly string[]; signal: AbortSignal },
  ): AsyncGenerator<SubscriptionItem> {
    // A connection of its own: a slow consumer fills the connection's window, and appends must not wait behind it.
    const client = EventStoreDBClient.connectionString(this.options.url);
    const prefixes = categories?.map((category) => `${this.prefix}${category}-`) ?? (this.prefix === '' ? undefined : [this.prefix]);
    const wanted = (name: string): boolean => (prefixes ? prefixes.some((prefix) => name.startsWith(prefix)) : this.isOurs(name));
    const source = {
      connect: (from: Position) => this.connect(client, from, prefixes),
      look: (from: Position) => this.look(from, wanted),
      stallTimeout: this.options.stallTimeout ?? 5_000,
      onTrouble: this.options.onTrouble ?? (() => undefined),
    };
    try {
      for await (const item of subscribeWithReconnect(source, after, AbortSignal.any([signal, this.closing.signal]))) {
        if (item.kind === 'event') this.saw(item.event.position);
        yield item;
      }
    } finally {
      await release(client);
    }
  }

  /** Lets running appends finish, ends the subscriptions and the connection. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.appends);
    await release(this.client);
  }

  private isOurs(name: string): boolean {
    return this.prefix === '' ? !name.startsWith('$') : name.startsWith(this.prefix);
  }

  private saw(position: Position): void {
    if (typeof this.highest === 'bigint' && position > this.highest) this.highest = position;
  }

  /** Asks once for the head, so that events from before this process are known as such. */
  private async highestSeen(timeout: number): Promise<Position> {
    this.highest ??= this.headWithin(timeout).then(
      (head) => (this.highest = head),
      (error: unknown) => {
        this.highest = undefined;
        throw error;
      },
    );
    return this.highest;
  }

  private async appendOnce(request: AppendRequest, deadline: number): Promise<Appended> {
    const { stream, expected, events } = request;
    if (events.length === 0) throw new TypeError(`${stream}: nothing to append`);
    const proposed = events.map((event) => {
      // What RFC 8785 cannot say must not get into the log: its canonical bytes could never be computed again.
      canonicalParts({ ...event, stream });
      return jsonEvent({ id: event.id, type: event.type, data: event.data as JSONType, metadata: event.metadata });
    });
    let before: Position = 0n;
    const limits = { deadline, attemptTimeout: this.options.attemptTimeout ?? 2_000 };
    const result = await appendUntilSettled(request, limits, async (timeout) => {
      before ||= await this.highestSeen(timeout);
      // Credentials and a deadline on the call itself choose the classic append, the only one that ever gives up (docs/adr).
      return this.client.appendToStream(this.prefix + stream, proposed, {
        expectedRevision: expectedOf(expected),
        credentials: this.credentials,
        deadline: timeout,
        requiresLeader: true,
      });
    });
    if (!result.success) throw new WrongExpectedRevision(stream, expected, undefined);
    return this.appended(stream, result, before);
  }

  private async appended(stream: string, { nextExpectedRevision, position }: AppendResult, before: Position): Promise<Appended> {
    const revision = numberOf(nextExpectedRevision);
    const end = position?.commit ?? (await this.positionAt(stream, revision));
    if (end === undefined) throw new Error(`${stream}: the appended event ${revision} cannot be read back`);
    this.saw(end);
    return { revision, position: end, duplicate: end <= before };
  }

  /** For some repeated appends the server names no position; the event itself knows it. It is committed, so a read that fails must not sound as if it were not. */
  private async positionAt(stream: string, revision: number): Promise<Position | undefined> {
    try {
      return (await this.readStream(stream, revision, 1))[0]?.position;
    } catch (error) {
      throw new UnknownOutcome(stream, error);
    }
  }

  private connect(client: EventStoreDBClient, after: Position, prefixes: readonly string[] | undefined): Connection {
    const checkpoints = {
      checkpointInterval: checkpointMultiplier,
      // Called while the message passes through, so that pushing keeps its place among the events.
      checkpointReached: (own: AllStreamSubscription, { commit }: { commit: bigint }) =>
        void own.push({ kind: 'checkpoint', position: commit } satisfies Delivery),
    };
    const subscription = client.subscribeToAll(
      {
        fromPosition: after === 0n ? START : { commit: after, prepare: after },
        filter: prefixes
          ? streamNameFilter({ prefixes: [...prefixes], ...checkpoints })
          : streamNameFilter({ regex: '^[^$]', ...checkpoints }),
        credentials: this.credentials,
      },
      { highWaterMark: lookSize },
    );
    subscription.on('caughtUp', () => void subscription.push({ kind: 'live' } satisfies Delivery));
    return {
      read: () => deliveryOf(subscription.read(), this.prefix),
      deliveries: subscription,
      close: () => atMostASecond(subscription.unsubscribe()),
    };
  }

  private async look(after: Position, wanted: (stream: string) => boolean): Promise<Quiet> {
    let upTo = after;
    for (const { event } of await this.page(after, lookSize)) {
      if (!event || positionOf(event) <= after) continue;
      if (wanted(event.streamId)) return { upTo, blocked: true };
      upTo = positionOf(event);
    }
    return { upTo, blocked: false };
  }

  /** Events from a position on, which is included: reads of EventStoreDB start at their position, subscriptions behind it. */
  private page(from: Position, maxCount: number): Promise<AllStreamResolvedEvent[]> {
    return this.read<AllStreamResolvedEvent>('$all', () =>
      this.client.readAll({
        direction: FORWARDS,
        fromPosition: from === 0n ? START : { commit: from, prepare: from },
        maxCount,
        requiresLeader: true,
        credentials: this.credentials,
      }),
    );
  }

  private read<Received>(stream: string, open: () => RunningRead): Promise<Received[]> {
    return readPatiently(stream, { timeout: this.readTimeout, signal: this.closing.signal }, open);
  }
}

function deliveryOf(item: unknown, prefix: string): Delivery | undefined {
  if (item === null) return undefined;
  if (typeof item === 'object' && 'kind' in item) return item as Delivery;
  const { event } = item as AllStreamResolvedEvent;
  return event ? { kind: 'event', event: recordedFrom(event, prefix) } : undefined;
}

const expectedOf = (expected: ExpectedRevision) =>
  expected === 'no stream' ? NO_STREAM : expected === 'any' ? expected : BigInt(expected);

/**
 * `dispose` ends the calls but leaves the connection open; its channel is reached through the client's own (protected) accessor.
 * A client that still looks for its cluster, which may take it a minute, is left to itself after a second: nobody can stop before that otherwise.
 */
async function release(client: EventStoreDBClient): Promise<void> {
  await atMostASecond(client.dispose().then(async () => (await client['getChannel']()).close()));
}

async function atMostASecond(work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work.catch(() => undefined), pause(1_000, over.signal)]);
  over.abort();
}

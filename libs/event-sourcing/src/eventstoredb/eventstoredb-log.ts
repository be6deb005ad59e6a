import {
  FORWARDS,
  jsonEvent,
  NO_STREAM,
  type AppendResult,
  type EventData,
  type JSONType,
  type ResolvedEvent,
} from '@eventstore/db-client';
import { canonicalParts } from '../canonical.js';
import { LogUnavailable, UnknownOutcome, WrongExpectedRevision } from '../event-log.js';
import type { Appended, AppendRequest, EventLog, ExpectedRevision, SubscriptionItem } from '../event-log.js';
import type { Position, RecordedEvent } from '../event.js';
import { AllEvents, type ReadLimits } from './all-events.js';
import { appendUntilSettled } from './append-attempts.js';
import { AppendPipeline } from './append-pipeline.js';
import { openSubscription, type OpenSubscriptions } from './open-subscription.js';
import { PatientClient } from './patient-client.js';
import { collect } from './reading.js';
import { numberOf, positionOf, recordedFrom } from './recorded-event.js';
import { addressOf, type EventStoreDbAddress, type EventStoreDbLogOptions } from './settings.js';
import { subscribeWithReconnect, type Quiet } from './subscription.js';

/** Events of one read of a stream; and how many the log is looked over at a time by a quiet subscription. */
const pageSize = 1_000;
const lookSize = 256;

/** The log in EventStoreDB, for installations that outgrow one machine. */
export class EventStoreDbLog implements EventLog {
  private readonly address: EventStoreDbAddress;
  private readonly credentials: EventStoreDbAddress['credentials'];
  /** Two, so that an append never waits behind a long read, and the silence of one is not hidden by the other's answers. */
  private readonly appending: PatientClient;
  private readonly reading: PatientClient;
  private readonly all: AllEvents;
  private pipeline: AppendPipeline | undefined;
  private readonly subscriptions: OpenSubscriptions = new Set();
  private readonly prefix: string;
  private readonly readTimeout: number;
  private readonly closing = new AbortController();
  private readonly appends = new Set<Promise<unknown>>();
  /** The highest position this process has seen. An append that ends at or below it was in the log before. */
  private highest: Promise<Position> | Position | undefined;

  constructor(private readonly options: EventStoreDbLogOptions) {
    this.address = addressOf(options.url);
    this.credentials = this.address.credentials;
    this.prefix = options.prefix ?? '';
    this.readTimeout = options.readTimeout ?? 5_000;
    const patience = options.silenceTimeout ?? 2_000;
    this.appending = new PatientClient(this.address.reachable, patience, (error) => {
      options.onTrouble?.(error);
      this.reading.suspect();
    });
    this.reading = new PatientClient(this.address.reachable, patience, (error) => {
      options.onTrouble?.(error);
      this.appending.suspect();
      // They wait on the same server, and would only wait on.
      for (const subscription of this.subscriptions) subscription.destroy(error);
    });
    this.all = new AllEvents(this.reading, this.credentials, this.prefix);
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

  async appendInOrder(requests: readonly AppendRequest[], patience: number): Promise<void> {
    this.pipeline ??= new AppendPipeline(this.address.identified);
    const appends = requests.map((request) => ({
      stream: this.prefix + request.stream,
      firstRevision: typeof request.expected === 'number' ? request.expected + 1 : 0,
      events: proposedIn(request),
    }));
    await this.pipeline.append(appends, patience);
  }

  async readStream(stream: string, fromRevision = 0, limit = pageSize): Promise<RecordedEvent[]> {
    if (limit <= 0) return [];
    const received = await collect<ResolvedEvent>(stream, this.reading, {
      ...this.limits(),
      open: (client) =>
        client.readStream(this.prefix + stream, {
          direction: FORWARDS,
          fromRevision: BigInt(fromRevision),
          maxCount: limit,
          requiresLeader: true,
          credentials: this.credentials,
        }),
    });
    return received.flatMap(({ event }) => (event ? [recordedFrom(event, this.prefix)] : []));
  }

  async readAll(after: Position, limit: number): Promise<RecordedEvent[]> {
    const found = await this.all.after(after, limit, this.limits());
    this.saw(found.at(-1)?.position ?? 0n);
    return found;
  }

  /** The last event of the whole server, whoever wrote it: every subscription gets there, by events or by checkpoints. */
  async head(): Promise<Position> {
    return this.all.head(this.limits());
  }

  async *subscribeAll(
    after: Position,
    { categories, signal }: { categories?: readonly string[]; signal: AbortSignal },
  ): AsyncGenerator<SubscriptionItem> {
    const prefixes = categories?.map((category) => `${this.prefix}${category}-`) ?? (this.prefix === '' ? undefined : [this.prefix]);
    const wanted = (name: string): boolean => (prefixes ? prefixes.some((prefix) => name.startsWith(prefix)) : this.all.isOurs(name));
    const source = {
      connect: (from: Position) => openSubscription(this.address, { after: from, prefixes, prefix: this.prefix }, this.subscriptions),
      look: (from: Position) => this.look(from, wanted),
      stallTimeout: this.options.stallTimeout ?? 5_000,
      onTrouble: this.options.onTrouble ?? (() => undefined),
    };
    for await (const item of subscribeWithReconnect(source, after, AbortSignal.any([signal, this.closing.signal]))) {
      if (item.kind === 'event') this.saw(item.event.position);
      yield item;
    }
  }

  /** Lets running appends finish, ends the subscriptions and the connection. */
  async close(): Promise<void> {
    this.closing.abort();
    await Promise.allSettled(this.appends);
    await Promise.all([this.appending.close(), this.reading.close(), this.pipeline?.close()]);
  }

  private saw(position: Position): void {
    if (typeof this.highest === 'bigint' && position > this.highest) this.highest = position;
  }

  /** Asks once for the head, so that events from before this process are known as such. */
  private async highestSeen(timeout: number): Promise<Position> {
    this.highest ??= this.all.head(this.limits(timeout)).then(
      (head) => (this.highest = head),
      (error: unknown) => {
        this.highest = undefined;
        throw error;
      },
    );
    return this.highest;
  }

  private async appendOnce(request: AppendRequest, deadline: number): Promise<Appended> {
    const { stream, expected } = request;
    const proposed = proposedIn(request);
    let before: Position = 0n;
    const limits = { deadline, attemptTimeout: this.options.attemptTimeout ?? 2_000 };
    const result = await appendUntilSettled(request, limits, async (timeout) => {
      before ||= await this.highestSeen(timeout);
      // Credentials and a deadline on the call itself choose the classic append, the only one that ever gives up (docs/adr).
      return this.appending.call((client) =>
        client.appendToStream(this.prefix + stream, proposed, {
          expectedRevision: expectedOf(expected),
          credentials: this.credentials,
          deadline: timeout,
          requiresLeader: true,
        }),
      );
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

  private async look(after: Position, wanted: (stream: string) => boolean): Promise<Quiet> {
    let upTo = after;
    for (const event of await this.all.from(after, lookSize, this.limits())) {
      if (positionOf(event) <= after) continue;
      if (wanted(event.streamId)) return { upTo, blocked: true };
      upTo = positionOf(event);
    }
    return { upTo, blocked: false };
  }

  private limits(timeout = this.readTimeout): ReadLimits {
    return { timeout, signal: this.closing.signal };
  }
}

/** As the client takes them. */
function proposedIn({ stream, events }: AppendRequest): EventData[] {
  if (events.length === 0) throw new TypeError(`${stream}: nothing to append`);
  return events.map((event) => {
    // What RFC 8785 cannot say must not get into the log: its canonical bytes could never be computed again.
    canonicalParts({ ...event, stream });
    return jsonEvent({ id: event.id, type: event.type, data: event.data as JSONType, metadata: event.metadata });
  });
}

const expectedOf = (expected: ExpectedRevision) =>
  expected === 'no stream' ? NO_STREAM : expected === 'any' ? expected : BigInt(expected);

import type { Position, ProposedEvent, RecordedEvent } from './event.js';
import type { CallToKeep } from './begun-calls.js';
import type { KeyRow } from './idempotent-attempt.js';

/** What the writer believes the stream's last revision is. `'any'` believes nothing. */
export type ExpectedRevision = number | 'no stream' | 'any';

/**
 * Where the last event of an append stands. `duplicate` when these very event ids were already in the stream: nothing was added.
 * `firstPosition` is where its first event stands, said only by a log whose positions have no gaps; in another the events have to be read back.
 */
export type Appended = Readonly<{ revision: number; position: Position; duplicate: boolean; firstPosition?: Position }>;

/** An item of a subscription, in log order. A checkpoint says: everything up to here was seen, also what the filter left out. */
export type SubscriptionItem =
  | Readonly<{ kind: 'event'; event: RecordedEvent }>
  | Readonly<{ kind: 'checkpoint'; position: Position }>
  | Readonly<{ kind: 'caughtUp'; position: Position }>;

export type AppendRequest = Readonly<{
  stream: string;
  expected: ExpectedRevision;
  events: readonly ProposedEvent[];
  /** Rows of Idempotency-Keys that stand or fall with the events; only for a log that keeps keys. */
  keys?: readonly KeyRow[];
  /** Lines of the log of calls that stand or fall with the events; only for a log that keeps keys. */
  calls?: readonly CallToKeep[];
}>;

/**
 * The log of everything that happened. Two adapters implement it and one contract suite proves both.
 * Stream names here are without the installation's prefix; an adapter adds and strips it.
 */
export interface EventLog {
  /** It stores the keys of an append in one step with its events; another log is asked for the events alone, with the keys' rows stored before. */
  readonly keepsKeys?: boolean;
  /**
   * Appends events to one stream, all or none, durably.
   * @throws WrongExpectedRevision the stream is elsewhere; nothing was appended
   * @throws KeyKnown another request holds a key of it; nothing was appended
   * @throws UnknownOutcome it may or may not have been appended: ask again with the same ids and the same expected revision
   * @throws LogUnavailable it was certainly not appended
   */
  append(request: AppendRequest, options?: { deadline?: number }): Promise<Appended>;
  /**
   * Appends what another log has, each request after the one before it, without waiting in between; left out where that saves nothing.
   * @throws where one of them cannot be appended, or nothing is heard for `patience` milliseconds: a beginning of them is in the log
   */
  appendInOrder?(requests: readonly AppendRequest[], patience: number): Promise<void>;
  /** The stream's events from a revision on (inclusive), at most `limit`; empty where there is no such stream. */
  readStream(stream: string, fromRevision?: number, limit?: number): Promise<RecordedEvent[]>;
  /** Events after a position (exclusive), in log order, at most `limit`. */
  readAll(after: Position, limit: number): Promise<RecordedEvent[]>;
  /**
   * Everything after a position, then live, until the signal aborts; reconnects by itself and never repeats or skips an item.
   * `categories` filters by the stream's category; checkpoints come for what is filtered out.
   */
  subscribeAll(after: Position, options: { categories?: readonly string[]; signal: AbortSignal }): AsyncIterable<SubscriptionItem>;
  /** The position of the last event, 0n when the log is empty. */
  head(): Promise<Position>;
  close(): Promise<void>;
}

export class WrongExpectedRevision extends Error {
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    /** The revision the stream really has; undefined where it does not exist or the log did not say. */
    readonly actual: number | undefined,
  ) {
    super(`${stream}: expected revision ${expected}, found ${actual ?? 'no stream'}`);
    this.name = 'WrongExpectedRevision';
  }
}

export class UnknownOutcome extends Error {
  constructor(
    readonly stream: string,
    cause: unknown,
  ) {
    super(`${stream}: the append may or may not have happened`, { cause });
    this.name = 'UnknownOutcome';
  }
}

export class LogUnavailable extends Error {
  constructor(cause: unknown) {
    super('the event log cannot be reached', { cause });
    this.name = 'LogUnavailable';
  }
}

import { Rejection } from './decider.js';
import type { Position } from './event.js';

/**
 * What is stored of a request with an Idempotency-Key while it is under way: what a repetition needs to find its own events, and to go on
 * (storage-format.md, "Retrying an unknown outcome").
 */
export type KeyRow = Readonly<{
  /** uuidv5 of customer, credential, operation and key. */
  scope: string;
  /** SHA-256 of what was asked, in hex. */
  fingerprint: string;
  /** The namespace (a uuid) of the ids of its events. */
  eventIdBase: string;
  /** The streams it appends to, each with the revision that its decision there started from (-1: no stream). */
  streams: Readonly<Record<string, number>>;
  /** The ids it was given, by sequence, in order. */
  allocated: Readonly<Record<string, readonly number[]>>;
  /** The process (a uuid) that carries it out, and for how many seconds nobody else may. */
  owner: string;
  leaseSeconds: number;
}>;

/**
 * A request with an Idempotency-Key on its way through the handlers. The edge implements it on its key table; the engine asks it.
 * It goes to its end without a look at the table where it can: a key that is known already comes back as KeyKnown from its first append.
 */
export interface IdempotentAttempt {
  /** Of its key: what KeyKnown calls it. */
  readonly scope: string;
  /** The id of the n-th event this request appends, the same on every try. */
  eventId(ordinal: number): string;
  /** Hands out the ids of earlier tries in the same order, and new ones from `next` after that. */
  allocate(sequence: string, next: () => number | Promise<number>): number | Promise<number>;
  /** The row to store with what is about to be appended to a stream at that revision. From now on it may be stored. */
  rowFor(stream: string, revision: number): KeyRow;
  /** Stores a row ahead of what it is for. @throws KeyKnown */
  keep(row: KeyRow): Promise<void>;
  /** Stores the row ahead of everything: for whoever does more than append, before he does it. @throws KeyKnown */
  begin(): Promise<void>;
  /**
   * Present when an earlier try may have appended: the streams it began to append to, each with the revision it started from. On these, look for the
   * own event ids from `revision` + 1 on, before deciding anything.
   */
  readonly earlierTry?: Readonly<{ streams: Readonly<Record<string, number>> }>;
  /** Called when events of an earlier try were found and are answered from: the client is given its first answer again. */
  recognised(): void;
  /** Called when events of this request, up to that position, are in the log for certain, of this try or an earlier one: what was given to an append may have lost. */
  committed(position: Position): void;
}

/** Nothing was appended, for another request holds these keys already: their rows say what became of it. */
export class KeyKnown extends Error {
  constructor(
    /** The `scope` of each. */
    readonly scopes: readonly string[],
  ) {
    super('an Idempotency-Key is known already');
    this.name = 'KeyKnown';
  }
}

/** Whether a command that failed like this has certainly appended nothing, so that what was prepared for it can be taken back. */
export const appendedNothing = (failure: unknown): boolean =>
  failure instanceof KeyKnown || (failure instanceof Rejection && failure.code !== 'UNAVAILABLE');

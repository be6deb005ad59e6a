import { Rejection } from './decider.js';

/** A request that writes, in the log of calls: its line is stored with the first thing that it appends, or before it, so that no effect is without one. */
export interface BegunCall {
  /** The line as text without control characters but US. */
  readonly line: string;
  /** It may be stored already, with an append that is under way or of which nobody knows what became. */
  readonly mayBeStored: boolean;
  /** It is given to an append. */
  give(): void;
  /** The append has stored it, or certainly has not. */
  settle(isStored: boolean): void;
  /** Stores it ahead of an append, for a log that does not. */
  keep(): Promise<void>;
}

/** The calls that are under way in this process, by the ids of their requests. */
export interface BegunCalls {
  /** Those of a request that are not stored for certain. */
  unstored(requestId: string): readonly BegunCall[];
}

/** A line to store with an append; `once`: unless it is stored. */
export type CallToKeep = Readonly<{ line: string; once: boolean }>;

/** What a write is answered with whose line in the log of calls cannot be stored (contract, part 4, section 6). Nothing was appended. */
export const callNotKept = (cause: unknown): Rejection =>
  Object.assign(new Rejection('UNAVAILABLE', 'The call could not be written down, so nothing was done. Please try again.'), { cause });

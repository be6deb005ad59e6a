import type { CommandContext } from './command-context.js';
import type { Event, Position, RecordedEvent } from './event.js';
import type { Stream } from './decider.js';

/** A state and where it was read: `revision` -1 and position 0n where the stream does not exist. */
export type Loaded<State> = Readonly<{ state: State; revision: number; position: Position }>;

/** What a command did: the state right after it, its own events (none where nothing had to happen), and the last position it is covered by. */
export type Outcome<State> = Loaded<State> & Readonly<{ events: readonly RecordedEvent[] }>;

export type ExecuteOptions = Readonly<{
  /** Instead of the surrounding context (process managers, first start). */
  context?: CommandContext;
  /** Ids of the appended events by ordinal, where they must be the same on every try (effects, fixed first events). */
  eventId?: (ordinal: number) => string;
}>;

/** Runs decisions: cached state and the tail of the stream → decide → append at that revision; a conflict is read again and decided anew until the deadline. */
export interface EventStore {
  /**
   * @throws Rejection what `decide` says; PRECONDITION_FAILED (If-Match); UNAVAILABLE (deadline or log gone)
   */
  execute<State, E extends Event>(stream: Stream<State, E>, id: number | string, decide: (state: State) => readonly E[], options?: ExecuteOptions): Promise<Outcome<State>>;
  /** The committed state, no older than any append this process has acknowledged and fresh from the log's tail. */
  load<State, E extends Event>(stream: Stream<State, E>, id: number | string): Promise<Loaded<State>>;
  /** The state folded up to exactly that revision, whatever came later. */
  loadAt<State, E extends Event>(stream: Stream<State, E>, id: number | string, revision: number): Promise<State>;
  /** The next id of a sequence (`app.<sequence>_id`), handed out in blocks; the same again on a retry of the same idempotent request. */
  nextId(sequence: string): Promise<number>;
}

import type { engineErrors } from './errors.js';
import type { Event } from './event.js';

export type { Credential, Event } from './event.js';
export * from './errors.js';
export * from './record-history.js';
export * from './changed-fields.js';
export { plainLetters } from './plain-letters.js';
export * from './child-changes.js';

/**
 * An aggregate: what its stream is called, and how its events make its state.
 * `evolve` believes every event and checks nothing; it is pure (no clock, no random, no look-ups).
 * It receives stored events, so a state that needs a time takes it from the event (`stampOf`).
 */
export type Stream<State, E extends Event> = Readonly<{
  /** camelCase, without a dash: streams are named `<category>-<id>`. */
  category: string;
  initialState: State;
  evolve(state: State, event: E): State;
  /** For streams that grow long; left out, the state is always folded from the events. */
  snapshots?: SnapshotFormat<State>;
}>;

/**
 * How a long stream's state is kept in pages, so that one snapshot rewrites only the pages that changed since the last.
 * `version` is the decider's version: raise it when `evolve` or the pages change, and older snapshots are ignored.
 */
export type SnapshotFormat<State> = Readonly<{
  version: number;
  /** A snapshot is written each time this many events were added since the last. */
  everyEvents: number;
  /** Pages (JSON) with their names; with `since` only those that differ from that earlier state. Made one at a time, so that no large state holds up the process. */
  pagesOf(state: State, since?: State): Iterable<readonly [name: string, content: unknown]>;
  /** What a page says, read one at a time for the same reason; left out, that is its content. A page that few decisions look into keeps `content` until one does. */
  readPage?(name: string, content: () => unknown): unknown;
  /** The state from what all of its pages say. */
  stateOf(pages: ReadonlyMap<string, unknown>): State;
}>;

/**
 * The codes of every room, each under its own name: a room adds itself where it defines them (`declare module`), and the application
 * composes the published table from all that are named here (docs/errors.md).
 */
export interface PublishedErrors {
  engine: typeof engineErrors;
}

type CodesOf<Kind extends string, Rooms = PublishedErrors> = {
  [Room in keyof Rooms]: Rooms[Room] extends Readonly<Record<Kind, infer Definitions>> ? keyof Definitions & string : never;
}[keyof Rooms];

/** A published code of an error. Any other does not compile. */
export type ErrorCode = CodesOf<'errors'>;

/** A published code of what is wrong with a field. Any other does not compile. */
export type DetailCode = CodesOf<'details'>;

/**
 * One thing that is wrong with an input, said of one field. Where its message tells of other fields, `names` has them as it writes them: GraphQL calls them
 * otherwise.
 */
export type Detail = Readonly<{ field: string; code: DetailCode; message: string; names?: readonly string[] }>;

/**
 * A decision that says no; nothing was appended.
 * `details` name fields in the words of the API (snake_case); `facts` are merged into the error object (e.g. the id of the first holder of a reference).
 */
export class Rejection extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: readonly Detail[] = [],
    readonly facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'Rejection';
  }
}

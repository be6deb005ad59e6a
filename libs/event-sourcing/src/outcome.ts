import type { Position, RecordedEvent } from './event.js';

/** A state and where it was read: `revision` -1 and position 0n where the stream does not exist. */
export type Loaded<State> = Readonly<{ state: State; revision: number; position: Position }>;

/** What a command did: the state right after it, its own events (none where nothing had to happen), and the last position it is covered by. */
export type Outcome<State> = Loaded<State> & Readonly<{ events: readonly RecordedEvent[] }>;

import type { Event, Stream } from '#millwright/event-sourcing';
import type { Demand } from '#millwright/fields';
import type { RecordState } from '../resource/plain-decider.js';
import type { Link } from '../resource/relation-links.js';
import type { Pair } from '../resource/relation-statements.js';
import type { PlainResource } from '../resource/resource-definition.js';

/**
 * A relation of two kinds of record that is kept on the streams of one of them, its owner. What the other side wants of it stands in the other's event and
 * becomes commands on the owners (`relationReaction`).
 */
export type Relation<State, E extends Event> = Readonly<{
  /** The name of the reaction, for ever. */
  name: string;
  /** The side that does not own it, and the column under which requests on it name the owners. */
  side: PlainResource;
  column: string;
  /** The side that does, and the column in which it keeps the others. */
  owner: Readonly<{ kind: string; stream: Stream<State, E>; column: string }>;
  /** What the owners demand of a record that they name anew: it holds whichever side names the other. */
  demands?: Demand;
  /** What the owner's stream says of a pair. `side` is for pairs that only the other side's events of earlier releases name. */
  pairIn(owner: State, id: number, side: RecordState, ownerId: number): Pair;
  /** Takes up what the other side says of a pair. */
  link(owner: State, link: Link): readonly E[];
}>;

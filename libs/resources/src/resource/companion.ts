import type { EventStore, Position, Row } from '#millwright/event-sourcing';
import type { ViewColumn } from '#millwright/lists';

/**
 * What a record shows that streams of another category decide, which have the ids of its own: an asset's status follows from its downtimes. Such a change is
 * no event of the record and does not move its tag.
 */
export type Companion = Readonly<{
  category: string;
  /** What lists and reads have in these columns, in which `id` is the record's. */
  columns: Readonly<Record<string, ViewColumn>>;
  /** The same from the log; `upTo` a position, or as it is now. */
  find(id: number, events: EventStore, upTo?: Position): Promise<Row>;
}>;

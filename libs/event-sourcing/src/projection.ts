import type { Event, RecordedEvent } from './event.js';

export type ColumnType = 'bigint' | 'integer' | 'text' | 'boolean' | 'numeric' | 'timestamptz' | 'date' | 'jsonb' | 'bigint[]' | 'uuid';

/**
 * A table of a read model. The engine creates it as `read_<projection>_v<version>.<name>` and points the view `read.<name>` at the version that serves,
 * so table names are unique over all projections.
 */
export type TableDefinition = Readonly<{
  name: string;
  columns: Readonly<Record<string, ColumnType>>;
  /** The primary key, in this order; also the order of the digest. */
  key: readonly string[];
  /** Each a list of columns or SQL expressions. */
  indexes?: readonly (readonly string[])[];
  /** Lists (of ids, or JSON), each with an index that finds the rows whose list has something among others. */
  containing?: readonly string[];
  /** Rows are only ever added, never read back by the fold (one a movement, one an event): written with COPY while catching up. */
  appendOnly?: boolean;
  /** There is a column `memory` that no view shows: what the fold has to know of a stream beside its row (`foldOf`). */
  memory?: RowMemory;
  /** Every version of a row is kept with the log positions that it was true for (`read.<table>_history`); left out: only today's row. */
  history?: TableHistory;
  /** Set by the engine: the rows of this table are versions of that one's. */
  versionsOf?: Readonly<{ table: string; since: string }>;
  /** An index of these columns that holds the others too, so that what asks for no more is answered from it alone. */
  covering?: Readonly<{ columns: readonly string[]; include: readonly string[] }>;
  /** Columns of earlier releases that nobody misses: what such a release has built is written on without them until the next build serves. */
  dropped?: readonly string[];
}>;

/**
 * How the versions of rows are found again. A version is added when it is superseded and never changed; today's row is the last one.
 * What changes with most events and what seldom does are kept apart: a page by name must not walk through every movement.
 */
export type TableHistory = Readonly<{
  /** The column that says whose a row is, by which every list is restricted; left out where rows are found by their key only. */
  owner?: string;
  /** Columns that lists sort by and add up: the one index over all versions holds them. */
  figures?: readonly string[];
  /** Columns of plain values that seldom change, with versions of their own, and the indexes by which lists walk those. */
  slow?: Readonly<{ columns: readonly string[]; indexes: readonly (readonly string[])[] }>;
}>;

/** What a fold remembers beside a row: a state, and in the database plain JSON. */
export type RowMemory = Readonly<{
  remember(state: unknown): unknown;
  recall(remembered: unknown, row: Readonly<Row>): unknown;
  /** The state from all events of the stream so far: for a row that a release without this memory has made. */
  recollect(pages: AsyncIterable<readonly RecordedEvent[]>): Promise<unknown>;
}>;

/** A row: column → value. numeric as canonical decimal string, bigint as number (ids) or string, jsonb as plain JSON, timestamptz as ISO string. */
export type Row = Record<string, unknown>;

/** The rows a fold may see and change. Reads see what earlier events of the same batch wrote. */
export interface Rows {
  /** The row, or undefined. Only keys that `keys` announced for this event can be asked for (the engine loads them ahead, set-based); another asserts. */
  get(table: string, key: Readonly<Row>): Readonly<Row> | undefined;
  put(table: string, row: Row): void;
  remove(table: string, key: Readonly<Row>): void;
  /** Adds a row to an `appendOnly` table. */
  add(table: string, row: Row): void;
}

/**
 * A pure, deterministic fold of events into rows: no clock, no random, no look-ups, no map order.
 * Raise `version` when the same columns, or what the fold remembers, are to hold something else: the engine then builds the new version beside the old one and
 * flips. Other tables, columns or keys are another shape, which it sees by itself.
 */
export type Projection<E extends Event = Event> = Readonly<{
  /** kebab-case, unique. */
  name: string;
  version: number;
  tables: readonly TableDefinition[];
  /** Categories it cares for; left out: all. */
  categories?: readonly string[];
  /** The rows `apply` will ask for, so that a batch loads them with one statement a table. */
  keys(event: RecordedEvent<E>): readonly (readonly [table: string, key: Readonly<Row>])[];
  apply(event: RecordedEvent<E>, rows: Rows): void;
}>;

import type { DataSource } from 'typeorm';
import type { Row } from '#millwright/event-sourcing';

/** Reads the records that an answer mentions, each kind in one statement a request. */
export interface Related {
  row(kind: string, id: unknown): Promise<Row | undefined>;
  /** As `row`, but none where whoever asks does not see the record. */
  shown(kind: string, id: unknown): Promise<Row | undefined>;
  /** The number of a record, or null where whoever asks does not see it: a promise where that has to be read. */
  shownId(kind: string, id: unknown): unknown;
  rowsIn(kind: string, ids: unknown): Promise<Row[]>;
  /** A promise where it has to be read. */
  label(kind: string, id: unknown, columns?: readonly string[]): unknown;
  labels(kind: string, ids: unknown, columns?: readonly string[]): readonly unknown[] | Promise<readonly unknown[]>;
  load<Key, Value>(bulk: BulkRead<Key, Value>, key: Key): Promise<Value>;
}

/** A way to read many at once. Define it once, at the top of a file: its identity is what a request's loader is found by. */
export type BulkRead<Key, Value> = Readonly<{
  /** One statement for all keys; the answer has a value for each, in their order. */
  read(keys: readonly Key[], database: DataSource, related: Related): Promise<readonly Value[]>;
  /** Where all that is read is records of one category, whoever asks: it need not be read again before one of them changes. `name` is its own there. */
  lasting?: Readonly<{ category: string; name: string }>;
  /** It reads the same whoever asks: requests that ask at the same time share a statement. */
  shared?: true;
}>;

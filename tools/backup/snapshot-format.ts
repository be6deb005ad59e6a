/**
 * A snapshot is one text, line by line: a header; of each table a heading, its rows in COPY's text format, `\.`, and how many there were; at last the
 * SHA-256 of every byte before. It says of itself what is needed to read it: columns stand by name and with their types, and the migrations tell
 * which shape of the database it was taken from. A backup is such a text, compressed.
 */
export const formatVersion = 1;

export type SnapshotHeader = Readonly<{
  /** The version of this format. */
  millwright_backup: number;
  /** The release of Millwright that wrote it. */
  release: string;
  made_at: string;
  /** The log's last position. */
  position: string;
  /** The names of the migrations that the database had, in the order they ran. */
  migrations: readonly string[];
  sequences: readonly SequenceState[];
  /** The tables that follow, as `schema.table`. */
  tables: readonly string[];
}>;

/** A sequence of schema `app`. Its value is read after the snapshot was taken, so no id that stands in a row will be handed out again. */
export type SequenceState = Readonly<{ name: string; last_value: string; is_called: boolean }>;

export type ColumnHeading = Readonly<{ name: string; type: string; required: boolean }>;
export type TableHeading = Readonly<{ table: string; columns: readonly ColumnHeading[]; key: readonly string[] | null }>;
export type TableEnd = Readonly<{ rows: number }>;
export type SnapshotEnd = Readonly<{ sha256: string }>;

/** What ends a table's rows. No row reads like this: COPY doubles a backslash. */
export const endOfRows = '\\.';

/** Values are written and read in these words, whatever the server or the session speaks. */
export const inOurWords = `set local timezone = 'UTC'; set local datestyle = 'ISO'; set local intervalstyle = 'iso_8601'; set local bytea_output = 'hex'; set local extra_float_digits = 1; set local client_encoding = 'UTF8'`;

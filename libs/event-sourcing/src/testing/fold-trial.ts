import type { Event, RecordedEvent } from '../event.js';
import type { RowFold } from '../fold-of.js';
import type { Row, Rows } from '../projection.js';
import { memoryColumn, shownColumns } from '../stored-tables.js';

/**
 * The events of a stream as the log would have them, by a user and a process manager in turn, a second apart.
 * @param sizes how many of them each command appended; left out, each is alone
 */
export function recordedAs<E extends Event>(stream: string, events: readonly E[], sizes: readonly number[] = []): RecordedEvent<E>[] {
  const appends = sizes.flatMap((size) => Array.from({ length: size }, (_, index) => size > 1 && { append: { index, size } }));
  return events.map((event, revision) => {
    const recorded_at = new Date(Date.UTC(2026, 0, 31, 12, 0, revision)).toISOString();
    return {
      ...event,
      id: `${stream} ${revision}`,
      stream,
      revision,
      position: BigInt(revision + 1),
      metadata: {
        recorded_at,
        effective_at: '2026-01-31',
        schema_version: event.version ?? 1,
        actor: revision % 2 === 0 ? { kind: 'user', id: String(revision + 1) } : { kind: 'process_manager', id: 'spec' },
        entity_id: 1,
        customer_id: 1,
        request_id: 'request',
        $correlationId: 'correlation',
        $causationId: 'request',
        ...appends[revision],
      },
    };
  });
}

/**
 * The row after each event of one stream, without what the fold remembers.
 * @param restarted whether every row comes back from the database before the next event, so that only what was remembered is known
 */
export function rowsAfterEach<E extends Event>(
  { table, apply }: RowFold<E>,
  events: readonly RecordedEvent<E>[],
  restarted: boolean,
): Row[] {
  let row: Row | undefined;
  const refuse = (): never => {
    throw new Error('a row of a stream is put, and nothing else');
  };
  const rows: Rows = { get: () => row, put: (_, put) => void (row = put), remove: refuse, add: refuse };
  return events.map((event) => {
    apply(event, rows);
    const { [memoryColumn]: state, ...shown } = row ?? {};
    if (restarted) {
      const stored = JSON.parse(JSON.stringify({ ...shown, [memoryColumn]: table.memory?.remember(state) })) as Row;
      row = { ...stored, [memoryColumn]: table.memory?.recall(stored[memoryColumn], stored) };
    }
    return shown;
  });
}

/** The columns that readers see and a row says nothing of, not even null: the database would have null there for ever. */
export const missingIn = (row: Row, { table }: Pick<RowFold<Event>, 'table'>): string[] =>
  Object.keys(shownColumns(table)).filter((column) => row[column] === undefined);

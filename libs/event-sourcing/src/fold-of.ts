import type { Stream } from './decider.js';
import type { Event, RecordedEvent } from './event.js';
import type { EventLog } from './event-log.js';
import type { Projection, Row, TableDefinition } from './projection.js';
import { memoryColumn } from './stored-tables.js';
import { idOf } from './stream-name.js';

/**
 * How a fold remembers a state beside its row.
 * `keep` leaves out what no row ever depends on, so that it stays small; `remember` makes plain JSON of the rest, in which a long list that the row has
 * as it is may be left out; `recall` makes the kept state of both again.
 */
type Memory<State> = Readonly<{
  keep?(state: State): State;
  remember(state: State): unknown;
  recall(remembered: unknown, row: Readonly<Row>): State;
}>;

/** A table with a row a stream, and the parts of the projection that fill it. */
export type RowFold<E extends Event> = Readonly<{ table: TableDefinition }> & Pick<Projection<E>, 'categories' | 'keys' | 'apply'>;

/**
 * One row for each stream of a category, folded by the same `evolve` that decides: the state is kept beside the row (`memory`), so that no row has to be
 * turned back into a state. `rowOf` throws where the state exists not yet, so that a stream without its beginning is parked.
 */
export function foldOf<State, E extends Event>(
  stream: Stream<State, E>,
  definition: Omit<TableDefinition, 'memory'>,
  rowOf: (state: State, event: RecordedEvent<E>) => Row,
  { keep = (state) => state, remember, recall }: Memory<State>,
): RowFold<E> {
  const { evolve, initialState, category } = stream;
  const table: TableDefinition = {
    ...definition,
    columns: { ...definition.columns, [memoryColumn]: 'jsonb' },
    memory: {
      remember: (state) => remember(state as State),
      recall,
      async recollect(pages) {
        let state = initialState;
        for await (const events of pages) state = keep((events as readonly RecordedEvent<E>[]).reduce(evolve, state));
        return state;
      },
    },
  };
  return {
    table,
    categories: [category],
    keys: (event) => [[table.name, { id: idOf(event.stream) }]],
    apply(event, rows) {
      const before = rows.get(table.name, { id: idOf(event.stream) });
      const state = evolve(before ? (before[memoryColumn] as State) : initialState, event);
      const row = rowOf(state, event);
      row[memoryColumn] = keep(state);
      rows.put(table.name, row);
    },
  };
}

/** Events of one read of a stream. */
const readEvents = 2_000;

/** The events of a stream before one of them, a page at a time. */
export async function* readStreamBefore(
  log: Pick<EventLog, 'readStream'>,
  { stream, revision }: RecordedEvent,
): AsyncGenerator<readonly RecordedEvent[]> {
  for (let read = 0; read < revision;) {
    const events = await log.readStream(stream, read, Math.min(readEvents, revision - read));
    if (events.length === 0) throw new Error(`${stream} has ${read} events before its event ${revision}`);
    read += events.length;
    yield events;
  }
}

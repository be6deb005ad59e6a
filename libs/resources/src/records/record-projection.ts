import { idOf, type Projection, type RecordedEvent, type Row, type TableDefinition } from '#millwright/event-sourcing';
import { userIdOf } from '#millwright/access';
import type { RecordEvent, RecordState, RecordStream } from './record-decider.js';

type Projected = Readonly<{ plural: string; category: string; stream: RecordStream; table: TableDefinition }>;

/** A kind of record as one row each, by the same fold that its decisions use. */
export function recordProjection({ plural, category, stream, table }: Projected): Projection {
  return {
    name: plural.replaceAll('_', '-'),
    version: 1,
    tables: [table],
    categories: [category],
    keys: (event) => [[table.name, { id: idOf(event.stream) }]],
    apply(event, rows) {
      const id = idOf(event.stream);
      const row = rows.get(table.name, { id });
      const state = row ? stateOfRow(table, row) : stream.initialState;
      rows.put(table.name, rowOf(table, id, stream.evolve(state, event as RecordedEvent<RecordEvent>), event.revision));
    },
  };
}

/** A state as the row that the projection stores of it, so that an answer from the decided state looks like one from the read model. */
export function rowOf(table: TableDefinition, id: number, { values, archived, history }: RecordState, revision: number): Row {
  if (!history) throw new Error(`record ${id} of ${table.name} has no recorded event`);
  const row: Row = {};
  for (const column of Object.keys(table.columns)) row[column] = values[column] ?? null;
  const { customerId, entityId, created, updated } = history;
  const facts: Row = { created_at: created.at, updated_at: updated.at, created_by: userIdOf(created.by), updated_by: userIdOf(updated.by) };
  const place: Row = { customer_id: customerId, ...('entity_id' in table.columns && { entity_id: entityId }) };
  return { ...row, ...place, id, archived, revision, ...facts };
}

const aroundValues = new Set([
  'id',
  'customer_id',
  'entity_id',
  'archived',
  'revision',
  'created_at',
  'updated_at',
  'created_by',
  'updated_by',
]);

function stateOfRow(table: TableDefinition, row: Readonly<Row>): RecordState {
  const stamp = (at: unknown, by: unknown) => ({ at: String(at), by: { kind: 'user', id: String(by) } as const });
  const values = Object.fromEntries(
    Object.keys(table.columns).flatMap((column) => (aroundValues.has(column) ? [] : [[column, row[column]]])),
  );
  return {
    registered: true,
    archived: row['archived'] === true,
    values,
    history: {
      customerId: Number(row['customer_id']),
      entityId: row['entity_id'] == null ? null : Number(row['entity_id']),
      created: stamp(row['created_at'], row['created_by']),
      updated: stamp(row['updated_at'], row['updated_by']),
    },
  };
}

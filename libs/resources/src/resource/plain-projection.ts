import { foldOf, idOf, shownColumns, type Projection, type Row, type RowFold, type TableDefinition } from '#millwright/event-sourcing';
import { userIdOf } from '#millwright/access';
import type { RecordEvent, RecordState, RecordStream } from './plain-decider.js';

type Projected = Readonly<{ plural: string; stream: RecordStream; table: Omit<TableDefinition, 'memory'> }>;

/** A kind of record as one row each, by the same fold that its decisions use. */
export function recordProjection({
  plural,
  stream,
  table: columns,
}: Projected): Readonly<{ table: TableDefinition; projection: Projection }> {
  const fold: RowFold<RecordEvent> = foldOf(
    stream,
    columns,
    (state, event) => plainRow(fold.table, idOf(event.stream), state, event.revision),
    {
      remember: (state) => state,
      recall: (remembered) => remembered as RecordState,
    },
  );
  const projection = { ...fold, name: plural.replaceAll('_', '-'), version: 1, tables: [fold.table] };
  return { table: fold.table, projection: projection };
}

/** A state as the row that the projection stores of it, so that an answer from the decided state looks like one from the read model. */
export function plainRow(table: TableDefinition, id: number, { values, archived, history }: RecordState, revision: number): Row {
  if (!history) throw new Error(`record ${id} of ${table.name} has no recorded event`);
  const row: Row = {};
  for (const column of Object.keys(shownColumns(table))) row[column] = values[column] ?? null;
  const { customerId, entityId, created, updated } = history;
  const facts: Row = { created_at: created.at, updated_at: updated.at, created_by: userIdOf(created.by), updated_by: userIdOf(updated.by) };
  const place: Row = { customer_id: customerId, ...('entity_id' in table.columns && { entity_id: entityId }) };
  return { ...row, ...place, id, archived, revision, ...facts };
}

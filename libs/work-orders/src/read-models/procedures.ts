import { idOf, type Projection, type RecordedEvent, type Row, type TableDefinition } from '#millwright/event-sourcing';
import { completedAfter, contentAfter, contentOf, type AnsweredItem } from '../domain/procedures.js';
import type { WorkOrderEvent } from '../domain/work-order.events.js';
import type { WorkOrder } from '../domain/work-order.state.js';

export const procedureTable: TableDefinition = {
  name: 'procedures',
  columns: {
    id: 'bigint',
    work_order_id: 'bigint',
    entity_id: 'bigint',
    procedure_template_id: 'bigint',
    name: 'text',
    description: 'text',
    completed_at: 'timestamptz',
    items: 'jsonb',
  },
  key: ['id'],
  indexes: [
    ['work_order_id', 'id'],
    ['procedure_template_id', 'work_order_id'],
  ],
  history: { owner: 'entity_id', figures: ['work_order_id', 'procedure_template_id', 'completed_at'] },
};

/** A procedure as the table `read.procedures` has it; its items are as states have them. */
export type ProcedureRow = Row &
  Readonly<{ id: number; work_order_id: number; entity_id: number; completed_at: string | null; items: readonly AnsweredItem[] }>;

/** The rows of procedures, filled beside those of their orders. */
export const procedureRows: Pick<Projection<WorkOrderEvent>, 'keys' | 'apply'> = {
  keys: ({ data }) => ('procedureId' in data ? [[procedureTable.name, { id: data.procedureId }]] : []),
  apply(event, rows) {
    const { type, data } = event;
    if (type === 'ProcedureAdded') return rows.put(procedureTable.name, addedRow(event));
    if (type === 'ProcedureRemoved') return rows.remove(procedureTable.name, { id: data.procedureId });
    if (type !== 'ProcedureItemAnswered') return;
    const before = rows.get(procedureTable.name, { id: data.procedureId }) as ProcedureRow | undefined;
    if (!before) throw new Error(`procedure ${data.procedureId} was answered before it was added`);
    const { items } = contentAfter({ description: null, items: before.items }, event);
    rows.put(procedureTable.name, { ...before, items, completed_at: completedAfter(before.completed_at, event) });
  },
};

const addedRow = ({ data, stream, metadata }: RecordedEvent<Extract<WorkOrderEvent, { type: 'ProcedureAdded' }>>): Row => ({
  id: data.procedureId,
  work_order_id: idOf(stream),
  entity_id: metadata.entity_id,
  procedure_template_id: data.procedureTemplateId,
  name: data.name,
  completed_at: null,
  ...contentOf(data),
});

/** A procedure from the decided state of its order; undefined where there is none. */
export function decidedProcedure({ workOrderId, procedures, procedureContents, history }: WorkOrder, id: number): Row | undefined {
  const [procedure, content] = [procedures.get(id), procedureContents.get(id)];
  if (!procedure || !content) return undefined;
  const { procedureTemplateId: procedure_template_id, name, completedAt: completed_at } = procedure;
  return { id, work_order_id: workOrderId, entity_id: history?.entityId ?? null, procedure_template_id, name, completed_at, ...content };
}

import { idOf, type Projection, type RecordedEvent, type Row, type TableDefinition } from '#millwright/event-sourcing';
import { rowsOf, viewOf, type View } from '#millwright/lists';
import { answerGiven, completedAfter, contentOf, type AnsweredItem } from '../domain/procedures.js';
import type { WorkOrderEvent } from '../domain/work-order.events.js';
import type { WorkOrder } from '../domain/work-order.state.js';

/** Procedures as they were copied: nothing is answered in their items. */
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

/** The answers are apart from what is asked: a version of each tells that one answer alone, however much the others say. */
export const procedureAnswerTable: TableDefinition = {
  name: 'procedure_answers',
  columns: { procedure_id: 'bigint', item_id: 'bigint', answer: 'jsonb' },
  key: ['procedure_id', 'item_id'],
  history: {},
};

const answers = viewOf(procedureAnswerTable);

/** The items of a procedure with the answers of the same moment. */
const answeredItemsSql = (): string => `(SELECT coalesce(jsonb_agg(asked.item || coalesce(given.answer, '{}') ORDER BY asked.place), '[]')
  FROM jsonb_array_elements(items) WITH ORDINALITY asked(item, place)
  LEFT JOIN ${rowsOf(answers, 'given')} ON given.procedure_id = id AND given.item_id = (asked.item->>'id')::bigint)`;

/** Procedures with their answers; their items are as states have them. */
export const procedureView: View = {
  ...viewOf(procedureTable),
  columns: { ...viewOf(procedureTable).columns, items: { type: 'jsonb', sql: answeredItemsSql } },
};

/** A procedure as the table `read.procedures` has it. */
export type ProcedureRow = Row &
  Readonly<{ id: number; work_order_id: number; entity_id: number; completed_at: string | null; items: readonly AnsweredItem[] }>;

/** The rows of procedures, filled beside those of their orders. */
export const procedureRows: Pick<Projection<WorkOrderEvent>, 'keys' | 'apply'> = {
  keys({ type, data }) {
    if (!('procedureId' in data)) return [];
    const procedure = [procedureTable.name, { id: data.procedureId }] as const;
    if (type !== 'ProcedureItemAnswered') return [procedure];
    return [procedure, [procedureAnswerTable.name, { procedure_id: data.procedureId, item_id: data.itemId }]];
  },
  apply(event, rows) {
    const { type, data } = event;
    if (type === 'ProcedureAdded') return rows.put(procedureTable.name, addedRow(event));
    // Nothing shows answers of what is gone.
    if (type === 'ProcedureRemoved') return rows.remove(procedureTable.name, { id: data.procedureId });
    if (type !== 'ProcedureItemAnswered') return;
    const before = rows.get(procedureTable.name, { id: data.procedureId }) as ProcedureRow | undefined;
    if (!before) throw new Error(`procedure ${data.procedureId} was answered before it was added`);
    const item = before.items.find(({ id }) => id === data.itemId);
    if (item)
      rows.put(procedureAnswerTable.name, { procedure_id: data.procedureId, item_id: data.itemId, answer: answerGiven(item, event) });
    const completed_at = completedAfter(before.completed_at, event);
    // Whatever is put is a version, with all that is asked.
    if (completed_at !== before.completed_at) rows.put(procedureTable.name, { ...before, completed_at });
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

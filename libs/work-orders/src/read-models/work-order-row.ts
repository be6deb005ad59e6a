import { Map as PersistentMap } from 'immutable';
import { foldOf, type Row, type RowFold, type TableDefinition } from '#millwright/event-sourcing';
import { showQuantity, showValue, toQuantity, toValue, type Decimal } from '#millwright/quantities';
import { userIdOf } from '#millwright/access';
import { beginningOf, inOrder } from '#millwright/lists';
import { detailsIn, resourceColumns, resourceRow, type ResourceRow } from '#millwright/resources';
import type { ChecklistItem, WorkOrderDetails, WorkOrderEvent } from '../domain/work-order.events.js';
import { checklistIn } from '../domain/checklist.js';
import type { Procedure } from '../domain/procedures.js';
import { workOrder } from '../domain/work-order.js';
import { partLines, unknownWorkOrder, type PartLine, type WorkOrder } from '../domain/work-order.state.js';
import { workOrderFields, type WorkOrderFields, type WorkOrderFigures } from '../work-order.fields.js';
import type { ProcedureSummary } from '../procedures/template-ids.js';

/** How many of a part the order wants or, completed, was issued. */
export type PartLineRow = Readonly<{ part_id: number; quantity: Decimal; request_revision: number }>;

/** An item with who ticked it off and when (RFC 3339, UTC). Rows of earlier releases lack both. */
export type ChecklistItemRow = ChecklistItem & Readonly<{ checked_at: string | null; checked_by_id: number | null }>;

/** A work order as the table `read.work_orders` has it. Times are ISO 8601 UTC. */
export type WorkOrderRow = ResourceRow<
  Omit<
    WorkOrderFields,
    | 'status_id'
    | 'completed_at'
    | 'checklist'
    | 'categories_ids'
    | 'technicians_ids'
    | 'account_codes_ids'
    | 'vendors_ids'
    | 'customer_id'
    | 'procedure_template_ids'
  >,
  Pick<WorkOrderFigures, 'completed_at' | 'status_kind' | 'pm_schedule_id'>
> &
  Readonly<{
    status_id: number;
    categories_ids: readonly number[];
    technicians_ids: readonly number[];
    account_codes_ids: readonly number[];
    vendors_ids: readonly number[];
    /** Whom the work is done for. */
    served_customer_id: number | null;
    checklist: readonly ChecklistItemRow[];
    procedures: readonly ProcedureSummary[];
    procedure_template_ids: readonly number[];
    /** An order that is being completed still shows as open. */
    is_being_completed: boolean;
    part_lines: readonly PartLineRow[];
    parts_ids: readonly number[];
    /** Σ other costs, exact. */
    other_costs: Decimal;
    /** What labour costs, as posted; null in rows of a release that knew of none. */
    labor_costs: Decimal | null;
  }>;

/** What the order's details say of its row. */
type StoredFields = Omit<WorkOrderFields, 'status_id' | 'completed_at' | 'checklist' | 'customer_id' | 'procedure_template_ids'> & {
  served_customer_id?: number | null;
};

/** The row of an opened order: what reads show, and what answers of writes show before the projection has seen them. */
export function workOrderRow(order: WorkOrder): WorkOrderRow {
  const { workOrderId, phase } = order;
  const lines = partLines(order).map(([part_id, { quantity, requestRevision }]) => ({
    part_id,
    quantity: showQuantity(quantity),
    request_revision: requestRevision,
  }));
  const procedures = summariesOf(order);
  return resourceRow<StoredFields, WorkOrderRow>(workOrderFields, order, {
    id: workOrderId ?? 0,
    pm_schedule_id: order.pmScheduleId,
    status_id: order.statusId,
    status_kind: phase === 'completing' ? 'open' : phase,
    is_being_completed: phase === 'completing',
    completed_at: order.completedAt,
    checklist: checklistRows(order),
    part_lines: lines,
    parts_ids: lines.map(({ part_id }) => part_id),
    other_costs: showValue(order.otherCosts),
    procedures,
    procedure_template_ids: procedures.map(({ procedure_template_id }) => procedure_template_id),
    labor_costs: showValue(order.laborCosts),
    archived: order.archived,
    revision: order.revision,
  });
}

function checklistRows({ details, ticks }: WorkOrder): ChecklistItemRow[] {
  const shown = new Set<number>();
  return checklistIn(details).map(({ text, order, checked }) => {
    const tick = shown.has(order) ? undefined : ticks[order];
    shown.add(order);
    return { text, order, checked, checked_at: tick?.at ?? null, checked_by_id: tick ? userIdOf(tick.by) : null };
  });
}

const itemOf = ({ text, order, checked }: ChecklistItemRow): ChecklistItem => ({ text, order, checked });

const summariesOf = ({ procedures }: WorkOrder): ProcedureSummary[] =>
  [...procedures]
    .map(([id, { name, procedureTemplateId, completedAt }]) => ({
      id,
      name,
      procedure_template_id: procedureTemplateId,
      completed_at: completedAt,
    }))
    .sort((left, right) => left.id - right.id);

const table = {
  name: 'work_orders',
  columns: {
    ...resourceColumns(workOrderFields.all, 'entity'),
    is_being_completed: 'boolean',
    part_lines: 'jsonb',
    parts_ids: 'bigint[]',
    other_costs: 'numeric',
    procedures: 'jsonb',
    labor_costs: 'numeric',
  },
  key: ['id'],
  indexes: [
    ['entity_id', 'created_at', 'id'],
    ['entity_id', 'updated_at', 'id'],
    ['entity_id', inOrder(beginningOf('"title"')), 'id'],
    ['entity_id', 'completed_at', 'id'],
    ['asset_id'],
    ['work_order_request_id'],
    ['entity_id', inOrder('dedup_key')],
    ['pm_schedule_id'],
    ['created_by_id'],
  ],
  containing: ['technicians_ids'],
  history: {
    owner: 'entity_id',
    figures: ['status_id', 'status_kind', 'due_date', 'completed_at', 'updated_at', 'archived'],
    slow: {
      columns: ['title', 'type', 'priority', 'asset_id', 'location_id', 'external_reference', 'created_at', 'archived'],
      indexes: [['entity_id', inOrder(beginningOf('"title"')), 'id'], ['entity_id', 'created_at', 'id'], ['asset_id']],
    },
  },
  dropped: ['fold'],
} satisfies Omit<TableDefinition, 'memory'>;

/** What a row never depends on is left out: refusals, single costs, and what only decisions ask for. */
const { openStatusId, completion, refusedRequests, refusedCompletions, recordedCosts, procedureContents, labour } = unknownWorkOrder;
const forgotten = { openStatusId, completion, refusedRequests, refusedCompletions, recordedCosts, procedureContents, labour };

const keep = (order: WorkOrder): WorkOrder => ({ ...order, ...forgotten });

/** What the row does not have as it is. */
type Remembered = Pick<WorkOrder, 'phase' | 'history' | 'ticks' | 'listSaidClosed'>;

const remember = ({ phase, history, ticks, listSaidClosed }: WorkOrder): Remembered => ({ phase, history, ticks, listSaidClosed });

/** Every field is named, so that a state that is neither remembered nor in the row does not compile. */
function recall(remembered: unknown, row: Readonly<Row>): WorkOrder {
  const { id, pm_schedule_id, revision, status_id, completed_at, archived, other_costs, labor_costs, part_lines, checklist } =
    row as WorkOrderRow;
  // A row of an earlier release has none.
  const summaries = (row['procedures'] ?? []) as readonly ProcedureSummary[];
  const procedures = summaries.map((summary): [number, Procedure] => [
    summary.id,
    { name: summary.name, procedureTemplateId: summary.procedure_template_id, completedAt: summary.completed_at },
  ]);
  const lines = part_lines.map(({ part_id, quantity, request_revision }): [number, PartLine] => [
    part_id,
    { quantity: toQuantity(quantity), requestRevision: request_revision },
  ]);
  return {
    ...forgotten,
    ...(remembered as Remembered),
    workOrderId: id,
    pmScheduleId: pm_schedule_id ?? null,
    revision,
    statusId: status_id,
    completedAt: completed_at,
    archived,
    // Who ticked an item is no part of it: the same item is one that is said the same.
    details: { ...detailsIn<WorkOrderDetails>(workOrderFields, row), checklist: checklist.map(itemOf) },
    otherCosts: toValue(other_costs),
    laborCosts: toValue(labor_costs ?? '0'),
    parts: PersistentMap(lines),
    procedures: PersistentMap(procedures),
  };
}

export const workOrderFold: RowFold<WorkOrderEvent> = foldOf(workOrder, table, workOrderRow, { keep, remember, recall });

export const workOrderTable = workOrderFold.table;

import { Map as PersistentMap } from 'immutable';
import { userIdOf } from '#millwright/access';
import { foldOf, type Row, type RowFold } from '#millwright/event-sourcing';
import { showQuantity, showValue, toQuantity, toValue, type Decimal } from '#millwright/quantities';
import { detailsIn, inOrder } from '#millwright/resources';
import type { ChecklistItem, StatusKind, WorkOrderEvent } from '../domain/work-order.events.js';
import { workOrder } from '../domain/work-order.js';
import { partLines, unknownWorkOrder, type PartLine, type WorkOrder } from '../domain/work-order.state.js';

/** How many of a part the order wants or, completed, was issued. */
export type PartLineRow = Readonly<{ part_id: number; quantity: Decimal; request_revision: number }>;

/** A work order as the table `read.work_orders` has it. Times are ISO 8601 UTC. */
export type WorkOrderRow = Readonly<{
  id: number;
  customer_id: number;
  entity_id: number;
  title: string;
  description: string | null;
  type: string | null;
  priority: string | null;
  due_date: string | null;
  asset_id: number | null;
  location_id: number | null;
  categories_ids: readonly number[];
  technicians_ids: readonly number[];
  checklist: readonly ChecklistItem[];
  notify_vendors_on_create: string | null;
  notify_vendors_on_update: string | null;
  external_reference: string | null;
  status_id: number;
  /** What the status means; an order that is being completed still shows as open. */
  status_kind: StatusKind;
  is_being_completed: boolean;
  completed_at: string | null;
  part_lines: readonly PartLineRow[];
  parts_ids: readonly number[];
  /** Σ other costs, exact. */
  other_costs: Decimal;
  archived: boolean;
  created_at: string;
  updated_at: string;
  created_by_id: number;
  updated_by_id: number;
  /** Of the order's stream: the ETag. */
  revision: number;
}>;

/** The row of an opened order: what reads show, and what answers of writes show before the projection has seen them. */
export function workOrderRow(order: WorkOrder): WorkOrderRow {
  const { workOrderId, history, details, phase } = order;
  if (workOrderId === null || !history) throw new Error('a work order that was never opened has no row');
  const lines = partLines(order).map(([part_id, { quantity, requestRevision }]) => ({
    part_id,
    quantity: showQuantity(quantity),
    request_revision: requestRevision,
  }));
  return {
    id: workOrderId,
    customer_id: history.customerId,
    entity_id: history.entityId ?? 0,
    title: details.title,
    description: details.description,
    type: details.type,
    priority: details.priority,
    due_date: details.dueDate,
    asset_id: details.assetId,
    location_id: details.locationId,
    categories_ids: details.categoriesIds,
    technicians_ids: details.techniciansIds,
    checklist: details.checklist,
    notify_vendors_on_create: details.notifyVendorsOnCreate,
    notify_vendors_on_update: details.notifyVendorsOnUpdate,
    external_reference: details.externalReference,
    status_id: order.statusId,
    status_kind: phase === 'completing' ? 'open' : phase,
    is_being_completed: phase === 'completing',
    completed_at: order.completedAt,
    part_lines: lines,
    parts_ids: lines.map(({ part_id }) => part_id),
    other_costs: showValue(order.otherCosts),
    archived: order.archived,
    created_at: history.created.at,
    updated_at: history.updated.at,
    created_by_id: userIdOf(history.created.by),
    updated_by_id: userIdOf(history.updated.by),
    revision: order.revision,
  };
}

const table = {
  name: 'work_orders',
  columns: {
    id: 'bigint',
    customer_id: 'bigint',
    entity_id: 'bigint',
    title: 'text',
    description: 'text',
    type: 'text',
    priority: 'text',
    due_date: 'timestamptz',
    asset_id: 'bigint',
    location_id: 'bigint',
    categories_ids: 'bigint[]',
    technicians_ids: 'bigint[]',
    checklist: 'jsonb',
    notify_vendors_on_create: 'text',
    notify_vendors_on_update: 'text',
    external_reference: 'text',
    status_id: 'bigint',
    status_kind: 'text',
    is_being_completed: 'boolean',
    completed_at: 'timestamptz',
    part_lines: 'jsonb',
    parts_ids: 'bigint[]',
    other_costs: 'numeric',
    archived: 'boolean',
    created_at: 'timestamptz',
    updated_at: 'timestamptz',
    created_by_id: 'bigint',
    updated_by_id: 'bigint',
    revision: 'bigint',
  },
  key: ['id'],
  indexes: [
    ['entity_id', 'created_at', 'id'],
    ['entity_id', 'updated_at', 'id'],
    ['entity_id', inOrder('"title"'), 'id'],
    ['entity_id', 'completed_at', 'id'],
    ['asset_id'],
  ],
  history: {
    owner: 'entity_id',
    figures: ['status_id', 'status_kind', 'due_date', 'completed_at', 'updated_at', 'archived'],
    slow: {
      columns: ['title', 'type', 'priority', 'asset_id', 'location_id', 'external_reference', 'created_at', 'archived'],
      indexes: [['entity_id', inOrder('"title"'), 'id'], ['entity_id', 'created_at', 'id'], ['asset_id']],
    },
  },
  dropped: ['fold'],
} as const;

/** What a row never depends on is left out: refusals, ids of costs, and what only decisions ask for. */
const keep = (order: WorkOrder): WorkOrder => ({
  ...order,
  openStatusId: unknownWorkOrder.openStatusId,
  completion: unknownWorkOrder.completion,
  refusedRequests: unknownWorkOrder.refusedRequests,
  refusedCompletions: unknownWorkOrder.refusedCompletions,
  otherCostIds: unknownWorkOrder.otherCostIds,
});

/** What the row does not have as it is. */
type Remembered = Pick<WorkOrder, 'phase' | 'history'>;

const remember = ({ phase, history }: WorkOrder): Remembered => ({ phase, history });

function recall(remembered: unknown, row: Readonly<Row>): WorkOrder {
  const { id, revision, status_id, completed_at, archived, other_costs, part_lines } = row as WorkOrderRow;
  const lines = part_lines.map(({ part_id, quantity, request_revision }): [number, PartLine] => [
    part_id,
    { quantity: toQuantity(quantity), requestRevision: request_revision },
  ]);
  return {
    ...unknownWorkOrder,
    ...(remembered as Remembered),
    workOrderId: id,
    revision,
    statusId: status_id,
    completedAt: completed_at,
    archived,
    details: detailsIn(row, unknownWorkOrder.details),
    otherCosts: toValue(other_costs),
    parts: PersistentMap(lines),
  };
}

export const workOrderFold: RowFold<WorkOrderEvent> = foldOf(workOrder, table, workOrderRow, { keep, remember, recall });

export const workOrderTable = workOrderFold.table;

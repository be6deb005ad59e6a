import { foldOf, type Projection, type Row, type RowFold, type TableDefinition } from '#millwright/event-sourcing';
import { beginningOf, inOrder } from '#millwright/lists';
import { detailsIn, resourceColumns, resourceRow, type ResourceRow } from '#millwright/resources';
import type { RequestDetails, RequestStatus, WorkOrderRequestEvent } from '../domain/request.events.js';
import { workOrderRequest, type WorkOrderRequest } from '../domain/request.js';
import { requestFields, type RequestFields, type RequestFigures } from '../request.fields.js';

/** A request as the table `read.work_order_requests` has it. Times are ISO 8601 UTC. */
export type RequestRow = ResourceRow<
  Omit<RequestFields, 'status'>,
  Pick<RequestFigures, 'completed_at' | 'work_order_id' | 'request_portal_id'>
> &
  Readonly<{ status: RequestStatus; order_revision: number }>;

/** The row of a request that was made, as reads show it. */
export function requestRow(request: WorkOrderRequest, revision: number): RequestRow {
  const { requestId, status, rejectionReason, portalId, workOrderId, orderRevision, completedAt, archived } = request;
  return resourceRow<Omit<RequestFields, 'status' | 'rejection_reason'>, RequestRow>(requestFields, request, {
    id: requestId ?? 0,
    status,
    rejection_reason: rejectionReason,
    completed_at: completedAt,
    work_order_id: workOrderId,
    request_portal_id: portalId,
    order_revision: orderRevision,
    archived,
    revision,
  });
}

const table = {
  name: 'work_order_requests',
  columns: { ...resourceColumns(requestFields.all, 'entity'), order_revision: 'integer' },
  key: ['id'],
  indexes: [
    ['entity_id', 'created_at', 'id'],
    ['entity_id', 'updated_at', 'id'],
    ['entity_id', inOrder('status'), 'id'],
    ['entity_id', inOrder(beginningOf('"title"')), 'id'],
    ['work_order_id'],
    ['asset_id'],
  ],
  history: { owner: 'entity_id', figures: ['status', 'priority', 'due_date', 'completed_at', 'updated_at', 'work_order_id', 'archived'] },
} satisfies Omit<TableDefinition, 'memory'>;

type Remembered = Pick<WorkOrderRequest, 'history'>;

/** Every field is named, so that a state that is neither remembered nor in the row does not compile. */
function recall(remembered: unknown, row: Readonly<Row>): WorkOrderRequest {
  const { id, status, rejection_reason, request_portal_id, work_order_id, order_revision, completed_at, archived } = row as RequestRow;
  return {
    ...(remembered as Remembered),
    requestId: id,
    status,
    rejectionReason: rejection_reason,
    portalId: request_portal_id,
    workOrderId: work_order_id,
    orderRevision: order_revision,
    completedAt: completed_at,
    details: detailsIn<RequestDetails>(requestFields, row),
    archived,
  };
}

export const requestFold: RowFold<WorkOrderRequestEvent> = foldOf(
  workOrderRequest,
  table,
  (request, { revision }) => requestRow(request, revision),
  { remember: ({ history }): Remembered => ({ history }), recall },
);

export const workOrderRequestsProjection: Projection<WorkOrderRequestEvent> = {
  ...requestFold,
  name: 'work-order-requests',
  version: 1,
  tables: [requestFold.table],
};

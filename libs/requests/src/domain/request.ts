import { historyAfter, type RecordHistory, type Stream } from '#millwright/event-sourcing/decider';
import type { RequestDetails, RequestStatus, WorkOrderRequestEvent } from './request.events.js';

/** A request as its events make it. */
export type WorkOrderRequest = Readonly<{
  /** Null before it was made. */
  requestId: number | null;
  status: RequestStatus;
  rejectionReason: string | null;
  portalId: number | null;
  /** The order that was opened from it: there is one at most, for ever. */
  workOrderId: number | null;
  /** The revision of the order's event that it followed last: what is not newer is late or repeated. */
  orderRevision: number;
  /** When its order was completed (an instant in UTC). */
  completedAt: string | null;
  details: RequestDetails;
  archived: boolean;
  history: RecordHistory | undefined;
}>;

export const workOrderRequest: Stream<WorkOrderRequest, WorkOrderRequestEvent> = {
  category: 'workOrderRequest',
  initialState: {
    requestId: null,
    status: 'open',
    rejectionReason: null,
    portalId: null,
    workOrderId: null,
    orderRevision: -1,
    completedAt: null,
    details: { externalReference: null },
    archived: false,
    history: undefined,
  },
  evolve: (request, event) => ({ ...applied(request, event), history: historyAfter(request.history, event) }),
};

function applied(request: WorkOrderRequest, { type, data }: WorkOrderRequestEvent): WorkOrderRequest {
  switch (type) {
    case 'WorkOrderRequestRegistered':
      return { ...request, ...data };
    case 'WorkOrderRequestChanged':
      return { ...request, details: { ...request.details, ...data.changes } };
    case 'WorkOrderRequestStatusChanged':
      return { ...request, ...data };
    case 'WorkOrderRequestConverted':
      return { ...request, status: 'approved', workOrderId: data.workOrderId };
    case 'WorkOrderRequestFollowedOrder': {
      const { status, completedAt, orderRevision } = data;
      return { ...request, status, completedAt, orderRevision };
    }
    case 'WorkOrderRequestArchived':
      return { ...request, archived: true };
    case 'WorkOrderRequestUnarchived':
      return { ...request, archived: false };
  }
}

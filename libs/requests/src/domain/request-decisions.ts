import { changedFields, Rejection, type DetailCode } from '#millwright/event-sourcing/decider';
import type { RequestDetails, RequestStatus, WorkOrderRequestEvent } from './request.events.js';
import type { WorkOrderRequest } from './request.js';

/** What a client says about where a request stands; what is left out stays. */
export type WantedStatus = Readonly<{ status?: RequestStatus; rejectionReason?: string | null }>;

type Registering = WantedStatus & Readonly<{ requestId: number; portalId: number | null; details: RequestDetails }>;

/** @throws Rejection CONFLICT the id is taken; VALIDATION_FAILED (use_operation, required, contradicts_status) */
export function registerRequest(
  request: WorkOrderRequest,
  { requestId, portalId, details, ...wanted }: Registering,
): WorkOrderRequestEvent[] {
  if (request.requestId !== null) throw new Rejection('CONFLICT', 'A request with this id exists already.');
  return [{ type: 'WorkOrderRequestRegistered', data: { requestId, ...statusAfter(request, wanted), portalId, details } }];
}

/**
 * Edits a request, moves it to another status, or both in one append. What is so already appends nothing.
 * @throws Rejection NOT_FOUND; CONFLICT archived, or its order says where it stands; VALIDATION_FAILED (use_operation, required, contradicts_status)
 */
export function changeRequest(
  request: WorkOrderRequest,
  { changes, ...wanted }: WantedStatus & Readonly<{ changes: Partial<RequestDetails> }>,
): WorkOrderRequestEvent[] {
  requireInUse(request);
  if (wanted.status !== undefined && request.workOrderId !== null)
    throw new Rejection('CONFLICT', 'The request has a work order, whose status it follows.', [], { id: request.workOrderId });
  const { status, rejectionReason } = statusAfter(request, wanted);
  const changed = changedFields(request.details, changes);
  const isMoved = status !== request.status || rejectionReason !== request.rejectionReason;
  return [
    ...(Object.keys(changed).length === 0 ? [] : [{ type: 'WorkOrderRequestChanged', data: { changes: changed } } as const]),
    ...(isMoved ? [{ type: 'WorkOrderRequestStatusChanged', data: { status, rejectionReason } } as const] : []),
  ];
}

/** A rejected request has a reason, and no other has. */
function statusAfter(request: WorkOrderRequest, wanted: WantedStatus): Readonly<{ status: RequestStatus; rejectionReason: string | null }> {
  if (wanted.status === 'approved' || wanted.status === 'completed')
    throw invalid('status', 'use_operation', `${wanted.status} follows from the work order: convert the request, and complete the order`);
  const { status = request.status } = wanted;
  if (status !== 'rejected') {
    if (wanted.rejectionReason != null)
      throw invalid('rejection_reason', 'contradicts_status', 'contradicts a status that is not rejected');
    return { status, rejectionReason: null };
  }
  const { rejectionReason = request.rejectionReason } = wanted;
  if (rejectionReason === null || rejectionReason.trim() === '')
    throw invalid('rejection_reason', 'required', 'must say why the request is rejected');
  return { status, rejectionReason };
}

/** @throws Rejection NOT_FOUND; RECORD_IN_USE its order is open */
export function archiveRequest(request: WorkOrderRequest): WorkOrderRequestEvent[] {
  requireMade(request);
  if (request.archived) return [];
  if (request.workOrderId !== null && request.status === 'approved')
    throw new Rejection('RECORD_IN_USE', 'The work order that was opened from it is open.', [], { id: request.workOrderId });
  return [{ type: 'WorkOrderRequestArchived', data: {} }];
}

/** @throws Rejection NOT_FOUND */
export function unarchiveRequest(request: WorkOrderRequest): WorkOrderRequestEvent[] {
  requireMade(request);
  return request.archived ? [{ type: 'WorkOrderRequestUnarchived', data: {} }] : [];
}

type Converting = Extract<WorkOrderRequestEvent, Readonly<{ type: 'WorkOrderRequestConverted' }>>['data'];

/**
 * Has a work order opened from a request: of two at the same moment one wins, since both are decided here.
 * @throws Rejection NOT_FOUND; REQUEST_CONVERTED it has an order (`id`); CONFLICT archived, rejected or cancelled
 */
export function convertRequest(request: WorkOrderRequest, converting: Converting): WorkOrderRequestEvent[] {
  requireMade(request);
  const { workOrderId, status } = request;
  if (workOrderId !== null)
    throw new Rejection('REQUEST_CONVERTED', `This request has its work order ${workOrderId} already.`, [], { id: workOrderId });
  requireInUse(request);
  if (status === 'rejected' || status === 'cancelled')
    throw new Rejection('CONFLICT', `The request is ${status}; open it again before converting it.`);
  return [{ type: 'WorkOrderRequestConverted', data: converting }];
}

type Following = Extract<WorkOrderRequestEvent, Readonly<{ type: 'WorkOrderRequestFollowedOrder' }>>['data'];

/** Follows its order; what is not newer than what it followed last does nothing, nor does the end of another order. */
export function followOrder(request: WorkOrderRequest, following: Following): WorkOrderRequestEvent[] {
  const { workOrderId, orderRevision } = request;
  if (following.workOrderId !== workOrderId || following.orderRevision <= orderRevision) return [];
  return [{ type: 'WorkOrderRequestFollowedOrder', data: following }];
}

function requireMade({ requestId }: WorkOrderRequest): void {
  if (requestId === null) throw new Rejection('NOT_FOUND', 'there is no such record');
}

function requireInUse(request: WorkOrderRequest): void {
  requireMade(request);
  if (request.archived) throw new Rejection('CONFLICT', 'The work order request is archived; bring it back first.');
}

function invalid(name: string, code: DetailCode, message: string): Rejection {
  const field = `work_order_request.${name}`;
  return new Rejection('VALIDATION_FAILED', `${field} ${message}`, [{ field, code, message }]);
}

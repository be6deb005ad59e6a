import { Rejection } from '#millwright/event-sourcing/decider';
import { largestQuantity, showQuantity, toQuantity, type Decimal } from '#millwright/quantities';
import { fitsIntoCompletion } from './completion-size.js';
import type { WorkOrderEvent } from './work-order.events.js';
import { beingCompleted, closed, invalid, requireInUse, type PartRefusalCode, type WorkOrder } from './work-order.state.js';

/** Parts an order may have: their list has to fit into the one event that completes it. */
export const mostPartLines = 1_500;

export type RequestPart = Readonly<{ partId: number; quantity: Decimal }>;

/**
 * Asks for more of a part, on top of what the order wants of it already. Whether it gets them is the part's decision.
 * @throws Rejection NOT_FOUND; CONFLICT archived, or a completion is running; WORK_ORDER_CLOSED; VALIDATION_FAILED, also for too_many_parts; VALUE_OUT_OF_RANGE
 */
export function requestPart(order: WorkOrder, { partId, quantity }: RequestPart): WorkOrderEvent[] {
  requireInUse(order);
  const more = toQuantity(quantity);
  if (more <= 0n) throw invalid('quantity', 'out_of_range', 'must be more than 0');
  return request(order, partId, (order.parts.get(partId)?.quantity ?? 0n) + more);
}

export type SetPartQuantity = Readonly<{ partId: number; quantity: Decimal }>;

/**
 * Sets how many of an assigned part the order wants, 0 removes it. On a completed order a lower quantity returns the rest.
 * @throws Rejection NOT_FOUND, also for a part that is not assigned; CONFLICT archived, or a completion is running; WORK_ORDER_CLOSED raising on a completed order; VALIDATION_FAILED
 */
export function setPartQuantity(order: WorkOrder, { partId, quantity }: SetPartQuantity): WorkOrderEvent[] {
  requireInUse(order);
  const wanted = toQuantity(quantity);
  if (wanted < 0n) throw invalid('quantity', 'out_of_range', 'must not be negative');
  if (!order.parts.has(partId)) throw new Rejection('NOT_FOUND', 'This part is not assigned to the work order.');
  return request(order, partId, wanted);
}

/** Removes an assigned part. @throws as setPartQuantity */
export const removePart = (order: WorkOrder, { partId }: Readonly<{ partId: number }>): WorkOrderEvent[] =>
  setPartQuantity(order, { partId, quantity: '0' });

function request(order: WorkOrder, partId: number, wanted: bigint): WorkOrderEvent[] {
  const before = order.parts.get(partId)?.quantity ?? 0n;
  if (order.phase === 'completing') throw beingCompleted();
  if (order.phase === 'cancelled') throw closed('The work order is cancelled; reopen it before changing its parts.');
  if (order.phase === 'completed' && wanted > before) throw closed('The work order is completed; reopen it before adding parts.');
  if (wanted === before) return [];
  if (wanted > largestQuantity) {
    const message = `would be more than ${showQuantity(largestQuantity)}`;
    throw new Rejection('VALUE_OUT_OF_RANGE', `quantity ${message}`, [{ field: 'quantity', code: 'out_of_range', message }]);
  }
  requireRoom(order, partId, wanted);
  return [{ type: 'PartAssignmentRequested', data: { partId, quantityAfter: showQuantity(wanted) } }];
}

/** An order of an earlier release may have more parts than fit; it takes no further one, and fewer of each. */
function requireRoom({ parts }: WorkOrder, partId: number, wanted: bigint): void {
  const line = parts.get(partId);
  if (!line && parts.size >= mostPartLines)
    throw invalid('part_id', 'too_many_parts', `would be one part too many: a work order takes ${mostPartLines} at most`);
  if (wanted <= (line?.quantity ?? 0n) || fitsIntoCompletion(parts.set(partId, { quantity: wanted, requestRevision: 0 }))) return;
  const message = 'is too much: the event that completes the work order could no longer name its parts and how many there are of each';
  throw invalid(line ? 'quantity' : 'part_id', 'too_many_parts', message);
}

export type RefusePartAssignment = Readonly<{
  partId: number;
  requestRevision: number;
  code: PartRefusalCode;
  message: string;
  quantityAfter: Decimal;
}>;

/** The part said no to a request. Nothing, when that has been noted already. */
export function refusePartAssignment(order: WorkOrder, refusal: RefusePartAssignment): WorkOrderEvent[] {
  return order.refusedRequests.has(refusal.requestRevision) ? [] : [{ type: 'PartAssignmentRefused', data: refusal }];
}

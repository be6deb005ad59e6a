import { Rejection } from '#millwright/event-sourcing/decider';
import { largestQuantity, showQuantity, toQuantity, type Decimal } from '#millwright/quantities';
import type { WorkOrderEvent } from './work-order.events.js';
import { beingCompleted, closed, invalid, requireInUse, type WorkOrder } from './work-order.state.js';

/** Parts an order may have: their list has to fit into the one event that completes it. */
export const mostPartLines = 1_500;
/** Bytes that list may take of the 65,535 of an event. */
const mostLineBytes = 62_000;

/** Fewer than the most lines, and where some of them are long, fewer than fill the event. */
function hasRoomFor({ parts }: WorkOrder, partId: number, wanted: bigint): boolean {
  if (parts.size >= mostPartLines) return false;
  if (parts.size < mostPartLines / 2) return true;
  const bytesOf = (id: number, quantity: bigint): number => `{"partId":${id},"quantity":"${showQuantity(quantity)}"},`.length;
  return parts.reduce((bytes, { quantity }, id) => bytes + bytesOf(id, quantity), bytesOf(partId, wanted)) <= mostLineBytes;
}

export type RequestPart = Readonly<{ partId: number; quantity: Decimal }>;

/**
 * Asks for more of a part, on top of what the order wants of it already. Whether it gets them is the part's decision.
 * @throws Rejection NOT_FOUND; CONFLICT archived, or a completion is running; WORK_ORDER_CLOSED; VALIDATION_FAILED; VALUE_OUT_OF_RANGE
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
    throw new Rejection('VALUE_OUT_OF_RANGE', `The quantity ${message}.`, [{ field: 'quantity', code: 'out_of_range', message }]);
  }
  if (before === 0n && !hasRoomFor(order, partId, wanted))
    throw invalid('part_id', 'too_many_parts', `would be one part too many: a work order takes ${mostPartLines} at most`);
  return [{ type: 'PartAssignmentRequested', data: { partId, quantityAfter: showQuantity(wanted) } }];
}

export type RefusePartAssignment = Readonly<{
  partId: number;
  requestRevision: number;
  code: string;
  message: string;
  quantityAfter: Decimal;
}>;

/** The part said no to a request. Nothing, when that has been noted already. */
export function refusePartAssignment(order: WorkOrder, refusal: RefusePartAssignment): WorkOrderEvent[] {
  return order.refusedRequests.has(refusal.requestRevision) ? [] : [{ type: 'PartAssignmentRefused', data: refusal }];
}

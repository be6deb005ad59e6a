import { Rejection } from '#millwright/event-sourcing/decider';
import type { WorkOrderEvent } from './work-order.events.js';
import { beingCompleted, requireOpened, type WorkOrder } from './work-order.state.js';

/**
 * Puts an order away; its history and costs stay.
 * @throws Rejection NOT_FOUND; CONFLICT a completion is running, or the order is open and still has parts reserved
 */
export function archiveWorkOrder(order: WorkOrder): WorkOrderEvent[] {
  requireOpened(order);
  if (order.archived) return [];
  if (order.phase === 'completing') throw beingCompleted();
  if (order.phase === 'open' && !order.parts.isEmpty())
    throw new Rejection('CONFLICT', 'The work order still has parts reserved; remove them, complete it or cancel it first.');
  return [{ type: 'WorkOrderArchived', data: {} }];
}

/** @throws Rejection NOT_FOUND */
export function unarchiveWorkOrder(order: WorkOrder): WorkOrderEvent[] {
  requireOpened(order);
  return order.archived ? [{ type: 'WorkOrderUnarchived', data: {} }] : [];
}

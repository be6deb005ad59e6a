import { archivePart, reconcilePart, restockPart, unarchivePart, type Part, type PartEvent } from '#millwright/inventory';
import type { WorkOrderEvent } from '../domain/work-order.events.js';
import { removePart, requestPart, setPartQuantity } from '../domain/work-order-parts.js';
import { changeWorkOrder, completeWorkOrder, reopenWorkOrder } from '../domain/work-order-status.js';
import type { WorkOrder } from '../domain/work-order.state.js';
import { now } from './work-orders.js';

/** What a client asks, one after another; several clients at once. */
export type Command = Readonly<{ kind: (typeof commandKinds)[number]; order: number; part: number; amount: number }>;
export const commandKinds = [
  ...(['add', 'add', 'add', 'add', 'add', 'add', 'set', 'set', 'remove'] as const),
  ...(['complete', 'complete', 'complete', 'complete', 'reopen', 'reopen', 'cancel'] as const),
  ...(['restock', 'restock', 'countDown', 'countDown', 'countDown', 'countUp', 'archive', 'unarchive', 'unarchive'] as const),
] as const;

type Decision =
  | Readonly<{ on: 'order'; decide: (state: WorkOrder) => WorkOrderEvent[] }>
  | Readonly<{ on: 'part'; decide: (state: Part) => PartEvent[] }>;

/** What a command wants to be decided, and on which stream. */
export function decisionOf({ kind, part: partId, amount }: Command, transactionId: number): Decision {
  const onOrder = (decide: (state: WorkOrder) => WorkOrderEvent[]): Decision => ({ on: 'order', decide });
  const onPart = (decide: (state: Part) => PartEvent[]): Decision => ({ on: 'part', decide });
  const quantity = String(amount);
  switch (kind) {
    case 'add':
      return onOrder((state) => requestPart(state, { partId, quantity }));
    case 'set':
      return onOrder((state) => setPartQuantity(state, { partId, quantity: String(amount - 1) }));
    case 'remove':
      return onOrder((state) => removePart(state, { partId }));
    case 'complete':
      return onOrder((state) => completeWorkOrder(state, { now }));
    case 'reopen':
      return onOrder((state) => reopenWorkOrder(state, { now }));
    case 'cancel':
      return onOrder((state) => changeWorkOrder(state, { status: { statusId: 4, kind: 'cancelled' }, now }));
    case 'restock':
      return onPart((state) => restockPart(state, { transactionId, quantity, cost: `${amount}.01` }));
    case 'countDown':
      return onPart((state) => reconcilePart(state, { transactionId, quantity: `-${amount * 2}`, note: 'counted' }));
    case 'countUp':
      return onPart((state) => reconcilePart(state, { transactionId, quantity, note: 'counted' }));
    case 'archive':
      return onPart((state) => archivePart(state, { completionRunning: false }));
    case 'unarchive':
      return onPart(unarchivePart);
  }
}

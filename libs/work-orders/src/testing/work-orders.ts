import { tickChecklistItem } from '../domain/checklist.js';
import { refuseCompletion, finishCompletion } from '../domain/work-order-completion.js';
import { requestPart, refusePartAssignment, setPartQuantity } from '../domain/work-order-parts.js';
import { changeWorkOrder, completeWorkOrder, openWorkOrder, reopenWorkOrder } from '../domain/work-order-status.js';
import type { WorkOrderDetails, WorkOrderEvent } from '../domain/work-order.events.js';
import type { Status, WorkOrder } from '../domain/work-order.state.js';

// What specs' pasts are made of: decisions that have their command, so that every history in a spec could have happened.

type WorkOrderStep = (state: WorkOrder) => readonly WorkOrderEvent[];

export const now = '2025-07-15T09:30:00.000Z';

export const onHold: Status = { statusId: 3, kind: 'open' };
export const cancelledStatus: Status = { statusId: 4, kind: 'cancelled' };
/** A completed status that somebody made. */
export const verified: Status = { statusId: 9, kind: 'completed' };

export const plainDetails: WorkOrderDetails = {
  title: 'Fix water leakage in Freezer',
  description: null,
  type: 'reactive',
  priority: 'high',
  dueDate: null,
  assetId: 45,
  locationId: null,
  categoriesIds: [10],
  techniciansIds: [],
  checklist: [],
  notifyVendorsOnCreate: null,
  notifyVendorsOnUpdate: null,
  externalReference: null,
};

/** Two steps of a checklist. */
export const drain = [
  { text: 'Inspect defrost drain', order: 1, checked: false },
  { text: 'Clear drain line', order: 2, checked: false },
];

export const opened: WorkOrderStep = (order) => openWorkOrder(order, { workOrderId: 7, details: plainDetails, now });

export const ticked =
  (place: number, checked = true): WorkOrderStep =>
  (order) =>
    tickChecklistItem(order, { order: place, checked });

export const requested =
  (partId: number, quantity: string): WorkOrderStep =>
  (order) =>
    requestPart(order, { partId, quantity });

export const quantitySet =
  (partId: number, quantity: string): WorkOrderStep =>
  (order) =>
    setPartQuantity(order, { partId, quantity });

export const requestRefused =
  (partId: number, requestRevision: number, quantityAfter: string): WorkOrderStep =>
  (order) =>
    refusePartAssignment(order, { partId, requestRevision, quantityAfter, code: 'INSUFFICIENT_STOCK', message: 'too few' });

/** Starts completing; without parts it is completed at once. */
export const completing: WorkOrderStep = (order) => completeWorkOrder(order, { now });

/** Every part is issued as the order wants it. */
export const finished =
  (completionRevision: number, ...parts: readonly { partId: number; quantity: string }[]): WorkOrderStep =>
  (order) =>
    finishCompletion(order, { completionRevision, parts });

export const completionRefused =
  (completionRevision: number, partId: number): WorkOrderStep =>
  (order) =>
    refuseCompletion(order, { completionRevision, parts: [{ partId, quantity: '2', code: 'INSUFFICIENT_STOCK', message: 'too few' }] });

export const reopened: WorkOrderStep = (order) => reopenWorkOrder(order, { now });

export const cancelled: WorkOrderStep = (order) => changeWorkOrder(order, { status: cancelledStatus, now });

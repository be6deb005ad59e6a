import { tickChecklistItem } from '../domain/checklist.js';
import { logLabour, reverseLabour, type LogLabour } from '../domain/labour.js';
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

/** An hour of technician 3 at 41.00 on the day of `now`, unless something else is said. */
export const plainWork: LogLabour = {
  laborEntryId: 1,
  technicianId: 3,
  vendorId: null,
  hours: '1',
  startedAt: null,
  endedAt: null,
  rateType: 'regular',
  rate: '41',
  currency: 'USD',
  laborCategoryId: null,
  note: null,
  date: null,
  dayOfEnd: null,
  now,
  today: '2025-07-15',
  tomorrow: '2025-07-16',
};

export const worked =
  (laborEntryId: number, hours: string): WorkOrderStep =>
  (order) =>
    logLabour(order, { ...plainWork, laborEntryId, hours });

export const workReversed =
  (laborEntryId: number, reversedEntryId: number): WorkOrderStep =>
  (order) =>
    reverseLabour(order, { laborEntryId, reversedEntryId, reason: 'wrong order', date: '2025-08-01', tomorrow: '2025-08-02' });

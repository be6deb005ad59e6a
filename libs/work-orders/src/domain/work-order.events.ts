import type { Event } from '#millwright/event-sourcing/decider';
import type { Decimal } from '#millwright/quantities';
import type { ProcedureEvent } from './procedure.events.js';
import type { LabourLogged, LabourReversed } from './labour.events.js';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/** What a status means. The kind of a status never changes, and events freeze it. */
export type StatusKind = 'open' | 'completed' | 'cancelled';

/** One line of a checklist. */
export type ChecklistItem = Readonly<{ text: string; order: number; checked: boolean }>;

/**
 * What a work order is about, apart from its status, parts and costs: the fields of `work-order.fields.ts` under their names in camelCase. Those that rules
 * ask are named here; what they are in events is in docs/events.json.
 */
export type WorkOrderDetails = Readonly<{ externalReference: string | null; [field: string]: unknown }>;

/** A part and how many of it a completion issued. */
export type IssuedPart = Readonly<{ partId: number; quantity: Decimal }>;

/** A part that could not be issued: how many the order had reserved, and why not (a published error code). */
export type UnissuedPart = Readonly<{ partId: number; quantity: Decimal; code: string; message: string }>;

/** A work order came to be; `statusId` is one of kind open. `pmScheduleId` is the schedule that raised it. */
export type WorkOrderOpened = Event<
  'WorkOrderOpened',
  Readonly<{ workOrderId: number; statusId: number; kind: 'open'; details: WorkOrderDetails; pmScheduleId?: number }>
>;

/** What the order is about was edited; only the fields that changed. */
export type WorkOrderDetailsChanged = Event<'WorkOrderDetailsChanged', Readonly<{ changes: Partial<WorkOrderDetails> }>>;

/** An item of the checklist was ticked off, or its tick taken back; `order` is the item's, of two of an old list the first one's. */
export type ChecklistItemTicked = Event<'ChecklistItemTicked', Readonly<{ order: number; checked: boolean }>>;

/** Another status of the same kind; completing, cancelling and reopening are events of their own. */
export type WorkOrderStatusChanged = Event<'WorkOrderStatusChanged', Readonly<{ statusId: number; kind: StatusKind }>>;

/** How many of a part the order wants from now on, "0" when it was removed. On a completed order it is a return of the rest. */
export type PartAssignmentRequested = Event<'PartAssignmentRequested', Readonly<{ partId: number; quantityAfter: Decimal }>>;

/** The part did not give what the event at `requestRevision` asked for; `quantityAfter` is what stays granted, unless a later request of the same part stands. */
export type PartAssignmentRefused = Event<
  'PartAssignmentRefused',
  Readonly<{ partId: number; requestRevision: number; code: string; message: string; quantityAfter: Decimal }>
>;

/** The order is being completed: its parts are being issued. Until that is done it still shows as open. `completedAt` is an instant in UTC. */
export type WorkOrderCompletionStarted = Event<'WorkOrderCompletionStarted', Readonly<{ completedAt: string; statusId: number }>>;

/** Every part was issued; `parts` is what the order got. `completionRevision` is the revision of the start (of its own append where there were no parts). */
export type WorkOrderCompleted = Event<
  'WorkOrderCompleted',
  Readonly<{ completionRevision: number; completedAt: string; statusId: number; kind: 'completed'; parts: readonly IssuedPart[] }>
>;

/**
 * Parts could not be issued: the order stays open, and what this round issued goes back and is reserved again. `parts` names the first 100 of them,
 * `count` says how many there are.
 */
export type WorkOrderCompletionRefused = Event<
  'WorkOrderCompletionRefused',
  Readonly<{ completionRevision: number; parts: readonly UnissuedPart[]; count: number }>
> &
  Readonly<{ version: 2 }>;

/** The order was completed at another time than was said; no stock moves. */
export type WorkOrderCompletionDateChanged = Event<'WorkOrderCompletionDateChanged', Readonly<{ completedAt: string }>>;

/** A completed or cancelled order is open again: a completed one's parts go back and are reserved again, a cancelled one has none. */
export type WorkOrderReopened = Event<'WorkOrderReopened', Readonly<{ statusId: number; kind: 'open' }>>;

/** The order will not be carried out; its reservations are released. */
export type WorkOrderCancelled = Event<'WorkOrderCancelled', Readonly<{ statusId: number; kind: 'cancelled' }>>;

/** A cost that is neither labour nor a part; negative for a credit. `date` is the plain date it belongs to. */
export type OtherCostRecorded = Event<
  'OtherCostRecorded',
  Readonly<{
    otherCostId: number;
    amount: Decimal;
    currency: string;
    date: string;
    note: string | null;
    categoryId: number | null;
    externalReference: string | null;
    /** What it is for; older events do not say. */
    costCategoryId?: number | null;
  }>
>;

/** An other cost was taken back by one of its own: `amount` is the negated one, `date` the plain date that it belongs to. */
export type OtherCostReversed = Event<
  'OtherCostReversed',
  Readonly<{
    otherCostId: number;
    reversedOtherCostId: number;
    amount: Decimal;
    currency: string;
    date: string;
    reason: string;
    categoryId: number | null;
    costCategoryId: number | null;
  }>
>;

/** The order is put away; its history and costs stay. */
export type WorkOrderArchived = Event<'WorkOrderArchived', Readonly<Record<string, never>>>;

/** The order was brought back. */
export type WorkOrderUnarchived = Event<'WorkOrderUnarchived', Readonly<Record<string, never>>>;

/** Everything that can happen to a work order. Its stream is `workOrder-<id>`. */
export type WorkOrderEvent =
  | WorkOrderOpened
  | WorkOrderDetailsChanged
  | ChecklistItemTicked
  | WorkOrderStatusChanged
  | PartAssignmentRequested
  | PartAssignmentRefused
  | WorkOrderCompletionStarted
  | WorkOrderCompleted
  | WorkOrderCompletionRefused
  | WorkOrderCompletionDateChanged
  | WorkOrderReopened
  | WorkOrderCancelled
  | OtherCostRecorded
  | ProcedureEvent
  | LabourLogged
  | LabourReversed
  | OtherCostReversed
  | WorkOrderArchived
  | WorkOrderUnarchived;

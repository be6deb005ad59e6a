import type { Event } from '#millwright/event-sourcing/decider';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

export type RequestStatus = 'open' | 'on_hold' | 'approved' | 'rejected' | 'completed' | 'cancelled';

/** What a request asks for: the fields of `request.fields.ts` under their names in camelCase. What they are in events is in docs/events.json. */
export type RequestDetails = Readonly<{ externalReference: string | null; [field: string]: unknown }>;

/** Somebody asked for work; `portalId` is the portal that it came through. `rejectionReason` is there exactly where it was rejected at once. */
export type WorkOrderRequestRegistered = Event<
  'WorkOrderRequestRegistered',
  Readonly<{
    requestId: number;
    status: RequestStatus;
    rejectionReason: string | null;
    portalId: number | null;
    details: RequestDetails;
  }>
>;

/** What it asks for was edited; only the fields that changed. */
export type WorkOrderRequestChanged = Event<'WorkOrderRequestChanged', Readonly<{ changes: Partial<RequestDetails> }>>;

/** Somebody said where it stands. */
export type WorkOrderRequestStatusChanged = Event<
  'WorkOrderRequestStatusChanged',
  Readonly<{ status: RequestStatus; rejectionReason: string | null }>
>;

/**
 * A work order is to be opened from it, once and for ever. `workOrderId` is the order's number, `order` what it is opened with: its details as
 * `WorkOrderOpened` has them, and its first status, of that kind; `completedAt` (an instant in UTC) where it was completed already;
 * `templates` are the procedure templates that it follows, as they were then.
 */
export type WorkOrderRequestConverted = Event<
  'WorkOrderRequestConverted',
  Readonly<{
    workOrderId: number;
    order: Readonly<{
      details: Readonly<Record<string, unknown>>;
      statusId: number | null;
      kind: 'open' | 'completed' | 'cancelled' | null;
      completedAt: string | null;
      templates?: readonly Readonly<Record<string, unknown>>[];
    }>;
  }>
>;

/** Its order came to another end, or was opened again, in the order's event at `orderRevision`; `completedAt` is the order's. */
export type WorkOrderRequestFollowedOrder = Event<
  'WorkOrderRequestFollowedOrder',
  Readonly<{ workOrderId: number; orderRevision: number; status: RequestStatus; completedAt: string | null }>
>;

/** The request is put away; its history stays. */
export type WorkOrderRequestArchived = Event<'WorkOrderRequestArchived', Readonly<Record<string, never>>>;

/** The request was brought back. */
export type WorkOrderRequestUnarchived = Event<'WorkOrderRequestUnarchived', Readonly<Record<string, never>>>;

/** Everything that can happen to a request. Its stream is `workOrderRequest-<id>`. */
export type WorkOrderRequestEvent =
  | WorkOrderRequestRegistered
  | WorkOrderRequestChanged
  | WorkOrderRequestStatusChanged
  | WorkOrderRequestConverted
  | WorkOrderRequestFollowedOrder
  | WorkOrderRequestArchived
  | WorkOrderRequestUnarchived;

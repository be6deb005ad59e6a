import type { Event } from '#millwright/event-sourcing/decider';
import type { ProcedureAdded } from './procedure.events.js';
import type { StatusKind, WorkOrderDetails } from './work-order.events.js';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/**
 * A machine raised an alarm for which no work order was open: the order `workOrderId` is opened because of it. `details` are those of `WorkOrderOpened`;
 * `status` and `completedAt` (an instant in UTC) are what was said of its status, or null.
 */
export type AlarmRaised = Event<
  'AlarmRaised',
  Readonly<{
    workOrderId: number;
    details: WorkOrderDetails;
    status: Readonly<{ statusId: number; kind: StatusKind }> | null;
    completedAt: string | null;
    /** What `ProcedureAdded` says of each procedure that it begins with. */
    procedures: readonly ProcedureAdded['data'][];
  }>
>;

/**
 * The alarm came again while its work order was open: `alarmCount` times by now. What was said stands in `app.kept_texts` under `textId` and becomes the
 * comment `commentId` of `authorId`; `textSha256` is the digest of salt and text, in hex.
 */
export type AlarmRepeated = Event<
  'AlarmRepeated',
  Readonly<{ workOrderId: number; alarmCount: number; commentId: number; authorId: number; textId: string; textSha256: string }>
>;

/** Everything that can happen to an alarm. Its stream is `alarm-<entity id>.<SHA-256 of the key, in hex>` (S5). */
export type AlarmEvent = AlarmRaised | AlarmRepeated;

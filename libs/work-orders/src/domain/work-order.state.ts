import { Map as PersistentMap } from 'immutable';
import { Rejection, type DetailCode, type RecordHistory, type Stamp } from '#millwright/event-sourcing/decider';
import type { Decimal } from '#millwright/quantities';
import { noProcedures, type Procedures } from './procedures.js';
import { noLabour, type Labour } from './labour-accounts.js';
import type { StatusKind, UnissuedPart, WorkOrderDetails } from './work-order.events.js';

/** A status and what it means; the kind of a status never changes. */
export type Status = Readonly<{ statusId: number; kind: StatusKind }>;

/** The built-in statuses that an order gets when nobody names one. */
export const openStatus = { statusId: 1, kind: 'open' } as const satisfies Status;
export const completedStatus = { statusId: 5, kind: 'completed' } as const satisfies Status;
export const cancelledStatus = { statusId: 4, kind: 'cancelled' } as const satisfies Status;

/** How many of a part the order wants (on a completed order: was issued), in thousandths, and the event that last said so. */
export type PartLine = Readonly<{ quantity: bigint; requestRevision: number }>;

/** Why an order does not get a part. Events keep it as text: what is published once stays published. */
export type PartRefusalCode = 'NOT_FOUND' | 'CONFLICT' | 'INSUFFICIENT_STOCK' | 'VALUE_OUT_OF_RANGE' | 'EVENT_TOO_LARGE';

/** A request for a part that was refused, and how many stayed granted then. */
export type RefusedRequest = Readonly<{ partId: number; code: PartRefusalCode; message: string; quantityAfter: Decimal }>;

/** A part that could not be issued, and why. */
export type RefusedPart = UnissuedPart & Readonly<{ code: PartRefusalCode }>;

/** A completion that was refused: the first parts that could not be issued, and how many there were. */
export type RefusedCompletion = Readonly<{ parts: readonly RefusedPart[]; count: number }>;

/** A completion under way: the revision of its start, and what the order will be when it is done. */
export type CompletionRound = Readonly<{ revision: number; completedAt: string; statusId: number }>;

/** An other cost, and whether it takes another one back or was taken back itself. */
export type KnownCost = Readonly<{
  amount: Decimal;
  currency: string;
  categoryId: number | null;
  costCategoryId: number | null;
  isReversal: boolean;
  isReversed: boolean;
}>;

/** Who ticked an item of the checklist off and when, by the item's order; what is not ticked is not there. */
export type Ticks = Readonly<Record<number, Stamp>>;

/** The last list that was said of an order that was not open: in which revision, and who ticked what of it if the same command reopens the order (S37). */
export type ListSaidClosed = Readonly<{ revision: number; ticks: Ticks }>;

/** A work order as its events make it. */
export type WorkOrder = Readonly<{
  /** Null before the order is opened. */
  workOrderId: number | null;
  /** The schedule that raised it. */
  pmScheduleId: number | null;
  /** The revision of the last event that was folded, −1 before the first. */
  revision: number;
  /** While it is completing, an order still shows as open. */
  phase: 'open' | 'completing' | 'completed' | 'cancelled';
  statusId: number;
  /** The last status of kind open: where reopening without a status leads back to. */
  openStatusId: number;
  completion: CompletionRound | null;
  completedAt: string | null;
  details: WorkOrderDetails;
  ticks: Ticks;
  listSaidClosed: ListSaidClosed | null;
  parts: PersistentMap<number, PartLine>;
  /** By the revision of the request. */
  refusedRequests: PersistentMap<number, RefusedRequest>;
  /** By the revision of the completion's start. */
  refusedCompletions: PersistentMap<number, RefusedCompletion>;
  /** The sum of the other costs, in millionths. */
  otherCosts: bigint;
  /** What its labour costs, as finance sees it: the sum of its accounts, each rounded to the currency; in millionths. */
  laborCosts: bigint;
  labour: Labour;
  recordedCosts: PersistentMap<number, KnownCost>;
  archived: boolean;
  history: RecordHistory | undefined;
}> &
  Procedures;

const noDetails: WorkOrderDetails = { externalReference: null };

export const unknownWorkOrder: WorkOrder = {
  workOrderId: null,
  pmScheduleId: null,
  revision: -1,
  phase: 'open',
  statusId: openStatus.statusId,
  openStatusId: openStatus.statusId,
  completion: null,
  completedAt: null,
  details: noDetails,
  ticks: {},
  listSaidClosed: null,
  parts: PersistentMap(),
  refusedRequests: PersistentMap(),
  refusedCompletions: PersistentMap(),
  otherCosts: 0n,
  ...noProcedures,
  laborCosts: 0n,
  labour: noLabour,
  recordedCosts: PersistentMap(),
  archived: false,
  history: undefined,
};

/** The order's parts by ascending id. */
export const partLines = ({ parts }: WorkOrder): (readonly [partId: number, line: PartLine])[] =>
  [...parts.entries()].sort(([left], [right]) => left - right);

/** Says what is wrong with one field of the input. */
export const invalid = (field: string, code: DetailCode, message: string): Rejection =>
  new Rejection('VALIDATION_FAILED', `${field} ${message}`, [{ field, code, message }]);

/** @throws Rejection NOT_FOUND the order was never opened */
export function requireOpened(order: WorkOrder): void {
  if (order.workOrderId === null) throw new Rejection('NOT_FOUND', 'There is no such work order.');
}

/** @throws Rejection NOT_FOUND; CONFLICT the order is archived */
export function requireInUse(order: WorkOrder): void {
  requireOpened(order);
  if (order.archived) throw new Rejection('CONFLICT', 'The work order is archived; bring it back first.');
}

export const closed = (message: string): Rejection => new Rejection('WORK_ORDER_CLOSED', message);
export const beingCompleted = (): Rejection =>
  new Rejection('CONFLICT', 'The work order is just being completed; try again when that is done.');

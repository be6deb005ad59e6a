import { changedFields, Rejection } from '#millwright/event-sourcing/decider';
import type { StatusKind, WorkOrderDetails, WorkOrderEvent } from './work-order.events.js';
import { requireDistinctOrders, requireTicksAsBefore } from './checklist.js';
import { fitsIntoCompletion } from './completion-size.js';
import { followTemplates, type TemplateCopy } from './order-procedures.js';
import { refuseOpenItems } from './procedures.js';
import { completedEvent } from './work-order-completion.js';
import { workOrder } from './work-order.js';
import { beingCompleted, closed, completedStatus, invalid, openStatus, requireInUse } from './work-order.state.js';
import type { Status, WorkOrder } from './work-order.state.js';

/** What a client says about the status: a status, a time of completion (null: not completed), or neither. `now` and times are instants in UTC. */
type WantedStatus = Readonly<{
  status?: Status;
  completedAt?: string | null;
  now: string;
  /** Whether the site completes no order of which a required item of a procedure is open. */
  requireProcedures?: boolean;
}>;

/** The templates that it is to follow; left out, nothing changes about them. */
type WantedProcedures = Readonly<{ templates?: readonly TemplateCopy[] }>;

export type OpenWorkOrder = WantedStatus &
  WantedProcedures &
  Readonly<{ workOrderId: number; details: WorkOrderDetails; pmScheduleId?: number }>;

/**
 * A new order. One that is completed or cancelled already is opened, and completed or cancelled, in the same append.
 * @throws Rejection CONFLICT the id is taken; PROCEDURE_INCOMPLETE; VALIDATION_FAILED (contradicts_status, out_of_range, not_unique)
 */
export function openWorkOrder(
  order: WorkOrder,
  { workOrderId, details, pmScheduleId, templates = [], ...wanted }: OpenWorkOrder,
): WorkOrderEvent[] {
  if (order.workOrderId !== null) throw new Rejection('CONFLICT', 'A work order with this id exists already.');
  requireDistinctOrders(details);
  const { statusId } = wanted.status?.kind === 'open' ? wanted.status : openStatus;
  const raised = pmScheduleId !== undefined && { pmScheduleId };
  const opened: WorkOrderEvent = { type: 'WorkOrderOpened', data: { workOrderId, statusId, kind: 'open', details, ...raised } };
  const begun = [opened, ...followTemplates(workOrder.evolve(order, opened), templates)];
  return [...begun, ...moveTo(begun.reduce(workOrder.evolve, order), wanted)];
}

export type ChangeWorkOrder = WantedStatus & WantedProcedures & Readonly<{ changes?: Partial<WorkOrderDetails> }>;

/**
 * Edits the order, moves it to another status, or both in one append. What is so already appends nothing.
 * @throws Rejection NOT_FOUND; CONFLICT archived, or a completion is running; WORK_ORDER_CLOSED between completed and cancelled, or a closed one would be ticked;
 *   PROCEDURE_ANSWERED, PROCEDURE_INCOMPLETE;
 *   VALIDATION_FAILED (contradicts_status, out_of_range, not_unique, never_changes, too_many_parts)
 */
export function changeWorkOrder(order: WorkOrder, { changes = {}, templates, ...wanted }: ChangeWorkOrder): WorkOrderEvent[] {
  requireInUse(order);
  const changed = changedFields(noUnlessSaid(order.details), noUnlessSaid(changes));
  requireDistinctOrders(changed);
  if ('dedupKey' in changed) throw invalid('work_order.dedup_key', 'never_changes', 'never changes');
  const edits: WorkOrderEvent[] =
    Object.keys(changed).length === 0 ? [] : [{ type: 'WorkOrderDetailsChanged', data: { changes: changed } }];
  if (templates) edits.push(...followTemplates(order, templates));
  const moved = moveTo(edits.reduce(workOrder.evolve, order), wanted);
  if (!moved.some(({ type }) => type === 'WorkOrderReopened')) requireTicksAsBefore(order, changed);
  return [...edits, ...moved];
}

const tellingVendors: ReadonlySet<string> = new Set(['notifyVendorsOnCreate', 'notifyVendorsOnUpdate']);

/** Its vendors are told where somebody says so: the null that orders of schedules, and of earlier releases, have there means no, as it is shown. */
const noUnlessSaid = <Details extends Partial<WorkOrderDetails>>(details: Details): Details =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, value === null && tellingVendors.has(name) ? 'no' : value]),
  ) as Details;

/** Completes the order as of `completedAt` (default now). @throws as changeWorkOrder */
export const completeWorkOrder = (
  order: WorkOrder,
  { status = completedStatus, completedAt, now }: Readonly<{ status?: Status; completedAt?: string; now: string }>,
): WorkOrderEvent[] => changeWorkOrder(order, { status, completedAt, now });

/** Opens a completed or cancelled order again, to the status it last had while open or to another one. @throws as changeWorkOrder */
export const reopenWorkOrder = (order: WorkOrder, { status, now }: Readonly<{ status?: Status; now: string }>): WorkOrderEvent[] =>
  changeWorkOrder(order, { status: status ?? { statusId: order.openStatusId, kind: 'open' }, now });

const oneDayMs = 86_400_000;

function moveTo(order: WorkOrder, { status, completedAt, now, requireProcedures }: WantedStatus): WorkOrderEvent[] {
  if (typeof completedAt === 'string') {
    if (status && status.kind !== 'completed')
      throw invalid('work_order.completed_at', 'contradicts_status', 'contradicts a status that is not a completed one');
    if (Date.parse(completedAt) > Date.parse(now) + oneDayMs)
      throw invalid('work_order.completed_at', 'out_of_range', 'must not be more than a day ahead');
  }
  switch (targetKind(order, status, completedAt)) {
    case undefined:
      return [];
    case 'open':
      return toOpen(order, status?.statusId ?? order.openStatusId);
    case 'completed':
      if (requireProcedures && order.phase === 'open') refuseOpenItems(order);
      return toCompleted(order, status?.statusId, completedAt ?? undefined, now);
    case 'cancelled':
      return toCancelled(order, status?.statusId ?? order.statusId);
  }
}

/** Whether the order is to be completed, whatever it is now: a status decides, without one a time of completion. */
export const asksForCompletion = ({ status, completedAt }: Pick<WantedStatus, 'status' | 'completedAt'>): boolean =>
  status ? status.kind === 'completed' : typeof completedAt === 'string';

/** A status decides; without one, a time of completion completes and null reopens what is completed. */
function targetKind(order: WorkOrder, status: Status | undefined, completedAt: string | null | undefined): StatusKind | undefined {
  if (asksForCompletion({ status, completedAt })) return 'completed';
  if (status) return status.kind;
  const reopens = completedAt === null && (order.phase === 'completed' || order.phase === 'completing');
  return reopens ? 'open' : undefined;
}

function toOpen(order: WorkOrder, statusId: number): WorkOrderEvent[] {
  switch (order.phase) {
    case 'open':
      return changeStatus(order, { statusId, kind: 'open' });
    case 'completing':
      throw beingCompleted();
    case 'completed':
    case 'cancelled':
      return [{ type: 'WorkOrderReopened', data: { statusId, kind: 'open' } }];
  }
}

function toCompleted(order: WorkOrder, statusId: number | undefined, completedAt: string | undefined, now: string): WorkOrderEvent[] {
  switch (order.phase) {
    case 'open':
      return startCompletion(order, statusId ?? completedStatus.statusId, completedAt ?? now);
    case 'completing': {
      const same = order.completion !== null && isSame(order.completion, statusId, completedAt);
      if (!same) throw beingCompleted();
      return [];
    }
    case 'completed':
      return changeCompletion(order, statusId, completedAt);
    case 'cancelled':
      throw closed('The work order is cancelled; reopen it before completing it.');
  }
}

const isSame = (
  known: Readonly<{ completedAt: string; statusId: number }>,
  statusId: number | undefined,
  completedAt: string | undefined,
): boolean =>
  (statusId === undefined || statusId === known.statusId) &&
  (completedAt === undefined || Date.parse(completedAt) === Date.parse(known.completedAt));

/** From here until the parts are issued, nobody may change them. An order without parts has nothing to wait for. */
function startCompletion(order: WorkOrder, statusId: number, completedAt: string): WorkOrderEvent[] {
  if (!fitsIntoCompletion(order.parts))
    throw invalid('status_id', 'too_many_parts', 'cannot be reached: the event that completes the work order cannot name so many parts');
  const started: WorkOrderEvent = { type: 'WorkOrderCompletionStarted', data: { completedAt, statusId }, effectiveAt: completedAt };
  return order.parts.isEmpty() ? [started, completedEvent({ revision: order.revision + 1, completedAt, statusId }, [])] : [started];
}

function changeCompletion(order: WorkOrder, statusId: number | undefined, completedAt: string | undefined): WorkOrderEvent[] {
  const moved = completedAt !== undefined && order.completedAt !== null && Date.parse(completedAt) !== Date.parse(order.completedAt);
  const dated: WorkOrderEvent[] = moved
    ? [{ type: 'WorkOrderCompletionDateChanged', data: { completedAt }, effectiveAt: completedAt }]
    : [];
  return [...dated, ...(statusId === undefined ? [] : changeStatus(order, { statusId, kind: 'completed' }))];
}

function toCancelled(order: WorkOrder, statusId: number): WorkOrderEvent[] {
  switch (order.phase) {
    case 'open':
      return [{ type: 'WorkOrderCancelled', data: { statusId, kind: 'cancelled' } }];
    case 'completing':
      throw beingCompleted();
    case 'completed':
      throw closed('The work order is completed; reopen it before cancelling it.');
    case 'cancelled':
      return changeStatus(order, { statusId, kind: 'cancelled' });
  }
}

const changeStatus = (order: WorkOrder, { statusId, kind }: Status): WorkOrderEvent[] =>
  statusId === order.statusId ? [] : [{ type: 'WorkOrderStatusChanged', data: { statusId, kind } }];

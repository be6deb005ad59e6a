import { Map as PersistentMap } from 'immutable';
import { historyAfter, type Stream } from '#millwright/event-sourcing/decider';
import { toQuantity, toValue } from '#millwright/quantities';
import { checklistIn, tickedList, ticksAfter } from './checklist.js';
import { proceduresAfter } from './procedures.js';
import { labourAfter } from './labour-accounts.js';
import { labourPosting } from './labour-charge.js';
import type {
  OtherCostRecorded,
  OtherCostReversed,
  PartAssignmentRefused,
  PartAssignmentRequested,
  WorkOrderCompleted,
  WorkOrderEvent,
} from './work-order.events.js';
import { unknownWorkOrder, type PartLine, type RefusedPart, type RefusedRequest, type WorkOrder } from './work-order.state.js';

export const workOrder: Stream<WorkOrder, WorkOrderEvent> = {
  category: 'workOrder',
  initialState: unknownWorkOrder,
  evolve(order, event) {
    const revision = order.revision + 1;
    const after = applied(order, event, revision);
    return { ...after, ...ticksAfter(order, after.details, event), revision, history: historyAfter(order.history, event) };
  },
};

function applied(order: WorkOrder, event: WorkOrderEvent, revision: number): WorkOrder {
  const { type, data } = event;
  switch (type) {
    case 'WorkOrderOpened':
      return {
        ...order,
        workOrderId: data.workOrderId,
        pmScheduleId: data.pmScheduleId ?? null,
        statusId: data.statusId,
        openStatusId: data.statusId,
        details: data.details,
      };
    case 'WorkOrderDetailsChanged':
      return { ...order, details: { ...order.details, ...data.changes } };
    case 'ChecklistItemTicked':
      return { ...order, details: { ...order.details, checklist: tickedList(checklistIn(order.details), data) } };
    case 'WorkOrderStatusChanged':
      return { ...order, statusId: data.statusId, openStatusId: data.kind === 'open' ? data.statusId : order.openStatusId };
    case 'PartAssignmentRequested':
      return requested(order, data, revision);
    case 'PartAssignmentRefused':
      return refused(order, data);
    case 'WorkOrderCompletionStarted':
      return { ...order, phase: 'completing', completion: { revision, ...data } };
    case 'WorkOrderCompleted':
      return completed(order, data, revision);
    case 'WorkOrderCompletionRefused':
      return {
        ...order,
        phase: 'open',
        completion: null,
        refusedCompletions: order.refusedCompletions.set(data.completionRevision, {
          parts: data.parts as RefusedPart[],
          count: data.count,
        }),
      };
    case 'WorkOrderCompletionDateChanged':
      return { ...order, completedAt: data.completedAt };
    case 'WorkOrderReopened':
      return { ...order, phase: 'open', completedAt: null, statusId: data.statusId, openStatusId: data.statusId };
    case 'WorkOrderCancelled':
      return { ...order, phase: 'cancelled', statusId: data.statusId, parts: PersistentMap() };
    case 'OtherCostRecorded':
      return withCost(order, data, false);
    case 'OtherCostReversed':
      return withCost({ ...order, recordedCosts: reversedIn(order, data.reversedOtherCostId) }, data, true);
    case 'ProcedureAdded':
    case 'ProcedureRemoved':
    case 'ProcedureItemAnswered':
      return { ...order, ...proceduresAfter(order, event) };
    case 'LabourLogged':
    case 'LabourReversed':
      return { ...order, laborCosts: order.laborCosts + labourPosting(event.data), labour: labourAfter(order.labour, event) };
    case 'WorkOrderArchived':
      return { ...order, archived: true };
    case 'WorkOrderUnarchived':
      return { ...order, archived: false };
  }
}

function withCost(order: WorkOrder, data: (OtherCostRecorded | OtherCostReversed)['data'], isReversal: boolean): WorkOrder {
  const { otherCostId, amount, currency, categoryId, costCategoryId = null } = data;
  const cost = { amount, currency, categoryId, costCategoryId, isReversal, isReversed: false };
  return { ...order, otherCosts: order.otherCosts + toValue(amount), recordedCosts: order.recordedCosts.set(otherCostId, cost) };
}

const reversedIn = ({ recordedCosts }: WorkOrder, otherCostId: number): WorkOrder['recordedCosts'] => {
  const cost = recordedCosts.get(otherCostId);
  return cost ? recordedCosts.set(otherCostId, { ...cost, isReversed: true }) : recordedCosts;
};

function requested(order: WorkOrder, { partId, quantityAfter }: PartAssignmentRequested['data'], revision: number): WorkOrder {
  return withLine(order, partId, { quantity: toQuantity(quantityAfter), requestRevision: revision });
}

/** A refusal answers one request; a later request of the same part, also one that removed it, stands. */
function refused(order: WorkOrder, { requestRevision, ...refusal }: PartAssignmentRefused['data']): WorkOrder {
  const noted = { ...order, refusedRequests: order.refusedRequests.set(requestRevision, refusal as RefusedRequest) };
  if (order.parts.get(refusal.partId)?.requestRevision !== requestRevision) return noted;
  return withLine(noted, refusal.partId, { quantity: toQuantity(refusal.quantityAfter), requestRevision });
}

/** From here on a line says what was issued. */
function completed(order: WorkOrder, { completedAt, statusId, parts }: WorkOrderCompleted['data'], revision: number): WorkOrder {
  const lines = parts.map(({ partId, quantity }) => [partId, { quantity: toQuantity(quantity), requestRevision: revision }] as const);
  return { ...order, phase: 'completed', completion: null, completedAt, statusId, parts: PersistentMap(lines) };
}

const withLine = (order: WorkOrder, partId: number, line: PartLine): WorkOrder => ({
  ...order,
  parts: line.quantity === 0n ? order.parts.remove(partId) : order.parts.set(partId, line),
});

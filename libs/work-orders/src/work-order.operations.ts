import { operation, reads } from '#millwright/resources';
import { AssignmentAnswers } from './assignment-answers.js';
import { tickChecklistItem } from './domain/checklist.js';
import { cancelledStatus } from './domain/work-order.state.js';
import { OtherCostReader } from './other-cost-reader.js';
import { otherCost } from './other-cost.shown.js';
import { OtherCostWriter } from './other-cost-writer.js';
import { PartAssignments } from './part-assignments.js';
import { partAssignment } from './work-order-costs.shown.js';
import { answerProcedureOperation } from './procedures/procedure.operations.js';
import * as commands from './work-order.commands.js';
import { completingWith } from './work-order.fields.js';
import { WorkOrderWriter } from './work-order-writer.js';

const running = 'CONFLICT (archived, or a completion is running)';
const pending = 'COMPLETION_PENDING (taken, and still being carried out)';

/** What can be done with a work order beside what can be done with every resource. */
export const workOrderOperations = [
  operation({
    name: 'completeWorkOrder',
    scopes: [completingWith],
    command: commands.CompleteWorkOrder,
    summary: 'Complete a work order',
    description: 'Every reserved part is issued and its cost fixed, all of them or none.',
    refusals: `NOT_FOUND, ${running}, WORK_ORDER_CLOSED (it is cancelled), INSUFFICIENT_STOCK (a part cannot be issued; the order stays open), PROCEDURE_INCOMPLETE (a required item is open, where the site requires procedures), VALIDATION_FAILED, PRECONDITION_FAILED, ${pending}`,
    by: WorkOrderWriter,
    carryOut: (orders, command) => orders.complete(command),
  }),
  operation({
    name: 'reopenWorkOrder',
    scopes: [completingWith],
    command: commands.ReopenWorkOrder,
    summary: 'Open a completed or cancelled work order again',
    description:
      'What a completed one was issued comes back and is reserved again; without a status it gets the last open one that it had.',
    refusals: `NOT_FOUND, ${running}, VALIDATION_FAILED, PRECONDITION_FAILED, ${pending}`,
    by: WorkOrderWriter,
    carryOut: (orders, command) => orders.reopen(command),
  }),
  operation({
    name: 'cancelWorkOrder',
    scopes: ['work_orders:write'],
    command: commands.CancelWorkOrder,
    summary: 'Cancel a work order',
    description: 'Its reservations are released.',
    refusals: `NOT_FOUND, ${running}, WORK_ORDER_CLOSED (it is completed), VALIDATION_FAILED, PRECONDITION_FAILED, ${pending}`,
    by: WorkOrderWriter,
    carryOut: (orders, { work_order_id }) => orders.update(work_order_id, { status_id: cancelledStatus.statusId }),
  }),
  operation({
    name: 'tickChecklistItem',
    scopes: ['work_orders:write'],
    command: commands.TickChecklistItem,
    route: 'PATCH :id/checklist/:order',
    fromPath: { work_order_id: 'id', order: 'order' },
    summary: 'Tick an item of the checklist off, or take the tick back',
    description: 'The other items stay as they are, also where two people tick at the same moment.',
    refusals: `NOT_FOUND (also an unknown item), ${running}, WORK_ORDER_CLOSED (reopen it first), VALIDATION_FAILED, PRECONDITION_FAILED`,
    by: WorkOrderWriter,
    carryOut: (orders, { work_order_id, order: place, checked }) =>
      orders.decide(work_order_id, (order) => tickChecklistItem(order, { order: place, checked })),
  }),
  operation({
    name: 'assignPart',
    scopes: ['work_orders:write'],
    command: commands.AssignPart,
    route: 'POST :id/parts',
    fromPath: { work_order_id: 'id' },
    summary: 'Add to what a work order has of a part',
    description: 'The quantity is reserved; on a completed order there is no such thing, reopen it first.',
    refusals: `NOT_FOUND, ${running}, WORK_ORDER_CLOSED (reopen it first), INSUFFICIENT_STOCK, VALIDATION_FAILED (also too_many_parts, and a part that is archived or unknown), VALUE_OUT_OF_RANGE, PRECONDITION_FAILED, ${pending}`,
    by: PartAssignments,
    carryOut: (assignments, command) => assignments.assign(command),
    answers: { printed: partAssignment.type, status: 201, by: AssignmentAnswers },
  }),
  operation({
    name: 'setAssignedQuantity',
    scopes: ['work_orders:write'],
    command: commands.SetAssignedQuantity,
    route: 'PATCH :id/parts',
    fromPath: { work_order_id: 'id' },
    summary: 'Set how many of an assigned part a work order wants',
    description: '0 removes it; lowering it on a completed order returns the rest.',
    refusals: `NOT_FOUND (also a part that is not assigned), ${running}, WORK_ORDER_CLOSED (more on a completed order), INSUFFICIENT_STOCK, VALIDATION_FAILED, VALUE_OUT_OF_RANGE, PRECONDITION_FAILED, ${pending}`,
    by: PartAssignments,
    carryOut: (assignments, command) => assignments.setQuantity(command),
    answers: { printed: partAssignment.type, by: AssignmentAnswers },
  }),
  operation({
    name: 'removeAssignedPart',
    scopes: ['work_orders:write'],
    command: commands.RemoveAssignedPart,
    route: 'DELETE :id/parts/:part_id',
    fromPath: { work_order_id: 'id', part_id: 'part_id' },
    summary: 'Remove a part from a work order',
    description: 'What was reserved is free again; what a completed order used is returned.',
    refusals: `NOT_FOUND (also a part that is not assigned), ${running}, WORK_ORDER_CLOSED (it is cancelled), PRECONDITION_FAILED, ${pending}`,
    by: PartAssignments,
    carryOut: (assignments, command) => assignments.remove(command),
  }),
  operation({
    name: 'recordOtherCost',
    scopes: ['work_orders:write', 'costs:read'],
    command: commands.RecordOtherCost,
    route: 'POST :id/other_costs',
    fromPath: { work_order_id: 'id' },
    root: 'other_cost',
    summary: 'Record a cost that is neither labour nor a part',
    description: 'A negative amount is a credit.',
    refusals: 'NOT_FOUND, CONFLICT (archived), VALIDATION_FAILED, VALUE_OUT_OF_RANGE, DUPLICATE_REFERENCE, PRECONDITION_FAILED',
    by: OtherCostWriter,
    carryOut: (costs, command) => costs.record(command),
    answers: { printed: otherCost.type, status: 201, output: () => otherCost.type, by: OtherCostReader },
  }),
  answerProcedureOperation,
  operation({
    name: 'reverseOtherCost',
    scopes: ['work_orders:write', 'costs:read'],
    command: commands.ReverseOtherCost,
    route: 'POST :id/other_costs/:other_cost_id/reverse',
    fromPath: { work_order_id: 'id', other_cost_id: 'other_cost_id' },
    summary: 'Take an other cost back',
    description: 'By another one of the negated amount, on a day of its own, so that periods which were reported stay as they are.',
    refusals: 'NOT_FOUND, CONFLICT (archived, or it is a reversal itself), ALREADY_REVERSED, VALIDATION_FAILED, PRECONDITION_FAILED',
    by: OtherCostWriter,
    carryOut: (costs, command) => costs.reverse(command),
    answers: { printed: otherCost.type, status: 201, output: () => otherCost.type, by: OtherCostReader },
  }),
];

export const otherCostReads = {
  list: reads({
    name: 'listOtherCosts',
    scopes: ['work_orders:read'],
    summary: "List a work order's other costs",
    description: 'A page of those that the filters find.',
  }),
  one: reads({
    name: 'getOtherCost',
    scopes: ['work_orders:read'],
    summary: "Show one of a work order's other costs",
    description: "Its tag is the work order's.",
  }),
};

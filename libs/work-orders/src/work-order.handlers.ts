import { handlerOf } from '#millwright/resources';
import { cancelledStatus } from './domain/work-order.state.js';
import { OtherCostWriter } from './other-cost-writer.js';
import { PartAssignments } from './part-assignments.js';
import * as commands from './work-order.commands.js';
import { WorkOrderWriter } from './work-order-writer.js';

export const workOrderHandlers = [
  handlerOf(commands.CreateWorkOrder, WorkOrderWriter, (orders, { input }) => orders.create(input)),
  handlerOf(commands.UpdateWorkOrder, WorkOrderWriter, (orders, { workOrderId, changes }) => orders.update(workOrderId, changes)),
  handlerOf(commands.ArchiveWorkOrder, WorkOrderWriter, (orders, { workOrderId }) => orders.archive(workOrderId)),
  handlerOf(commands.UnarchiveWorkOrder, WorkOrderWriter, (orders, { workOrderId }) => orders.unarchive(workOrderId)),
  handlerOf(commands.CompleteWorkOrder, WorkOrderWriter, (orders, command) => orders.complete(command)),
  handlerOf(commands.ReopenWorkOrder, WorkOrderWriter, (orders, command) => orders.reopen(command)),
  handlerOf(commands.CancelWorkOrder, WorkOrderWriter, (orders, { work_order_id }) =>
    orders.update(work_order_id, { status_id: cancelledStatus.statusId }),
  ),
  handlerOf(commands.AssignPart, PartAssignments, (assignments, command) => assignments.assign(command)),
  handlerOf(commands.SetAssignedQuantity, PartAssignments, (assignments, command) => assignments.setQuantity(command)),
  handlerOf(commands.RemoveAssignedPart, PartAssignments, (assignments, command) => assignments.remove(command)),
  handlerOf(commands.RecordOtherCost, OtherCostWriter, (costs, command) => costs.record(command)),
];

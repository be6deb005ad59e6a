import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { OtherCostWriter } from './other-cost-writer.js';
import { PartAssignments } from './part-assignments.js';
import * as commands from './work-order.commands.js';
import { WorkOrderStatuses } from './work-order-statuses.js';
import { WorkOrderWriter } from './work-order-writer.js';
import { cancelledStatus, completedStatus } from './domain/work-order.state.js';

@CommandHandler(commands.CreateWorkOrder)
class CreateWorkOrderHandler implements ICommandHandler<commands.CreateWorkOrder> {
  constructor(private readonly orders: WorkOrderWriter) {}
  execute({ input }: commands.CreateWorkOrder) {
    return this.orders.create(input);
  }
}

@CommandHandler(commands.UpdateWorkOrder)
class UpdateWorkOrderHandler implements ICommandHandler<commands.UpdateWorkOrder> {
  constructor(private readonly orders: WorkOrderWriter) {}
  execute({ workOrderId, changes }: commands.UpdateWorkOrder) {
    return this.orders.update(workOrderId, changes);
  }
}

@CommandHandler(commands.ArchiveWorkOrder)
class ArchiveWorkOrderHandler implements ICommandHandler<commands.ArchiveWorkOrder> {
  constructor(private readonly orders: WorkOrderWriter) {}
  execute({ workOrderId }: commands.ArchiveWorkOrder) {
    return this.orders.archive(workOrderId);
  }
}

@CommandHandler(commands.UnarchiveWorkOrder)
class UnarchiveWorkOrderHandler implements ICommandHandler<commands.UnarchiveWorkOrder> {
  constructor(private readonly orders: WorkOrderWriter) {}
  execute({ workOrderId }: commands.UnarchiveWorkOrder) {
    return this.orders.unarchive(workOrderId);
  }
}

@CommandHandler(commands.CompleteWorkOrder)
class CompleteWorkOrderHandler implements ICommandHandler<commands.CompleteWorkOrder> {
  constructor(private readonly orders: WorkOrderWriter) {}
  execute({ work_order_id, completed_at, status_id }: commands.CompleteWorkOrder) {
    return this.orders.update(work_order_id, { completed_at: completed_at ?? undefined, status_id: status_id ?? completedStatus.statusId });
  }
}

@CommandHandler(commands.ReopenWorkOrder)
class ReopenWorkOrderHandler implements ICommandHandler<commands.ReopenWorkOrder> {
  constructor(
    private readonly orders: WorkOrderWriter,
    private readonly statuses: WorkOrderStatuses,
  ) {}
  async execute({ work_order_id, status_id }: commands.ReopenWorkOrder) {
    return this.orders.reopen(work_order_id, await this.statuses.find(status_id));
  }
}

@CommandHandler(commands.CancelWorkOrder)
class CancelWorkOrderHandler implements ICommandHandler<commands.CancelWorkOrder> {
  constructor(private readonly orders: WorkOrderWriter) {}
  execute({ work_order_id }: commands.CancelWorkOrder) {
    return this.orders.update(work_order_id, { status_id: cancelledStatus.statusId });
  }
}

@CommandHandler(commands.AssignPart)
class AssignPartHandler implements ICommandHandler<commands.AssignPart> {
  constructor(private readonly assignments: PartAssignments) {}
  execute(command: commands.AssignPart) {
    return this.assignments.assign(command);
  }
}

@CommandHandler(commands.SetAssignedQuantity)
class SetAssignedQuantityHandler implements ICommandHandler<commands.SetAssignedQuantity> {
  constructor(private readonly assignments: PartAssignments) {}
  execute(command: commands.SetAssignedQuantity) {
    return this.assignments.setQuantity(command);
  }
}

@CommandHandler(commands.RemoveAssignedPart)
class RemoveAssignedPartHandler implements ICommandHandler<commands.RemoveAssignedPart> {
  constructor(private readonly assignments: PartAssignments) {}
  execute(command: commands.RemoveAssignedPart) {
    return this.assignments.remove(command);
  }
}

@CommandHandler(commands.RecordOtherCost)
class RecordOtherCostHandler implements ICommandHandler<commands.RecordOtherCost> {
  constructor(private readonly costs: OtherCostWriter) {}
  execute(command: commands.RecordOtherCost) {
    return this.costs.record(command);
  }
}

export const workOrderHandlers = [
  CreateWorkOrderHandler,
  UpdateWorkOrderHandler,
  ArchiveWorkOrderHandler,
  UnarchiveWorkOrderHandler,
  CompleteWorkOrderHandler,
  ReopenWorkOrderHandler,
  CancelWorkOrderHandler,
  AssignPartHandler,
  SetAssignedQuantityHandler,
  RemoveAssignedPartHandler,
  RecordOtherCostHandler,
];

import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import type { Outcome } from '#millwright/event-sourcing';
import { Instant, Reference } from '#millwright/resources';
import type { WorkOrder } from './domain/work-order.state.js';
import { OtherCostInput, PartQuantityChange, PartQuantityInput, type WorkOrderInput } from './work-order.inputs.js';

/** What a command on a work order answers with: the order right after it. */
export type WorkOrderOutcome = Outcome<WorkOrder> & Readonly<{ id: number }>;

export class CreateWorkOrder extends Command<WorkOrderOutcome> {
  constructor(readonly input: WorkOrderInput) {
    super();
  }
}

export class UpdateWorkOrder extends Command<WorkOrderOutcome> {
  constructor(
    readonly workOrderId: number,
    readonly changes: Partial<WorkOrderInput>,
  ) {
    super();
  }
}

export class ArchiveWorkOrder extends Command<WorkOrderOutcome> {
  constructor(readonly workOrderId: number) {
    super();
  }
}

export class UnarchiveWorkOrder extends Command<WorkOrderOutcome> {
  constructor(readonly workOrderId: number) {
    super();
  }
}

/** Completes a work order: every reserved part is issued and its cost frozen. */
@InputType('CompleteWorkOrderInput')
export class CompleteWorkOrder extends Command<WorkOrderOutcome> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Instant({ description: 'When the work was done; left out, now.' }) completed_at?: string | null;
  @Reference('work_order_status', { description: 'A status of kind completed; left out, the built-in one.' }) status_id?: number | null;
}

/** Opens a completed or cancelled work order again. */
@InputType('ReopenWorkOrderInput')
export class ReopenWorkOrder extends Command<WorkOrderOutcome> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('work_order_status', { description: 'A status of kind open; left out, the last one it had.' }) status_id?: number | null;
}

/** Cancels a work order: its reservations are released. */
@InputType('CancelWorkOrderInput')
export class CancelWorkOrder extends Command<WorkOrderOutcome> {
  @Reference('work_order', { required: true }) work_order_id!: number;
}

/** Adds to what a work order has of a part: reserves it. */
@InputType('AssignPartInput')
export class AssignPart extends PartQuantityInput {
  @Reference('work_order', { required: true }) work_order_id!: number;
}

/** Sets how many of an assigned part the order wants; on a completed order a lower quantity returns the rest. */
@InputType('SetAssignedQuantityInput')
export class SetAssignedQuantity extends PartQuantityChange {
  @Reference('work_order', { required: true }) work_order_id!: number;
}

/** Removes a part from a work order. */
@InputType('RemoveAssignedPartInput')
export class RemoveAssignedPart extends Command<WorkOrderOutcome> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('part', { required: true }) part_id!: number;
}

/** Records a cost that is neither labour nor a part. */
@InputType('RecordOtherCostInput')
export class RecordOtherCost extends OtherCostInput {
  @Reference('work_order', { required: true }) work_order_id!: number;
}

import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { ExternalReference, Instant, Money, PlainDate, Quantity, Reference, Text, type Written } from '#millwright/resources';
import type { WorkOrder } from './domain/work-order.state.js';
import type { WorkOrderInput } from './work-order.inputs.js';

/** What a command on a work order answers with: the order right after it. */
export type WorkOrderOutcome = Written<WorkOrder>;

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
export class AssignPart extends Command<WorkOrderOutcome> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('part', { required: true, example: 52 }) part_id!: number;
  @Quantity({ required: true, moreThan: '0', description: 'How many more.', example: 2 }) quantity!: string;
}

/** Sets how many of an assigned part the order wants; on a completed order a lower quantity returns the rest. */
@InputType('SetAssignedQuantityInput')
export class SetAssignedQuantity extends Command<WorkOrderOutcome> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('part', { required: true, example: 52 }) part_id!: number;
  @Quantity({ required: true, atLeast: '0', description: 'How many in all; 0 removes the part.', example: 2 }) quantity!: string;
}

/** Removes a part from a work order. */
@InputType('RemoveAssignedPartInput')
export class RemoveAssignedPart extends Command<WorkOrderOutcome> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('part', { required: true }) part_id!: number;
}

/** What recording a cost answers with: its order, and the cost as `read.other_costs` will have it. */
export type OtherCostOutcome = WorkOrderOutcome & Readonly<{ cost: Row }>;

/** Records a cost that is neither labour nor a part. */
@InputType('RecordOtherCostInput')
export class RecordOtherCost extends Command<OtherCostOutcome> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Money({ required: true, atLeast: '-999999999.99', description: 'Negative for a credit.', example: 38 }) amount!: string;
  @PlainDate({ description: "The day it belongs to; left out, today in the site's time zone.", example: '2025-07-15' }) date?:
    string | null;
  @Reference('category') category_id?: number | null;
  @Text({ max: 2000, example: 'Crane rental' }) note?: string | null;
  @ExternalReference() external_reference?: string | null;
}

import { Command } from '@nestjs/cqrs';
import { InputType } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { ExternalReference, Flag, IdOf, Instant, Integer, Money, PlainDate, Quantity, Reference, Text } from '#millwright/fields';
import type { Decided } from '#millwright/resources';
import type { WorkOrder } from './domain/work-order.state.js';

/** What recording a cost answers with: its order, and the cost as `read.other_costs` will have it. */
export type RecordedCost = Decided<WorkOrder> & Readonly<{ cost: Row }>;

@InputType('CompleteWorkOrderInput', { description: 'Completes a work order: every reserved part is issued and its cost frozen.' })
export class CompleteWorkOrder extends Command<Decided<WorkOrder>> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Instant({ description: 'When the work was done, at most a day ahead; left out, now.' }) completed_at?: string | null;
  @Reference('work_order_status', { description: 'A status of kind completed; left out, the built-in one.' }) status_id?: number | null;
}

@InputType('ReopenWorkOrderInput', { description: 'Opens a completed or cancelled work order again.' })
export class ReopenWorkOrder extends Command<Decided<WorkOrder>> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('work_order_status', { description: 'A status of kind open; left out, the last one it had.' }) status_id?: number | null;
}

@InputType('CancelWorkOrderInput', { description: 'Cancels a work order: its reservations are released.' })
export class CancelWorkOrder extends Command<Decided<WorkOrder>> {
  @Reference('work_order', { required: true }) work_order_id!: number;
}

@InputType('TickChecklistItemInput', { description: 'Ticks an item of a checklist off, or takes the tick back.' })
export class TickChecklistItem extends Command<Decided<WorkOrder>> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Integer({ required: true, description: 'Where the item stands in the list: its order.', example: 1 }) order!: number;
  @Flag({ required: true, description: 'Whether it is done.', example: true }) checked!: boolean;
}

@InputType('AssignPartInput', { description: 'Adds to what a work order has of a part: reserves it.' })
export class AssignPart extends Command<Decided<WorkOrder>> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('part', { required: true, example: 52 }) part_id!: number;
  @Quantity({ required: true, moreThan: '0', description: 'How many more than it has already.', example: 2 })
  quantity!: string;
}

@InputType('SetAssignedQuantityInput', {
  description: 'Sets how many of an assigned part the order wants; on a completed order a lower quantity returns the rest.',
})
export class SetAssignedQuantity extends Command<Decided<WorkOrder>> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('part', { required: true, example: 52 }) part_id!: number;
  @Quantity({ required: true, atLeast: '0', description: 'How many in all; 0 removes the part.', example: 2 })
  quantity!: string;
}

@InputType('RemoveAssignedPartInput', { description: 'Removes a part from a work order.' })
export class RemoveAssignedPart extends Command<Decided<WorkOrder>> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Reference('part', { required: true }) part_id!: number;
}

@InputType('RecordOtherCostInput', { description: 'Records a cost that is neither labour nor a part.' })
export class RecordOtherCost extends Command<RecordedCost> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @Money({ required: true, atLeast: '-999999999.99', description: 'How much; negative for a credit.', example: 38 })
  amount!: string;
  @PlainDate({ description: "The day it belongs to; left out, today in the site's time zone.", example: '2025-07-15' }) date?:
    string | null;
  @Reference('category', { description: 'The category that reports put it under; left out, the first one of the work order.' })
  category_id?: number | null;
  @Reference('cost_category', { description: 'The cost category that says what it was for.' }) cost_category_id?: number | null;
  @Text({ description: 'What it was for.', max: 2000, example: 'Crane rental' }) note?: string | null;
  @ExternalReference() external_reference?: string | null;
}

@InputType('ReverseOtherCostInput', { description: 'Takes an other cost back by one of the negated amount.' })
export class ReverseOtherCost extends Command<RecordedCost> {
  @Reference('work_order', { required: true }) work_order_id!: number;
  @IdOf('other_cost', { required: true }) other_cost_id!: number;
  @Text({ required: true, description: 'Why it is taken back.', max: 2000, example: 'Booked on the wrong order' }) reason!: string;
  @PlainDate({ description: "The day the reversal belongs to; left out, today in the site's time zone.", example: '2025-07-16' }) date?:
    string | null;
}

import { ApiProperty } from '@nestjs/swagger';
import { priorities, yesOrNo } from './work-order.choices.js';

/** What the answers look like, for the OpenAPI document. */

const id = { type: 'integer', example: 1126 } as const;
const text = { type: 'string' } as const;
const nullableText = { type: 'string', nullable: true } as const;
const instant = { type: 'string', format: 'date-time' } as const;
const person = { type: 'object', properties: { id, name: text, surname: nullableText } } as const;
const label = { type: 'object', nullable: true, properties: { id, name: text } } as const;
const labels = { type: 'array', items: { type: 'object', properties: { id, name: text } } } as const;
const later = {
  type: 'object',
  nullable: true,
  description: 'Null until this resource is available.',
  additionalProperties: true,
} as const;

export class PartAssignment {
  @ApiProperty(id) part_id!: number;
  @ApiProperty({ ...text, example: 'Air Filter' }) part_name!: string;
  @ApiProperty({ type: 'number', example: 2 }) quantity!: number;
  @ApiProperty(nullableText) unit_name!: string | null;
  @ApiProperty(nullableText) unit_short_name!: string | null;
  @ApiProperty({ type: 'string', enum: ['usage'] }) type!: string;
  @ApiProperty({ type: 'number', example: 52.3, description: 'Charged; while the order is open, estimated at the current average.' })
  total_cost!: number;
}

class TotalCosts {
  @ApiProperty({ type: 'number' }) labor!: number;
  @ApiProperty({ type: 'number' }) other!: number;
  @ApiProperty({ type: 'number' }) parts!: number;
  @ApiProperty({ type: 'number' }) total!: number;
  @ApiProperty({ type: 'boolean', description: 'True while the order is open: parts are an estimate then.' }) is_estimate!: boolean;
}

class ChecklistItem {
  @ApiProperty(text) text!: string;
  @ApiProperty({ type: 'integer' }) order!: number;
  @ApiProperty({ type: 'boolean' }) checked!: boolean;
}

class WorkOrderFigures {
  @ApiProperty(id) id!: number;
  @ApiProperty({ ...text, example: 'Fix water leakage in Freezer' }) title!: string;
  @ApiProperty(nullableText) description!: string | null;
  @ApiProperty({ type: 'string', nullable: true, enum: [...priorities.words] }) priority!: string | null;
  @ApiProperty(nullableText) type!: string | null;
  @ApiProperty({ type: 'integer', nullable: true }) pm_schedule_id!: number | null;
  @ApiProperty({ type: 'object', properties: { id, name: text, is_custom: { type: 'boolean' } } }) status!: object;
  @ApiProperty({ ...label, properties: { id, name: text, status: text } }) asset!: object | null;
  @ApiProperty(later) downtime_tracking!: object | null;
  @ApiProperty(labels) categories!: object[];
  @ApiProperty(labels) account_codes!: object[];
  @ApiProperty(labels) technicians!: object[];
  @ApiProperty(labels) vendors!: object[];
  @ApiProperty({ ...label, properties: { id, name: text, path: text } }) location!: object | null;
  @ApiProperty({ ...instant, nullable: true }) due_date!: string | null;
  @ApiProperty({ ...instant, nullable: true }) completed_at!: string | null;
  @ApiProperty({ type: () => TotalCosts }) total_costs!: TotalCosts;
  @ApiProperty(later) active_timer_current_user!: object | null;
  @ApiProperty(nullableText) external_reference!: string | null;
  @ApiProperty({ type: 'boolean' }) archived!: boolean;
  @ApiProperty(instant) created_at!: string;
  @ApiProperty(instant) updated_at!: string;
  @ApiProperty(person) created_by!: object;
  @ApiProperty(person) updated_by!: object;
}

export class WorkOrder extends WorkOrderFigures {
  @ApiProperty(labels) procedures!: object[];
  @ApiProperty({ type: () => [ChecklistItem] }) checklist!: ChecklistItem[];
  @ApiProperty(later) work_order_request!: object | null;
  @ApiProperty({ ...nullableText, enum: [...yesOrNo.words] }) notify_vendors_on_create!: string | null;
  @ApiProperty({ ...nullableText, enum: [...yesOrNo.words] }) notify_vendors_on_update!: string | null;
  @ApiProperty({ type: () => [PartAssignment] }) part_assignments!: PartAssignment[];
  @ApiProperty({ type: 'array', items: { type: 'object' } }) images!: object[];
  @ApiProperty({ type: 'array', items: { type: 'object' } }) documents!: object[];
}

export class WorkOrderListRow extends WorkOrderFigures {
  @ApiProperty({ type: 'integer', nullable: true }) work_order_request_id!: number | null;
  @ApiProperty({ type: 'integer' }) comments_count!: number;
}

export class OtherCost {
  @ApiProperty(id) id!: number;
  @ApiProperty(id) work_order_id!: number;
  @ApiProperty({ type: 'number', example: -12.5, description: 'Negative for a credit.' }) amount!: number;
  @ApiProperty({ ...text, example: 'USD' }) currency!: string;
  @ApiProperty({ type: 'string', format: 'date' }) date!: string;
  @ApiProperty(nullableText) note!: string | null;
  @ApiProperty(label) category!: object | null;
  @ApiProperty(nullableText) external_reference!: string | null;
  @ApiProperty(instant) created_at!: string;
  @ApiProperty(instant) updated_at!: string;
  @ApiProperty(person) created_by!: object;
}

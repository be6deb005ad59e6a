import { InputType } from '@nestjs/graphql';
import {
  ExternalReference,
  Flag,
  Instant,
  Integer,
  NestedList,
  NotYet,
  OneOf,
  partialClassOf,
  Reference,
  References,
  Name,
  Text,
  updateInputOf,
  type Class,
} from '#millwright/resources';
import { priorities, yesOrNo } from './work-order.choices.js';

@InputType({ description: 'A step of the work.' })
export class ChecklistItemInput {
  @Text({ description: 'What is to be done.', required: true, max: 1000, example: 'Inspect defrost drain for blockages' }) text!: string;
  @Integer({ example: 1, description: 'Where it stands; left out, its place in the list.' }) order?: number | null;
  @Flag({ description: 'Whether it is done; left out, it is not.', example: false }) checked?: boolean | null;
}

@InputType('CreateWorkOrderInput', { description: 'What a new work order is about, and its status; left out, it is open.' })
export class WorkOrderInput {
  @Name({ description: 'What is to be done, in a line.', required: true, max: 1000, example: 'Fix water leakage in Freezer' })
  title!: string;
  @Text({ description: 'What is to be done, up to 20,000 characters.', max: 20_000, example: 'Water leakage due to blocked defrost drain' })
  description?: string | null;
  @Text({ max: 50, description: 'What kind of work it is, like reactive or preventive.', example: 'reactive' }) type?: string | null;
  @OneOf(priorities, { description: 'How much it presses.', example: 'high' }) priority?: string | null;
  @Instant({ description: 'When the work is to be done by.', example: '2025-07-17T12:00:00Z' }) due_date?: string | null;
  @Instant({
    description: 'When the work was done: completes the order; null opens it again. At most a day ahead, any time past.',
    example: '2025-07-15T09:30:00Z',
  })
  completed_at?: string | null;
  @Reference('work_order_status', {
    description:
      'A status of kind completed completes the order, one of kind open opens it again. Decides where completed_at is sent, too.',
  })
  status_id?: number | null;
  @Reference('location', { description: 'The location where the work is.' }) location_id?: number | null;
  @Reference('asset', { description: 'The asset that is worked on.' }) asset_id?: number | null;
  @References('category', { description: 'The categories that it belongs to; reports put its costs under the first.' }) categories_ids?:
    number[] | null;
  @References('user', { description: 'The users who do the work.' }) technicians_ids?: number[] | null;
  @NestedList(() => ChecklistItemInput, { description: 'The steps of the work, each to be ticked off.' }) checklist?:
    ChecklistItemInput[] | null;
  @OneOf(yesOrNo, { description: 'Whether its vendors are told when it is created.' }) notify_vendors_on_create?: string | null;
  @OneOf(yesOrNo, { description: 'Whether its vendors are told when it changes.' }) notify_vendors_on_update?: string | null;
  @NotYet({ list: false }) work_order_request_id?: unknown;
  @NotYet() account_codes_ids?: unknown[] | null;
  @NotYet() procedure_template_ids?: unknown[] | null;
  @NotYet() vendors_ids?: unknown[] | null;
  @ExternalReference() external_reference?: string | null;
}

/** An edit of a work order: only the fields that are sent change. */
export const WorkOrderChanges = partialClassOf(WorkOrderInput, 'WorkOrderChanges') as Class<Partial<WorkOrderInput>>;

/** The same as GraphQL takes it: with the order's id. */
export const WorkOrderUpdate = updateInputOf('work_order', 'WorkOrder', WorkOrderInput);

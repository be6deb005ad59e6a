import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { DecimalScalar } from '#millwright/quantities';
import {
  connectionOf,
  DateTimeScalar,
  defineOutputType,
  listArgumentsOf,
  outputTypeOf,
  Reference,
  type OutputProperty,
} from '#millwright/resources';
import { priorities, statusKinds, yesOrNo } from './work-order.choices.js';
import { otherCostList, workOrderList } from './read-models/lists.js';

/** The GraphQL types of work orders. Their sources are rows of the read models; what is computed or joined, the resolvers add. */

const id: OutputProperty = { type: () => ID, nullable: false };
const text: OutputProperty = { type: () => String, nullable: false };
const textOrNull: OutputProperty = { type: () => String, nullable: true };
const instant: OutputProperty = { type: () => DateTimeScalar, nullable: false };
const instantOrNull: OutputProperty = { type: () => DateTimeScalar, nullable: true };

@ObjectType('ChecklistItem')
export class ChecklistItemType {
  @Field(() => String) text!: string;
  @Field(() => Int) order!: number;
  @Field(() => Boolean) checked!: boolean;
}

export const WorkOrderType = defineOutputType('WorkOrder', {
  id,
  title: text,
  description: textOrNull,
  type: textOrNull,
  priority: { type: () => priorities.graphql, nullable: true, description: 'How much it presses.' },
  due_date: instantOrNull,
  completed_at: instantOrNull,
  status_kind: { type: () => statusKinds.graphql, nullable: false, description: 'What its status means, whatever it is called.' },
  checklist: { type: () => [ChecklistItemType], nullable: false },
  notify_vendors_on_create: {
    type: () => yesOrNo.graphql,
    nullable: true,
    description: 'Whether its vendors are told when it is created.',
  },
  notify_vendors_on_update: { type: () => yesOrNo.graphql, nullable: true, description: 'Whether its vendors are told when it changes.' },
  external_reference: textOrNull,
  archived: { type: () => Boolean, nullable: false },
  revision: { type: () => Int, nullable: false, description: 'For `expectedRevision`.' },
  created_at: instant,
  updated_at: instant,
});

export const WorkOrderConnection = connectionOf('WorkOrder', () => WorkOrderType);
export const WorkOrderListArguments = listArgumentsOf('WorkOrder', workOrderList);

/** A part of a work order. */
@ObjectType('PartAssignment')
export class PartAssignmentType {
  @Field(() => ID, { name: 'partId' }) part_id!: number;
  @Field(() => outputTypeOf('Part')) part!: object;
  @Field(() => String, { name: 'unitName', nullable: true }) unit_name!: string | null;
  @Field(() => String, { name: 'unitShortName', nullable: true }) unit_short_name!: string | null;
  @Field(() => DecimalScalar) quantity!: string;
  @Field(() => DecimalScalar, { name: 'totalCost', description: 'Charged; while the order is open, estimated at the current average.' })
  total_cost!: string;
}

@ObjectType('TotalCosts')
export class TotalCostsType {
  @Field(() => DecimalScalar) labor!: string;
  @Field(() => DecimalScalar) other!: string;
  @Field(() => DecimalScalar) parts!: string;
  @Field(() => DecimalScalar) total!: string;
  @Field(() => Boolean, { name: 'isEstimate', description: 'True while the order is open: parts are an estimate then.' })
  is_estimate!: boolean;
}

export const OtherCostType = defineOutputType('OtherCost', {
  id,
  work_order_id: id,
  amount: { type: () => DecimalScalar, nullable: false, description: 'Negative for a credit.' },
  currency: text,
  date: text,
  note: textOrNull,
  external_reference: textOrNull,
  created_at: instant,
});

export const OtherCostConnection = connectionOf('OtherCost', () => OtherCostType);
export const OtherCostListArguments = listArgumentsOf('OtherCost', otherCostList);

/** Which order an archive or unarchive is about. */
@InputType()
export class WorkOrderIdInput {
  @Reference('work_order', { required: true }) id!: number;
}

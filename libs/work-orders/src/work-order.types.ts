import { Field, ID, InputType, Int, ObjectType } from '@nestjs/graphql';
import { DecimalScalar } from '#millwright/quantities';
import {
  connectionOf,
  DateTimeScalar,
  defineOutputType,
  describeColumns,
  listArgumentsOf,
  outputTypeOf,
  Reference,
  type OutputProperty,
} from '#millwright/resources';
import { RecordOtherCost } from './work-order.commands.js';
import { WorkOrderInput } from './work-order.inputs.js';
import { priorities, statusKinds, yesOrNo } from './work-order.choices.js';
import { otherCostList, workOrderList } from './read-models/lists.js';

/** The GraphQL types of work orders. Their sources are rows of the read models; what is computed or joined, the resolvers add. */

const id: OutputProperty = { type: () => ID, nullable: false };
const text: OutputProperty = { type: () => String, nullable: false };
const textOrNull: OutputProperty = { type: () => String, nullable: true };
const instant: OutputProperty = { type: () => DateTimeScalar, nullable: false };
const instantOrNull: OutputProperty = { type: () => DateTimeScalar, nullable: true };

@ObjectType('ChecklistItem', { description: 'A step of the work.' })
export class ChecklistItemType {
  @Field(() => String, { description: 'What is to be done.' }) text!: string;
  @Field(() => Int, { description: 'Where it stands among the others.' }) order!: number;
  @Field(() => Boolean, { description: 'Whether it is done.' }) checked!: boolean;
}

export const WorkOrderType = defineOutputType(
  'WorkOrder',
  {
    id,
    title: text,
    description: textOrNull,
    type: textOrNull,
    priority: { type: () => priorities.graphql, nullable: true },
    due_date: instantOrNull,
    completed_at: { ...instantOrNull, description: 'When the work was done; null while it is not.' },
    status_kind: { type: () => statusKinds.graphql, nullable: false, description: 'What its status means, whatever it is called.' },
    checklist: { type: () => [ChecklistItemType], nullable: false },
    notify_vendors_on_create: { type: () => yesOrNo.graphql, nullable: true },
    notify_vendors_on_update: { type: () => yesOrNo.graphql, nullable: true },
    external_reference: textOrNull,
    archived: { type: () => Boolean, nullable: false },
    revision: { type: () => Int, nullable: false },
    created_at: instant,
    updated_at: instant,
  },
  { description: 'What is to be done and what was: parts reserved and used, other costs, and what it all cost.', fields: WorkOrderInput },
);
describeColumns('WorkOrder', [['status_id', 'Its status; the kind of that says whether it is open.']]);

export const WorkOrderConnection = connectionOf('WorkOrder', () => WorkOrderType);
export const WorkOrderListArguments = listArgumentsOf('WorkOrder', workOrderList);

@ObjectType('PartAssignment', { description: 'What a work order has of a part.' })
export class PartAssignmentType {
  @Field(() => ID, { name: 'partId', description: 'The number of the part.' }) part_id!: number;
  @Field(() => outputTypeOf('Part'), { description: 'The part, as of the same moment as the work order.' }) part!: object;
  @Field(() => String, { name: 'unitName', nullable: true, description: 'What the quantity counts, in full.' }) unit_name!: string | null;
  @Field(() => String, { name: 'unitShortName', nullable: true, description: 'What the quantity counts, for behind the number.' })
  unit_short_name!: string | null;
  @Field(() => DecimalScalar, { description: 'How many are reserved; once the order is completed, how many it used.' }) quantity!: string;
  @Field(() => DecimalScalar, {
    name: 'totalCost',
    description: "What was charged, in the site's currency; while the order is open, estimated at the current average.",
  })
  total_cost!: string;
}

@ObjectType('TotalCosts', { description: "What a work order costs, in the site's currency." })
export class TotalCostsType {
  @Field(() => DecimalScalar, { description: 'What hours of work cost.' }) labor!: string;
  @Field(() => DecimalScalar, { description: 'What is neither labour nor a part.' }) other!: string;
  @Field(() => DecimalScalar, { description: 'What its parts were charged at; while it is open, an estimate at their averages.' })
  parts!: string;
  @Field(() => DecimalScalar, { description: 'All three together.' }) total!: string;
  @Field(() => Boolean, { name: 'isEstimate', description: 'True while the order is open: parts are an estimate then.' })
  is_estimate!: boolean;
}

export const OtherCostType = defineOutputType(
  'OtherCost',
  {
    id,
    work_order_id: { ...id, description: 'The work order that it was recorded on.' },
    amount: { type: () => DecimalScalar, nullable: false },
    currency: { ...text, description: 'What the amount is in: an ISO 4217 code.' },
    date: { ...text, description: "The day that it belongs to, in the site's time zone: 2026-01-31." },
    note: textOrNull,
    external_reference: textOrNull,
    created_at: instant,
  },
  { description: 'A cost of a work order that is neither labour nor a part.', fields: RecordOtherCost },
);

export const OtherCostConnection = connectionOf('OtherCost', () => OtherCostType);
export const OtherCostListArguments = listArgumentsOf('OtherCost', otherCostList);

@InputType({ description: 'Which work order is meant.' })
export class WorkOrderIdInput {
  @Reference('work_order', { required: true }) id!: number;
}

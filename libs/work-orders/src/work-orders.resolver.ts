import { CommandBus, type Command } from '@nestjs/cqrs';
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import {
  connectionFrom,
  idOfPath,
  Input,
  listComplexity,
  listQueryOf,
  MutationOptions,
  Mutations,
  Options,
  RelatedRecords,
  Relations,
  ResourceReader,
  type ListArguments,
  type Mutated,
} from '#millwright/resources';
import { OtherCostReader } from './other-cost-reader.js';
import { workOrderList } from './read-models/lists.js';
import { workOrderRow, type WorkOrderRow } from './read-models/work-order-row.js';
import { WorkOrderCostReader, type PartLine } from './work-order-costs.js';
import * as commands from './work-order.commands.js';
import { workOrders } from './work-order.definition.js';
import { WorkOrderInput, WorkOrderUpdate } from './work-order.inputs.js';
import {
  OtherCostConnection,
  OtherCostListArguments,
  OtherCostType,
  PartAssignmentType,
  TotalCostsType,
  WorkOrderConnection,
  WorkOrderIdInput,
  WorkOrderListArguments,
  WorkOrderType,
} from './work-order.types.js';

@Resolver(() => WorkOrderType)
@Relations('WorkOrder', {
  status_id: 'work_order_status',
  asset_id: 'asset',
  location_id: 'location',
  categories_ids: 'category',
  technicians_ids: 'user',
  created_by_id: 'user',
  updated_by_id: 'user',
})
export class WorkOrdersResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly mutations: Mutations,
    private readonly resources: ResourceReader,
    private readonly otherCostReader: OtherCostReader,
    private readonly costs: WorkOrderCostReader,
    readonly related: RelatedRecords,
  ) {}

  @Query(() => WorkOrderType, {
    name: 'workOrder',
    nullable: true,
    description: 'A work order by its number, with its parts and costs of one moment, also an archived one. Refused with NOT_FOUND.',
  })
  workOrder(@Args('id', { type: () => ID, description: 'The number of the work order.' }) id: string): Promise<Row> {
    return this.resources.row(workOrders, idOfPath(id));
  }

  @Query(() => WorkOrderConnection, {
    name: 'workOrders',
    complexity: listComplexity,
    description: 'A page of the work orders of the site.',
  })
  async list(@Args({ type: () => WorkOrderListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.resources.page(workOrders, listQueryOf(workOrderList, list)));
  }

  @Mutation(() => WorkOrderType, {
    nullable: true,
    description:
      'Creates a work order, also one that is completed already. Refused with VALIDATION_FAILED (also contradicts_status), DUPLICATE_REFERENCE.',
  })
  createWorkOrder(@Input(WorkOrderInput) input: WorkOrderInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('createWorkOrder', input, options, new commands.CreateWorkOrder(input));
  }

  @Mutation(() => WorkOrderType, {
    nullable: true,
    description:
      'Changes the fields of a work order that are sent; a status or `completedAt` completes, cancels or reopens it. Refused with NOT_FOUND, CONFLICT (archived, or a completion is running), WORK_ORDER_CLOSED (from completed to cancelled, or back), INSUFFICIENT_STOCK, VALIDATION_FAILED, DUPLICATE_REFERENCE, PRECONDITION_FAILED, COMPLETION_PENDING (taken, and still being carried out).',
  })
  updateWorkOrder(
    @Input(WorkOrderUpdate) input: Partial<WorkOrderInput> & { id: number },
    @Options() options: MutationOptions,
  ): Promise<Row> {
    const { id, ...changes } = input;
    return this.run('updateWorkOrder', input, options, new commands.UpdateWorkOrder(id, changes));
  }

  @Mutation(() => WorkOrderType, {
    nullable: true,
    description:
      'Archives a work order: its history and costs stay. One that is archived already stays so. Refused with NOT_FOUND, CONFLICT (a completion is running, or it is open and has parts reserved), PRECONDITION_FAILED.',
  })
  archiveWorkOrder(@Input(WorkOrderIdInput) input: WorkOrderIdInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('archiveWorkOrder', input, options, new commands.ArchiveWorkOrder(input.id));
  }

  @Mutation(() => WorkOrderType, {
    nullable: true,
    description:
      'Brings an archived work order back as it was. One that is not archived stays as it is. Refused with NOT_FOUND, PRECONDITION_FAILED.',
  })
  unarchiveWorkOrder(@Input(WorkOrderIdInput) input: WorkOrderIdInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('unarchiveWorkOrder', input, options, new commands.UnarchiveWorkOrder(input.id));
  }

  @Mutation(() => WorkOrderType, {
    nullable: true,
    description:
      'Completes a work order: every reserved part is issued and its cost fixed, all of them or none. Refused with NOT_FOUND, CONFLICT (archived, or a completion is running), WORK_ORDER_CLOSED (it is cancelled), INSUFFICIENT_STOCK (a part cannot be issued; the order stays open), VALIDATION_FAILED, PRECONDITION_FAILED, COMPLETION_PENDING (taken, and still being carried out).',
  })
  completeWorkOrder(
    @Input(commands.CompleteWorkOrder) input: commands.CompleteWorkOrder,
    @Options() options: MutationOptions,
  ): Promise<Row> {
    return this.run('completeWorkOrder', input, options, input);
  }

  @Mutation(() => WorkOrderType, {
    nullable: true,
    description:
      'Opens a completed or cancelled work order again. Refused with NOT_FOUND, CONFLICT (archived, or a completion is running), VALIDATION_FAILED, PRECONDITION_FAILED, COMPLETION_PENDING (taken, and still being carried out).',
  })
  reopenWorkOrder(@Input(commands.ReopenWorkOrder) input: commands.ReopenWorkOrder, @Options() options: MutationOptions): Promise<Row> {
    return this.run('reopenWorkOrder', input, options, input);
  }

  @Mutation(() => WorkOrderType, {
    nullable: true,
    description:
      'Cancels a work order: its reservations are released. Refused with NOT_FOUND, CONFLICT (archived, or a completion is running), WORK_ORDER_CLOSED (it is completed), VALIDATION_FAILED, PRECONDITION_FAILED, COMPLETION_PENDING (taken, and still being carried out).',
  })
  cancelWorkOrder(@Input(commands.CancelWorkOrder) input: commands.CancelWorkOrder, @Options() options: MutationOptions): Promise<Row> {
    return this.run('cancelWorkOrder', input, options, input);
  }

  @Mutation(() => WorkOrderType, {
    nullable: true,
    description:
      'Adds to what a work order has of a part, and reserves it. Refused with NOT_FOUND, CONFLICT (archived, or a completion is running), WORK_ORDER_CLOSED (reopen it first), INSUFFICIENT_STOCK, VALIDATION_FAILED (also too_many_parts, and a part that is archived or unknown), VALUE_OUT_OF_RANGE, PRECONDITION_FAILED, COMPLETION_PENDING (taken, and still being carried out).',
  })
  assignPart(@Input(commands.AssignPart) input: commands.AssignPart, @Options() options: MutationOptions): Promise<Row> {
    return this.run('assignPart', input, options, input);
  }

  @Mutation(() => WorkOrderType, {
    nullable: true,
    description:
      'Sets how many of an assigned part a work order wants; on a completed order a lower quantity returns the rest. Refused with NOT_FOUND (also a part that is not assigned), CONFLICT (archived, or a completion is running), WORK_ORDER_CLOSED (more on a completed order), INSUFFICIENT_STOCK, VALIDATION_FAILED, VALUE_OUT_OF_RANGE, PRECONDITION_FAILED, COMPLETION_PENDING (taken, and still being carried out).',
  })
  setAssignedQuantity(
    @Input(commands.SetAssignedQuantity) input: commands.SetAssignedQuantity,
    @Options() options: MutationOptions,
  ): Promise<Row> {
    return this.run('setAssignedQuantity', input, options, input);
  }

  @Mutation(() => WorkOrderType, {
    nullable: true,
    description:
      'Removes a part from a work order: what was reserved is free again, what a completed order used is returned. Refused with NOT_FOUND (also a part that is not assigned), CONFLICT (archived, or a completion is running), WORK_ORDER_CLOSED (it is cancelled), PRECONDITION_FAILED, COMPLETION_PENDING (taken, and still being carried out).',
  })
  removeAssignedPart(
    @Input(commands.RemoveAssignedPart) input: commands.RemoveAssignedPart,
    @Options() options: MutationOptions,
  ): Promise<Row> {
    return this.run('removeAssignedPart', input, options, input);
  }

  @Mutation(() => OtherCostType, {
    nullable: true,
    description:
      'Records a cost on a work order that is neither labour nor a part; a negative amount is a credit. Refused with NOT_FOUND, CONFLICT (archived), VALIDATION_FAILED, DUPLICATE_REFERENCE, PRECONDITION_FAILED.',
  })
  recordOtherCost(@Input(commands.RecordOtherCost) input: commands.RecordOtherCost, @Options() options: MutationOptions): Promise<Row> {
    const work = async (): Promise<Mutated> => {
      const { cost, position } = await this.commands.execute(input);
      return { row: cost, position };
    };
    return this.mutations.run('recordOtherCost', input, options, work, 'other_cost');
  }

  @ResolveField('partAssignments', () => [PartAssignmentType], { description: 'What it has of each part.' })
  async partAssignments(@Parent() row: WorkOrderRow): Promise<object[]> {
    const { lines } = await this.costs.of(row);
    return Promise.all(lines.map((line) => this.partAssignment(line)));
  }

  @ResolveField('totalCosts', () => TotalCostsType, { description: 'What it costs, by what for.' })
  async totalCosts(@Parent() row: WorkOrderRow): Promise<object> {
    const { isEstimate, lines: _, ...amounts } = await this.costs.of(row);
    return { ...amounts, is_estimate: isEstimate };
  }

  @ResolveField('otherCosts', () => OtherCostConnection, {
    complexity: listComplexity,
    description: 'Those of its costs that are neither labour nor a part.',
  })
  async otherCosts(@Parent() row: WorkOrderRow, @Args({ type: () => OtherCostListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.otherCostReader.page(row.id, list));
  }

  private async partAssignment({ part, quantity, cost }: PartLine): Promise<object> {
    const unit = await this.related.row('measurement_unit', part.measurement_unit_id);
    return {
      part_id: part.id,
      part,
      quantity,
      unit_name: unit?.['name'] ?? null,
      unit_short_name: unit?.['short_name'] ?? null,
      total_cost: cost,
    };
  }

  private run(name: string, input: object, options: MutationOptions, command: Command<commands.WorkOrderOutcome>): Promise<Row> {
    const work = async (): Promise<Mutated> => {
      const { state, position } = await this.commands.execute(command);
      // The read models may not have seen what was just decided, so the costs in the answer come from the decided states, too.
      return { row: { ...workOrderRow(state), decided_at: position.toString() }, position };
    };
    return this.mutations.run(name, input, options, work, 'work_order');
  }
}

@Resolver(() => OtherCostType)
@Relations('OtherCost', { category_id: 'category', work_order_id: 'work_order', created_by_id: 'user' })
export class OtherCostsResolver {
  constructor(readonly related: RelatedRecords) {}
}

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
@Relations({
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

  @Query(() => WorkOrderType, { name: 'workOrder', nullable: true })
  workOrder(@Args('id', { type: () => ID }) id: string): Promise<Row> {
    return this.resources.row(workOrders, idOfPath(id));
  }

  @Query(() => WorkOrderConnection, { name: 'workOrders', complexity: listComplexity })
  async list(@Args({ type: () => WorkOrderListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.resources.page(workOrders, listQueryOf(workOrderList, list)));
  }

  @Mutation(() => WorkOrderType, { nullable: true })
  createWorkOrder(@Input(WorkOrderInput) input: WorkOrderInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('createWorkOrder', input, options, new commands.CreateWorkOrder(input));
  }

  @Mutation(() => WorkOrderType, { nullable: true })
  updateWorkOrder(
    @Input(WorkOrderUpdate) input: Partial<WorkOrderInput> & { id: number },
    @Options() options: MutationOptions,
  ): Promise<Row> {
    const { id, ...changes } = input;
    return this.run('updateWorkOrder', input, options, new commands.UpdateWorkOrder(id, changes));
  }

  @Mutation(() => WorkOrderType, { nullable: true })
  archiveWorkOrder(@Input(WorkOrderIdInput) input: WorkOrderIdInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('archiveWorkOrder', input, options, new commands.ArchiveWorkOrder(input.id));
  }

  @Mutation(() => WorkOrderType, { nullable: true })
  unarchiveWorkOrder(@Input(WorkOrderIdInput) input: WorkOrderIdInput, @Options() options: MutationOptions): Promise<Row> {
    return this.run('unarchiveWorkOrder', input, options, new commands.UnarchiveWorkOrder(input.id));
  }

  @Mutation(() => WorkOrderType, { nullable: true })
  completeWorkOrder(
    @Input(commands.CompleteWorkOrder) input: commands.CompleteWorkOrder,
    @Options() options: MutationOptions,
  ): Promise<Row> {
    return this.run('completeWorkOrder', input, options, input);
  }

  @Mutation(() => WorkOrderType, { nullable: true })
  reopenWorkOrder(@Input(commands.ReopenWorkOrder) input: commands.ReopenWorkOrder, @Options() options: MutationOptions): Promise<Row> {
    return this.run('reopenWorkOrder', input, options, input);
  }

  @Mutation(() => WorkOrderType, { nullable: true })
  cancelWorkOrder(@Input(commands.CancelWorkOrder) input: commands.CancelWorkOrder, @Options() options: MutationOptions): Promise<Row> {
    return this.run('cancelWorkOrder', input, options, input);
  }

  @Mutation(() => WorkOrderType, { nullable: true })
  assignPart(@Input(commands.AssignPart) input: commands.AssignPart, @Options() options: MutationOptions): Promise<Row> {
    return this.run('assignPart', input, options, input);
  }

  @Mutation(() => WorkOrderType, { nullable: true })
  setAssignedQuantity(
    @Input(commands.SetAssignedQuantity) input: commands.SetAssignedQuantity,
    @Options() options: MutationOptions,
  ): Promise<Row> {
    return this.run('setAssignedQuantity', input, options, input);
  }

  @Mutation(() => WorkOrderType, { nullable: true })
  removeAssignedPart(
    @Input(commands.RemoveAssignedPart) input: commands.RemoveAssignedPart,
    @Options() options: MutationOptions,
  ): Promise<Row> {
    return this.run('removeAssignedPart', input, options, input);
  }

  @Mutation(() => OtherCostType, { nullable: true })
  recordOtherCost(@Input(commands.RecordOtherCost) input: commands.RecordOtherCost, @Options() options: MutationOptions): Promise<Row> {
    const work = async (): Promise<Mutated> => {
      const { cost, position } = await this.commands.execute(input);
      return { row: cost, position };
    };
    return this.mutations.run('recordOtherCost', input, options, work, 'other_cost');
  }

  @ResolveField('partAssignments', () => [PartAssignmentType])
  async partAssignments(@Parent() row: WorkOrderRow): Promise<object[]> {
    const { lines } = await this.costs.of(row);
    return Promise.all(lines.map((line) => this.partAssignment(line)));
  }

  @ResolveField('totalCosts', () => TotalCostsType)
  async totalCosts(@Parent() row: WorkOrderRow): Promise<object> {
    const { isEstimate, lines: _, ...amounts } = await this.costs.of(row);
    return { ...amounts, is_estimate: isEstimate };
  }

  @ResolveField('otherCosts', () => OtherCostConnection, { complexity: listComplexity })
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
@Relations({ category_id: 'category', work_order_id: 'work_order', created_by_id: 'user' })
export class OtherCostsResolver {
  constructor(readonly related: RelatedRecords) {}
}

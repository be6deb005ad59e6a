import { CommandBus } from '@nestjs/cqrs';
import { Args, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import {
  connectionFrom,
  idOfPath,
  Input,
  listComplexity,
  MutationOptions,
  Mutations,
  outputTypeOf,
  RelatedRecords,
  type ListArguments,
} from '#millwright/resources';
import type { OtherCostOutcome } from './other-cost-writer.js';
import { workOrderRow, type WorkOrderRow } from './read-models/work-order-row.js';
import { WorkOrderCostReader, type PartLine } from './work-order-costs.js';
import * as commands from './work-order.commands.js';
import { WorkOrderInput, WorkOrderUpdate } from './work-order.inputs.js';
import { WorkOrderReader } from './work-order-reader.js';
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

type OrderCommand =
  | commands.CreateWorkOrder
  | commands.UpdateWorkOrder
  | commands.ArchiveWorkOrder
  | commands.UnarchiveWorkOrder
  | commands.CompleteWorkOrder
  | commands.ReopenWorkOrder
  | commands.CancelWorkOrder
  | commands.AssignPart
  | commands.SetAssignedQuantity
  | commands.RemoveAssignedPart;

const Options = (): ParameterDecorator => Args({ type: () => MutationOptions });

@Resolver(() => WorkOrderType)
export class WorkOrdersResolver {
  constructor(
    private readonly commands: CommandBus,
    private readonly mutations: Mutations,
    private readonly orders: WorkOrderReader,
    private readonly costs: WorkOrderCostReader,
    private readonly related: RelatedRecords,
  ) {}

  @Query(() => WorkOrderType, { name: 'workOrder', nullable: true })
  workOrder(@Args('id', { type: () => ID }) id: string): Promise<WorkOrderRow> {
    return this.orders.row(idOfPath(id));
  }

  @Query(() => WorkOrderConnection, { name: 'workOrders', complexity: listComplexity })
  async list(@Args({ type: () => WorkOrderListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.orders.page(list));
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
    return this.mutations.run('recordOtherCost', input, options, async () => {
      const { cost, position } = await this.commands.execute<commands.RecordOtherCost, OtherCostOutcome>(input);
      return { row: cost, position };
    });
  }

  @ResolveField('status', () => outputTypeOf('WorkOrderStatus'), { nullable: true })
  status(@Parent() row: WorkOrderRow): Promise<Row | undefined> {
    return this.related.row('work_order_status', row.status_id);
  }

  @ResolveField('asset', () => outputTypeOf('Asset'), { nullable: true })
  asset(@Parent() row: WorkOrderRow): Promise<Row | undefined> {
    return this.related.row('asset', row.asset_id);
  }

  @ResolveField('location', () => outputTypeOf('Location'), { nullable: true })
  location(@Parent() row: WorkOrderRow): Promise<Row | undefined> {
    return this.related.row('location', row.location_id);
  }

  @ResolveField('categories', () => [outputTypeOf('Category')])
  categories(@Parent() row: WorkOrderRow): Promise<Row[]> {
    return this.related.rowsIn('category', row.categories_ids);
  }

  @ResolveField('technicians', () => [outputTypeOf('User')])
  technicians(@Parent() row: WorkOrderRow): Promise<Row[]> {
    return this.related.rowsIn('user', row.technicians_ids);
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
    await this.mutations.visible();
    return connectionFrom(await this.orders.otherCostPage(row.id, list));
  }

  @ResolveField('createdBy', () => outputTypeOf('User'), { nullable: true })
  createdBy(@Parent() row: WorkOrderRow): Promise<Row | undefined> {
    return this.related.row('user', row.created_by_id);
  }

  @ResolveField('updatedBy', () => outputTypeOf('User'), { nullable: true })
  updatedBy(@Parent() row: WorkOrderRow): Promise<Row | undefined> {
    return this.related.row('user', row.updated_by_id);
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

  private run(name: string, input: object, options: MutationOptions, command: OrderCommand): Promise<Row> {
    return this.mutations.run(name, input, options, async () => {
      const { state, position } = await this.commands.execute<OrderCommand, commands.WorkOrderOutcome>(command);
      // The read models may not have seen what was just decided, so the costs in the answer come from the decided states, too.
      return { row: { ...workOrderRow(state), decided: true }, position };
    });
  }
}

@Resolver(() => OtherCostType)
export class OtherCostsResolver {
  constructor(private readonly related: RelatedRecords) {}

  @ResolveField('category', () => outputTypeOf('Category'), { nullable: true })
  category(@Parent() row: Row): Promise<Row | undefined> {
    return this.related.row('category', row['category_id']);
  }

  @ResolveField('workOrder', () => outputTypeOf('WorkOrder'), { nullable: true })
  workOrder(@Parent() row: Row): Promise<Row | undefined> {
    return this.related.row('work_order', row['work_order_id']);
  }

  @ResolveField('createdBy', () => outputTypeOf('User'), { nullable: true })
  createdBy(@Parent() row: Row): Promise<Row | undefined> {
    return this.related.row('user', row['created_by_id']);
  }
}

import { Args, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { connectionFrom, connectionOf, listArgumentsOf, listComplexity, type ListArguments } from '#millwright/lists';
import { idOfPath, OverGraphql } from '#millwright/resources';
import { OtherCostReader } from './other-cost-reader.js';
import { otherCost } from './other-cost.shown.js';
import { otherCostList } from './read-models/other-cost-list.js';
import type { WorkOrderRow } from './read-models/work-order-row.js';
import { WorkOrderCostReader } from './work-order-costs.js';
import { partAssignment, totalCosts } from './work-order-costs.shown.js';
import { otherCostReads } from './work-order.operations.js';
import { workOrders } from './work-order.resource.js';

const OtherCostConnection = connectionOf('OtherCost', () => otherCost.type);
const OtherCostListArguments = listArgumentsOf('OtherCost', otherCostList);

/** What a work order shows beside its fields. */
@Resolver(() => workOrders.output)
export class WorkOrderFiguresResolver {
  constructor(
    private readonly otherCostReader: OtherCostReader,
    private readonly costs: WorkOrderCostReader,
  ) {}

  @ResolveField('partAssignments', () => [partAssignment.type], { description: 'What it has of each part.' })
  async partAssignments(@Parent() row: WorkOrderRow): Promise<object> {
    return (await this.costs.of(row)).lines;
  }

  @ResolveField('totalCosts', () => totalCosts.type, { description: 'What it costs, by what for.' })
  totalCosts(@Parent() row: WorkOrderRow): Promise<object> {
    return this.costs.of(row);
  }

  @ResolveField('otherCosts', () => OtherCostConnection, {
    complexity: listComplexity,
    description: 'Those of its costs that are neither labour nor a part.',
  })
  async otherCosts(@Parent() row: WorkOrderRow, @Args({ type: () => OtherCostListArguments }) list: ListArguments): Promise<object> {
    return connectionFrom(await this.otherCostReader.page(row.id, list));
  }
}

@Resolver(() => otherCost.type)
export class OtherCostsResolver {
  constructor(private readonly reader: OtherCostReader) {}

  @Query(() => otherCost.type, {
    name: 'otherCost',
    nullable: true,
    description: "One of a work order's other costs. Refused with NOT_FOUND.",
  })
  @OverGraphql(otherCostReads.one)
  otherCost(
    @Args('workOrderId', { type: () => ID, description: 'The number of the work order.' }) workOrderId: string,
    @Args('id', { type: () => ID, description: 'The number of the cost.' }) id: string,
  ): Promise<Row> {
    return this.reader.row(idOfPath(workOrderId), idOfPath(id));
  }
}

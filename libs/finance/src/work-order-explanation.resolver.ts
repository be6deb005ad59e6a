import { Args, Field, ID, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { idOfPath, OverGraphql } from '#millwright/resources';
import { totalCosts } from '#millwright/work-orders';
import { explanationLine } from './explanation-line.shown.js';
import { explainWorkOrder } from './reports.operations.js';
import { WorkOrderExplanation } from './work-order-explanation.js';

@ObjectType('WorkOrderExplanation', { description: 'What a work order costs, and the lines behind it.' })
class ExplanationOfWorkOrder {
  @Field(() => totalCosts.type, { description: 'What the lines add up to, by what for.' }) totalCosts!: object;
  @Field(() => [explanationLine.type], { description: 'Each event that adds to it, in the order of the log.' }) lines!: object[];
}

@Resolver()
export class WorkOrderExplanationResolver {
  constructor(private readonly explanation: WorkOrderExplanation) {}

  @Query(() => ExplanationOfWorkOrder, {
    name: 'explainWorkOrder',
    nullable: true,
    complexity: ({ childComplexity }: { childComplexity: number }) => 100 + 100 * childComplexity,
    description: 'Each posting and estimate behind what a work order costs. Refused with NOT_FOUND.',
  })
  @OverGraphql(explainWorkOrder)
  async explainWorkOrder(
    @Args('workOrderId', { type: () => ID, description: 'The number of the work order.' }) id: string,
  ): Promise<object> {
    const { costs, lines } = await this.explanation.explained(idOfPath(id));
    return { totalCosts: costs, lines };
  }
}

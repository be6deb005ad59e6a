import { Args, Field, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { DecimalScalar } from '#millwright/quantities';
import { OverGraphql } from '#millwright/resources';
import { costGroupings, CostsReport, type Grouping } from './costs-report.js';
import { getCostsReport } from './reports.operations.js';

@ObjectType({ description: "Amounts in the site's currency." })
class CostAmounts {
  @Field(() => DecimalScalar, { description: 'What hours of work cost.' }) labor!: string;
  @Field(() => DecimalScalar, { description: 'Parts that work orders used, less what they returned.' }) parts!: string;
  @Field(() => DecimalScalar, { description: 'What is neither labour nor a part; credits are negative.' }) other!: string;
  @Field(() => DecimalScalar, { description: 'All three together.' }) total!: string;
}

@ObjectType({ description: 'What was posted under one key.' })
class CostsReportLine extends CostAmounts {
  @Field(() => String, { nullable: true, description: 'An id, or a period like 2010, 2010-Q2, 2010-05; null where there is none.' })
  key!: string | number | null;

  @Field(() => String, { description: 'What people call the key.' }) label!: string;
}

@ObjectType({ description: 'What was posted; estimates of open orders are not in it.' })
class CostsReportResult {
  @Field(() => [CostsReportLine], { description: 'One for each key that has costs.' }) rows!: object[];
  @Field(() => CostAmounts, { description: 'All rows together.' }) totals!: object;
  @Field(() => String, { description: 'What the amounts are in: an ISO 4217 code.' }) currency!: string;
}

@Resolver()
export class ReportsResolver {
  constructor(private readonly report: CostsReport) {}

  @Query(() => CostsReportResult, {
    name: 'costsReport',
    description: "What was posted, grouped; a cost belongs to its effective date in the site's time zone.",
    complexity: ({ childComplexity }: { childComplexity: number }) => 100 + 100 * childComplexity,
  })
  @OverGraphql(getCostsReport)
  async costsReport(
    @Args('groupBy', { type: () => costGroupings.graphql, nullable: true, description: 'What makes a row; left out, asset.' })
    groupBy?: Grouping | null,
    @Args('from', { type: () => String, nullable: true, description: 'The first day, included: 2026-01-31.' }) from?: string | null,
    @Args('to', { type: () => String, nullable: true, description: 'The last day, included.' }) to?: string | null,
  ): Promise<object> {
    const asked = Object.entries({ group_by: groupBy, from, to }).filter(([, value]) => value != null);
    const { data, facts } = await this.report.read(Object.fromEntries(asked));
    return { rows: data, ...facts.meta };
  }
}

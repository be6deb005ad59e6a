import { Args, ArgsType, Field, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { currentEntity } from '#millwright/access';
import type { Row } from '#millwright/event-sourcing';
import type { RawQuery } from '#millwright/lists';
import { DecimalScalar } from '#millwright/quantities';
import { OverGraphql, SeenWith } from '#millwright/resources';
import { LaborReport } from './labor-report.js';
import { amountsSeenWith, laborGroupings, type LaborGrouping } from './labor-report-statements.js';
import { laborExplanationLine } from './labor-report.shown.js';
import { explainLaborReport, getLaborReport } from './reports.operations.js';

@ArgsType()
class LaborReportArguments {
  @Field(() => laborGroupings.graphql, { nullable: true, description: 'What makes a row; left out, technician.' })
  groupBy?: LaborGrouping | null;

  @Field(() => String, { nullable: true, description: 'The first day, included: 2026-01-31.' }) from?: string | null;
  @Field(() => String, { nullable: true, description: 'The last day, included.' }) to?: string | null;
}

@ObjectType({ description: 'Hours by the rate that they cost, up to 4 decimals.' })
class LaborHours {
  @Field(() => DecimalScalar, { description: 'Within the working time.' }) regular!: string;
  @Field(() => DecimalScalar, { description: 'Those of overtime.' }) overtime1!: string;
  @Field(() => DecimalScalar, { description: 'Those of overtime at the higher rate.' }) overtime2!: string;
  @Field(() => DecimalScalar, { description: 'All three together.' }) total!: string;
}

@ObjectType({ description: 'How long was worked, and what was posted for it.' })
class LaborSums {
  @Field(() => LaborHours, { description: 'The time, split by the days of the site.' }) hours!: object;
  @SeenWith('costs:read')
  @Field(() => DecimalScalar, { nullable: true, description: "What was posted, in the site's currency." })
  amount!: string | null;
}

@ObjectType({ description: 'The work under one key.' })
class LaborReportLine extends LaborSums {
  @SeenWith('costs:read', ({ groupBy }) => amountsSeenWith(groupBy as LaborGrouping))
  @Field(() => DecimalScalar, {
    nullable: true,
    description: "What was posted, in the site's currency; by technician, job title or labour category null without `rates:read`, too.",
  })
  declare amount: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'An id, a job title, or a period like 2026-03-02 or 2026-W10; null where there is none.',
  })
  key!: string | number | null;

  @Field(() => String, { description: 'What people call the key.' }) label!: string;
}

@ObjectType({ description: 'Who worked how long, and what was posted for it.' })
class LaborReportResult {
  @Field(() => [LaborReportLine], { description: 'One for each key that has labour.' }) rows!: object[];
  @Field(() => LaborSums, { description: 'All rows together.' }) total!: object;
  @Field(() => String, { description: 'What the amounts are in: an ISO 4217 code.' }) currency!: string;
}

const complexity = ({ childComplexity }: { childComplexity: number }): number => 100 + 100 * childComplexity;

@Resolver()
export class LaborReportResolver {
  constructor(private readonly report: LaborReport) {}

  @Query(() => LaborReportResult, {
    name: 'laborReport',
    complexity,
    description: 'Hours by rate and what was posted for them, grouped. Refused with VALIDATION_FAILED.',
  })
  @OverGraphql(getLaborReport)
  async laborReport(@Args() asked: LaborReportArguments): Promise<object> {
    const { rows, total } = await this.report.rows(queryOf(asked));
    return { rows, total, currency: currentEntity().currency };
  }

  @Query(() => [laborExplanationLine.type], {
    name: 'explainLaborReport',
    complexity,
    description: 'Each entry behind the labour report, and what it adds to which row. Refused with VALIDATION_FAILED.',
  })
  @OverGraphql(explainLaborReport)
  explainLaborReport(@Args() asked: LaborReportArguments): Promise<readonly Row[]> {
    return this.report.lines(queryOf(asked));
  }
}

const queryOf = ({ groupBy, from, to }: LaborReportArguments): RawQuery =>
  Object.fromEntries(Object.entries({ group_by: groupBy, from, to }).filter(([, value]) => value != null));

import { Args, Field, ObjectType, Query, Resolver } from '@nestjs/graphql';
import type { Row } from '#millwright/event-sourcing';
import { OverGraphql } from '#millwright/resources';
import { PmComplianceReport, type ExplainedCompliance } from './pm-compliance.js';
import { complianceLine, pmCompliance } from './pm-compliance.shown.js';
import { pmScheduleReads } from './pm-schedule.operations.js';

@ObjectType({ description: 'PM compliance, and the dates that it is made of.' })
class PmComplianceExplanation {
  @Field(() => pmCompliance.type, { description: 'The figures.' }) compliance!: object;
  @Field(() => [complianceLine.type], { description: 'Each date, in their order.' }) lines!: object[];
}

const From = (): ParameterDecorator => Args('from', { type: () => String, description: 'The first day, included: 2026-01-01.' });
const To = (): ParameterDecorator => Args('to', { type: () => String, description: 'The last day, included.' });

@Resolver()
export class PmComplianceResolver {
  constructor(private readonly report: PmComplianceReport) {}

  @Query(() => pmCompliance.type, {
    name: 'pmCompliance',
    nullable: true,
    description: 'How much of the planned maintenance of a period was done on time. Refused with VALIDATION_FAILED.',
  })
  @OverGraphql(pmScheduleReads.compliance)
  pmCompliance(@From() from: string, @To() to: string): Promise<Row> {
    return this.report.row({ from, to });
  }

  @Query(() => PmComplianceExplanation, {
    name: 'explainPmCompliance',
    nullable: true,
    complexity: ({ childComplexity }: { childComplexity: number }) => 100 + 100 * childComplexity,
    description: 'Each date behind PM compliance with the event that raised or skipped it. Refused with VALIDATION_FAILED.',
  })
  @OverGraphql(pmScheduleReads.explainCompliance)
  explainPmCompliance(@From() from: string, @To() to: string): Promise<ExplainedCompliance> {
    return this.report.explanation({ from, to });
  }
}

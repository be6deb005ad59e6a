import { applyDecorators, Controller, Get, Query } from '@nestjs/common';
import { ApiProperty, ApiQuery, ApiTags } from '@nestjs/swagger';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, OverRest, type Answer } from '#millwright/resources';
import { PmComplianceReport } from './pm-compliance.js';
import { complianceLine, pmCompliance } from './pm-compliance.shown.js';
import { pmScheduleReads } from './pm-schedule.operations.js';

class PmComplianceExplanation {
  @ApiProperty({ type: () => pmCompliance.type }) compliance!: object;
  @ApiProperty({ type: () => [complianceLine.type] }) lines!: object[];
}

const day = { type: 'string', format: 'date', example: '2026-01-31' } as const;
const ApiPeriod = (): MethodDecorator =>
  applyDecorators(
    ApiQuery({ name: 'from', required: true, schema: day, description: 'The first day, included.' }),
    ApiQuery({ name: 'to', required: true, schema: day, description: 'The last day, included.' }),
  );

@ApiTags('reports')
@Controller('api/v1/reports/pm_compliance')
export class PmComplianceController {
  constructor(private readonly report: PmComplianceReport) {}

  @Get()
  @OverRest(pmScheduleReads.compliance)
  @ApiPeriod()
  @ApiAnswer(pmCompliance.type)
  one(@Query() query: RawQuery): Promise<Answer> {
    return this.report.answer(query);
  }

  @Get('explain')
  @OverRest(pmScheduleReads.explainCompliance)
  @ApiPeriod()
  @ApiAnswer(PmComplianceExplanation)
  explain(@Query() query: RawQuery): Promise<Answer> {
    return this.report.explain(query);
  }
}

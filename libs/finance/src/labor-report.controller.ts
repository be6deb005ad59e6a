import { Controller, Get, Query } from '@nestjs/common';
import { ApiProperty, ApiQuery } from '@nestjs/swagger';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, OverRest, type Answer } from '#millwright/resources';
import { ApiTags } from '@nestjs/swagger';
import { LaborReport } from './labor-report.js';
import { laborGroupings } from './labor-report-statements.js';
import { laborExplanationLine } from './labor-report.shown.js';
import { explainLaborReport, getLaborReport } from './reports.operations.js';

class LaborReportHours {
  @ApiProperty({ type: 'number' }) regular!: number;
  @ApiProperty({ type: 'number' }) overtime1!: number;
  @ApiProperty({ type: 'number' }) overtime2!: number;
  @ApiProperty({ type: 'number' }) total!: number;
}

class LaborReportRow {
  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'integer' }],
    nullable: true,
    example: '2026-W10',
    description: 'An id, a job title, or a period like 2026-03-02 or 2026-W10.',
  })
  key!: string | number | null;
  @ApiProperty({ type: 'string' }) label!: string;
  @ApiProperty({ type: LaborReportHours }) hours!: LaborReportHours;
  @ApiProperty({
    type: 'number',
    nullable: true,
    description: 'Null without `costs:read`, and by technician, job title or labour category without `rates:read`, too.',
  })
  amount!: number | null;
}

const GroupBy = () =>
  ApiQuery({ name: 'group_by', required: false, schema: { type: 'string', enum: [...laborGroupings.words], default: 'technician' } });
const day = { type: 'string', format: 'date' } as const;
const First = () => ApiQuery({ name: 'from', required: false, schema: day, description: 'The first day, included.' });
const Last = () => ApiQuery({ name: 'to', required: false, schema: day, description: 'The last day, included.' });

@ApiTags('reports')
@Controller('api/v1/reports/labor')
export class LaborReportController {
  constructor(private readonly report: LaborReport) {}

  @Get()
  @OverRest(getLaborReport)
  @GroupBy()
  @First()
  @Last()
  @ApiAnswer(LaborReportRow, { list: true })
  rows(@Query() query: RawQuery): Promise<Answer> {
    return this.report.answer(query);
  }

  @Get('explain')
  @OverRest(explainLaborReport)
  @GroupBy()
  @First()
  @Last()
  @ApiAnswer(laborExplanationLine.type, { list: true })
  explain(@Query() query: RawQuery): Promise<Answer> {
    return this.report.explain(query);
  }
}

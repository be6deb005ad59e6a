import { Controller, Get, Query } from '@nestjs/common';
import { ApiProperty, ApiQuery } from '@nestjs/swagger';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, OverRest, type Answer } from '#millwright/resources';
import { costGroupings, CostsReport } from './costs-report.js';
import { getCostsReport } from './reports.operations.js';

class CostsReportRow {
  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'integer' }],
    nullable: true,
    example: '2010',
    description: 'An id, or a period like 2010, 2010-Q2, 2010-05.',
  })
  key!: string | number | null;
  @ApiProperty({ type: 'string' }) label!: string;
  @ApiProperty({ type: 'number' }) labor!: number;
  @ApiProperty({ type: 'number' }) parts!: number;
  @ApiProperty({ type: 'number' }) other!: number;
  @ApiProperty({ type: 'number' }) total!: number;
}

@ApiHeading('reports', 'Costs as finance sees them.')
@Controller('api/v1/reports')
export class ReportsController {
  constructor(private readonly costsReport: CostsReport) {}

  @Get('costs')
  @OverRest(getCostsReport)
  @ApiQuery({ name: 'group_by', required: false, schema: { type: 'string', enum: [...costGroupings.words], default: 'asset' } })
  @ApiQuery({ name: 'from', required: false, schema: { type: 'string', format: 'date' }, description: 'The first day, included.' })
  @ApiQuery({ name: 'to', required: false, schema: { type: 'string', format: 'date' }, description: 'The last day, included.' })
  @ApiAnswer(CostsReportRow, { list: true })
  costs(@Query() query: RawQuery): Promise<Answer> {
    return this.costsReport.read(query);
  }
}

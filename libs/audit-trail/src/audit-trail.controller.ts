import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiProperty } from '@nestjs/swagger';
import { ApiAnswer, ApiListQuery, type Answer, type RawQuery, ApiHeading } from '#millwright/resources';
import { auditTrailList, AuditTrailReader } from './audit-trail-reader.js';

class AuditTrailRow {
  @ApiProperty({
    type: 'string',
    example: '4711',
    description: 'Where the event stands in the log; text, because it is an unsigned 64-bit number.',
  })
  position!: string;
  @ApiProperty({ type: 'integer', description: 'Counts the events of the site without gap.' }) sequence!: number;
  @ApiProperty({ type: 'string', format: 'uuid' }) id!: string;
  @ApiProperty({ type: 'string', example: 'part-72' }) stream!: string;
  @ApiProperty({ type: 'integer' }) revision!: number;
  @ApiProperty({ type: 'string', example: 'PartRestocked' }) type!: string;
  @ApiProperty({ type: 'string', format: 'date-time' }) recorded_at!: string;
  @ApiProperty({ type: 'string', description: 'When it happened in the business: an instant or a plain date.' }) effective_at!: string;
  @ApiProperty({ type: 'object', properties: { kind: { type: 'string' }, id: { type: 'string' } } }) actor!: object;
  @ApiProperty({
    type: 'object',
    properties: { kind: { type: 'string' }, id: { type: 'string' } },
    nullable: true,
    description: 'What it was done with; null for process managers, the system and events of earlier releases.',
  })
  credential!: object | null;
  @ApiProperty({ type: 'integer', nullable: true }) part_id!: number | null;
  @ApiProperty({ type: 'integer', nullable: true }) work_order_id!: number | null;
  @ApiProperty({ type: 'string' }) correlation_id!: string;
  @ApiProperty({ type: 'string' }) causation_id!: string;
  @ApiProperty({ type: 'string' }) request_id!: string;
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What the event says, as it was stored.' }) data!: object;
}

@ApiHeading('audit trail', 'The history itself: every event with who did it, when, and with which credential.')
@Controller('api/v1/audit_trail')
export class AuditTrailController {
  constructor(private readonly trail: AuditTrailReader) {}

  @Get()
  @ApiOperation({
    operationId: 'listAuditTrail',
    summary: 'List every event of the site',
    description: 'In log order unless sorted otherwise, each as it was stored.',
  })
  @ApiListQuery(auditTrailList)
  @ApiAnswer(AuditTrailRow, { list: true })
  list(@Query() query: RawQuery): Promise<Answer> {
    return this.trail.list(query);
  }
}

import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, ApiListQuery, type Answer } from '#millwright/resources';
import { auditEvent } from './audit-event.shown.js';
import { auditTrailList, AuditTrailReader } from './audit-trail-reader.js';

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
  @ApiAnswer(auditEvent.type, { list: true })
  list(@Query() query: RawQuery): Promise<Answer> {
    return this.trail.list(query);
  }
}

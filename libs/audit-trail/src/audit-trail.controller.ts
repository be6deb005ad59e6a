import { Controller, Get, Query } from '@nestjs/common';
import { ApiQuery } from '@nestjs/swagger';
import type { RawQuery } from '#millwright/lists';
import { ApiAnswer, ApiHeading, ApiListQuery, OverRest, type Answer } from '#millwright/resources';
import { auditEvent } from './audit-event.shown.js';
import { listAuditTrail } from './audit-trail.operations.js';
import { auditTrailList, AuditTrailReader } from './audit-trail-reader.js';

@ApiHeading('audit trail', 'The history itself: every event with who did it, when, and with which credential.')
@Controller('api/v1/audit_trail')
export class AuditTrailController {
  constructor(private readonly trail: AuditTrailReader) {}

  @Get()
  @OverRest(listAuditTrail)
  @ApiListQuery(auditTrailList)
  @ApiQuery({
    name: 'of_customer',
    required: false,
    schema: { type: 'boolean', default: false },
    description: 'Instead of what happened at the site, what concerns all sites. Needs `audit:read` at every one.',
  })
  @ApiAnswer(auditEvent.type, { list: true })
  list(@Query() query: RawQuery): Promise<Answer> {
    return this.trail.list(query);
  }
}

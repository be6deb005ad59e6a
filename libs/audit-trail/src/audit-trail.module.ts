import { Module } from '@nestjs/common';
import { auditEvent } from './audit-event.shown.js';
import { AuditTrailController } from './audit-trail.controller.js';
import { AuditTrailResolver } from './audit-trail.resolver.js';
import { AuditTrailReader } from './audit-trail-reader.js';
import { explainedEvent } from './explained-event.shown.js';

/** Every event, for reading. */
@Module({
  controllers: [AuditTrailController],
  providers: [AuditTrailReader, AuditTrailResolver, auditEvent.resolver, explainedEvent.resolver],
})
export class AuditTrailModule {}

import { Module } from '@nestjs/common';
import { AuditTrailController } from './audit-trail.controller.js';
import { AuditTrailResolver } from './audit-trail.resolver.js';
import { AuditTrailReader } from './audit-trail-reader.js';
import { explainedEvent } from './explained-event.shown.js';

/** Every event, for reading. */
@Module({ controllers: [AuditTrailController], providers: [AuditTrailReader, AuditTrailResolver, explainedEvent.resolver] })
export class AuditTrailModule {}

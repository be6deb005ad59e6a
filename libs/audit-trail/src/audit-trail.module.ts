import { Module } from '@nestjs/common';
import { AuditTrailController } from './audit-trail.controller.js';
import { AuditTrailReader } from './audit-trail-reader.js';

/** Every event, for reading. */
@Module({ controllers: [AuditTrailController], providers: [AuditTrailReader] })
export class AuditTrailModule {}

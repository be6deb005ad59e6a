export { auditTrailProjection } from './read-models/audit-trail.js';
export { AuditTrailModule } from './audit-trail.module.js';

export { auditTrailProjection } from './read-models/audit-trail.js';
export { ShownEvent } from './explained-event.shown.js';
export { AuditTrailModule } from './audit-trail.module.js';

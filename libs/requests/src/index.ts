export * from './domain/request.events.js';
export { workOrderRequest, type WorkOrderRequest } from './domain/request.js';
export { convertRequest, followOrder } from './domain/request-decisions.js';
export { workOrderRequests } from './request.resource.js';
export { workOrderRequestsProjection } from './read-models/request-row.js';
export { RequestsModule, requestRecords } from './requests.module.js';
export { Portal } from './portal.js';
export { requestErrors } from './errors.js';
export { requestEntities, requestMigrations } from './portal-submission.entity.js';

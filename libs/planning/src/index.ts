export { planningRecords, PlanningModule } from './planning.module.js';
export { planningErrors } from './errors.js';
export { pmSchedules, templateWorkOrderIds } from './pm-schedule.resource.js';
export { pmScheduleFields } from './pm-schedule.fields.js';
export { pmSchedulesProjection } from './read-models/pm-schedules.js';
export { occurrenceReaction } from './order-opening.js';
export { ordersOfSchedules } from './orders-of-schedules.js';
export { archivedSites, timeZoneFollower } from './site-followers.js';
export { pmTimer } from './pm-timer.js';

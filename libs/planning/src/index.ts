export { planningRecords, PlanningModule } from './planning.module.js';
export { planningErrors } from './errors.js';

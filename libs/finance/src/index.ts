export { costsProjection } from './read-models/costs.js';
export { LaborReport } from './labor-report.js';
export { FinanceModule } from './finance.module.js';

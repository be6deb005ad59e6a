export { costsProjection } from './read-models/costs.js';
export { FinanceModule } from './finance.module.js';

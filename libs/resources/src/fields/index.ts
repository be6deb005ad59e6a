export * from './field-definition.js';
export * from './choices.js';
export * from './fields.js';
export { plainDateProblem } from './checks.js';
export { fieldErrors } from './errors.js';

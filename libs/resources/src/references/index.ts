export * from './reference-targets.js';
export * from './related-records.js';
export * from './reference-checks.js';
export * from './external-references.js';
export { referenceErrors } from './errors.js';
export { RememberedRows } from './remembered-rows.js';

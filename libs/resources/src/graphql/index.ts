export { describeColumns } from './descriptions.js';
export * from './output-types.js';
export * from './list-types.js';
export * from './mutations.js';
export { Relations } from './relations.js';

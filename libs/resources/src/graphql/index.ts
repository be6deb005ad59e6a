export * from './output-types.js';
export * from './mutations.js';

export * from './answer.js';
export * from './errors/index.js';
export * from './rest/index.js';
export * from './names.js';
export * from './instants.js';
export * from './fields/index.js';
export * from './list-query/index.js';

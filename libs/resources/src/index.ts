export * from './answer.js';
export * from './errors/index.js';
export * from './rest/index.js';

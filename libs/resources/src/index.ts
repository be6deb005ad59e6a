export * from './answer.js';
export * from './rest/index.js';
export * from './references/index.js';
export * from './graphql/index.js';
export * from './resource/index.js';
export * from './operations/index.js';
export { OwnWrites } from './own-writes.js';
export { Writes } from './writes.js';
export * from './questions.js';

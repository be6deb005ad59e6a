export * from './refusals.js';
export * from './resource-definition.js';
export * from './resource-reader.js';
export * from './resource-writer.js';
export * from './command-handler.js';
export { detailsIn } from './stored-values.js';

export * from './field-definition.js';
export * from './fields.js';

export * from './path-id.js';
export * from './resource-body.js';
export * from './api-documents.js';

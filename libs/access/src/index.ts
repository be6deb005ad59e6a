export * from './api-keys.js';
export * from './entity-directory.js';
export * from './idempotency-keys.js';
export type { StoredAnswer } from './idempotency-table.js';
export type { IdempotentRequest } from './idempotent-request.js';
export * from './migrations.js';
export * from './position-waiter.js';
export * from './request-scope.js';

export * from './event.js';
export * from './decider.js';
export * from './event-log.js';
export * from './command-context.js';
export * from './event-store.js';
export * from './projection.js';
export { canonicalJson, canonicalText, NotCanonical } from './canonical.js';
export { logMigrations, type Migration } from './postgres/log-schema.js';
export { PostgresLog, type PostgresLogOptions } from './postgres/postgres-log.js';

export { EmbeddedPostgres, type EmbeddedPostgresOptions, type SupervisorLogger } from './embedded-postgres.js';
export { EmbeddedPostgresError } from './embedded-postgres-error.js';

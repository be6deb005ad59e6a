export { EmbeddedPostgres, type EmbeddedPostgresOptions, type SupervisorLogger } from './embedded-postgres.js';
export { EmbeddedPostgresError, FolderInUse } from './embedded-postgres-error.js';

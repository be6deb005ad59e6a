export { EmbeddedPostgres, type EmbeddedPostgresOptions, type SupervisorLogger } from './embedded-postgres.js';
export { EmbeddedPostgresError } from './embedded-postgres-error.js';
export { roleNames } from './data-folder.js';
export { freePort } from './postmaster.js';

export { EmbeddedPostgres, type EmbeddedPostgresOptions, type SupervisorLogger } from './embedded-postgres.js';
export { dataFolderAt, makeDataFolder, writePrivateFile } from './data-folder.js';
export { EmbeddedPostgresError, FolderInUse } from './embedded-postgres-error.js';
export { explained } from './unusable-folder.js';

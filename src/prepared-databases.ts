import type { Logger } from 'pino';
import type { Configuration } from './config.js';
import { connectDatabases, type Databases } from './databases.js';
import { migrate } from './read-database/migrate.js';
import { assertSuitable } from './read-database/server-checks.js';

/**
 * Opens the database, checks that promises can be kept on it, and brings it up to this version.
 * @throws EmbeddedPostgresError, UnsuitableDatabase, DatabaseIsNewer, each with a message for a person
 */
export const openDatabases = async (configuration: Configuration, logger: Logger): Promise<Databases> =>
  prepared(await connectDatabases(configuration, logger), logger);

/** The same for a database that is connected; one that cannot be used is closed. */
export async function prepared(databases: Databases, logger: Logger): Promise<Databases> {
  try {
    await assertSuitable(databases.appUrl);
    const note = await migrate(databases);
    if (note !== undefined) logger.warn(note);
    return databases;
  } catch (error) {
    await databases.close();
    throw error;
  }
}

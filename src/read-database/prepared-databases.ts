import type { Logger } from 'pino';
import { CannotStart } from '../start/cannot-start.js';
import type { Configuration } from '../config.js';
import { connectDatabases, type Databases } from './databases.js';
import { migrate } from './migrate.js';

/** PostgreSQL's code for it. */
const insufficientPrivilege = '42501';

/**
 * Opens the database, checks that promises can be kept on it, and brings it up to this version.
 * @throws CannotStart: the errors of `connectDatabases` and of `prepared`
 */
export const openDatabases = async (configuration: Configuration, logger: Logger): Promise<Databases> =>
  prepared(await connectDatabases(configuration, logger), logger);

/**
 * The same for a database that is connected; one that cannot be used is closed.
 * @throws CannotStart: DatabaseIsNewer, DatabaseIsBusy, or that the owner's role may not make tables
 */
export async function prepared(databases: Databases, logger: Logger): Promise<Databases> {
  try {
    const note = await migrate(databases);
    if (note !== undefined) logger.warn(note);
    return databases;
  } catch (error) {
    await databases.close();
    throw (error as { code?: unknown }).code === insufficientPrivilege ? mayNotMakeTables(error as Error, databases) : error;
  }
}

function mayNotMakeTables(cause: Error, { appUrl, ownerUrl }: Databases): CannotStart {
  const [role, advice] =
    ownerUrl === appUrl
      ? ['DATABASE_URL', 'Make it the owner of the database, or set MIGRATIONS_DATABASE_URL to the owner.']
      : ['MIGRATIONS_DATABASE_URL', 'Make it the owner of the database.'];
  return new CannotStart(`The role of ${role} may not make the tables it needs: ${cause.message}. ${advice}`, { cause });
}

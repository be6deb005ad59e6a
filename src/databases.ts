import type { Logger } from 'pino';
import type { Configuration } from './config.js';
import { EmbeddedPostgres } from './embedded-postgres/index.js';
import { migrate } from './read-database/migrate.js';
import { assertSuitable } from './read-database/server-checks.js';

/** The database everything lies in: the embedded one, or the user's own. Injected by class. */
export class Databases {
  private closing = false;

  constructor(
    /** As the application's role: reads and writes rows, appends events. */
    readonly appUrl: string,
    /** As the owner of the tables: migrations, and the tables of read models. */
    readonly ownerUrl: string,
    private readonly embedded?: EmbeddedPostgres,
  ) {}

  /** Whether connections break because we want it. */
  get isClosing(): boolean {
    return this.closing;
  }

  /** Megabytes left on the disk of the embedded database when that is too little to write; undefined while there is enough, or nothing to look at. */
  get scarceMegabytes(): number | undefined {
    return this.embedded?.disk.isScarce ? this.embedded.disk.freeMegabytes : undefined;
  }

  /** Stops the embedded server; the user's own is left alone. */
  async close(): Promise<void> {
    this.closing = true;
    await this.embedded?.stop();
  }
}

/**
 * Opens the database, checks that promises can be kept on it, and brings it up to this version.
 * @throws EmbeddedPostgresError, UnsuitableDatabase, DatabaseIsNewer, each with a message for a person
 */
export async function openDatabases(configuration: Configuration, logger: Logger): Promise<Databases> {
  const databases = await connect(configuration, logger);
  try {
    await assertSuitable(databases.appUrl);
    await migrate(databases);
    return databases;
  } catch (error) {
    await databases.close();
    throw error;
  }
}

async function connect({ databaseUrl, migrationsDatabaseUrl, dataDirectory }: Configuration, logger: Logger): Promise<Databases> {
  if (databaseUrl !== undefined) return new Databases(databaseUrl, migrationsDatabaseUrl ?? databaseUrl);
  const report = {
    info: (text: string) => logger.info(text),
    warn: (text: string) => logger.warn(text),
    error: (text: string) => logger.error(text),
  };
  const embedded = await EmbeddedPostgres.start({ directory: dataDirectory, logger: report });
  return new Databases(embedded.urlFor('app'), embedded.urlFor('owner'), embedded);
}

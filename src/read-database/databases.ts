import type { Logger } from 'pino';
import type { Configuration } from '../config.js';
import { EmbeddedPostgres } from '../embedded-postgres/index.js';
import { assertOwnerIsLetIn, assertSuitable } from './server-checks.js';
import { assertNoUnfinishedRestore } from '../embedded-postgres/unfinished-restore.js';

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
 * Finds the database: starts the embedded one, or asks the user's own whether promises can be kept on it. This file loads quickly, so that an embedded database that has
 * a log to replay does so while the rest of the program is still being loaded.
 * @throws CannotStart: EmbeddedPostgresError, UnsuitableDatabase, or one that says why there is no connection
 */
export async function connectDatabases(
  { databaseUrl, migrationsDatabaseUrl, dataDirectory }: Configuration,
  logger: Logger,
): Promise<Databases> {
  if (databaseUrl !== undefined) {
    await assertSuitable(databaseUrl);
    if (migrationsDatabaseUrl !== undefined) await assertOwnerIsLetIn(migrationsDatabaseUrl);
    return new Databases(databaseUrl, migrationsDatabaseUrl ?? databaseUrl);
  }
  const report = {
    info: (text: string) => logger.info(text),
    warn: (text: string) => logger.warn(text),
    error: (text: string) => logger.error(text),
  };
  assertNoUnfinishedRestore(dataDirectory);
  const embedded = await EmbeddedPostgres.start({ directory: dataDirectory, logger: report });
  try {
    await assertSuitable(embedded.urlFor('app'), 'DATA_DIR');
  } catch (error) {
    await embedded.stop();
    throw error;
  }
  return new Databases(embedded.urlFor('app'), embedded.urlFor('owner'), embedded);
}

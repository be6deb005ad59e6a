import type pg from 'pg';
import type { DataSource, DataSourceOptions, EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { entities } from './entities.js';
import { ImpatientClient } from './impatient-client.js';
import { StatementCounter } from './statement-counter.js';

const connectTimeoutMilliseconds = 2_000;
/** For migrations, which nobody waits for with a deadline: a machine that starts everything at once may be slow to let them in. */
const migrationsConnectMilliseconds = 60_000;
const statementTimeoutMilliseconds = 5_000;

/**
 * TypeORM on a database. It never synchronises: tables are made by migrations and by the projections.
 * `statementTimeoutMilliseconds` is left out for migrations, which take what they take.
 */
export function dataSourceOptions(
  url: string,
  options: { connections: number; statementTimeoutMilliseconds?: number; onPoolError?: (error: Error) => void },
) {
  return {
    type: 'postgres',
    url,
    synchronize: false,
    logging: false,
    installExtensions: false,
    connectTimeoutMS: options.statementTimeoutMilliseconds === undefined ? migrationsConnectMilliseconds : connectTimeoutMilliseconds,
    // An idle connection that breaks is an event nobody awaits: unhandled, it would end the process.
    poolErrorHandler: (error: Error) => options.onPoolError?.(error),
    extra: {
      Client: ImpatientClient,
      max: options.connections,
      keepAlive: true,
      ...timeouts(options.statementTimeoutMilliseconds),
    },
  } satisfies DataSourceOptions;
}

/** Tries of `connectTimeoutMilliseconds` each. */
const firstTries = 30;
/** How the pool, and the driver, say that a connection did not come in time. */
const notInTime = /timeout exceeded when trying to connect|Connection terminated due to connection timeout|timeout expired/;

/**
 * Connects a data source for the first time. That a connection does not come within the time of a request is no reason to end the whole start:
 * the machine may be busy, and this program itself is while its modules are made.
 * @throws what the driver throws, once it is something else or has gone on for a minute
 */
export async function connected<Source extends DataSource>(source: Source): Promise<Source> {
  for (let tries = 1; ; tries += 1) {
    try {
      await source.initialize();
      return source;
    } catch (error) {
      if (tries === firstTries || !(error instanceof Error && notInTime.test(error.message))) throw error;
    }
  }
}

/** The server gives up first; the client a little later, for a server that has fallen silent. */
const timeouts = (milliseconds: number | undefined): object =>
  milliseconds === undefined ? {} : { statement_timeout: milliseconds, query_timeout: milliseconds + 1_000 };

/** The options of the application's reads; `onStatement` is told of each. */
export const readOptions = (
  url: string,
  { onPoolError, onStatement }: { onPoolError: (error: Error) => void; onStatement: () => void },
) => ({
  ...dataSourceOptions(url, { connections: 20, statementTimeoutMilliseconds, onPoolError }),
  logger: new StatementCounter(onStatement),
});

/** The options of what is written: the entities of schema `app`, and the pool that hot paths use without TypeORM. */
export const writeOptions = (url: string, { onPoolError }: { onPoolError: (error: Error) => void }) => {
  const options = dataSourceOptions(url, { connections: 10, statementTimeoutMilliseconds: 4_000, onPoolError });
  return {
    ...options,
    applicationName: 'millwright',
    entities: [...entities],
    extra: { ...options.extra, idle_in_transaction_session_timeout: 5_000 },
  };
};

/** The connections that a repository uses too, so that what TypeORM and `pg` write together waits for one pool and can share a transaction. */
export const poolOf = ({ dataSource }: EntityManager): pg.Pool => (dataSource.driver as PostgresDriver).master as pg.Pool;

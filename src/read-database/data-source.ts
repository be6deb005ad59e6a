import type pg from 'pg';
import type { DataSourceOptions, EntityManager } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { entities } from './entities.js';
import { ImpatientClient } from './impatient-client.js';
import { StatementCounter } from './statement-counter.js';

const connectTimeoutMilliseconds = 2_000;
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
    connectTimeoutMS: connectTimeoutMilliseconds,
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

import type { DataSourceOptions } from 'typeorm';
import { ImpatientClient } from './impatient-client.js';
import { StatementCounter } from './statement-counter.js';

const connectTimeoutMilliseconds = 2_000;
const statementTimeoutMilliseconds = 5_000;

/**
 * TypeORM on a database: for reading and for migrations. It knows no entity and never synchronises; tables are made by migrations and by the projections.
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

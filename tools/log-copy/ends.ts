import { eventStoreDbAddressOf, openEventStoreDbLog, PostgresLog, type EventLog } from '#millwright/event-sourcing';
import type { Logger } from 'pino';
import { Configuration } from '../../src/config.js';
import type { Databases } from '../../src/read-database/databases.js';
import { openDatabases } from '../../src/read-database/prepared-databases.js';
import { homeOf, type LogHome } from '../../src/event-log/log-home.js';
import { CannotCopy } from './cannot-copy.js';

export type End = Readonly<{
  log: EventLog;
  home: LogHome;
  /** As the application would have to be configured to work on this end. */
  configuration: Configuration;
}>;

/** Both ends of a copy; the database is that of the PostgreSQL one, which keeps read models and checkpoints wherever the log is. */
export type Ends = Readonly<{ source: End; target: End; databases: Databases; close(): Promise<void> }>;

const isEventStore = (address: string): boolean => /^esdb(\+discover)?:/.test(address);
const isPostgres = (address: string): boolean => address === 'embedded' || /^postgres(ql)?:/.test(address);

/**
 * Opens both ends, and brings the database up to this version.
 * @throws CannotCopy, UnusableAddress, and the errors of `openDatabases`
 */
export async function openEnds(from: string, to: string, environment: Configuration, logger: Logger): Promise<Ends> {
  for (const address of [from, to])
    if (!isEventStore(address) && !isPostgres(address)) throw new CannotCopy(`"${address}" is none of embedded, postgres://… and esdb://…`);
  if (isEventStore(from) && isEventStore(to))
    throw new CannotCopy('Between two EventStoreDB servers, use a backup of the first: a node that is restored from it has the same log.');
  if (isPostgres(from) && isPostgres(to))
    throw new CannotCopy(
      'Between two PostgreSQL servers, use pg_dump and pg_restore: the log lies in the database, with everything that belongs to it.',
    );
  const database = isPostgres(from) ? from : to;
  eventStoreDbAddressOf(isPostgres(from) ? to : from);
  const onPostgres = new Configuration({
    ...environment,
    databaseUrl: database === 'embedded' ? undefined : database,
    eventStoreUrl: undefined,
  });
  const onEventStore = new Configuration({ ...onPostgres, eventStoreUrl: isPostgres(from) ? to : from });
  const databases = await openDatabases(onPostgres, logger);
  const inPostgres = endOf(new PostgresLog({ url: databases.appUrl }), onPostgres);
  const inEventStore = endOf(
    await openEventStoreDbLog({ url: onEventStore.eventStoreUrl ?? '', prefix: onEventStore.eventStorePrefix, readTimeout: 30_000 }),
    onEventStore,
  );
  const [source, target] = isPostgres(from) ? [inPostgres, inEventStore] : [inEventStore, inPostgres];
  const close = async (): Promise<void> => {
    await Promise.all([source.log.close(), target.log.close()]);
    await databases.close();
  };
  return { source, target, databases, close };
}

const endOf = (log: EventLog, configuration: Configuration): End => ({ log, configuration, home: homeOf(configuration) });

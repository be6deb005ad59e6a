import { openEventStoreDbLog, PostgresLog, type EventLog } from '#millwright/event-sourcing';
import type { Logger } from 'pino';
import type { Configuration } from './config.js';
import type { Databases } from './databases.js';

/** The log: in EventStoreDB where EVENTSTORE_URL says so, else in the database beside everything else. */
export async function openEventLog(
  { eventStoreUrl, eventStorePrefix }: Configuration,
  { appUrl }: Databases,
  logger: Logger,
): Promise<EventLog> {
  if (eventStoreUrl === undefined) return new PostgresLog({ url: appUrl });
  const onTrouble = (error: unknown): void => logger.warn({ err: error }, 'a subscription to EventStoreDB was lost and is taken up again');
  return openEventStoreDbLog({ url: eventStoreUrl, prefix: eventStorePrefix, onTrouble });
}

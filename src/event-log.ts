import { openEventStoreDbLog, PostgresLog, withUpcasting, type EventLog } from '#millwright/event-sourcing';
import type { Logger } from 'pino';
import type { Configuration } from './config.js';
import type { Databases } from './databases.js';
import { upcasters } from './upcasters.js';

/** The log: in EventStoreDB where EVENTSTORE_URL says so, else in the database beside everything else. */
export async function openEventLog(
  { eventStoreUrl, eventStorePrefix }: Configuration,
  { appUrl }: Databases,
  logger: Logger,
): Promise<EventLog> {
  if (eventStoreUrl === undefined) return withUpcasting(new PostgresLog({ url: appUrl }), upcasters);
  const onTrouble = (error: unknown): void => logger.warn({ err: error }, 'a subscription to EventStoreDB was lost and is taken up again');
  return withUpcasting(await openEventStoreDbLog({ url: eventStoreUrl, prefix: eventStorePrefix, onTrouble }), upcasters);
}

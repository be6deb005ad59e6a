import { openEventStoreDbLog, PostgresLog, type EventLog } from '#millwright/event-sourcing';
import type { Configuration } from './config.js';
import type { Databases } from './databases.js';

/** The log: in EventStoreDB where EVENTSTORE_URL says so, else in the database beside everything else. */
export async function openEventLog({ eventStoreUrl, eventStorePrefix }: Configuration, { appUrl }: Databases): Promise<EventLog> {
  return eventStoreUrl === undefined
    ? new PostgresLog({ url: appUrl })
    : openEventStoreDbLog({ url: eventStoreUrl, prefix: eventStorePrefix });
}

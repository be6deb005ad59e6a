import type { EventLog } from '../event-log.js';
import type { EventStoreDbLogOptions } from './settings.js';

export { AppendTooLarge, LogAccessDenied } from './failures.js';
export { addressOf as eventStoreDbAddressOf } from './settings.js';
export type { EventStoreDbLogOptions } from './settings.js';

/**
 * The log in EventStoreDB. Its client and gRPC are loaded here and not at the top, because most installations never need them.
 * @throws UnusableAddress (no `esdb://`, an option nobody knows, TLS without credentials); nothing is connected before the first call
 */
export async function openEventStoreDbLog(options: EventStoreDbLogOptions): Promise<EventLog> {
  const { EventStoreDbLog } = await import('./eventstoredb-log.js');
  return new EventStoreDbLog(options);
}

import {
  EventStoreDBClient,
  START,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type BaseOptions,
  type ReadPosition,
} from '@eventstore/db-client';
import type { Position } from '../event.js';
import { release } from './patient-client.js';
import { atMostASecond } from './patience.js';
import { recordedFrom } from './recorded-event.js';
import type { EventStoreDbAddress } from './settings.js';
import type { Connection, Delivery } from './subscription.js';

/** The server sends a checkpoint each time it considered this many times 32 events. */
const checkpointMultiplier = 8;
/** Events that may wait here to be consumed. */
const waitingEvents = 256;

/** Those that run, for whoever learns that their server has fallen silent. */
export type OpenSubscriptions = Set<Pick<AllStreamSubscription, 'destroy'>>;

export type Wanted = Readonly<{
  after: Position;
  /** What the names of the wanted streams begin with; undefined wants all but the server's own. */
  prefixes: readonly string[] | undefined;
}>;

/**
 * Opens a subscription with a client of its own: a slow consumer fills its connection's window, and appends must not wait behind that; and a
 * new client asks anew who leads. `prefix` is taken off the names.
 */
export function openSubscription(
  { reachable, credentials }: EventStoreDbAddress,
  { prefix, ...wanted }: Wanted & Readonly<{ prefix: string }>,
  open: OpenSubscriptions,
): Connection {
  const client = EventStoreDBClient.connectionString(reachable);
  const subscription = subscribeFiltered(client, wanted, { call: { credentials }, checkpointMultiplier, waitingEvents });
  open.add(subscription);
  return {
    read: () => deliveryOf(subscription.read(), prefix),
    deliveries: subscription,
    close: async () => {
      open.delete(subscription);
      await atMostASecond(subscription.unsubscribe());
      await release(client);
    },
  };
}

/** What the server itself has filtered: a subscription to $all in which checkpoints and the word that it is live stand in their places among the events. */
export function subscribeFiltered(
  client: EventStoreDBClient,
  { after, prefixes }: Wanted,
  options: Readonly<{ call: BaseOptions; checkpointMultiplier: number; waitingEvents: number }>,
): AllStreamSubscription {
  const checkpoints = {
    checkpointInterval: options.checkpointMultiplier,
    // Called while the message passes through, so that pushing keeps its place among the events.
    checkpointReached: (own: AllStreamSubscription, { commit }: { commit: bigint }) =>
      void own.push({ kind: 'checkpoint', position: commit } satisfies Delivery),
  };
  const subscription = client.subscribeToAll(
    {
      ...options.call,
      fromPosition: readPositionOf(after),
      filter: prefixes
        ? streamNameFilter({ prefixes: [...prefixes], ...checkpoints })
        : streamNameFilter({ regex: '^[^$]', ...checkpoints }),
    },
    { highWaterMark: options.waitingEvents },
  );
  subscription.on('caughtUp', () => void subscription.push({ kind: 'live' } satisfies Delivery));
  return subscription;
}

export const readPositionOf = (position: Position): ReadPosition => (position === 0n ? START : { commit: position, prepare: position });

/** An item that such a subscription hands out; undefined for one that tells nothing. */
export function deliveryOf(item: unknown, prefix: string): Delivery | undefined {
  if (item === null) return undefined;
  if (typeof item === 'object' && 'kind' in item) return item as Delivery;
  const { event } = item as AllStreamResolvedEvent;
  return event ? { kind: 'event', event: recordedFrom(event, prefix) } : undefined;
}

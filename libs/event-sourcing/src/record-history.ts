import type { Actor, Event, EventMetadata } from './event.js';

/** When and by whom, read from an event's metadata. */
export type Stamp = Readonly<{ at: string; by: Actor }>;

/** Where a record belongs and who touched it first and last. Undefined where an event has not been recorded (a decision in a test). */
export type RecordHistory = Readonly<{ customerId: number; entityId: number | null; created: Stamp; updated: Stamp }>;

/**
 * The history after one more event. Effects of process managers are no updates: a reservation made on behalf of a work order
 * does not mean that somebody edited the part.
 */
export function historyAfter(history: RecordHistory | undefined, event: Event): RecordHistory | undefined {
  const metadata = metadataOf(event);
  if (!metadata) return history;
  const stamp: Stamp = { at: metadata.recorded_at, by: metadata.actor };
  if (!history) return { customerId: metadata.customer_id, entityId: metadata.entity_id, created: stamp, updated: stamp };
  return metadata.actor.kind === 'process_manager' ? history : { ...history, updated: stamp };
}

const metadataOf = (event: Event & { metadata?: EventMetadata }): EventMetadata | undefined => event.metadata;

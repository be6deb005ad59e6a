import type { Actor, Credential, Event, EventMetadata } from './event.js';

/** When (RFC 3339, UTC) and by whom, read from an event's metadata. */
export type Stamp = Readonly<{ at: string; by: Actor }>;

/** Where a record belongs and who touched it first and last. Undefined where an event has not been recorded (a decision in a test). */
export type RecordHistory = Readonly<{ customerId: number; entityId: number | null; created: Stamp; updated: Stamp }>;

/**
 * The history after one more event. The time is that of the last event, whatever it was, so that whoever asks for what changed finds it; the person
 * is the last who acted: a reservation made on behalf of a work order does not mean that somebody edited the part.
 */
export function historyAfter(history: RecordHistory | undefined, event: Event): RecordHistory | undefined {
  const metadata = metadataOf(event);
  const stamp = stampOf(event);
  if (!metadata || !stamp) return history;
  if (!history) return { customerId: metadata.customer_id, entityId: metadata.entity_id, created: stamp, updated: stamp };
  return { ...history, updated: stamp.by.kind === 'process_manager' ? { at: stamp.at, by: history.updated.by } : stamp };
}

/** When and by whom an event was recorded, for states that need it; undefined where it has not been (a decision in a test). */
export function stampOf(event: Event): Stamp | undefined {
  const metadata = metadataOf(event);
  return metadata && { at: metadata.recorded_at, by: metadata.actor };
}

/** How many events of the same command stand before it in its append; 0 also where that was not noted yet, and of what has not been recorded. */
export const placeInAppend = (event: Event): number => metadataOf(event)?.append?.index ?? 0;

/** What an event was caused with, for states that need it; undefined where it has not been recorded, or nobody came in for it. */
export const credentialOf = (event: Event): Credential | undefined => metadataOf(event)?.credential;

const metadataOf = (event: Event & { metadata?: EventMetadata }): EventMetadata | undefined => event.metadata;

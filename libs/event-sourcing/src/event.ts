/** Anything JSON can say. Decimals inside events are canonical strings, never numbers. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * What a decision returns: something that happened, in the past tense. Stored for ever.
 * `effectiveAt` is when it happened in the business (RFC 3339 instant in UTC, or a plain date where a date is meant); left out, it is the recorded time.
 */
export type Event<Type extends string = string, Data = unknown> = Readonly<{ type: Type; data: Data; effectiveAt?: string }>;

/** Who did it: a kind and an id, never a name (names are personal data and live outside events). */
export type Actor = Readonly<{ kind: 'api_key' | 'user' | 'process_manager' | 'system'; id: string }>;

/** Stored beside the data, in these very names (storage-format.md, "Envelope"). Times are UTC with milliseconds. */
export type EventMetadata = Readonly<{
  recorded_at: string;
  effective_at: string;
  schema_version: number;
  actor: Actor;
  entity_id: number | null;
  customer_id: number;
  request_id: string;
  $correlationId: string;
  $causationId: string;
  append?: Readonly<{ index: number; size: number }>;
}>;

/** An event on its way into the log: it has an id, but no revision yet. */
export type ProposedEvent = Readonly<{ id: string; type: string; data: unknown; metadata: EventMetadata }>;

/** Where an event stands in the whole log: an unsigned 64-bit number, so never a JavaScript number. `0n` is before the first event. */
export type Position = bigint;

/** An event as the log has it. `revision` counts from 0 in its stream; `position` stands outside the canonical bytes. */
export type RecordedEvent<E extends Event = Event> = E &
  Readonly<{ id: string; stream: string; revision: number; position: Position; metadata: EventMetadata }>;

/** Anything JSON can say. Decimals inside events are canonical strings, never numbers. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/**
 * What a decision returns: something that happened, in the past tense. Stored for ever.
 * `effectiveAt` is when it happened in the business (RFC 3339 instant in UTC, of which the site's date is stored, or a plain date); left out, it is the
 * day on which it is recorded. `version` is that of the event's data, 1 unless its type says otherwise.
 */
export type Event<Type extends string = string, Data = unknown> = Readonly<{
  type: Type;
  data: Data;
  effectiveAt?: string;
  version?: number;
}>;

/**
 * Who did it: a kind and an id, never a name (names are personal data and live outside events). A `user` has the id of a person.
 * `api_key` stands only in events from before persons were noted: their id is the credential's.
 */
export type Actor = Readonly<{ kind: 'user' | 'client' | 'service_account' | 'process_manager' | 'system' | 'api_key'; id: string }>;

/** What it was done with. Process managers and the system need none. */
export type Credential = Readonly<{ kind: 'bootstrap' | 'api_key' | 'client' | 'service_account' | 'session'; id: string }>;

/** Stored beside the data, in these very names (storage-format.md, "Envelope"). */
export type EventMetadata = Readonly<{
  /** UTC with milliseconds. */
  recorded_at: string;
  /** A plain date of the site; an instant in UTC in older events. */
  effective_at: string;
  /** The event's own version: 1 for a type that was never changed. */
  schema_version: number;
  actor: Actor;
  credential?: Credential;
  entity_id: number | null;
  customer_id: number;
  request_id: string;
  $correlationId: string;
  $causationId: string;
  /** Where it stands in its append, if its command appended more than one event (counted a command, also in a shared append). */
  append?: Readonly<{ index: number; size: number }>;
}>;

/** An event on its way into the log: it has an id, but no revision yet. */
export type ProposedEvent = Readonly<{ id: string; type: string; data: unknown; metadata: EventMetadata }>;

/** Where an event stands in the whole log: an unsigned 64-bit number, so never a JavaScript number. `0n` is before the first event. */
export type Position = bigint;

type Recorded = Readonly<{ id: string; stream: string; revision: number; position: Position; metadata: EventMetadata }>;

/**
 * An event as the log has it. `revision` counts from 0 in its stream; `position` stands outside the canonical bytes.
 * `stored` is the event in the version it was written in, where it is read in a newer one.
 */
export type RecordedEvent<E extends Event = Event> = E & Recorded & Readonly<{ stored?: Event & Recorded }>;

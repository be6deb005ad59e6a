import type { Event } from '#millwright/event-sourcing/decider';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/** When an asset was down, and why. Instants are RFC 3339 in UTC with milliseconds; `endedAt` is null while it is down. */
export type DowntimeDetails = Readonly<{
  startedAt: string;
  endedAt: string | null;
  reason: string | null;
  workOrderId: number | null;
  /** It was meant to be down: it lowers availability and is no failure. */
  planned: boolean;
}>;

/** An asset went down, or it was recorded later that it had been. */
export type DowntimeStarted = Event<'DowntimeStarted', DowntimeDetails & Readonly<{ downtimeId: number }>>;

/** A downtime was ended, or put right; only the fields that changed. */
export type DowntimeChanged = Event<'DowntimeChanged', Readonly<{ downtimeId: number; changes: Partial<DowntimeDetails> }>>;

/** A downtime was recorded wrongly: it counts nowhere any more. */
export type DowntimeWithdrawn = Event<'DowntimeWithdrawn', Readonly<{ downtimeId: number }>>;

/** Everything that can happen to the downtimes of an asset. Their stream is `downtime-<id of the asset>`. */
export type DowntimeEvent = DowntimeStarted | DowntimeChanged | DowntimeWithdrawn;

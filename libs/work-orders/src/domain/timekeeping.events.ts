import type { Event } from '#millwright/event-sourcing/decider';
import type { Decimal } from '#millwright/quantities';
import type { RateType } from './labour.events.js';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/**
 * Somebody began to work on an order. Instants are RFC 3339 in UTC with milliseconds. `laborEntryId` is the id that the entry will have; `regularRate` is
 * what an hour cost then, for a stop after which nobody knows one.
 */
export type TimerStarted = Event<
  'TimerStarted',
  Readonly<{ timerId: number; laborEntryId: number; workOrderId: number; startedAt: string; regularRate: Decimal; currency: string }>
>;

/** Why a timer ended: it was stopped, its order was completed or cancelled, or its order was that already when it began. */
export type TimerEnd = 'stopped' | 'order_closed' | 'order_was_closed';

/** The time ended: `seconds` are whole ones, and 0 leave no entry. `date` is the plain date of the end at the site. */
export type TimerStopped = Event<
  'TimerStopped',
  Readonly<{
    timerId: number;
    laborEntryId: number;
    workOrderId: number;
    startedAt: string;
    endedAt: string;
    seconds: number;
    rateType: RateType;
    rate: Decimal;
    currency: string;
    date: string;
    note: string | null;
    because: TimerEnd;
  }>
>;

/** Everything that can happen to the time of a person. Its stream is `timekeeping-<user id>`. */
export type TimekeepingEvent = TimerStarted | TimerStopped;

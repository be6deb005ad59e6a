import type { Event } from '#millwright/event-sourcing/decider';
import type { UnissuedPart } from './work-order.events.js';

/** A part could not be issued: the order stays open, and what this round issued goes back and is reserved again. Every such part is named. */
export type WorkOrderCompletionRefusedV1 = Event<
  'WorkOrderCompletionRefused',
  Readonly<{ completionRevision: number; parts: readonly UnissuedPart[] }>
>;

/**
 * Versions of events that are in logs for ever and are no longer written.
 * @public docs/events.json describes them
 */
export type EarlierWorkOrderEvent = WorkOrderCompletionRefusedV1;

import { fitsIntoCompletion } from './completion-size.js';
import type { IssuedPart, WorkOrderEvent } from './work-order.events.js';
import type { CompletionRound, RefusedPart, WorkOrder } from './work-order.state.js';

/** The event that ends a round well. */
export const completedEvent = ({ revision, completedAt, statusId }: CompletionRound, parts: readonly IssuedPart[]): WorkOrderEvent => ({
  type: 'WorkOrderCompleted',
  data: { completionRevision: revision, completedAt, statusId, kind: 'completed', parts },
  effectiveAt: completedAt,
});

/** Whether these events begin a completion, and the parts have yet to say whether it ends well. */
export const awaitsParts = (events: readonly WorkOrderEvent[]): boolean => events.at(-1)?.type === 'WorkOrderCompletionStarted';

/** The round that is running, if it is this one. Whoever ends a round first ends it for everybody. */
const running = ({ completion }: WorkOrder, completionRevision: number): CompletionRound | undefined =>
  completion?.revision === completionRevision ? completion : undefined;

export type FinishCompletion = Readonly<{ completionRevision: number; parts: readonly IssuedPart[] }>;

/**
 * Every part was issued. Nothing, when this round has ended already. A completion that an earlier release began with more parts than one event can
 * name is refused: the order stays open, and can be split.
 */
export function finishCompletion(order: WorkOrder, { completionRevision, parts }: FinishCompletion): WorkOrderEvent[] {
  const round = running(order, completionRevision);
  const [first] = parts;
  if (!round) return [];
  if (!first || fitsIntoCompletion(order.parts)) return [completedEvent(round, parts)];
  const message = 'The event that completes the work order cannot name so many parts.';
  return refuseCompletion(order, { completionRevision, parts: [{ ...first, code: 'EVENT_TOO_LARGE', message }] });
}

export type RefuseCompletion = Readonly<{ completionRevision: number; parts: readonly RefusedPart[] }>;

/** Parts that a refusal names; the rest is counted, so that the event never outgrows what an event may be. */
export const namedParts = 100;

/** A part could not be issued: the order stays open. Nothing, when this round has ended already. */
export function refuseCompletion(order: WorkOrder, { completionRevision, parts }: RefuseCompletion): WorkOrderEvent[] {
  if (!running(order, completionRevision)) return [];
  const data = { completionRevision, parts: parts.slice(0, namedParts), count: parts.length };
  return [{ type: 'WorkOrderCompletionRefused', version: 2, data }];
}

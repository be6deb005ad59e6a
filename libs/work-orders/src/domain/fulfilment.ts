import type { OrderEffect, OrderEffectOutcome } from '#millwright/inventory';
import { showQuantity, toQuantity } from '#millwright/quantities';
import { sideBySide } from './side-by-side.js';
import { finishCompletion, refuseCompletion } from './work-order-completion.js';
import { refusePartAssignment } from './work-order-parts.js';
import type { WorkOrderEvent } from './work-order.events.js';
import { partLines, type WorkOrder } from './work-order.state.js';

/**
 * How a work order and its parts come together. The order decides what it wants on its own stream, each part decides what it gives
 * on its own, and this process carries one to the other. It takes the events of one order strictly in order.
 *
 * **The fence of every effect is the revision of the order's event that is being handled**, without exception:
 *
 * | event of the order (its revision is the fence)    | effect on parts                                            | answer to the order                               |
 * |---------------------------------------------------|------------------------------------------------------------|---------------------------------------------------|
 * | PartAssignmentRequested, order open               | reserve up or release down to `quantityAfter`              | PartAssignmentRefused when the part says no       |
 * | PartAssignmentRequested, order completed          | return until `quantityAfter` is kept                       | none                                              |
 * | WorkOrderCompletionStarted                        | issue each part, up to the first that cannot               | WorkOrderCompleted or WorkOrderCompletionRefused  |
 * | WorkOrderCompletionRefused                        | return and reserve again (or reserve once more) every part | none                                              |
 * | WorkOrderReopened, order completed                | return and reserve again every part                        | none                                              |
 * | WorkOrderCancelled                                | release every part                                         | none                                              |
 *
 * An effect that undoes another always has a newer cause than the one it undoes, so the fence lets it through and shuts out the
 * undone one for good. Everything may be carried out any number of times, by any number of workers, with any delay.
 *
 * The effects of one event are carried out side by side, for each is on a part of its own and none asks about another: no stream sees their
 * order. The answer to the event, and the order's next event, come when all of them have been decided; so when an effect comes to a part, all
 * that earlier events wanted of it is there, and its fence may shut them out. An effect that fails has the whole event handled again: the fence
 * answers for those that were done, with what came of them then. After a refused issue no further one is begun: what was issued beside it is
 * undone by the refusal's own effects, which reach every part of the order, issued or not.
 */
export type PartEffect = OrderEffect & Readonly<{ partId: number }>;

/** A decision that is taken on the order's stream. */
export type OrderDecision = (order: WorkOrder) => WorkOrderEvent[];

/** What the process needs of the world: the order as it was, the parts, and the order's stream. */
export interface FulfilmentEffects {
  /** The order folded up to (not including) that revision, whatever came later: the process judges by log order, never by a fresh read. */
  orderBefore(workOrderId: number, revision: number): Promise<WorkOrder>;
  /** Decides the effect on the part's stream and says what came of it. */
  carryOut(effect: PartEffect): Promise<OrderEffectOutcome>;
  /** Decides on the order's stream; conflicts are decided anew without limit. */
  answer(workOrderId: number, decision: OrderDecision): Promise<void>;
}

/** Whether the process has anything to do with an event. */
export const concernsParts = ({ type }: Readonly<{ type: string }>): boolean => concerned.has(type);

const concerned: ReadonlySet<string> = new Set<WorkOrderEvent['type']>([
  'PartAssignmentRequested',
  'WorkOrderCompletionStarted',
  'WorkOrderCompletionRefused',
  'WorkOrderReopened',
  'WorkOrderCancelled',
]);

/** Handles one event of an order. */
export async function fulfil(world: FulfilmentEffects, workOrderId: number, revision: number, event: WorkOrderEvent): Promise<void> {
  if (!concernsParts(event)) return;
  const before = await world.orderBefore(workOrderId, revision);
  const effects = effectsOf(before, event);
  // Also a completion without parts: it was finished by the very append that started it.
  if (effects.length === 0) return;
  const outcomes = await carriedOut(world, effects);
  const decision = answerTo(event, revision, outcomes);
  if (decision) await world.answer(workOrderId, decision);
}

/** Carries effects out and says what came of each, in their order. */
const carriedOut = (world: FulfilmentEffects, effects: readonly PartEffect[]): Promise<EffectAndOutcome[]> =>
  sideBySide(
    effects,
    async (effect) => ({ effect, outcome: await world.carryOut(effect) }),
    // One part that cannot be issued refuses the completion: issuing the others would only be undone.
    ({ effect, outcome }) => outcome.kind === 'refused' && effect.kind === 'issue',
  );

/** What an event asks of the order's parts, in the order of their ids. `before` is the order just before the event. */
export function effectsOf(before: WorkOrder, event: WorkOrderEvent): PartEffect[] {
  const { workOrderId } = before;
  if (workOrderId === null) return [];
  const orderRevision = before.revision + 1;
  const fence = { workOrderId, orderRevision };
  const ofEveryPart = (effect: { kind: 'release' | 'returnAndReserve' } | { kind: 'issue'; effectiveAt: string }): PartEffect[] =>
    partLines(before).map(([partId]) => ({ ...fence, partId, ...effect }));

  switch (event.type) {
    case 'PartAssignmentRequested': {
      const { partId, quantityAfter } = event.data;
      return before.phase === 'completed'
        ? [{ ...fence, partId, kind: 'return', quantityKept: quantityAfter }]
        : [{ ...fence, partId, kind: 'reserve', quantity: quantityAfter }];
    }
    case 'WorkOrderCompletionStarted':
      return ofEveryPart({ kind: 'issue', effectiveAt: event.data.completedAt });
    case 'WorkOrderCompletionRefused':
    case 'WorkOrderReopened':
      return ofEveryPart({ kind: 'returnAndReserve' });
    case 'WorkOrderCancelled':
      return ofEveryPart({ kind: 'release' });
    case 'WorkOrderOpened':
    case 'WorkOrderDetailsChanged':
    case 'ChecklistItemTicked':
    case 'WorkOrderStatusChanged':
    case 'PartAssignmentRefused':
    case 'WorkOrderCompleted':
    case 'WorkOrderCompletionDateChanged':
    case 'OtherCostRecorded':
    case 'ProcedureAdded':
    case 'ProcedureRemoved':
    case 'ProcedureItemAnswered':
    case 'LabourLogged':
    case 'LabourReversed':
    case 'OtherCostReversed':
    case 'WorkOrderArchived':
    case 'WorkOrderUnarchived':
      return [];
  }
}

type EffectAndOutcome = Readonly<{ effect: PartEffect; outcome: OrderEffectOutcome }>;

/** What the order has to hear of what its parts said, or nothing. */
function answerTo(event: WorkOrderEvent, revision: number, outcomes: readonly EffectAndOutcome[]): OrderDecision | undefined {
  // Whoever overtook us has handled this event to its end, and answered.
  if (outcomes.some(({ outcome }) => outcome.kind === 'overtaken')) return undefined;
  const refusals = outcomes.flatMap(({ effect: { partId }, outcome }) =>
    outcome.kind === 'refused' ? [{ partId, quantity: outcome.quantity, code: outcome.code, message: outcome.message }] : [],
  );
  if (event.type === 'WorkOrderCompletionStarted') {
    const round = { completionRevision: revision };
    if (refusals.length > 0) return (order) => refuseCompletion(order, { ...round, parts: refusals });
    return (order) => finishCompletion(order, { ...round, parts: issuedParts(outcomes) });
  }
  const [refusal] = refusals;
  if (event.type !== 'PartAssignmentRequested' || !refusal) return undefined;
  const { quantity, ...why } = refusal;
  return (order) => refusePartAssignment(order, { ...why, requestRevision: revision, quantityAfter: quantity });
}

/** What the order got; a part whose request had been refused gave nothing and is not named. */
const issuedParts = (outcomes: readonly EffectAndOutcome[]) =>
  outcomes.flatMap(({ effect: { partId }, outcome }) =>
    outcome.kind === 'done' && toQuantity(outcome.quantity) > 0n ? [{ partId, quantity: showQuantity(toQuantity(outcome.quantity)) }] : [],
  );

import { idOf, reaction, type Consequences, type RecordedEvent, type Rejection } from '#millwright/event-sourcing';
import { decideOrderEffect, movesStock, outcomeIn, part, partTransactionIds, type OrderEffectOutcome } from '#millwright/inventory';
import { fulfil, type FulfilmentEffects } from './domain/fulfilment.js';
import type { WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';

export const fulfilmentName = 'fulfilment';

/** Carries what work orders want to the parts, and what the parts say back (domain/fulfilment.ts has the protocol). */
export const fulfilmentReaction = reaction<WorkOrder, WorkOrderEvent>({
  name: fulfilmentName,
  on: workOrder,
  // An order that was recorded before this process existed still wants its parts.
  startsAt: 'beginning',
  to: {
    PartAssignmentRequested: carryOut,
    WorkOrderCompletionStarted: carryOut,
    WorkOrderCompletionRefused: carryOut,
    WorkOrderReopened: carryOut,
    WorkOrderCancelled: carryOut,
  },
});

function carryOut(event: RecordedEvent<WorkOrderEvent>, then: Consequences<WorkOrder>): Promise<void> {
  return fulfil(effectsThrough(then), idOf(event.stream), event.revision, event);
}

const effectsThrough = (then: Consequences<WorkOrder>): FulfilmentEffects => ({
  orderBefore: () => then.before(),
  async carryOut(effect) {
    const transactionId = movesStock(effect) ? await then.nextId(partTransactionIds.name) : 0;
    let outcome: OrderEffectOutcome = { kind: 'overtaken' };
    const decide = (state: typeof part.initialState) => {
      const decided = decideOrderEffect(state, effect, transactionId);
      outcome = decided.outcome;
      return decided.events;
    };
    const state = await then.execute(part, effect.partId, decide, { command: effect.kind, refused: again });
    // Another worker may have appended this effect under the same event id before us: then the part says what came of it.
    return (state && outcomeIn(state, effect)) ?? outcome;
  },
  async answer(workOrderId, decision) {
    await then.execute(workOrder, workOrderId, decision, { command: 'answer', refused: again });
  },
});

/** The protocol has an outcome for everything that a part or an order can say, so a refusal is a fault: the event is handled again. */
function again(refusal: Rejection): never {
  throw refusal;
}

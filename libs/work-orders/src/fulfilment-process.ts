import {
  idOf,
  isPlainDate,
  nameBasedUuid,
  type CommandContext,
  type EventStore,
  type ProcessManager,
  type RecordedEvent,
} from '#millwright/event-sourcing';
import { decideOrderEffect, movesStock, outcomeIn, part } from '#millwright/inventory';
import { entities } from '#millwright/sites';
import { fulfil, type FulfilmentDesk, type OrderDecision, type PartEffect, type PartOutcome } from './domain/fulfilment.js';
import type { WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';

export const fulfilmentName = 'fulfilment';

/** One try to carry out an effect may meet this many milliseconds of conflicts; the engine tries again without limit. */
const patienceMs = 2_000;

/** Carries what work orders want to the parts, and what the parts say back (domain/fulfilment.ts has the protocol). */
export const fulfilmentProcess = (events: EventStore): ProcessManager => ({
  name: fulfilmentName,
  categories: [workOrder.category],
  // An order that was recorded before this process existed still wants its parts.
  startsAt: 'beginning',
  async handle(event) {
    const desk = new Desk(events, event, await timeZoneFor(event, events));
    await fulfil(desk, idOf(event.stream), event.revision, event as RecordedEvent<WorkOrderEvent>);
  },
});

/** The time zone of the site: asked for only where the event has no date yet, as those of earlier releases. */
async function timeZoneFor({ metadata }: RecordedEvent, events: EventStore): Promise<string | undefined> {
  if (metadata.entity_id === null || isPlainDate(metadata.effective_at)) return undefined;
  const { timezone } = (await events.load(entities.stream, metadata.entity_id)).state.values;
  return typeof timezone === 'string' ? timezone : undefined;
}

/** What the process does because of one event: every append names that event as its cause, and has the same ids however often it is tried. */
class Desk implements FulfilmentDesk {
  constructor(
    private readonly events: EventStore,
    private readonly cause: RecordedEvent,
    private readonly timeZone: string | undefined,
  ) {}

  orderBefore(workOrderId: number, revision: number): Promise<WorkOrder> {
    return this.events.loadAt(workOrder, workOrderId, revision - 1);
  }

  async carryOut(effect: PartEffect): Promise<PartOutcome> {
    const transactionId = movesStock(effect) ? await this.events.nextId('part_transaction') : 0;
    let outcome: PartOutcome = { kind: 'overtaken' };
    const decide = (state: typeof part.initialState) => {
      const decided = decideOrderEffect(state, effect, transactionId);
      outcome = decided.outcome;
      return decided.events;
    };
    const { state } = await this.events.execute(
      part,
      effect.partId,
      decide,
      this.options(`${effect.kind} ${part.category}-${effect.partId}`),
    );
    // Another worker may have appended this effect under the same event id before us: then the part says what came of it.
    return outcomeIn(state, effect) ?? outcome;
  }

  async answer(workOrderId: number, decision: OrderDecision): Promise<void> {
    await this.events.execute(workOrder, workOrderId, decision, this.options(`answer ${workOrder.category}-${workOrderId}`));
  }

  private options(commandAndTarget: string): { context: CommandContext; eventId: (ordinal: number) => string } {
    const { id, metadata } = this.cause;
    return {
      context: {
        actor: { kind: 'process_manager', id: fulfilmentName },
        effectiveAt: metadata.effective_at,
        timeZone: this.timeZone,
        customerId: metadata.customer_id,
        entityId: metadata.entity_id,
        requestId: metadata.request_id,
        correlationId: metadata.$correlationId,
        causationId: id,
        deadline: Date.now() + patienceMs,
      },
      eventId: (ordinal) => nameBasedUuid(`${commandAndTarget} ${ordinal}`, id),
    };
  }
}

import { Injectable } from '@nestjs/common';
import {
  EventStore,
  PositionNotReached,
  ProcessManagerEngine,
  Rejection,
  type Position,
  type RecordedEvent,
} from '#millwright/event-sourcing';
import { concernsParts } from './domain/fulfilment.js';
import type { UnissuedPart } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';
import { fulfilmentName } from './fulfilment-process.js';
import type { WorkOrderOutcome } from './work-order.commands.js';

/** How long an answer waits for the parts; past that the client is asked to come back. */
const longestWaitMs = 5_000;

/**
 * Waits until the parts have said what they give. A command on an order is answered by what became of it, not by what it asked for:
 * a reservation that was not granted is refused although the wish is on record.
 */
@Injectable()
export class Fulfilment {
  constructor(
    private readonly events: EventStore,
    private readonly processes: ProcessManagerEngine,
  ) {}

  /**
   * The order after its parts have dealt with the command's events.
   * @throws Rejection COMPLETION_PENDING (with `position`) when that takes longer than 5 s: the command stands, and a repeat waits on;
   *   INSUFFICIENT_STOCK and others that a part says no with
   */
  async settled(outcome: WorkOrderOutcome): Promise<WorkOrderOutcome> {
    const causes = outcome.events.filter(concernsParts);
    const last = causes.at(-1);
    if (last) await this.passed(last.position);
    else if (outcome.state.phase === 'completing') await this.passed(outcome.position);
    else return outcome;
    const loaded = await this.events.load(workOrder, outcome.id);
    refuseAsTheParts(loaded.state, causes, outcome.state);
    // The parts' own events came after the order's, and the answer's position covers them, too.
    return { ...outcome, ...loaded, position: await this.events.head() };
  }

  private async passed(position: Position): Promise<void> {
    try {
      await this.processes.waitFor(fulfilmentName, position, { timeout: longestWaitMs });
    } catch (error) {
      if (!(error instanceof PositionNotReached)) throw error;
      throw new Rejection('COMPLETION_PENDING', 'The request was taken and is still being carried out; repeat it to wait on.', [], {
        position: position.toString(),
      });
    }
  }
}

/** @throws Rejection what a part said no with */
function refuseAsTheParts(order: WorkOrder, causes: readonly RecordedEvent[], decided: WorkOrder): void {
  for (const { revision } of causes) {
    const request = order.refusedRequests.get(revision);
    if (request)
      throw new Rejection(request.code, request.message, [
        { field: 'quantity', code: request.code.toLowerCase(), message: request.message },
      ]);
    refuseCompletion(order.refusedCompletions.get(revision));
  }
  if (causes.length === 0 && decided.completion) refuseCompletion(order.refusedCompletions.get(decided.completion.revision));
}

/** @throws Rejection with the code of the first part that cannot be issued, naming each */
export function refuseCompletion(parts: readonly UnissuedPart[] = []): void {
  const [first] = parts;
  if (!first) return;
  const details = parts.map(({ partId, code, message }) => ({ field: `parts.${partId}`, code: code.toLowerCase(), message }));
  throw new Rejection(
    first.code,
    `The work order stays open: part ${parts.map(({ partId }) => partId).join(', ')} cannot be issued. ${first.message}`,
    details,
  );
}

import { Injectable } from '@nestjs/common';
import { currentContext, EventStore, Rejection, type DetailCode, type RecordedEvent } from '#millwright/event-sourcing';
import type { Decided } from '#millwright/resources';
import { AwaitedProcesses, longestWaitMs, orPending } from './awaited-processes.js';
import { concernsParts } from './domain/fulfilment.js';
import { namedParts } from './domain/work-order-completion.js';
import { workOrder } from './domain/work-order.js';
import type { PartRefusalCode, RefusedCompletion, WorkOrder } from './domain/work-order.state.js';
import { fulfilmentName } from './fulfilment-process.js';

/**
 * Waits until the parts have said what they give. A command on an order is answered by what became of it, not by what it asked for:
 * a reservation that was not granted is refused although the wish is on record.
 */
@Injectable()
export class Fulfilment {
  constructor(
    private readonly events: EventStore,
    private readonly processes: AwaitedProcesses,
  ) {}

  /**
   * The order after its parts have dealt with the command's events, as it is at the position that the answer names.
   * @throws Rejection COMPLETION_PENDING (with `position`) when that takes longer than 5 s, or cannot be read now: the command stands, and a repeat
   *   waits on; INSUFFICIENT_STOCK and others that a part says no with (with `position`: what the order had asked for was taken back before)
   */
  async settled(outcome: Decided<WorkOrder>): Promise<Decided<WorkOrder>> {
    const causes = outcome.events.filter(concernsParts);
    const last = causes.at(-1);
    const until = Date.now() + longestWaitMs;
    if (last || outcome.state.phase === 'completing')
      await this.processes.passed(fulfilmentName, last?.position ?? outcome.position, until);
    // What the parts had to do with was settled before; the state is that of the command's own last event.
    else if (outcome.events.length > 0 || outcome.state.parts.size === 0) return outcome;
    // The parts' own events came after the order's, and the answer's position covers them, too.
    const head = await orPending(outcome.position, this.events.head());
    const loaded = await orPending(head, this.events.load(workOrder, outcome.id));
    const position = loaded.position > head ? loaded.position : head;
    const refusal = refusalOfTheParts(loaded.state, causes, outcome.state);
    if (!refusal) return { ...outcome, ...loaded, position };
    // A refused completion is an event of its own, whose effects give back what had been issued.
    await this.processes.passed(fulfilmentName, loaded.position, until);
    const undone = await orPending(position, this.events.head());
    // Whoever is refused reads next what has become of it, as after a write of his own.
    currentContext().commits?.note(undone);
    throw new Rejection(refusal.code, refusal.message, refusal.details, { position: undone.toString() });
  }
}

/** A part's code where it is said of one field. */
export const detailCodeOf = (code: PartRefusalCode): DetailCode => code.toLowerCase() as Lowercase<PartRefusalCode>;

/** What a part said no with, if one did. */
function refusalOfTheParts(order: WorkOrder, causes: readonly RecordedEvent[], decided: WorkOrder): Rejection | undefined {
  const rounds = causes.map(({ revision }) => revision);
  if (causes.length === 0 && decided.completion) rounds.push(decided.completion.revision);
  for (const revision of rounds) {
    const request = order.refusedRequests.get(revision);
    if (request)
      return new Rejection(request.code, request.message, [
        { field: 'quantity', code: detailCodeOf(request.code), message: request.message },
      ]);
    const completion = order.refusedCompletions.get(revision);
    if (completion) return completionRefusal(completion);
  }
  return undefined;
}

/** The refusal with the code of the first part that cannot be issued, naming each of those that are known. */
export function completionRefusal({ parts, count }: RefusedCompletion): Rejection | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const named = parts.slice(0, namedParts);
  const details = named.map(({ partId, code, message }) => ({ field: `parts.${partId}`, code: detailCodeOf(code), message }));
  const others = count > named.length ? ` and ${count - named.length} more` : '';
  const which = `${named.map(({ partId }) => partId).join(', ')}${others}`;
  return new Rejection(first.code, `The work order stays open: part ${which} cannot be issued. ${first.message}`, details);
}

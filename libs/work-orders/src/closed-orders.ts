import { Injectable } from '@nestjs/common';
import { EventStore, ProjectionEngine, type RecordedEvent } from '#millwright/event-sourcing';
import type { Decided } from '#millwright/resources';
import { AwaitedProcesses, orPending } from './awaited-processes.js';
import type { WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';
import { timersOfClosedOrdersName } from './timekeeping-processes.js';

/** How long an answer waits for the read models, in milliseconds. */
const longestWaitMs = 1_000;

const closing: ReadonlySet<string> = new Set<WorkOrderEvent['type']>([
  'WorkOrderCompletionStarted',
  'WorkOrderCompleted',
  'WorkOrderCancelled',
]);

/**
 * Waits until the timers of an order that was closed have been stopped: the answer of whoever closed it has the work that they counted, and whoever stops one
 * of them, or begins elsewhere, finds that it has ended (S6).
 */
@Injectable()
export class ClosedOrders {
  constructor(
    private readonly events: EventStore,
    private readonly processes: AwaitedProcesses,
    private readonly projections: ProjectionEngine,
  ) {}

  /**
   * @param asked what a command led to, and `settled` the order after its parts have dealt with that
   * @throws Rejection COMPLETION_PENDING when that takes longer than 5 s: the command stands, and a repeat waits on
   */
  async withTheirLabour(asked: Decided<WorkOrder>, settled: Decided<WorkOrder>): Promise<Decided<WorkOrder>> {
    if (!isClosedBy(asked) || (settled.state.phase !== 'completed' && settled.state.phase !== 'cancelled')) return settled;
    const { id } = settled;
    const last = await orPending(settled.position, this.events.load(workOrder, id));
    // The events of one order are handled in their order: when its last is done, so is the one that closed it.
    await this.processes.passed(timersOfClosedOrdersName, last.position);
    const after = await orPending(settled.position, this.events.load(workOrder, id));
    if (after.revision === settled.revision) return settled;
    const position = after.position > settled.position ? after.position : settled.position;
    await this.projections.reaches(position, longestWaitMs);
    return { ...settled, ...after, position };
  }

  /**
   * Returns when the timers of an order have ended, if it is closed; says whether it is. Archiving ends none: it neither completes nor cancels (work.md, 5).
   * @throws Rejection COMPLETION_PENDING when that takes longer than 5 s: nothing was appended
   */
  async haveEndedTimersOf(workOrderId: number): Promise<boolean> {
    const { state, position } = await this.events.load(workOrder, workOrderId);
    // Also of an order that is open: it may have been reopened since.
    await this.processes.passed(timersOfClosedOrdersName, position);
    return state.phase === 'completed' || state.phase === 'cancelled';
  }
}

/** An order that was closed by the append that opened it has no timers yet. */
function isClosedBy({ state, events }: Decided<WorkOrder>): boolean {
  const [first] = events as readonly RecordedEvent<WorkOrderEvent>[];
  if (first?.type === 'WorkOrderOpened') return false;
  return state.phase === 'completing' || events.some(({ type }) => closing.has(type));
}

import type pg from 'pg';
import type { EntityManager } from 'typeorm';
import {
  dayIn,
  idOf,
  reaction,
  type Consequences,
  type EventStore,
  type Position,
  type ProjectionEngine,
  type Reaction,
  type RecordedEvent,
  type Rejection,
} from '#millwright/event-sourcing';
import type { Decimal } from '#millwright/quantities';
import type { LogTimedLabour } from './domain/timed-labour.js';
import { logTimedLabour } from './domain/timed-labour.js';
import { endTimer, timekeeping, type EndTimer, type Timekeeping } from './domain/timekeeping.js';
import type { TimekeepingEvent } from './domain/timekeeping.events.js';
import type { WorkOrderCancelled, WorkOrderCompleted, WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';
import { rateOf } from './labour-rates.js';
import { runningTimersOf } from './read-models/timers.js';

export const timekeepingName = 'timekeeping';
export const timersOfClosedOrdersName = 'timers-of-closed-orders';

/** What ends a timer by itself needs of the world. */
export type TimersWorld = Readonly<{
  /** The timers that ran on an order at that position of the log, but for those that have been stopped since. */
  runningOn(workOrderId: number, at: Position): Promise<readonly Readonly<{ timerId: number; userId: number }>[]>;
  /** What a regular hour of a person costs now; null where nobody has said. */
  regularRateOf(userId: number): Promise<Decimal | null>;
}>;

/** What a timer counted becomes labour on its order; one that was started on an order that was closed already ends where it began. */
export const timekeepingReaction = reaction<Timekeeping, TimekeepingEvent>({
  name: timekeepingName,
  on: timekeeping,
  startsAt: 'beginning',
  to: {
    async TimerStarted({ stream, data: { timerId, workOrderId, startedAt } }, then) {
      const { phase } = await then.stateThen(workOrder, workOrderId);
      if (phase === 'open' || phase === 'completing') return;
      await end(then, idOf(stream), { timerId, at: startedAt, rate: null, because: 'order_was_closed' });
    },
    TimerStopped: ({ stream, data }, then) => log(then, { technicianId: idOf(stream), timer: data }),
  },
});

/** Whoever completes or cancels an order stops the timers that run on it, at that moment and not at the date that the completion may name (S6). */
export function timersOfClosedOrders({ runningOn, regularRateOf }: TimersWorld): Reaction {
  async function stopAll(event: RecordedEvent<WorkOrderCompleted | WorkOrderCancelled>, then: Consequences<WorkOrder>): Promise<void> {
    if (isOpenedBy(event)) return;
    for (const { timerId, userId } of await runningOn(idOf(event.stream), event.position)) {
      const rate = await regularRateOf(userId);
      const ended = await end(then, userId, { timerId, at: event.metadata.recorded_at, rate, because: 'order_closed' });
      // Its entry is there when this event is done, so that the answer of the completion has it; the timer's own event finds it logged.
      if (ended?.timerId === timerId) await log(then, { technicianId: userId, timer: ended });
    }
  }
  return reaction<WorkOrder, WorkOrderEvent>({
    name: timersOfClosedOrdersName,
    on: workOrder,
    startsAt: 'head',
    to: { WorkOrderCompleted: stopAll, WorkOrderCancelled: stopAll },
  });
}

/** Nobody can have begun to work on an order that was closed by the very append that opened it: so do those that are imported. */
const isOpenedBy = ({ revision, metadata }: RecordedEvent): boolean => metadata.append?.index === revision;

async function end<State>(
  then: Consequences<State>,
  userId: number,
  ending: Omit<EndTimer, 'dayOf'>,
): Promise<Timekeeping['ended'] | undefined> {
  const zone = await then.timeZone();
  const dayOf = (instant: string): string => dayIn(zone, new Date(instant));
  const state = await then.execute(timekeeping, userId, (time) => endTimer(time, { ...ending, dayOf }), {
    command: 'end timer',
    refused: again,
  });
  return state?.ended;
}

async function log<State>(then: Consequences<State>, { technicianId, timer }: LogTimedLabour): Promise<void> {
  const command = `log timer ${timer.timerId}`;
  await then.execute(workOrder, timer.workOrderId, (order) => logTimedLabour(order, { technicianId, timer }), { command, refused: again });
}

/** Nothing here can be refused, so a refusal is a fault: the event is handled again. */
function again(refusal: Rejection): never {
  throw refusal;
}

/** How long one try waits for the read models, in milliseconds; the event is handled again without limit. */
const patienceMs = 5_000;

type World = Readonly<{
  events: EventStore;
  entities: EntityManager;
  pool: Pick<pg.Pool, 'query'>;
  projections: Pick<ProjectionEngine, 'reaches'>;
}>;

/** Who works on an order is found in the read model, once it shows everything before the order was closed. */
export const timersIn = ({ events, entities, pool, projections }: World): TimersWorld => ({
  async runningOn(workOrderId, at) {
    if (!(await projections.reaches(at, patienceMs))) throw new Error(`the read models have not reached ${at}`);
    return runningTimersOf(pool, workOrderId, at);
  },
  regularRateOf: (userId) => rateOf({ events, entities }, { technicianId: userId, vendorId: null }, 'regular'),
});

import { ReactionTrial } from '#millwright/event-sourcing/testing';
import { startTimer, timekeeping } from './domain/timekeeping.js';
import type { TimekeepingEvent, TimerStarted } from './domain/timekeeping.events.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrderEvent } from './domain/work-order.events.js';
import { timekeepingReaction, timersOfClosedOrders } from './timekeeping-processes.js';
import { cancelled, opened } from './testing/work-orders.js';

const data = { timerId: 5, laborEntryId: 8, workOrderId: 7, startedAt: '2026-01-31T11:40:00.000Z', regularRate: '41', currency: 'USD' };
const started = startTimer(timekeeping.initialState, data)[0] as TimerStarted;
const open = opened(workOrder.initialState)[0] as WorkOrderEvent;
const cancel = cancelled(workOrder.evolve(workOrder.initialState, open))[0] as WorkOrderEvent;
const because = (event: unknown) => (event as Extract<TimekeepingEvent, { type: 'TimerStopped' }>).data;

describe('a timer that is started', () => {
  it('runs where its order was open then', async () => {
    expect(await new ReactionTrial(timekeepingReaction).given(workOrder, 7, open).when(timekeeping, 3, started)).toEqual({});
  });

  it('ends where it began, without an entry, where its order had been closed before it', async () => {
    const trial = new ReactionTrial(timekeepingReaction).given(workOrder, 7, open, cancel);
    const appended = await trial.when(timekeeping, 3, started);
    expect(Object.keys(appended)).toEqual(['timekeeping-3']);
    expect(because(appended['timekeeping-3']?.[0])).toMatchObject({ because: 'order_was_closed', seconds: 0, endedAt: data.startedAt });
    expect(await trial.again()).toEqual({});
  });
});

describe('an order that is closed', () => {
  const world = { runningOn: () => Promise.resolve([{ timerId: 5, userId: 3 }]), regularRateOf: () => Promise.resolve('50') };

  it('stops its timers at the moment at which that was recorded, and has their entries, once', async () => {
    const trial = new ReactionTrial(timersOfClosedOrders(world)).given(workOrder, 7, open).given(timekeeping, 3, started);
    const appended = await trial.when(workOrder, 7, cancel);
    expect(because(appended['timekeeping-3']?.[0])).toMatchObject({ because: 'order_closed', seconds: 1200, rate: '50' });
    expect(appended['workOrder-7']).toMatchObject([
      { type: 'LabourLogged', data: { laborEntryId: 8, technicianId: 3, seconds: 1200, timer: true } },
    ]);
    expect(await trial.again()).toEqual({});
  });

  it('leaves alone who has begun something else meanwhile', async () => {
    const trial = new ReactionTrial(timersOfClosedOrders(world)).given(workOrder, 7, open);
    trial.given(timekeeping, 3, { ...started, data: { ...data, timerId: 6, workOrderId: 9 } });
    expect(await trial.when(workOrder, 7, cancel)).toEqual({});
  });
});

import { ReactionTrial, TrialLog } from '#millwright/event-sourcing/testing';
import { completeDetails } from '#millwright/resources';
import { workOrder, workOrderFields, type WorkOrderEvent } from '#millwright/work-orders';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import { unknownPmSchedule } from './domain/pm-schedule.state.js';
import { occurrenceReaction, type OpeningWorld } from './order-opening.js';
import { ordersOfSchedules } from './orders-of-schedules.js';

const registered: PmScheduleEvent = {
  type: 'PmScheduleRegistered',
  data: {
    pmScheduleId: 3,
    templateWorkOrderId: 4,
    timeZone: 'Etc/UTC',
    siteRevision: 0,
    details: { ...unknownPmSchedule.details, startDate: '2026-03-02T09:00:00.000Z', repeatFrequency: 'day' },
    template: { title: 'Filters', partAssignments: [] },
  },
};
const date = '2026-03-02T09:00:00.000Z';
const raised: PmScheduleEvent = { type: 'PmOccurrenceRaised', data: { number: 1, date, dueDate: date, workOrderId: 7, dueAt: date } };
const details = completeDetails(workOrderFields, { externalReference: null, title: 'Filters' });
const opened = (id: number, pmScheduleId?: number): WorkOrderEvent => ({
  type: 'WorkOrderOpened',
  data: { workOrderId: id, statusId: 1, kind: 'open', details, ...(pmScheduleId !== undefined && { pmScheduleId }) },
});
const completedAt = '2026-03-05T10:00:00.000Z';
const completed: WorkOrderEvent = {
  type: 'WorkOrderCompleted',
  data: { completionRevision: 1, completedAt, statusId: 5, kind: 'completed', parts: [] },
};

describe('what follows from an occurrence', () => {
  // Nothing is referred to and no part is wanted, so that no more is asked of the world.
  const world = { events: new TrialLog().events() } as unknown as OpeningWorld;

  it('is the order that it names, once', async () => {
    const trial = new ReactionTrial(occurrenceReaction(world)).given(pmSchedule, 3, registered);
    expect(await trial.when(pmSchedule, 3, raised)).toMatchObject({
      'workOrder-7': [
        {
          type: 'WorkOrderOpened',
          data: { workOrderId: 7, pmScheduleId: 3, details: { title: 'Filters', dueDate: date, type: 'preventive' } },
        },
      ],
    });
    expect(await trial.again()).toEqual({});
  });

  it('says what it was opened without to the last part, in as many comments as that takes, once', async () => {
    const partAssignments = Array.from({ length: 900 }, (_, index) => ({ partId: index + 1, quantity: '1' }));
    const { type, data } = registered;
    const wanting = { type, data: { ...data, template: { title: 'Filters', partAssignments } } } as PmScheduleEvent;
    // The order of this world has none of them.
    const trial = new ReactionTrial(occurrenceReaction({ ...world, fulfilled: () => Promise.resolve() })).given(pmSchedule, 3, wanting);
    await trial.when(pmSchedule, 3, raised);
    const texts = [...trial.texts.values()].map(({ content }) => content);
    expect(texts.length).toBeGreaterThan(1);
    expect(texts.flatMap((text) => [...text.matchAll(/part (\d+), /g)].map(([, part]) => Number(part)))).toEqual(
      partAssignments.map(({ partId }) => partId),
    );
    await trial.again();
    expect(trial.texts.size).toBe(texts.length);
  });
});

describe('what follows from what becomes of an order', () => {
  const trial = () => new ReactionTrial(ordersOfSchedules).given(pmSchedule, 3, registered, raised).given(workOrder, 7, opened(7, 3));

  it('is said to its schedule, once', async () => {
    const told = trial();
    expect(await told.when(workOrder, 7, completed)).toEqual({
      'pmSchedule-3': [{ type: 'PmOrderClosed', data: { workOrderId: 7, closedAt: completedAt } }],
    });
    expect(await told.again()).toEqual({});
  });

  it('is nothing where the order is of no schedule', async () => {
    const told = trial().given(workOrder, 8, opened(8));
    expect(await told.when(workOrder, 8, completed)).toEqual({});
  });

  it('is that the schedule goes on from its reopening, and from a completion at another time', async () => {
    const reopened: WorkOrderEvent = { type: 'WorkOrderReopened', data: { statusId: 1, kind: 'open' } };
    const moved: WorkOrderEvent = { type: 'WorkOrderCompletionDateChanged', data: { completedAt: '2026-03-04T10:00:00.000Z' } };
    const told = trial();
    await told.when(workOrder, 7, completed);
    expect(await told.when(workOrder, 7, moved)).toMatchObject({ 'pmSchedule-3': [{ data: { closedAt: '2026-03-04T10:00:00.000Z' } }] });
    expect(await told.when(workOrder, 7, reopened)).toEqual({ 'pmSchedule-3': [{ type: 'PmOrderReopened', data: { workOrderId: 7 } }] });
  });
});

import { ReactionTrial, TrialLog } from '#millwright/event-sourcing/testing';
import { completeDetails } from '#millwright/resources';
import { workOrder, workOrderFields, type WorkOrderEvent } from '#millwright/work-orders';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import { unknownPmSchedule } from './domain/pm-schedule.state.js';
import { occurrenceReaction, type OpeningWorld } from './order-opening.js';
import { withWhatFits } from './order-size.js';
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

describe('what follows from an occurrence whose order would not fit into the history', () => {
  const world = { events: new TrialLog().events() } as unknown as OpeningWorld;
  const checklist = Array.from({ length: 100 }, (_, index) => ({ text: 'x'.repeat(600), order: index + 1, checked: false }));
  const { type, data } = registered;
  const template = { title: 'Filters', partAssignments: [], priority: 'high', checklist };
  // As an earlier release took them, one after the other.
  const begun = { type, data: { ...data, template } } as PmScheduleEvent;
  const described = (description: string): PmScheduleEvent => ({
    type: 'PmScheduleChanged',
    data: { changes: {}, template: { description } },
  });
  const openedFrom = async (description: string) => {
    const trial = new ReactionTrial(occurrenceReaction(world)).given(pmSchedule, 3, begun, described(description));
    const appended = await trial.when(pmSchedule, 3, raised);
    return { trial, appended, texts: [...trial.texts.values()].map(({ content }) => content) };
  };

  it('is the order without its checklist, which a comment says, once', async () => {
    const description = 'd'.repeat(20_000);
    const { trial, appended, texts } = await openedFrom(description);
    const fields = { title: 'Filters', priority: 'high', description, checklist: [], dueDate: date, type: 'preventive' };
    expect(appended['workOrder-7']).toMatchObject([
      { type: 'WorkOrderOpened', data: { workOrderId: 7, pmScheduleId: 3, details: fields } },
    ]);
    expect(texts).toEqual(['Opened without the checklist, for which there was no room.']);
    expect(await trial.again()).toEqual({});
    expect(trial.texts.size).toBe(1);
    const next = { ...raised, data: { ...raised.data, number: 2, workOrderId: 8 } } as PmScheduleEvent;
    expect((await trial.when(pmSchedule, 3, next))['workOrder-8']).toHaveLength(1);
  });

  it('is the order without its description, too, where that alone is too long', async () => {
    const { appended, texts } = await openedFrom('\u0001'.repeat(10_850));
    expect(appended['workOrder-7']).toMatchObject([{ data: { details: { title: 'Filters', description: null, checklist: [] } } }]);
    expect(texts).toEqual(['Opened without the checklist, for which there was no room; the description, for which there was no room.']);
  });

  it('is the order without a procedure that is larger than one entry, and with the others', () => {
    const copy = (procedureId: number, description: string) => ({
      procedureId,
      procedureTemplateId: procedureId + 10,
      name: 'Audit',
      description,
      items: [],
    });
    const beginning = { workOrderId: 7, pmScheduleId: 3, fields: { title: 'Filters' }, dueDate: date };
    const cause = new TrialLog().record('pmSchedule-3', raised);
    expect(withWhatFits({ ...beginning, templates: [copy(1, 'x'.repeat(66_000)), copy(2, 'x')] }, cause)).toEqual({
      fitting: { ...beginning, templates: [copy(2, 'x')] },
      leftOut: ['procedure template 11, for which there was no room'],
    });
  });

  it('is the whole order where it just fits', async () => {
    const { appended, texts } = await openedFrom('');
    const text = (appended['workOrder-7']?.[0]?.data as { details: { checklist: object } }).details.checklist;
    expect([text, texts]).toEqual([checklist, []]);
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

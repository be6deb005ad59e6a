import type { Actor } from '#millwright/event-sourcing';
import { ReactionTrial } from '#millwright/event-sourcing/testing';
import { workOrderRequest, type RequestStatus, type WorkOrderRequestEvent } from '#millwright/requests';
import { changeWorkOrder, workOrder, type WorkOrderDetails, type WorkOrderEvent } from '#millwright/work-orders';
import { occasionOfFollowing, toldOfChange, toldOfOpening } from './domain/notices.js';
import { noticeReactions, noticesOfRequests, noticesOfWorkOrders } from './notice-reactions.js';

const ada: Actor = { kind: 'user', id: '4' };
const details = (more: object): WorkOrderDetails => ({ externalReference: null, title: 'Fix the drain', ...more });
const told = ({ sent }: ReactionTrial) => sent.map(({ receiver, content }) => [receiver, content]);

const opened = (more: object): WorkOrderEvent => ({
  type: 'WorkOrderOpened',
  data: { workOrderId: 7, statusId: 1, kind: 'open', details: details(more) },
});

describe('who is told of a work order', () => {
  it('is everybody who is to do it but whoever said so, each once', () => {
    expect(toldOfOpening(details({ techniciansIds: [3, 4, 5, 3] }), ada)).toEqual([
      { addressee: 'user:3', about: 'assigned' },
      { addressee: 'user:5', about: 'assigned' },
    ]);
    expect(toldOfOpening(details({ techniciansIds: [4] }), { kind: 'client', id: '4' })).toEqual([
      { addressee: 'user:4', about: 'assigned' },
    ]);
    expect(toldOfOpening(details({}), ada)).toEqual([]);
  });

  it('is nobody who was to do it before', () => {
    const before = details({ techniciansIds: [3] });
    expect(toldOfChange(before, { techniciansIds: [3, 5] }, ada)).toEqual([{ addressee: 'user:5', about: 'assigned' }]);
    expect(toldOfChange(before, { title: 'Fix both drains' }, ada)).toEqual([]);
    expect(toldOfChange(before, { techniciansIds: [] }, ada)).toEqual([]);
  });

  it('are its vendors where it says so: on creation, on changes of the order, and each by what is new to him', () => {
    expect(toldOfOpening(details({ vendorsIds: [8], notifyVendorsOnCreate: 'no' }), ada)).toEqual([]);
    expect(toldOfOpening(details({ vendorsIds: [8], notifyVendorsOnCreate: 'yes' }), ada)).toEqual([
      { addressee: 'vendor:8', about: 'given' },
    ]);
    const before = details({ vendorsIds: [8], notifyVendorsOnUpdate: 'yes' });
    expect(toldOfChange(before, { vendorsIds: [8, 9] }, ada)).toEqual([
      { addressee: 'vendor:8', about: 'changed' },
      { addressee: 'vendor:9', about: 'given' },
    ]);
    expect(toldOfChange(before, { notifyVendorsOnUpdate: 'no', title: 'Quietly' }, ada)).toEqual([]);
    expect(toldOfChange(before, { notifyVendorsOnCreate: 'yes' }, ada)).toEqual([]);
  });
});

describe('notices of work orders', () => {
  it('are put once for each event, however often it is handled', async () => {
    const trial = new ReactionTrial(noticesOfWorkOrders);
    await trial.when(
      workOrder,
      7,
      opened({ techniciansIds: [3], vendorsIds: [8], notifyVendorsOnCreate: 'yes', notifyVendorsOnUpdate: 'yes' }),
    );
    await trial.again();
    expect(told(trial)).toEqual([
      ['user:3', { about: 'assigned', workOrderId: 7 }],
      ['vendor:8', { about: 'given', workOrderId: 7 }],
    ]);
    await trial.when(workOrder, 7, { type: 'WorkOrderCancelled', data: { statusId: 4, kind: 'cancelled' } });
    await trial.when(workOrder, 7, { type: 'WorkOrderReopened', data: { statusId: 1, kind: 'open' } });
    expect(told(trial).slice(2)).toEqual([
      ['vendor:8', { about: 'cancelled', workOrderId: 7 }],
      ['vendor:8', { about: 'reopened', workOrderId: 7 }],
    ]);
  });

  it('tell vendors once that it changed and once that it is open again, whatever is said with the reopening', async () => {
    const past: WorkOrderEvent[] = [
      opened({ vendorsIds: [8], notifyVendorsOnUpdate: 'yes', checklist: [{ text: 'Inspect', order: 1, checked: true }] }),
      { type: 'WorkOrderCancelled', data: { statusId: 4, kind: 'cancelled' } },
    ];
    const trial = new ReactionTrial(noticesOfWorkOrders).given(workOrder, 7, ...past);
    const said = changeWorkOrder(past.reduce(workOrder.evolve, workOrder.initialState), {
      changes: { title: 'Fix both drains', vendorsIds: [8, 9], checklist: [{ text: 'Inspect it', order: 1, checked: true }] },
      status: { statusId: 1, kind: 'open' },
      now: '2026-01-31T12:00:00.000Z',
    });
    for (const event of said) await trial.when(workOrder, 7, event);
    expect(told(trial)).toEqual([
      ['vendor:8', { about: 'changed', workOrderId: 7 }],
      ['vendor:9', { about: 'given', workOrderId: 7 }],
      ['vendor:8', { about: 'reopened', workOrderId: 7 }],
      ['vendor:9', { about: 'reopened', workOrderId: 7 }],
    ]);
  });

  it('are not put where there is no mail', async () => {
    const [first] = noticeReactions(false);
    if (!first) throw new Error('there is no reaction');
    const trial = new ReactionTrial(first);
    await trial.when(workOrder, 7, opened({ techniciansIds: [3] }));
    expect(trial.sent).toEqual([]);
    expect(first.name).toBe(noticesOfWorkOrders.name);
  });
});

describe('notices of requests', () => {
  const asked = (notify: boolean | undefined): WorkOrderRequestEvent => ({
    type: 'WorkOrderRequestRegistered',
    data: { requestId: 5, status: 'open', rejectionReason: null, portalId: 2, details: { externalReference: null, title: 'Leak', notify } },
  });
  const status = (to: RequestStatus): WorkOrderRequestEvent => ({
    type: 'WorkOrderRequestStatusChanged',
    data: { status: to, rejectionReason: to === 'rejected' ? 'Not ours' : null },
  });

  it('say what becomes of it, without its words, to whoever wants to be told', async () => {
    const trial = new ReactionTrial(noticesOfRequests).given(workOrderRequest, 5, asked(true));
    await trial.when(workOrderRequest, 5, status('on_hold'));
    await trial.when(workOrderRequest, 5, status('rejected'));
    expect(told(trial)).toEqual([['request:5', { about: 'rejected', requestId: 5 }]]);
    for (const notify of [false, undefined]) {
      const silent = new ReactionTrial(noticesOfRequests).given(workOrderRequest, 5, asked(notify));
      await silent.when(workOrderRequest, 5, status('rejected'));
      expect(silent.sent).toEqual([]);
    }
  });

  it('follow its order to its end and back, and say nothing twice', () => {
    expect(occasionOfFollowing('approved', 'completed')).toBe('completed');
    expect(occasionOfFollowing('completed', 'completed')).toBeUndefined();
    expect(occasionOfFollowing('completed', 'approved')).toBe('reopened');
    expect(occasionOfFollowing('approved', 'cancelled')).toBe('cancelled');
    expect(occasionOfFollowing('on_hold', 'approved')).toBeUndefined();
  });
});

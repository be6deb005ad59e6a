import { ReactionTrial } from '#millwright/event-sourcing/testing';
import { workOrderRequest, type WorkOrderRequestConverted, type WorkOrderRequestRegistered } from '#millwright/requests';
import type { WorkOrderCancelled, WorkOrderCompleted, WorkOrderOpened, WorkOrderReopened } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import { requestConversionReaction, requestFollowingReaction } from './request-processes.js';

const details = { externalReference: null, title: 'Leak' };
const made: WorkOrderRequestRegistered = {
  type: 'WorkOrderRequestRegistered',
  data: { requestId: 4, status: 'open', rejectionReason: null, portalId: null, details },
};
const converted = (kind: 'open' | 'completed' | null = null): WorkOrderRequestConverted => ({
  type: 'WorkOrderRequestConverted',
  data: {
    workOrderId: 9,
    order: {
      details: { ...details, workOrderRequestId: 4 },
      statusId: kind === null ? null : 5,
      kind,
      completedAt: kind === 'completed' ? '2020-03-02T08:00:00.000Z' : null,
    },
  },
});
const opened = (workOrderRequestId: number | null): WorkOrderOpened => ({
  type: 'WorkOrderOpened',
  data: { workOrderId: 9, statusId: 1, kind: 'open', details: { ...details, workOrderRequestId } },
});
const completed: WorkOrderCompleted = {
  type: 'WorkOrderCompleted',
  data: { completionRevision: 1, completedAt: '2020-03-02T08:00:00.000Z', statusId: 5, kind: 'completed', parts: [] },
};
const reopened: WorkOrderReopened = { type: 'WorkOrderReopened', data: { statusId: 1, kind: 'open' } };
const cancelled: WorkOrderCancelled = { type: 'WorkOrderCancelled', data: { statusId: 4, kind: 'cancelled' } };
const types = (appended: object): string[] => (Object.values(appended).flat() as { type: string }[]).map(({ type }) => type);

describe('a request that was converted', () => {
  it('gets its order under the number that its event names, once, also where a process ended in between', async () => {
    const trial = new ReactionTrial(requestConversionReaction).given(workOrderRequest, 4, made);
    expect(await trial.when(workOrderRequest, 4, converted())).toEqual({ 'workOrder-9': [expect.objectContaining(opened(4))] });
    expect(types(await trial.again())).toEqual([]);
  });

  it('gets one that is completed already', async () => {
    const trial = new ReactionTrial(requestConversionReaction).given(workOrderRequest, 4, made);
    const appended = await trial.when(workOrderRequest, 4, converted('completed'));
    expect(types(appended)).toEqual(['WorkOrderOpened', 'WorkOrderCompletionStarted', 'WorkOrderCompleted']);
    expect(types(await trial.again())).toEqual([]);
  });

  it('follows its order, by the order of events, once', async () => {
    const trial = new ReactionTrial(requestFollowingReaction).given(workOrderRequest, 4, made, converted()).given(workOrder, 9, opened(4));
    const told = (orderRevision: number, status: string, completedAt: string | null) => ({
      'workOrderRequest-4': [
        expect.objectContaining({ type: 'WorkOrderRequestFollowedOrder', data: { workOrderId: 9, orderRevision, status, completedAt } }),
      ],
    });
    expect(await trial.when(workOrder, 9, completed)).toEqual(told(1, 'completed', completed.data.completedAt));
    expect(types(await trial.again())).toEqual([]);
    expect(await trial.when(workOrder, 9, reopened)).toEqual(told(2, 'approved', null));
    expect(await trial.when(workOrder, 9, cancelled)).toEqual(told(3, 'cancelled', null));
    expect(types(await trial.again())).toEqual([]);
  });

  it('is not looked for where an order was opened from none', async () => {
    const trial = new ReactionTrial(requestFollowingReaction).given(workOrder, 9, opened(null));
    expect(await trial.when(workOrder, 9, completed)).toEqual({});
  });
});

import { scenario } from '../../../../test/harness/given.js';
import {
  cancelled,
  cancelledStatus,
  completing,
  completionRefused,
  finished,
  now,
  onHold,
  opened,
  plainDetails,
  reopened,
  requested,
  verified,
} from '../testing/work-orders.js';
import { archiveWorkOrder, unarchiveWorkOrder } from './work-order-archive.js';
import { finishCompletion, refuseCompletion } from './work-order-completion.js';
import { changeWorkOrder, completeWorkOrder, openWorkOrder, reopenWorkOrder } from './work-order-status.js';
import type { WorkOrderEvent } from './work-order.events.js';
import { workOrder } from './work-order.js';
import { completedStatus, openStatus, partLines, type WorkOrder } from './work-order.state.js';

const given = scenario(workOrder);
const opening = { workOrderId: 7, details: plainDetails, now };
const long = '2019-08-24T14:15:22.000Z';

describe('opening a work order', () => {
  it('opens it with the built-in status', () =>
    given()
      .when(openWorkOrder, opening)
      .thenEvents({ type: 'WorkOrderOpened', data: { workOrderId: 7, statusId: 1, kind: 'open', details: plainDetails } }));

  it('opens it with another open status', () =>
    given()
      .when(openWorkOrder, { ...opening, status: onHold })
      .thenEvents({ type: 'WorkOrderOpened', data: { workOrderId: 7, statusId: 3, kind: 'open', details: plainDetails } }));

  it('opens and completes one that was done long ago, in one append', () => {
    const importing = given().when(openWorkOrder, { ...opening, completedAt: long });
    importing.thenEvents(
      { type: 'WorkOrderOpened', data: { workOrderId: 7, statusId: 1, kind: 'open', details: plainDetails } },
      { type: 'WorkOrderCompletionStarted', data: { completedAt: long, statusId: 5 }, effectiveAt: long },
      {
        type: 'WorkOrderCompleted',
        data: { completionRevision: 1, completedAt: long, statusId: 5, kind: 'completed', parts: [] },
        effectiveAt: long,
      },
    );
    importing.thenState(({ phase, completedAt, statusId }) => expect([phase, completedAt, statusId]).toEqual(['completed', long, 5]));
  });

  it('completes it now where only the status is said', () =>
    given()
      .when(openWorkOrder, { ...opening, status: verified })
      .thenState(({ completedAt, statusId }) => expect([completedAt, statusId]).toEqual([now, 9])));

  it('opens and cancels one', () =>
    given()
      .when(openWorkOrder, { ...opening, status: cancelledStatus })
      .thenTypes('WorkOrderOpened', 'WorkOrderCancelled'));

  it('refuses a time of completion beside a status that is not completed', () =>
    given()
      .when(openWorkOrder, { ...opening, status: openStatus, completedAt: long })
      .thenRefused('VALIDATION_FAILED', { 'work_order.completed_at': 'contradicts_status' }));

  it('takes a time of completion up to a day ahead, and no further', () => {
    given()
      .when(openWorkOrder, { ...opening, completedAt: '2025-07-16T09:30:00.000Z' })
      .thenTypes('WorkOrderOpened', 'WorkOrderCompletionStarted', 'WorkOrderCompleted');
    given()
      .when(openWorkOrder, { ...opening, completedAt: '2025-07-16T09:30:00.001Z' })
      .thenRefused('VALIDATION_FAILED', { 'work_order.completed_at': 'out_of_range' });
  });

  it('refuses an id that is taken', () => given(opened).when(openWorkOrder, opening).thenRefused('CONFLICT'));
});

describe('changing a work order', () => {
  it('records only what changed', () =>
    given(opened)
      .when(changeWorkOrder, { changes: { title: plainDetails.title, priority: 'low', categoriesIds: [10] }, now })
      .thenEvents({ type: 'WorkOrderDetailsChanged', data: { changes: { priority: 'low' } } }));

  it('edits and completes in one append', () =>
    given(opened)
      .when(changeWorkOrder, { changes: { priority: 'low' }, status: completedStatus, now })
      .thenEvents(
        { type: 'WorkOrderDetailsChanged', data: { changes: { priority: 'low' } } },
        { type: 'WorkOrderCompletionStarted', data: { completedAt: now, statusId: 5 }, effectiveAt: now },
        {
          type: 'WorkOrderCompleted',
          data: { completionRevision: 2, completedAt: now, statusId: 5, kind: 'completed', parts: [] },
          effectiveAt: now,
        },
      ));

  it('appends nothing when everything is so already', () =>
    given(opened)
      .when(changeWorkOrder, { changes: { priority: 'high' }, status: openStatus, completedAt: null, now })
      .thenNothing());

  it('appends nothing where vendors are not to be told, who are not', () => {
    const changes = { notifyVendorsOnCreate: null, notifyVendorsOnUpdate: 'no' };
    given(opened).when(changeWorkOrder, { changes, now }).thenNothing();
    const told = given(opened, (order) => changeWorkOrder(order, { changes: { notifyVendorsOnUpdate: 'yes' }, now }));
    const untold: WorkOrderEvent = { type: 'WorkOrderDetailsChanged', data: { changes: { notifyVendorsOnUpdate: 'no' } } };
    for (const said of ['no', null]) told.when(changeWorkOrder, { changes: { notifyVendorsOnUpdate: said }, now }).thenEvents(untold);
  });

  it('edits what is completed, cancelled or being completed', () => {
    const edit = { changes: { title: 'Leak' }, now };
    given(opened, completing).when(changeWorkOrder, edit).thenTypes('WorkOrderDetailsChanged');
    given(opened, cancelled).when(changeWorkOrder, edit).thenTypes('WorkOrderDetailsChanged');
    given(opened, requested(52, '2'), completing).when(changeWorkOrder, edit).thenTypes('WorkOrderDetailsChanged');
  });

  it('moves between open statuses', () =>
    given(opened)
      .when(changeWorkOrder, { status: onHold, now })
      .thenEvents({ type: 'WorkOrderStatusChanged', data: { statusId: 3, kind: 'open' } }));

  it('refuses an unknown and an archived order', () => {
    given().when(changeWorkOrder, { now }).thenRefused('NOT_FOUND');
    given(opened, archiveWorkOrder)
      .when(changeWorkOrder, { changes: { title: 'x' }, now })
      .thenRefused('CONFLICT');
  });
});

describe('completing a work order', () => {
  it('starts, and waits for its parts', () => {
    const starting = given(opened, requested(52, '2')).when(completeWorkOrder, { completedAt: long, now });
    starting.thenEvents({ type: 'WorkOrderCompletionStarted', data: { completedAt: long, statusId: 5 }, effectiveAt: long });
    starting.thenState(({ phase, statusId, completedAt }) => expect([phase, statusId, completedAt]).toEqual(['completing', 1, null]));
  });

  it('is done when every part was issued, and then wants what was issued', () => {
    const done = given(opened, requested(52, '2'), requested(53, '1'), completing);
    done.when(finishCompletion, { completionRevision: 3, parts: [{ partId: 52, quantity: '1.5' }] }).thenEvents({
      type: 'WorkOrderCompleted',
      data: { completionRevision: 3, completedAt: now, statusId: 5, kind: 'completed', parts: [{ partId: 52, quantity: '1.5' }] },
      effectiveAt: now,
    });
    done.and(finished(3, { partId: 52, quantity: '1.5' })).thenState((order) => {
      expect(partLines(order)).toEqual([[52, { quantity: 1_500n, requestRevision: 4 }]]);
      expect([order.phase, order.completion]).toEqual(['completed', null]);
    });
  });

  it('is refused when a part could not be issued, and the order is as open as before', () => {
    const parts = [{ partId: 52, quantity: '2', code: 'INSUFFICIENT_STOCK' as const, message: 'too few' }];
    const refusing = given(opened, requested(52, '2'), completing).when(refuseCompletion, { completionRevision: 2, parts });
    refusing.thenEvents({ type: 'WorkOrderCompletionRefused', version: 2, data: { completionRevision: 2, parts, count: 1 } });
    refusing.thenState((order) => {
      expect([order.phase, order.completion, order.parts.size]).toEqual(['open', null, 1]);
      expect(order.refusedCompletions.get(2)).toEqual({ parts, count: 1 });
    });
  });

  it('names a hundred of the parts that could not be issued, and counts the others', () => {
    const parts = Array.from({ length: 140 }, (_, index) => ({
      partId: index + 1,
      quantity: '2',
      code: 'INSUFFICIENT_STOCK' as const,
      message: 'too few',
    }));
    const refusing = given(opened, requested(52, '2'), completing).when(refuseCompletion, { completionRevision: 2, parts });
    refusing.thenState((order) => expect(order.refusedCompletions.get(2)).toEqual({ parts: parts.slice(0, 100), count: 140 }));
  });

  it('ends a round once, whoever says so first', () => {
    const refused = given(opened, requested(52, '2'), completing, completionRefused(2, 52));
    refused.when(finishCompletion, { completionRevision: 2, parts: [] }).thenNothing();
    refused.and(completing).when(finishCompletion, { completionRevision: 2, parts: [] }).thenNothing();
    given(opened, requested(52, '2'), completing, finished(2)).when(refuseCompletion, { completionRevision: 2, parts: [] }).thenNothing();
  });

  it('appends nothing when it is asked again while it runs, or afterwards', () => {
    const running = given(opened, requested(52, '2'), completing);
    running.when(completeWorkOrder, { now: '2025-07-15T09:31:00.000Z' }).thenNothing();
    running.when(completeWorkOrder, { completedAt: '2025-07-15T11:30:00.000+02:00', now }).thenNothing();
    running.and(finished(2)).when(completeWorkOrder, { now: '2025-07-15T09:31:00.000Z' }).thenNothing();
  });

  it('refuses another date or status while it runs', () => {
    const running = given(opened, requested(52, '2'), completing);
    running.when(completeWorkOrder, { completedAt: long, now }).thenRefused('CONFLICT');
    running.when(completeWorkOrder, { status: verified, now }).thenRefused('CONFLICT');
  });

  it('refuses reopening, holding and cancelling while it runs', () => {
    const running = given(opened, requested(52, '2'), completing);
    running.when(reopenWorkOrder, { now }).thenRefused('CONFLICT');
    running.when(changeWorkOrder, { status: onHold, now }).thenRefused('CONFLICT');
    running.when(changeWorkOrder, { completedAt: null, now }).thenRefused('CONFLICT');
    running.when(changeWorkOrder, { status: cancelledStatus, now }).thenRefused('CONFLICT');
  });

  it('changes the date of what is completed without touching stock', () => {
    const redating = given(opened, requested(52, '2'), completing, finished(2, { partId: 52, quantity: '2' })).when(changeWorkOrder, {
      completedAt: long,
      now,
    });
    redating.thenEvents({ type: 'WorkOrderCompletionDateChanged', data: { completedAt: long }, effectiveAt: long });
    redating.thenState(({ completedAt, phase }) => expect([completedAt, phase]).toEqual([long, 'completed']));
  });

  it('changes to another completed status, with another date or without', () => {
    given(opened, completing)
      .when(changeWorkOrder, { status: verified, now })
      .thenEvents({ type: 'WorkOrderStatusChanged', data: { statusId: 9, kind: 'completed' } });
    given(opened, completing)
      .when(changeWorkOrder, { status: verified, completedAt: long, now })
      .thenTypes('WorkOrderCompletionDateChanged', 'WorkOrderStatusChanged');
  });

  it('takes a completed status at its word, also beside a time that is null', () =>
    given(opened)
      .when(changeWorkOrder, { status: completedStatus, completedAt: null, now })
      .thenTypes('WorkOrderCompletionStarted', 'WorkOrderCompleted'));

  it('refuses what is cancelled', () => {
    given(opened, cancelled).when(completeWorkOrder, { now }).thenRefused('WORK_ORDER_CLOSED');
    given(opened, cancelled).when(changeWorkOrder, { completedAt: long, now }).thenRefused('WORK_ORDER_CLOSED');
  });
});

describe('reopening a work order', () => {
  it('leads a completed one back to the open status it had', () => {
    const held = (order: WorkOrder) => changeWorkOrder(order, { status: onHold, now });
    const completed = given(opened, requested(52, '2'), held, completing, finished(3, { partId: 52, quantity: '2' }));
    const reopening = completed.when(changeWorkOrder, { completedAt: null, now });
    reopening.thenEvents({ type: 'WorkOrderReopened', data: { statusId: 3, kind: 'open' } });
    reopening.thenState((order) => expect([order.phase, order.completedAt, order.parts.get(52)?.quantity]).toEqual(['open', null, 2_000n]));
  });

  it('or to the one that is named', () =>
    given(opened, completing)
      .when(reopenWorkOrder, { status: onHold, now })
      .thenEvents({ type: 'WorkOrderReopened', data: { statusId: 3, kind: 'open' } }));

  it('and remembers that one for the next time', () => {
    const reopenedOnHold = (order: WorkOrder) => reopenWorkOrder(order, { status: onHold, now });
    given(opened, completing, reopenedOnHold, completing)
      .when(reopenWorkOrder, { now })
      .thenEvents({ type: 'WorkOrderReopened', data: { statusId: 3, kind: 'open' } });
  });

  it('opens a cancelled one without its parts', () =>
    given(opened, requested(52, '2'), cancelled, reopened).thenState((order) =>
      expect([order.phase, order.parts.size]).toEqual(['open', 0]),
    ));

  it('has nothing to do on an open one', () => given(opened).when(reopenWorkOrder, { now }).thenNothing());

  it('takes no time of completion for a wish to open what is cancelled', () =>
    given(opened, cancelled).when(changeWorkOrder, { completedAt: null, now }).thenNothing());
});

describe('cancelling a work order', () => {
  it('gives up its parts', () => {
    const cancelling = given(opened, requested(52, '2')).when(changeWorkOrder, { status: cancelledStatus, now });
    cancelling.thenEvents({ type: 'WorkOrderCancelled', data: { statusId: 4, kind: 'cancelled' } });
    cancelling.thenState((order) => expect([order.phase, order.parts.size]).toEqual(['cancelled', 0]));
  });

  it('appends nothing twice, but takes another cancelled status', () => {
    given(opened, cancelled).when(changeWorkOrder, { status: cancelledStatus, now }).thenNothing();
    given(opened, cancelled)
      .when(changeWorkOrder, { status: { statusId: 12, kind: 'cancelled' }, now })
      .thenTypes('WorkOrderStatusChanged');
  });

  it('refuses what is completed', () =>
    given(opened, completing).when(changeWorkOrder, { status: cancelledStatus, now }).thenRefused('WORK_ORDER_CLOSED'));
});

describe('archiving a work order', () => {
  it('puts it away and brings it back, once each', () => {
    const archived = given(opened, completing, archiveWorkOrder);
    archived.thenState((order) => expect(order.archived).toBe(true));
    archived.whenever(archiveWorkOrder).thenNothing();
    archived.whenever(unarchiveWorkOrder).thenTypes('WorkOrderUnarchived');
    given(opened).whenever(unarchiveWorkOrder).thenNothing();
  });

  it('refuses while parts are reserved or being issued', () => {
    given(opened, requested(52, '2')).whenever(archiveWorkOrder).thenRefused('CONFLICT');
    given(opened, requested(52, '2'), completing).whenever(archiveWorkOrder).thenRefused('CONFLICT');
  });

  it('refuses an unknown order', () => {
    given().whenever(archiveWorkOrder).thenRefused('NOT_FOUND');
    given().whenever(unarchiveWorkOrder).thenRefused('NOT_FOUND');
  });
});

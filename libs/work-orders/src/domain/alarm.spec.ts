import { scenario } from '../../../../test/harness/given.js';
import { cancelled, completing, opened, plainDetails, reopened } from '../testing/work-orders.js';
import { alarm, raiseAlarm, repeatAlarm, takesRepeats, type Alarm } from './alarm.js';
import { archiveWorkOrder } from './work-order-archive.js';
import type { WorkOrderEvent } from './work-order.events.js';
import { workOrder } from './work-order.js';
import type { WorkOrder } from './work-order.state.js';

const given = scenario(alarm);
const givenOrder = scenario(workOrder);
const raised =
  (workOrderId: number, begins: Partial<Parameters<typeof raiseAlarm>[1]> = {}) =>
  (state: Alarm) =>
    raiseAlarm(state, { workOrderId, details: plainDetails, status: null, completedAt: null, procedures: [], ...begins });
const comment = { commentId: 3, authorId: 1, textId: 'text', textSha256: 'digest' };
const repeated = (workOrderId: number) => (state: Alarm) => repeatAlarm(state, { workOrderId, ...comment });

describe('an alarm', () => {
  it('counts how often it came for the order that it opened', () =>
    given(raised(7), repeated(7))
      .whenever(repeated(7))
      .thenEvents({ type: 'AlarmRepeated', data: { workOrderId: 7, ...comment, alarmCount: 3 } }));

  it('begins anew with another order, and counts on for one that was opened again', () =>
    given(raised(7), repeated(7), raised(8), repeated(7)).thenState(({ workOrderId, counts }) =>
      expect([workOrderId, counts.toObject()]).toEqual([8, { 7: 3, 8: 1 }]),
    ));

  it('is the same when it comes back from a snapshot', () =>
    given(raised(7), repeated(7), raised(8, { completedAt: '2026-03-02T09:00:00.000Z' })).thenState((state) => {
      const pages = new Map(
        [...(alarm.snapshots?.pagesOf(state) ?? [])].map(([name, page]) => [name, JSON.parse(JSON.stringify(page)) as unknown]),
      );
      expect(alarm.snapshots?.stateOf(pages)).toEqual(state);
    }));
});

describe('a repeat', () => {
  it('goes to an order that is open, being completed, or about to be opened, and to no other', () => {
    const takes = (...steps: readonly ((order: WorkOrder) => readonly WorkOrderEvent[])[]): boolean => {
      let answer = false;
      givenOrder(...steps).thenState((order) => void (answer = takesRepeats({ beginsClosed: false }, order)));
      return answer;
    };
    expect([takes(), takes(opened), takes(opened, completing, reopened)]).toEqual([true, true, true]);
    expect([takes(opened, completing), takes(opened, cancelled), takes(opened, archiveWorkOrder)]).toEqual([false, false, false]);
  });

  it('goes to no order that is about to be opened completed or cancelled, and to one that was opened again since', () => {
    const takes = (begins: Parameters<typeof raised>[1], order: WorkOrder): boolean => {
      let answer = false;
      given(raised(7), raised(8, begins), repeated(8)).thenState((state) => void (answer = takesRepeats(state, order)));
      return answer;
    };
    const completedAt = '2026-03-02T09:00:00.000Z';
    const [completed, called, open] = [{ statusId: 5, kind: 'completed' }, { statusId: 4, kind: 'cancelled' }, { statusId: 2, kind: 'open' }] as const; // prettier-ignore
    for (const begins of [{ completedAt }, { status: completed }, { status: completed, completedAt }, { status: called }])
      expect(takes(begins, workOrder.initialState)).toBe(false);
    expect(takes({ status: open }, workOrder.initialState)).toBe(true);
    givenOrder(opened).thenState((reopened) => expect(takes({ completedAt }, reopened)).toBe(true));
  });
});

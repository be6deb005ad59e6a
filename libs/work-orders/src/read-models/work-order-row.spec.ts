import type { RecordedEvent } from '#millwright/event-sourcing';
import { missingIn, recordedAs, rowsAfterEach } from '#millwright/event-sourcing/testing';
import { archiveWorkOrder, unarchiveWorkOrder } from '../domain/work-order-archive.js';
import { changeWorkOrder, type ChangeWorkOrder } from '../domain/work-order-status.js';
import { recordOtherCost, reverseOtherCost } from '../domain/other-costs.js';
import type { WorkOrderEvent } from '../domain/work-order.events.js';
import { workOrder } from '../domain/work-order.js';
import type { WorkOrder } from '../domain/work-order.state.js';
import { answered, copyOf, following, item } from '../testing/procedures.js';
import * as steps from '../testing/work-orders.js';
import { workOrderFold } from './work-order-row.js';

type Step = (state: WorkOrder) => readonly WorkOrderEvent[];

const cost: Step = (order) =>
  recordOtherCost(order, {
    otherCostId: 5,
    amount: '-12.34',
    currency: 'USD',
    date: '2025-07-15',
    note: null,
    categoryId: null,
    externalReference: null,
  });

const [inspect, clear] = steps.drain;
const listSaid =
  (text: string, wanted: Partial<ChangeWorkOrder> = {}): Step =>
  (order) =>
    changeWorkOrder(order, {
      ...wanted,
      changes: {
        checklist: [
          { ...inspect, checked: true },
          { ...clear, text, checked: true },
        ],
      },
      now: steps.now,
    });

/** Through every phase: requested and refused, completed and refused, on hold, completed, reopened to where it was, cancelled, archived. */
const history: readonly Step[] = [
  steps.opened,
  (order) => changeWorkOrder(order, { changes: { checklist: steps.drain }, now: steps.now }),
  steps.ticked(2),
  following(copyOf(1, item(1, 'yes_no')), copyOf(2, item(1, 'text'))),
  answered(71, { item_id: 1, value: false }),
  following(copyOf(1)),
  steps.requested(1, '2.5'),
  steps.requested(2, '1'),
  steps.requestRefused(2, 8, '0'),
  steps.quantitySet(1, '3.001'),
  (order) => changeWorkOrder(order, { status: steps.onHold, now: steps.now, changes: { dueDate: steps.now } }),
  steps.completing,
  (order) => steps.completionRefused(order.completion?.revision ?? -1, 1)(order),
  cost,
  steps.worked(11, '1.5'),
  steps.workReversed(12, 11),
  steps.worked(13, '0.3333'),
  (order) => reverseOtherCost(order, { otherCostId: 6, reversedOtherCostId: 5, reason: 'wrong', date: '2025-07-16' }),
  steps.completing,
  (order) => steps.finished(order.completion?.revision ?? -1, { partId: 1, quantity: '3.001' })(order),
  (order) => changeWorkOrder(order, { completedAt: '2025-07-14T08:00:00.000Z', now: steps.now }),
  steps.reopened,
  steps.ticked(1),
  steps.cancelled,
  listSaid('Clear it'),
  listSaid('Clear all of it', { status: { statusId: 1, kind: 'open' } }),
  steps.cancelled,
  archiveWorkOrder,
  unarchiveWorkOrder,
];

/** One that is missing here does not compile, and one that is not in the history is tried by nothing below. */
const everyEvent: Readonly<Record<WorkOrderEvent['type'], true>> = {
  WorkOrderOpened: true,
  WorkOrderDetailsChanged: true,
  ChecklistItemTicked: true,
  WorkOrderStatusChanged: true,
  PartAssignmentRequested: true,
  PartAssignmentRefused: true,
  WorkOrderCompletionStarted: true,
  WorkOrderCompleted: true,
  WorkOrderCompletionRefused: true,
  WorkOrderCompletionDateChanged: true,
  WorkOrderReopened: true,
  WorkOrderCancelled: true,
  OtherCostRecorded: true,
  ProcedureAdded: true,
  ProcedureRemoved: true,
  ProcedureItemAnswered: true,
  LabourLogged: true,
  LabourReversed: true,
  OtherCostReversed: true,
  WorkOrderArchived: true,
  WorkOrderUnarchived: true,
};

function recorded(taken: readonly Step[]): RecordedEvent<WorkOrderEvent>[] {
  const events: WorkOrderEvent[] = [];
  const sizes: number[] = [];
  for (const step of taken) {
    const decided = step(events.reduce(workOrder.evolve, workOrder.initialState));
    events.push(...decided);
    sizes.push(decided.length);
  }
  return recordedAs('workOrder-7', events, sizes);
}

describe('the row of a work order', () => {
  it('is the same after every event, whether it was remembered in the process or in the database', () => {
    const events = recorded(history);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(Object.keys(everyEvent)));
    expect(rowsAfterEach(workOrderFold, events, true)).toEqual(rowsAfterEach(workOrderFold, events, false));
  });

  it('has a value for every column that is shown', () => {
    for (const row of rowsAfterEach(workOrderFold, recorded(history), false)) expect(missingIn(row, workOrderFold)).toEqual([]);
  });
});

import { scenario } from '../../../../test/harness/given.js';
import { opened } from '../testing/work-orders.js';
import { recordOtherCost, reverseOtherCost, type RecordOtherCost } from './other-costs.js';
import { archiveWorkOrder } from './work-order-archive.js';
import type { WorkOrderEvent } from './work-order.events.js';
import { workOrder } from './work-order.js';
import type { WorkOrder } from './work-order.state.js';

const given = scenario(workOrder);

const crane: RecordOtherCost = {
  otherCostId: 5,
  amount: '-12.34',
  currency: 'USD',
  date: '2026-03-02',
  note: 'Crane',
  categoryId: 10,
  externalReference: null,
  costCategoryId: 3,
};

const recorded =
  (more: Partial<RecordOtherCost> = {}) =>
  (order: WorkOrder): WorkOrderEvent[] =>
    recordOtherCost(order, { ...crane, ...more });

const reversed =
  (reversedOtherCostId: number, otherCostId = 6) =>
  (order: WorkOrder): WorkOrderEvent[] =>
    reverseOtherCost(order, { otherCostId, reversedOtherCostId, reason: 'wrong order', date: '2026-04-01' });

describe('a cost', () => {
  const most = recorded({ amount: '999999999.99' });

  it('is refused where all of them would pass the limit of a charge, and taken where it leads back', () => {
    const many = given(opened, ...Array.from({ length: 10 }, () => most));
    many.whenever(recorded({ amount: '0.09' })).thenTypes('OtherCostRecorded');
    many.whenever(recorded({ amount: '0.10' })).thenRefused('VALUE_OUT_OF_RANGE');
    many.whenever(recorded({ amount: '-0.10' })).thenTypes('OtherCostRecorded');
  });
});

describe('a cost that is taken back', () => {
  it('is followed by one of the negated amount, with its categories, on a day of its own', () =>
    given(opened, recorded())
      .whenever(reversed(5))
      .thenEvents({
        type: 'OtherCostReversed',
        data: {
          otherCostId: 6,
          reversedOtherCostId: 5,
          amount: '12.34',
          currency: 'USD',
          date: '2026-04-01',
          reason: 'wrong order',
          categoryId: 10,
          costCategoryId: 3,
        },
        effectiveAt: '2026-04-01',
      }));

  it('is taken back once', () => given(opened, recorded(), reversed(5)).whenever(reversed(5, 7)).thenRefused('ALREADY_REVERSED'));

  it('is no reversal, nor one of another order, nor on an order that is put away', () => {
    given(opened, recorded(), reversed(5)).whenever(reversed(6, 7)).thenRefused('CONFLICT');
    given(opened, recorded()).whenever(reversed(4)).thenRefused('NOT_FOUND');
    given(opened, recorded(), archiveWorkOrder).whenever(reversed(5)).thenRefused('CONFLICT');
  });

  it('of an older release had no cost category', () => {
    const { costCategoryId: _, ...older } = crane;
    given(opened, () => [{ type: 'OtherCostRecorded', data: older }])
      .whenever(reversed(5))
      .thenEvents(expect.objectContaining({ data: expect.objectContaining({ costCategoryId: null }) }) as never);
  });
});

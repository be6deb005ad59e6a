import { scenario } from '../../../../test/harness/given.js';
import { cancelled, completing, finished, opened, quantitySet, requestRefused, requested } from '../testing/work-orders.js';
import { recordOtherCost } from './other-costs.js';
import { archiveWorkOrder } from './work-order-archive.js';
import { refusePartAssignment, removePart, requestPart, setPartQuantity } from './work-order-parts.js';
import { workOrder } from './work-order.js';

const given = scenario(workOrder);
const completed = [opened, requested(52, '2'), completing, finished(2, { partId: 52, quantity: '2' })];

describe('asking for a part', () => {
  it('says how many the order wants in all', () =>
    given(opened)
      .when(requestPart, { partId: 52, quantity: '2.5' })
      .thenEvents({ type: 'PartAssignmentRequested', data: { partId: 52, quantityAfter: '2.5' } }));

  it('adds to what it wants already', () =>
    given(opened, requested(52, '2.5'), requested(53, '1'))
      .when(requestPart, { partId: 52, quantity: '0.5' })
      .thenEvents({ type: 'PartAssignmentRequested', data: { partId: 52, quantityAfter: '3' } }));

  it('refuses nothing and less', () => {
    given(opened).when(requestPart, { partId: 52, quantity: '0' }).thenRefused('VALIDATION_FAILED', { quantity: 'out_of_range' });
    given(opened).when(requestPart, { partId: 52, quantity: '-1' }).thenRefused('VALIDATION_FAILED', { quantity: 'out_of_range' });
  });

  it('refuses more than a quantity can be', () =>
    given(opened, requested(52, '999999999.999'))
      .when(requestPart, { partId: 52, quantity: '0.001' })
      .thenRefused('VALUE_OUT_OF_RANGE', { quantity: 'out_of_range' }));

  it('takes 1,500 parts, and no more than fit into the event that completes the order', () => {
    const lines = (count: number, quantity: string, first = 1) =>
      Array.from({ length: count }, (_, index) => requested(first + index, quantity));
    given(opened, ...lines(1_499, '1'))
      .when(requestPart, { partId: 9_999, quantity: '1' })
      .thenTypes('PartAssignmentRequested');
    given(opened, ...lines(1_500, '1'))
      .when(requestPart, { partId: 9_999, quantity: '1' })
      .thenRefused('VALIDATION_FAILED', { part_id: 'too_many_parts' });
    given(opened, ...lines(1_500, '1'))
      .when(requestPart, { partId: 1, quantity: '1' })
      .thenTypes('PartAssignmentRequested');
    given(opened, ...lines(1_300, '999999999.999', 1_000_000))
      .when(requestPart, { partId: 9_999, quantity: '1' })
      .thenTypes('PartAssignmentRequested');
    given(opened, ...lines(1_347, '999999999.999', 1_000_000))
      .when(requestPart, { partId: 1_500_000, quantity: '999999999.999' })
      .thenRefused('VALIDATION_FAILED', { part_id: 'too_many_parts' });
    // One that is there already may not outgrow the event either; less of it is always taken.
    const full = given(opened, ...lines(1_347, '999999999.999', 1_000_000), requested(1_500_000, '0.001'));
    full
      .when(setPartQuantity, { partId: 1_500_000, quantity: '999999999.999' })
      .thenRefused('VALIDATION_FAILED', { quantity: 'too_many_parts' });
    full.when(setPartQuantity, { partId: 1_000_000, quantity: '1' }).thenTypes('PartAssignmentRequested');
  });

  it('refuses a completed, a cancelled and a completing order', () => {
    given(...completed)
      .when(requestPart, { partId: 52, quantity: '1' })
      .thenRefused('WORK_ORDER_CLOSED');
    given(opened, cancelled).when(requestPart, { partId: 52, quantity: '1' }).thenRefused('WORK_ORDER_CLOSED');
    given(opened, requested(52, '1'), completing).when(requestPart, { partId: 53, quantity: '1' }).thenRefused('CONFLICT');
  });

  it('refuses an unknown and an archived order', () => {
    given().when(requestPart, { partId: 52, quantity: '1' }).thenRefused('NOT_FOUND');
    given(opened, archiveWorkOrder).when(requestPart, { partId: 52, quantity: '1' }).thenRefused('CONFLICT');
  });
});

describe('setting the quantity of a part', () => {
  it('says how many the order wants from now on', () =>
    given(opened, requested(52, '2'))
      .when(setPartQuantity, { partId: 52, quantity: '5' })
      .thenEvents({ type: 'PartAssignmentRequested', data: { partId: 52, quantityAfter: '5' } }));

  it('removes it at zero', () => {
    const removing = given(opened, requested(52, '2')).when(setPartQuantity, { partId: 52, quantity: '0' });
    removing.thenEvents({ type: 'PartAssignmentRequested', data: { partId: 52, quantityAfter: '0' } });
    removing.thenState((order) => expect(order.parts.has(52)).toBe(false));
    given(opened, requested(52, '2')).when(removePart, { partId: 52 }).thenTypes('PartAssignmentRequested');
  });

  it('appends nothing when it wants as many already', () =>
    given(opened, requested(52, '2')).when(setPartQuantity, { partId: 52, quantity: '2' }).thenNothing());

  it('lowers and removes on a completed order, where it means a return', () => {
    given(...completed)
      .when(setPartQuantity, { partId: 52, quantity: '0.5' })
      .thenTypes('PartAssignmentRequested');
    given(...completed)
      .when(removePart, { partId: 52 })
      .thenTypes('PartAssignmentRequested');
  });

  it('refuses to raise on a completed order', () =>
    given(...completed)
      .when(setPartQuantity, { partId: 52, quantity: '2.001' })
      .thenRefused('WORK_ORDER_CLOSED'));

  it('refuses any change while the order is being completed', () => {
    const running = given(opened, requested(52, '2'), completing);
    running.when(setPartQuantity, { partId: 52, quantity: '1' }).thenRefused('CONFLICT');
    running.when(removePart, { partId: 52 }).thenRefused('CONFLICT');
  });

  it('refuses a part that is not assigned, or no longer', () => {
    given(opened).when(setPartQuantity, { partId: 52, quantity: '1' }).thenRefused('NOT_FOUND');
    given(opened).when(removePart, { partId: 52 }).thenRefused('NOT_FOUND');
    given(opened, requested(52, '2'), quantitySet(52, '0')).when(removePart, { partId: 52 }).thenRefused('NOT_FOUND');
    given(opened, requested(52, '2'), cancelled).when(removePart, { partId: 52 }).thenRefused('NOT_FOUND');
  });

  it('refuses less than nothing', () =>
    given(opened, requested(52, '2'))
      .when(setPartQuantity, { partId: 52, quantity: '-1' })
      .thenRefused('VALIDATION_FAILED', { quantity: 'out_of_range' }));

  it('refuses an unknown and an archived order', () => {
    given().when(setPartQuantity, { partId: 52, quantity: '1' }).thenRefused('NOT_FOUND');
    given(...completed, archiveWorkOrder)
      .when(setPartQuantity, { partId: 52, quantity: '1' })
      .thenRefused('CONFLICT');
  });
});

describe('a part that says no', () => {
  const refusal = { partId: 52, requestRevision: 2, code: 'INSUFFICIENT_STOCK' as const, message: 'too few', quantityAfter: '2' };

  it('leaves the order with what stays granted', () => {
    const refusing = given(opened, requested(52, '2'), requested(52, '8')).when(refusePartAssignment, refusal);
    refusing.thenEvents({ type: 'PartAssignmentRefused', data: refusal });
    refusing.thenState((order) => {
      expect(order.parts.get(52)?.quantity).toBe(2_000n);
      expect(order.refusedRequests.get(2)).toEqual({ partId: 52, code: 'INSUFFICIENT_STOCK', message: 'too few', quantityAfter: '2' });
    });
  });

  it('leaves nothing of a part of which nothing was granted', () =>
    given(opened, requested(52, '8'), requestRefused(52, 1, '0')).thenState((order) => expect(order.parts.has(52)).toBe(false)));

  it('is noted once', () =>
    given(opened, requested(52, '2'), requested(52, '8'), requestRefused(52, 2, '2'))
      .when(refusePartAssignment, refusal)
      .thenNothing());

  it('does not touch a later request of the same part', () => {
    given(opened, requested(52, '2'), requested(52, '8'), quantitySet(52, '1'), requestRefused(52, 2, '2')).thenState((order) =>
      expect(order.parts.get(52)?.quantity).toBe(1_000n),
    );
    given(opened, requested(52, '8'), quantitySet(52, '0'), requestRefused(52, 1, '0')).thenState((order) =>
      expect(order.parts.has(52)).toBe(false),
    );
  });

  it('does not bring parts back to an order that was cancelled meanwhile', () =>
    given(opened, requested(52, '2'), requested(52, '8'), cancelled, requestRefused(52, 2, '2')).thenState((order) =>
      expect(order.parts.size).toBe(0),
    ));

  it('is heard while the order is being completed', () =>
    given(opened, requested(52, '2'), requested(52, '8'), completing, requestRefused(52, 2, '2')).thenState((order) =>
      expect([order.phase, order.parts.get(52)?.quantity]).toEqual(['completing', 2_000n]),
    ));
});

describe('recording another cost', () => {
  const cost = {
    otherCostId: 31,
    amount: '38.1',
    currency: 'USD',
    date: '2010-02-28',
    note: null,
    categoryId: 10,
    externalReference: 'row 7',
  };

  it('belongs to its date', () => {
    const recording = given(opened).when(recordOtherCost, cost);
    recording.thenEvents({ type: 'OtherCostRecorded', data: cost, effectiveAt: '2010-02-28' });
    recording.thenState((order) => expect(order.otherCosts).toBe(38_100_000n));
  });

  it('may be a credit, and adds up', () =>
    given(
      opened,
      (order) => recordOtherCost(order, cost),
      (order) => recordOtherCost(order, { ...cost, amount: '-40.05' }),
    ).thenState((order) => expect(order.otherCosts).toBe(-1_950_000n)));

  it('is taken by completed and cancelled orders, too', () => {
    given(...completed)
      .when(recordOtherCost, cost)
      .thenTypes('OtherCostRecorded');
    given(opened, cancelled).when(recordOtherCost, cost).thenTypes('OtherCostRecorded');
    given(opened, requested(52, '2'), completing).when(recordOtherCost, cost).thenTypes('OtherCostRecorded');
  });

  it('refuses an amount that the currency does not take', () => {
    given(opened)
      .when(recordOtherCost, { ...cost, amount: '1.005' })
      .thenRefused('VALIDATION_FAILED', { 'other_cost.amount': 'too_many_decimals' });
    given(opened)
      .when(recordOtherCost, { ...cost, amount: '1.005', currency: 'KWD' })
      .thenTypes('OtherCostRecorded');
    given(opened)
      .when(recordOtherCost, { ...cost, amount: '1.5', currency: 'JPY' })
      .thenRefused('VALIDATION_FAILED', { 'other_cost.amount': 'too_many_decimals' });
    given(opened)
      .when(recordOtherCost, { ...cost, amount: '-1000000000' })
      .thenRefused('VALIDATION_FAILED', { 'other_cost.amount': 'out_of_range' });
  });

  it('refuses an unknown and an archived order', () => {
    given().when(recordOtherCost, cost).thenRefused('NOT_FOUND');
    given(opened, archiveWorkOrder).when(recordOtherCost, cost).thenRefused('CONFLICT');
  });
});

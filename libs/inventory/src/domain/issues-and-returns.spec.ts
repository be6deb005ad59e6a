import { scenario } from '../../../../test/harness/given.js';
import {
  archived,
  effect,
  giveBack,
  issue,
  reconciled,
  registered,
  reserve,
  restocked,
  returnAndReserve,
  unitCostSet,
  used,
  nonStock,
  stocked,
} from '../testing/parts.js';
import { decideOrderEffect, issueRefusal, issueRefusalUnseen, type OrderEffect, type OrderEffectOutcome } from './order-effects.js';
import { part } from './part.js';
import { available, orderEntry, type Part } from './part.state.js';

const given = scenario(part);

const decided = (part: Part, asked: OrderEffect) => decideOrderEffect(part, asked, 9).events;
const outcome =
  (asked: OrderEffect, expected: OrderEffectOutcome) =>
  (part: Part): void =>
    expect(decideOrderEffect(part, asked, 9).outcome).toEqual(expected);

describe('issuing a part to a work order', () => {
  it('charges the weighted average, on the date of the completion', () =>
    given(...stocked, effect(reserve(7, 1, '4')))
      .when(decided, issue(7, 3))
      .thenEvents({
        type: 'PartIssued',
        effectiveAt: '2025-07-15T09:30:00.000Z',
        data: {
          transactionId: 9,
          quantity: '-4',
          value: '-50.8',
          onHandAfter: '11',
          valueAfter: '139.7',
          workOrderId: 7,
          orderRevision: 3,
          charge: '50.8',
          chargeAfter: '50.8',
          reservedAfter: '0',
        },
      }));

  it('gives the last part out with whatever value is left', () => {
    const issuing = given(registered(), restocked('3', '3.33'), restocked('0.001', '0.05'), effect(reserve(7, 1, '3.001'))).when(
      decided,
      issue(7, 3),
    );
    issuing.thenState((part) => expect([part.shelf, orderEntry(part, 7).charge]).toEqual([{ quantity: 0n, value: 0n }, 9_990_050n]));
  });

  it('does nothing when the same effect comes again', () => {
    const issued = given(registered(), restocked('1', '1'), effect(reserve(7, 1, '1')), effect(issue(7, 3)));
    issued.when(decided, issue(7, 3)).thenNothing();
    issued.thenState(outcome(issue(7, 3), { kind: 'done', quantity: '1' }));
  });

  it('forgets that an earlier request was refused', () =>
    given(...stocked, effect(reserve(7, 1, '4')), effect(reserve(7, 2, '16')), effect(issue(7, 3))).thenState(
      outcome(issue(7, 3), { kind: 'done', quantity: '4' }),
    ));

  it('has nothing to issue where nothing was granted', () => {
    given(...stocked)
      .when(decided, issue(7, 3))
      .thenNothing();
    given(...stocked).thenState(outcome(issue(7, 3), { kind: 'done', quantity: '0' }));
  });

  it('comes too late when the order has gone on', () => {
    const reopened = given(...stocked, effect(reserve(7, 1, '4')), effect(returnAndReserve(7, 4)));
    reopened.when(decided, issue(7, 3)).thenNothing();
    reopened.thenState(outcome(issue(7, 3), { kind: 'overtaken' }));
  });

  it('refuses when a count found less than was reserved, and appends nothing', () => {
    // What comes back may be more than can be counted in, so stock has no limit of its own.
    given(...stocked, effect(reserve(7, 1, '4'))).thenState((part) =>
      expect(issueRefusalUnseen(part, 7, 10_000_000_001n)).toMatchObject({ code: 'VALUE_OUT_OF_RANGE' }),
    );
    const short = given(...stocked, effect(reserve(7, 1, '4')), reconciled('-11.001'));
    short.when(decided, issue(7, 3)).thenNothing();
    const refusal = { code: 'INSUFFICIENT_STOCK' as const, message: '4 reserved, 3.999 on hand.' };
    short.thenState(outcome(issue(7, 3), { kind: 'refused', quantity: '4', ...refusal }));
    short.thenState((part) => expect(issueRefusal(part, 7)).toEqual(refusal));
  });

  it('takes from the shelf what another order has only reserved', () =>
    given(...stocked, effect(reserve(7, 1, '8')), effect(reserve(8, 1, '7')), reconciled('-7'))
      .when(decided, issue(7, 3))
      .thenTypes('PartIssued'));

  it('charges a non-stock part at its price and moves no shelf', () => {
    const issuing = given(nonStock, effect(reserve(7, 1, '2.5')), unitCostSet('5.01')).when(decided, issue(7, 3));
    issuing.thenEvents({
      type: 'PartIssued',
      effectiveAt: '2025-07-15T09:30:00.000Z',
      data: {
        transactionId: 9,
        quantity: '-2.5',
        value: '0',
        onHandAfter: '0',
        valueAfter: '0',
        workOrderId: 7,
        orderRevision: 3,
        charge: '12.525',
        chargeAfter: '12.525',
        reservedAfter: '0',
      },
    });
  });

  it('charges nothing for a non-stock part whose price nobody has said', () =>
    given(registered({ isNonStock: true }), effect(reserve(7, 1, '2')), effect(issue(7, 3))).thenState((part) =>
      expect(orderEntry(part, 7)).toMatchObject({ issued: 2_000n, charge: 0n }),
    ));

  it('takes a charge up to the limit', () =>
    given(registered({ isNonStock: true }, { unitCost: '909090909.09' }), effect(reserve(7, 1, '11')))
      .when(decided, issue(7, 3))
      .thenTypes('PartIssued'));

  it('counts what was charged before to the limit', () =>
    given(registered({ isNonStock: true }, { unitCost: '909090909.09' }), used(7, '6'), effect(reserve(7, 3, '6'))).thenState((part) =>
      expect(issueRefusal(part, 7)).toMatchObject({ code: 'VALUE_OUT_OF_RANGE' }),
    ));

  it('tells nothing of its price to who does not see it, whatever it has reserved by now', () => {
    for (const unitCost of ['0.01', '37.21', '1000']) {
      const cheap = given(registered({ isNonStock: true }, { unitCost }), effect(reserve(7, 1, '9999999.999')));
      cheap.thenState((part) => expect(issueRefusalUnseen(part, 7, 9_999_999_999n)).toBeUndefined());
      cheap.thenState((part) => expect(issueRefusalUnseen(part, 7, 10_000_000_000n)).toMatchObject({ code: 'VALUE_OUT_OF_RANGE' }));
      const more = given(registered({ isNonStock: true }, { unitCost }), effect(reserve(7, 1, '10000000')));
      more.thenState((part) => expect(issueRefusalUnseen(part, 7, 1n)).toMatchObject({ code: 'VALUE_OUT_OF_RANGE' }));
    }
    const short = given(...stocked, effect(reserve(7, 1, '4')), reconciled('-11.001'));
    short.thenState((part) => expect(issueRefusalUnseen(part, 7, 4_000n)).toMatchObject({ code: 'INSUFFICIENT_STOCK' }));
  });

  it('refuses a charge past the limit', () => {
    const dear = given(registered({ isNonStock: true }, { unitCost: '999999999.99' }), effect(reserve(7, 1, '11')));
    dear.when(decided, issue(7, 3)).thenNothing();
    dear.thenState(
      outcome(issue(7, 3), {
        kind: 'refused',
        quantity: '11',
        code: 'VALUE_OUT_OF_RANGE',
        message: 'The charge would be more than 9999999999.99.',
      }),
    );
  });
});

describe('returning a part from a completed work order', () => {
  it("gives back at the order's own charge, whatever the average has become", () =>
    given(...stocked, used(7, '4'), restocked('100', '1'))
      .when(decided, giveBack(7, 5, '3'))
      .thenEvents({
        type: 'PartReturned',
        data: {
          transactionId: 9,
          quantity: '1',
          value: '12.7',
          onHandAfter: '112',
          valueAfter: '252.4',
          workOrderId: 7,
          orderRevision: 5,
          charge: '-12.7',
          chargeAfter: '38.1',
        },
      }));

  it('gives back with the last one all that is left of the charge', () => {
    const thirds = given(
      registered(),
      restocked('3', '3.33'),
      restocked('4', '0.01'),
      used(7, '7'),
      effect(giveBack(7, 5, '4')),
      effect(giveBack(7, 6, '1')),
    );
    thirds.thenState((part) => expect(orderEntry(part, 7)).toMatchObject({ issued: 1_000n, charge: 1_432_857n }));
    thirds.and(effect(giveBack(7, 7, '0'))).thenState((part) => {
      expect(orderEntry(part, 7)).toMatchObject({ issued: 0n, charge: 0n });
      expect(part.shelf).toEqual({ quantity: 7_000n, value: 10_030_000n });
    });
  });

  it('does nothing when the same effect comes again, or there is nothing to return', () => {
    const returned = given(...stocked, used(7, '4'), effect(giveBack(7, 5, '3')));
    returned.when(decided, giveBack(7, 5, '3')).thenNothing();
    returned.thenState(outcome(giveBack(7, 5, '3'), { kind: 'done', quantity: '3' }));
    given(...stocked)
      .when(decided, giveBack(7, 5, '0'))
      .thenNothing();
  });

  it('is never refused, also past the limit of a stock value', () =>
    given(registered(), restocked('10', '999999999.99'), used(7, '10'), restocked('10', '999999999.99'))
      .when(decided, giveBack(7, 5, '0'))
      .thenTypes('PartReturned'));

  it('gives back what a non-stock part was charged', () =>
    given(nonStock, used(7, '2'), unitCostSet('100'), effect(giveBack(7, 5, '1'))).thenState((part) =>
      expect(orderEntry(part, 7)).toMatchObject({ issued: 1_000n, charge: 4_350_000n }),
    ));
});

describe('returning and reserving again', () => {
  it('puts back what was issued and keeps it for the order, in one append', () => {
    const undoing = given(...stocked, used(7, '4')).when(decided, returnAndReserve(7, 6));
    undoing.thenEvents(
      {
        type: 'PartReturned',
        data: {
          transactionId: 9,
          quantity: '4',
          value: '50.8',
          onHandAfter: '15',
          valueAfter: '190.5',
          workOrderId: 7,
          orderRevision: 6,
          charge: '-50.8',
          chargeAfter: '0',
        },
      },
      { type: 'PartReserved', data: { workOrderId: 7, orderRevision: 6, quantityAfter: '4', reservedAfter: '4' } },
    );
    undoing.thenState((part) => expect([available(part), part.openCharges]).toEqual([11_000n, 0]));
  });

  it('moves the fence where nothing was issued, so that a late issue finds it', () => {
    const undone = given(...stocked, effect(reserve(7, 1, '4')), effect(returnAndReserve(7, 6)));
    undone.thenState((part) => expect(orderEntry(part, 7)).toMatchObject({ reserved: 4_000n, issued: 0n, revision: 6 }));
    undone.when(decided, issue(7, 5)).thenNothing();
  });

  it('is possible on an archived part', () =>
    given(registered(), restocked('1', '1'), used(7, '1'), archived)
      .when(decided, returnAndReserve(7, 6))
      .thenTypes('PartReturned', 'PartReserved'));

  it('does nothing for an order that has nothing here, or when it comes again', () => {
    given(...stocked)
      .when(decided, returnAndReserve(7, 6))
      .thenNothing();
    given(...stocked, used(7, '4'), effect(returnAndReserve(7, 6)))
      .when(decided, returnAndReserve(7, 6))
      .thenNothing();
  });

  it('reserves a non-stock part again', () =>
    given(nonStock, used(7, '2'), effect(returnAndReserve(7, 6))).thenState((part) =>
      expect(orderEntry(part, 7)).toMatchObject({ reserved: 2_000n, issued: 0n, charge: 0n }),
    ));
});

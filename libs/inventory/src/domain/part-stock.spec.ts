import { scenario } from '../../../../test/harness/given.js';
import { archived, averageSet, effect, giveBack, reconciled, registered, reserve, restocked, unitCostSet, used } from '../testing/parts.js';
import { part } from './part.js';
import { averageUnitCost, available } from './part.state.js';
import { reconcilePart, restockPart, reverseReceipt, setAverageCost, setUnitCost } from './part-stock.js';

const given = scenario(part);

const nonStock = registered({ isNonStock: true }, { unitCost: '4' });

describe('restocking a part', () => {
  const receipt = { transactionId: 102, quantity: '4', cost: '26.15' };

  it('brings its value and becomes the list price', () => {
    const restocking = given(registered(), restocked('1', '1')).when(restockPart, { ...receipt, note: 'PO-12345' });
    restocking.thenEvents({
      type: 'PartRestocked',
      data: {
        transactionId: 102,
        quantity: '4',
        value: '104.6',
        onHandAfter: '5',
        valueAfter: '105.6',
        unitCost: '26.15',
        note: 'PO-12345',
      },
    });
    restocking.thenState(({ unitCost }) => expect(unitCost).toBe('26.15'));
  });

  it('takes a warranty replacement that cost nothing', () =>
    given(registered(), restocked('3', '0')).thenState((state) => expect([state.shelf.value, averageUnitCost(state)]).toEqual([0n, 0n])));

  it('rounds a currency with four decimals to six, half away from zero', () =>
    given(registered({}, { currency: 'CLF' }))
      .when(restockPart, { transactionId: 2, quantity: '0.005', cost: '0.0001' })
      .thenEvents({
        type: 'PartRestocked',
        data: {
          transactionId: 2,
          quantity: '0.005',
          value: '0.000001',
          onHandAfter: '0.005',
          valueAfter: '0.000001',
          unitCost: '0.0001',
          note: null,
        },
      }));

  it('refuses nothing and less', () => {
    given(registered())
      .when(restockPart, { ...receipt, quantity: '0' })
      .thenRefused('VALIDATION_FAILED', { quantity: 'out_of_range' });
    given(registered())
      .when(restockPart, { ...receipt, quantity: '-1' })
      .thenRefused('VALIDATION_FAILED', { quantity: 'out_of_range' });
  });

  it('refuses a cost the currency does not take', () => {
    given(registered({}, { currency: 'JPY' }))
      .when(restockPart, { ...receipt, cost: '1.005' })
      .thenRefused('VALIDATION_FAILED', { cost: 'too_many_decimals' });
    given(registered())
      .when(restockPart, { ...receipt, cost: '-0.01' })
      .thenRefused('VALIDATION_FAILED', { cost: 'out_of_range' });
  });

  it('refuses what would be worth, or be, more than the limit', () => {
    given(registered(), restocked('10', '999999999.99'))
      .when(restockPart, { ...receipt, quantity: '1', cost: '0.11' })
      .thenRefused('VALUE_OUT_OF_RANGE', { quantity: 'out_of_range' });
    given(registered(), restocked('10', '999999999.99'))
      .when(restockPart, { ...receipt, quantity: '1', cost: '0.09' })
      .thenTypes('PartRestocked');
    given(registered(), restocked('999999999.999', '0'))
      .when(restockPart, { ...receipt, quantity: '0.001' })
      .thenRefused('VALUE_OUT_OF_RANGE', { quantity: 'out_of_range' });
  });

  it('refuses non-stock, archived and unknown parts', () => {
    given(nonStock).when(restockPart, receipt).thenRefused('NON_STOCK_PART');
    given(registered(), archived).when(restockPart, receipt).thenRefused('CONFLICT');
    given().when(restockPart, receipt).thenRefused('NOT_FOUND');
  });
});

describe('reconciling a part', () => {
  const count = { transactionId: 103, note: 'counted' };

  it('takes what is missing out at the average', () =>
    given(registered(), restocked('3', '10'), restocked('4', '0.01'))
      .when(reconcilePart, { ...count, quantity: '-1' })
      .thenEvents({
        type: 'PartReconciled',
        data: { ...count, quantity: '-1', value: '-4.291429', onHandAfter: '6', valueAfter: '25.748571' },
      }));

  it('takes all remaining value with the last one', () =>
    given(registered(), restocked('3', '3.33'), restocked('0.001', '0.05'))
      .when(reconcilePart, { ...count, quantity: '-3.001' })
      .thenEvents({
        type: 'PartReconciled',
        data: { ...count, quantity: '-3.001', value: '-9.99005', onHandAfter: '0', valueAfter: '0' },
      }));

  it('brings what was found in at the average, in one rounding', () =>
    given(registered(), restocked('3', '10'), restocked('4', '0.01'))
      .when(reconcilePart, { ...count, quantity: '700' })
      .thenEvents({
        type: 'PartReconciled',
        data: { ...count, quantity: '700', value: '3004', onHandAfter: '707', valueAfter: '3034.04' },
      }));

  it('rounds what was found half away from zero', () =>
    given(registered(), restocked('1', '10'), restocked('2', '5'))
      .when(reconcilePart, { ...count, quantity: '1' })
      .thenEvents({
        type: 'PartReconciled',
        data: { ...count, quantity: '1', value: '6.666667', onHandAfter: '4', valueAfter: '26.666667' },
      }));

  it('brings what was found on an empty shelf in at the average before it was emptied', () =>
    given(registered(), restocked('3', '10'), restocked('4', '0.01'), used(7, '7'))
      .when(reconcilePart, { ...count, quantity: '1' })
      .thenEvents({
        type: 'PartReconciled',
        data: { ...count, quantity: '1', value: '4.291429', onHandAfter: '1', valueAfter: '4.291429' },
      }));

  it('or as set since', () =>
    given(registered(), restocked('3', '10'), used(7, '3'), averageSet('2.5'))
      .when(reconcilePart, { ...count, quantity: '2' })
      .thenEvents({ type: 'PartReconciled', data: { ...count, quantity: '2', value: '5', onHandAfter: '2', valueAfter: '5' } }));

  it('or at nothing where there never was one', () =>
    given(registered({}, { unitCost: '26.15' }))
      .when(reconcilePart, { ...count, quantity: '2' })
      .thenEvents({ type: 'PartReconciled', data: { ...count, quantity: '2', value: '0', onHandAfter: '2', valueAfter: '0' } }));

  it('may leave less than is reserved', () =>
    given(registered(), restocked('5', '1'), effect(reserve(7, 1, '4')), reconciled('-3')).thenState((state) =>
      expect(available(state)).toBe(-2_000n),
    ));

  it('refuses to go below nothing', () =>
    given(registered(), restocked('5', '1'))
      .when(reconcilePart, { ...count, quantity: '-5.001' })
      .thenRefused('INSUFFICIENT_STOCK'));

  it('refuses no difference', () =>
    given(registered())
      .when(reconcilePart, { ...count, quantity: '0' })
      .thenRefused('VALIDATION_FAILED', { quantity: 'out_of_range' }));

  it('refuses what would be worth more than the limit', () =>
    given(registered(), restocked('10', '999999999.99'))
      .when(reconcilePart, { ...count, quantity: '1' })
      .thenRefused('VALUE_OUT_OF_RANGE', { quantity: 'out_of_range' }));

  describe('by who does not see its cost', () => {
    const unseen = { ...count, costsUnseen: true };
    const refusedAbove = (cost: string, most: string) => {
      const stocked = given(registered(), restocked('1', cost));
      const found = (more: string) => String(Number(most) - 1 + Number(more));
      stocked.when(reconcilePart, { ...unseen, quantity: found('0') }).thenTypes('PartReconciled');
      stocked.when(reconcilePart, { ...unseen, quantity: found('0.01') }).thenRefused('VALUE_OUT_OF_RANGE', { quantity: 'out_of_range' });
    };

    it.each(['0', '0.01', '37.21', '999.99', '1000'])('is refused at one quantity, whether a part costs %s or less', (cost) =>
      refusedAbove(cost, '9999999.99'),
    );

    it.each([
      ['1000.01', '999999.99'],
      ['9999.99', '999999.99'],
      ['10000.01', '99999.99'],
      ['999999999.99', '9.99'],
    ])('is refused by the digits of a cost of %s alone, never past the limit', refusedAbove);

    it('takes away as much as there is', () =>
      given(registered(), restocked('20000000', '37.21'))
        .when(reconcilePart, { ...unseen, quantity: '-1' })
        .thenTypes('PartReconciled'));
  });

  it.each([
    ['value', '10', '999999999.99'],
    ['quantity', '999999999.999', '0'],
  ])('may lower what a return took past the limit of a %s', (_, quantity, cost) =>
    given(registered(), restocked(quantity, cost), used(7, quantity), restocked(quantity, cost), effect(giveBack(7, 5, '0')))
      .when(reconcilePart, { ...count, quantity: '-1' })
      .thenTypes('PartReconciled'),
  );

  it('refuses non-stock, archived and unknown parts', () => {
    given(nonStock)
      .when(reconcilePart, { ...count, quantity: '1' })
      .thenRefused('NON_STOCK_PART');
    given(registered(), archived)
      .when(reconcilePart, { ...count, quantity: '1' })
      .thenRefused('CONFLICT');
    given()
      .when(reconcilePart, { ...count, quantity: '1' })
      .thenRefused('NOT_FOUND');
  });
});

describe('setting the unit cost', () => {
  const price = { transactionId: 104, cost: '12.5' };

  it('moves nothing but the list price', () => {
    const setting = given(registered(), restocked('3', '10')).when(setUnitCost, price);
    setting.thenEvents({
      type: 'PartUnitCostSet',
      data: { transactionId: 104, quantity: '0', value: '0', onHandAfter: '3', valueAfter: '30', cost: '12.5', note: null },
    });
    setting.thenState((state) =>
      expect([state.unitCost, state.shelf.value, averageUnitCost(state)]).toEqual(['12.5', 30_000_000n, 10_000_000n]),
    );
  });

  it('is how a non-stock part gets its price', () =>
    given(nonStock, unitCostSet('5')).thenState(({ unitCost }) => expect(unitCost).toBe('5')));

  it('refuses a cost the currency does not take, archived and unknown parts', () => {
    given(registered())
      .when(setUnitCost, { ...price, cost: '1.005' })
      .thenRefused('VALIDATION_FAILED', { cost: 'too_many_decimals' });
    given(registered(), archived).when(setUnitCost, price).thenRefused('CONFLICT');
    given().when(setUnitCost, price).thenRefused('NOT_FOUND');
  });
});

describe('setting the average cost', () => {
  const revaluation = { transactionId: 105, cost: '13' };

  it('revalues the stock', () =>
    given(registered(), restocked('3.333', '10'))
      .when(setAverageCost, revaluation)
      .thenEvents({
        type: 'PartAverageCostSet',
        data: { transactionId: 105, quantity: '0', value: '9.999', onHandAfter: '3.333', valueAfter: '43.329', cost: '13', note: null },
      }));

  it('changes only what is shown while the shelf is empty', () => {
    const setting = given(registered()).when(setAverageCost, revaluation);
    setting.thenEvents({
      type: 'PartAverageCostSet',
      data: { transactionId: 105, quantity: '0', value: '0', onHandAfter: '0', valueAfter: '0', cost: '13', note: null },
    });
    setting.thenState((state) => expect(averageUnitCost(state)).toBe(13_000_000n));
  });

  it('refuses what would be worth more than the limit', () =>
    given(registered(), restocked('11', '0'))
      .when(setAverageCost, { ...revaluation, cost: '999999999.99' })
      .thenRefused('VALUE_OUT_OF_RANGE', { cost: 'out_of_range' }));

  it('refuses a cost the currency does not take, non-stock, archived and unknown parts', () => {
    given(registered())
      .when(setAverageCost, { ...revaluation, cost: '1.005' })
      .thenRefused('VALIDATION_FAILED', { cost: 'too_many_decimals' });
    given(nonStock).when(setAverageCost, revaluation).thenRefused('NON_STOCK_PART');
    given(registered(), archived).when(setAverageCost, revaluation).thenRefused('CONFLICT');
    given().when(setAverageCost, revaluation).thenRefused('NOT_FOUND');
  });
});

describe('reversing a receipt', () => {
  const receipt = { transactionId: 2, quantity: '4', value: '40' };
  const reversal = { transactionId: 106, receipt, reason: 'wrong part delivered' };

  it('takes its parts out at the current average and remembers what it had brought', () =>
    given(registered(), restocked('4', '10', 2), restocked('4', '13', 3))
      .when(reverseReceipt, reversal)
      .thenEvents({
        type: 'PartMovementReversed',
        data: {
          transactionId: 106,
          quantity: '-4',
          value: '-46',
          onHandAfter: '4',
          valueAfter: '46',
          reversedTransactionId: 2,
          receiptValue: '40',
          reason: 'wrong part delivered',
        },
      }));

  it('never makes the value negative, however cheap the stock has become', () =>
    given(registered(), restocked('4', '10', 2), averageSet('0'))
      .when(reverseReceipt, reversal)
      .thenState(({ shelf }) => expect(shelf.value).toBe(0n)));

  it('refuses a second time', () =>
    given(registered(), restocked('4', '10', 2), restocked('4', '10', 3), (state) => reverseReceipt(state, reversal))
      .when(reverseReceipt, { ...reversal, transactionId: 107 })
      .thenRefused('ALREADY_REVERSED'));

  it('refuses when its parts are no longer there', () =>
    given(registered(), restocked('4', '10', 2), used(7, '1'))
      .when(reverseReceipt, reversal)
      .thenRefused('INSUFFICIENT_STOCK'));

  it('refuses non-stock, archived and unknown parts', () => {
    given(nonStock).when(reverseReceipt, reversal).thenRefused('NON_STOCK_PART');
    given(registered(), archived).when(reverseReceipt, reversal).thenRefused('CONFLICT');
    given().when(reverseReceipt, reversal).thenRefused('NOT_FOUND');
  });
});

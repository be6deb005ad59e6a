import { effect, giveBack, reconciled, registered, restocked, used } from '../testing/parts.js';
import { part } from './part.js';
import { isPartTransaction, noCostingFacts, partTransactionOf } from './part-transactions.js';
import { reverseReceipt } from './part-stock.js';
import type { Part } from './part.state.js';

type Step = ReturnType<typeof restocked>;

/** The last transaction of a part to which all this happened. */
function lastTransaction(...steps: readonly Step[]) {
  let state: Part = part.initialState;
  const events = steps.flatMap((step) => {
    const decided = step(state);
    state = decided.reduce(part.evolve, state);
    return decided;
  });
  const last = events.filter(isPartTransaction).at(-1);
  return last && partTransactionOf(last, noCostingFacts);
}

const stocked = [registered(), restocked('3', '10'), restocked('4', '0.01')] as const;

describe('a transaction', () => {
  it('of an issue shows a quantity that leaves and a cost that is positive', () =>
    expect(lastTransaction(...stocked, used(7, '2'))).toMatchObject({
      type: 'usage',
      quantity: '-2',
      cost: '4.291429',
      workOrderCharge: '8.58',
    }));

  it('of a return shows a cost that is positive and a charge that is not', () =>
    expect(lastTransaction(...stocked, used(7, '2'), effect(giveBack(7, 3, '1')))).toMatchObject({
      type: 'return',
      quantity: '1',
      cost: '4.291429',
      workOrderCharge: '-4.29',
    }));

  it('of a count that found fewer shows what one of them was worth', () =>
    expect(lastTransaction(...stocked, reconciled('-2'))).toMatchObject({ type: 'reconcile', cost: '4.291429', note: 'counted' }));

  it('of a reversal names the receipt, and the reason as its note', () => {
    const receipt = { transactionId: 2, quantity: '4', value: '0.04' };
    const reversed: Step = (state) => reverseReceipt(state, { transactionId: 3, receipt, reason: 'Delivered to the wrong site' });
    expect(lastTransaction(...stocked, reversed)).toMatchObject({
      type: 'reversal',
      quantity: '-4',
      cost: '4.291429',
      note: 'Delivered to the wrong site',
      reversedTransactionId: 2,
    });
  });
});

import { showQuantity, showValue, toValue } from '#millwright/quantities';
import { averageSet, effect, giveBack, reconciled, registered, restocked, used } from '../testing/parts.js';
import { scenario, type Step } from '../../../../test/harness/given.js';
import { explain } from './explanation.js';
import { entriesInOrder } from './order-entries.js';
import type { PartEvent } from './part.events.js';
import { part } from './part.js';
import { averageUnitCost, type Part } from './part.state.js';
import { costingFactsAfter, isPartTransaction, noCostingFacts, partTransactionOf, type PartTransaction } from './part-transactions.js';
import { roundToCurrency } from '#millwright/quantities';

const given = scenario(part);

type Row = readonly [movement: string, step: Step<Part, PartEvent>, onHand: string, value: string, posting: string, average: string];

/** costing.md, "Worked example", row by row. */
const rows: readonly Row[] = [
  ['restock 10 @ 12.50', restocked('10', '12.5'), '10', '125', '125', '12.5'],
  ['restock 5 @ 13.10', restocked('5', '13.1'), '15', '190.5', '65.5', '12.7'],
  ['issue 4 to WO-1', used(1, '4'), '11', '139.7', '-50.8', '12.7'],
  ['issue 2.5 to WO-2', used(2, '2.5'), '8.5', '107.95', '-31.75', '12.7'],
  ['restock 3.333 @ 14.99', restocked('3.333', '14.99'), '11.833', '157.91167', '49.96', '13.345024'],
  ['return 1 from WO-1', effect(giveBack(1, 3, '3')), '12.833', '170.61167', '12.7', '13.294761'],
  ['reconcile −0.75', reconciled('-0.75'), '12.083', '160.640599', '-9.97', '13.294761'],
  ['reconcile +2', reconciled('2'), '14.083', '187.230121', '26.59', '13.294761'],
  ['set average cost 13.00', averageSet('13'), '14.083', '183.079', '-4.15', '13'],
  ['issue 14.083 (all) to WO-3', used(3, '14.083'), '0', '0', '-183.08', '13'],
  ['restock 3 @ 0.00', restocked('3', '0'), '3', '0', '0', '0'],
  ['restock 7 @ 9.99', restocked('7', '9.99'), '10', '69.93', '69.93', '6.993'],
  ['issue 3 to WO-4', used(4, '3'), '7', '48.951', '-20.98', '6.993'],
  ['issue 3 to WO-5', used(5, '3'), '4', '27.972', '-20.98', '6.993'],
  ['return 3 (all) from WO-4', effect(giveBack(4, 3, '0')), '7', '48.951', '20.98', '6.993'],
  ['issue 0.001 to WO-6', used(6, '0.001'), '6.999', '48.944007', '-0.01', '6.993'],
  ['reconcile −6.999', reconciled('-6.999'), '0', '0', '-48.94', '6.993'],
  ['reconcile +1', reconciled('1'), '1', '6.993', '6.99', '6.993'],
];

describe('the worked example', () => {
  let state = part.evolve(part.initialState, first(registered()(part.initialState)));
  let facts = costingFactsAfter(noCostingFacts, first(registered()(part.initialState)));
  const told: { row: Row; state: Part; transaction: PartTransaction; explanation: string }[] = [];
  for (const row of rows)
    for (const event of row[1](state)) {
      state = part.evolve(state, event);
      facts = costingFactsAfter(facts, event);
      if (isPartTransaction(event))
        told.push({ row, state, transaction: partTransactionOf(event, facts), explanation: explain(event, facts) });
    }

  it.each(told.map((line) => [line.row[0], line] as const))('%s', (_, { row, state: after, transaction }) => {
    const [, , onHand, value, posting, average] = row;
    expect({
      onHand: showQuantity(after.shelf.quantity),
      value: showValue(after.shelf.value),
      average: showValue(averageUnitCost(after)),
    }).toEqual({
      onHand,
      value,
      average,
    });
    expect(transaction).toMatchObject({ onHand, stockValue: value, totalCost: posting, averageUnitCost: average });
  });

  it('has a transaction for each of its eighteen rows', () => expect(told).toHaveLength(18));

  it('leaves the work orders with these charges', () =>
    expect(entriesInOrder(state.orders).map(([id, { charge }]) => [id, showValue(roundToCurrency(charge, 'USD'))])).toEqual([
      [1, '38.1'],
      [2, '31.75'],
      [3, '183.08'],
      [4, '0'],
      [5, '20.98'],
      [6, '0.01'],
    ]));

  it('posts on the charges what adds up to them', () => {
    const posted = new Map<number, bigint>();
    for (const { transaction } of told)
      if (transaction.workOrderId !== null)
        posted.set(transaction.workOrderId, (posted.get(transaction.workOrderId) ?? 0n) + toValue(transaction.workOrderCharge ?? '0'));
    expect([...posted].map(([id, charge]) => [id, showValue(charge)])).toEqual([
      [1, '38.1'],
      [2, '31.75'],
      [3, '183.08'],
      [4, '0'],
      [5, '20.98'],
      [6, '0.01'],
    ]);
  });

  it('explains why the average is what it is', () => {
    const explanations = told.map(({ explanation }) => explanation);
    expect(explanations[1]).toBe('5 at 13.1 each brought 65.5 to 10 on hand worth 125. 190.5 for 15 on hand makes an average of 12.7.');
    expect(explanations[5]).toBe(
      'Work order 1 gave back 1 at its own charge, which brought 12.7 to 11.833 on hand worth 157.91167. 170.61167 for 12.833 on hand makes an average of 13.294761.',
    );
    expect(explanations[9]).toBe(
      'Work order 3 used 14.083; at the average they took 183.079 from 14.083 on hand worth 183.079. The shelf is empty; its last average, 13, is kept.',
    );
    expect(explanations[17]).toBe(
      'A count found 1 more; at the average they brought 6.993 to an empty shelf. 6.993 for 1 on hand makes an average of 6.993.',
    );
  });
});

describe('a thousand tiny issues', () => {
  it('charge what they are worth and not a cent each', () => {
    const tiny = Array.from({ length: 1000 }, (_, order) => used(order + 1, '0.001'));
    given(registered(), restocked('3', '0'), restocked('7', '9.99'), ...tiny).thenState(({ shelf, orders }) => {
      expect(shelf).toEqual({ quantity: 9_000n, value: 62_937_000n });
      expect(entriesInOrder(orders).reduce((sum, [, { charge }]) => sum + charge, 0n)).toBe(6_993_000n);
    });
  });
});

function first(events: readonly PartEvent[]): PartEvent {
  const [event] = events;
  if (!event) throw new Error('nothing happened');
  return event;
}

import fc from 'fast-check';
import { Rejection } from '#millwright/event-sourcing/decider';
import { missingIn, recordedAs, rowsAfterEach } from '#millwright/event-sourcing/testing';
import { linkAsset } from '../domain/part-assets.js';
import { changePartDetails, unarchivePart } from '../domain/part-registration.js';
import { reverseReceipt } from '../domain/part-stock.js';
import type { PartEvent } from '../domain/part.events.js';
import { part } from '../domain/part.js';
import type { Part } from '../domain/part.state.js';
import * as steps from '../testing/parts.js';
import { partFold } from './part-row.js';

type Step = (state: Part, number: number) => readonly PartEvent[];

/** Fences are the step's number, so that a later effect is never overtaken. */
const possible: Readonly<Record<string, Step>> = {
  restocked: (state, number) => steps.restocked('3', '13.33', number)(state),
  counted: steps.reconciled('-2'),
  'counted to nothing': (state) => steps.reconciled(state.shelf.quantity === 0n ? '1' : `-${Number(state.shelf.quantity) / 1000}`)(state),
  'average set': steps.averageSet('7.77'),
  'price set': steps.unitCostSet('9.99'),
  reserved: (state, number) => steps.effect(steps.reserve(1, number, '2'), number)(state),
  issued: (state, number) => steps.effect(steps.issue(1, number), number)(state),
  'given back': (state, number) => steps.effect(steps.giveBack(1, number, '1'), number)(state),
  released: (state, number) => steps.effect(steps.release(1, number), number)(state),
  renamed: (state, number) => changePartDetails(state, { changes: { name: `Filter ${number}`, assetsIds: [number], number: null } }),
  'named by an asset': (state, number) => linkAsset(state, { assetId: 4, assetRevision: number, wanted: true }),
  'dropped by an asset': (state, number) => linkAsset(state, { assetId: 4, assetRevision: number, wanted: false }),
  'asked for too much': (state, number) => steps.effect(steps.reserve(2, number, '100000'), number)(state),
  'taken back': (state, number) =>
    reverseReceipt(state, { transactionId: number, receipt: { transactionId: 1, quantity: '4', value: '50' }, reason: 'wrong' }),
  'made non-stock': (state) => changePartDetails(state, { changes: { isNonStock: true } }),
  'made stock': (state) => changePartDetails(state, { changes: { isNonStock: false } }),
  'bought elsewhere': (state, number) =>
    changePartDetails(state, {
      changes: {},
      children: () => ({ added: [{ id: state.vendorParts.lastId + 1, vendorId: number, isPreferred: false }] }),
    }),
  'no longer bought there': (state) =>
    changePartDetails(state, { changes: {}, children: () => ({ removed: state.vendorParts.children.slice(0, 1).map(({ id }) => id) }) }),
  archived: steps.archived,
  'brought back': unarchivePart,
};

/** One that is missing here does not compile, and one that no step makes is tried by nothing below. */
const everyEvent: Readonly<Record<PartEvent['type'], true>> = {
  PartRegistered: true,
  PartOpeningStockRecorded: true,
  PartRestocked: true,
  PartReconciled: true,
  PartUnitCostSet: true,
  PartAverageCostSet: true,
  PartReserved: true,
  PartReservationReleased: true,
  PartReservationRefused: true,
  PartIssued: true,
  PartReturned: true,
  PartMovementReversed: true,
  PartDetailsChanged: true,
  PartAssetLinked: true,
  PartAssetUnlinked: true,
  PartArchived: true,
  PartUnarchived: true,
};

function historyOf(names: readonly string[]): readonly PartEvent[] {
  const events: PartEvent[] = [];
  let state = part.initialState;
  const decided = (step: Step, number: number): void => {
    try {
      for (const event of step(state, number)) {
        events.push(event);
        state = part.evolve(state, event);
      }
    } catch (error) {
      if (!(error instanceof Rejection)) throw error;
    }
  };
  decided(steps.registered({}, { unitCost: '12.5', quantity: '4' }), 1);
  names.forEach((name, index) => decided(possible[name] ?? (() => []), index + 10));
  return events;
}

const folded = (names: readonly string[], restarted: boolean) =>
  rowsAfterEach(partFold, recordedAs('part-72', historyOf(names)), restarted);

describe('the row of a part', () => {
  it('is tried with every event that there is', () => {
    const last = ['counted to nothing', 'made non-stock', 'made stock', 'archived', 'brought back'];
    const names = [
      'reserved',
      'released',
      'taken back',
      'restocked',
      'reserved',
      'issued',
      'given back',
      ...Object.keys(possible),
      ...last,
    ];
    expect(new Set(historyOf(names).map(({ type }) => type))).toEqual(new Set(Object.keys(everyEvent)));
  });

  it('is the same after every event, whether it was remembered in the process or in the database', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...Object.keys(possible)), { maxLength: 25, size: 'max' }), (names) => {
        expect(folded(names, true)).toEqual(folded(names, false));
      }),
      { numRuns: 300 },
    );
  });

  it('has a value for every column that is shown', () => {
    for (const row of folded(['restocked'], false)) expect(missingIn(row, partFold)).toEqual([]);
  });

  it('knows the average of an emptied shelf after a restart, also when the part was a non-stock one meanwhile', () => {
    const names = ['average set', 'counted to nothing', 'made non-stock', 'made stock'];
    expect(folded(names, true).map(({ avg_unit_cost }) => avg_unit_cost)).toEqual(['0', '12.5', '7.77', '7.77', null, '7.77']);
  });
});

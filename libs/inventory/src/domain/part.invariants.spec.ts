import fc from 'fast-check';
import { Rejection } from '#millwright/event-sourcing/decider';
import { absolute, minorUnitOf, oneUnit, roundToCurrency, showQuantity, showValue, toValue } from '#millwright/quantities';
import { plainDetails } from '../testing/parts.js';
import { explain } from './explanation.js';
import { journalEntryOf, type Account } from './ledger.js';
import { decideOrderEffect, type OrderEffect } from './order-effects.js';
import { entriesInOrder } from './order-entries.js';
import type { PartEvent } from './part.events.js';
import { part } from './part.js';
import { registerPart } from './part-registration.js';
import { available, averageUnitCost, orderEntry, type Part } from './part.state.js';
import { reconcilePart, restockPart, reverseReceipt, setAverageCost, setUnitCost } from './part-stock.js';
import { costingFactsAfter, isPartTransaction, noCostingFacts, partTransactionOf, type CostingFacts } from './part-transactions.js';

/** One command of a random history. `order` is a work order, `pick` chooses among what there is. */
type Command = Readonly<{ kind: Kind; quantity: bigint; cost: bigint; order: number; pick: number }>;
const kinds = [
  'restock',
  'found',
  'missing',
  'unitCost',
  'averageCost',
  'reverse',
  'reserve',
  'issue',
  'return',
  'undo',
  'release',
] as const;
type Kind = (typeof kinds)[number];

/** What a history leaves: the events, and the state after each as it was seen then. */
type History = Readonly<{ events: readonly PartEvent[]; states: readonly Part[] }>;
type Setting = Readonly<{ currency: string; isNonStock: boolean; opening: bigint; commands: readonly Command[] }>;

/** The awkward ones: small beside large, thirds, a lone thousandth. */
const quantities = fc.oneof(
  fc.bigInt({ min: 1n, max: 20_000n }),
  fc.constantFrom(1n, 1_000n, 3_000n, 3_001n, 7_000n, 333n),
  fc.bigInt({ min: 1n, max: 999_999_999n }),
);
const costs = fc.oneof(
  fc.bigInt({ min: 0n, max: 5_000n }),
  fc.constantFrom(0n, 1n, 333n, 1_310n),
  fc.bigInt({ min: 0n, max: 99_999_999n }),
);

const settingOf = (allowed: readonly Kind[]): fc.Arbitrary<Setting> =>
  fc.record({
    currency: fc.constantFrom('USD', 'USD', 'JPY', 'KWD'),
    isNonStock: fc.integer({ min: 0, max: 9 }).map((die) => die === 0),
    opening: fc.oneof(fc.constant(0n), quantities),
    commands: fc.array(
      fc.record({
        kind: fc.constantFrom(...allowed, 'restock', 'reserve', 'reserve', 'issue', 'issue', 'return'),
        quantity: quantities,
        cost: costs,
        order: fc.integer({ min: 1, max: 4 }),
        pick: fc.nat(99),
      }),
      { minLength: 4, maxLength: 24, size: 'max' },
    ),
  });

const cents = (cost: bigint): string => showValue(cost * 10_000n);

/** What an order asks: mostly something that can be granted, of an order that has something to give or to take. */
function effectOf({ kind, order, quantity, pick }: Command, state: Part, orderRevision: number): OrderEffect {
  const busy = entriesInOrder(state.orders).filter(([, entry]) => (kind === 'issue' ? entry.reserved > 0n : entry.issued > 0n));
  const workOrderId = kind === 'reserve' ? order : (busy[pick % Math.max(1, busy.length)]?.[0] ?? order);
  const fence = { workOrderId, orderRevision };
  const percentOf = (whole: bigint): string => showQuantity(whole > 0n ? (whole * BigInt(pick)) / 100n : 0n);
  if (kind === 'reserve') {
    const attainable = available(state) + orderEntry(state, order).reserved;
    return { ...fence, kind: 'reserve', quantity: pick < 80 && !state.details.isNonStock ? percentOf(attainable) : showQuantity(quantity) };
  }
  if (kind === 'issue') return { ...fence, kind: 'issue', effectiveAt: '2025-01-01T00:00:00.000Z' };
  if (kind === 'return') return { ...fence, kind: 'return', quantityKept: percentOf(orderEntry(state, workOrderId).issued) };
  return kind === 'undo' ? { ...fence, kind: 'returnAndReserve' } : { ...fence, kind: 'release' };
}

/** Decides one command; `step` is its number, which also serves as transaction id and as the revision of an order's event. */
function decide(state: Part, command: Command, step: number, receipts: readonly PartEvent[]): readonly PartEvent[] {
  const { kind, pick } = command;
  const cost = cents(command.cost);
  const quantity = showQuantity(command.quantity);
  switch (kind) {
    case 'restock':
      return restockPart(state, { transactionId: step, quantity, cost });
    case 'found':
      return reconcilePart(state, { transactionId: step, quantity, note: 'found' });
    case 'missing':
      return reconcilePart(state, {
        transactionId: step,
        quantity: showQuantity(pick < 10 ? -state.shelf.quantity : -command.quantity),
        note: 'missing',
      });
    case 'unitCost':
      return setUnitCost(state, { transactionId: step, cost });
    case 'averageCost':
      return setAverageCost(state, { transactionId: step, cost });
    case 'reverse': {
      const receipt = receipts[pick % Math.max(1, receipts.length)];
      return receipt && (receipt.type === 'PartRestocked' || receipt.type === 'PartOpeningStockRecorded')
        ? reverseReceipt(state, { transactionId: step, receipt: receipt.data, reason: 'wrong' })
        : [];
    }
    default:
      return decideOrderEffect(state, effectOf(command, state, step), step).events;
  }
}

function live({ currency, isNonStock, opening, commands }: Setting): History {
  const events: PartEvent[] = [];
  const states: Part[] = [];
  let state = part.initialState;
  const happen = (decided: readonly PartEvent[]): void => {
    for (const event of decided) {
      events.push(event);
      states.push((state = part.evolve(state, event)));
    }
  };
  const openingStock = { transactionId: 1, quantity: showQuantity(isNonStock ? 0n : opening) };
  happen(registerPart(state, { partId: 72, currency, unitCost: '26.15', details: { ...plainDetails, isNonStock }, openingStock }));
  for (const [step, command] of commands.entries()) {
    try {
      const receipts = events.filter(({ type }) => type === 'PartRestocked' || type === 'PartOpeningStockRecorded');
      happen(decide(state, command, step + 2, receipts));
    } catch (error) {
      // A refusal appends nothing; everything else is a fault.
      if (!(error instanceof Rejection)) throw error;
    }
  }
  return { events, states };
}

/** `expect` is far too slow for the millions of comparisons here. */
function holds(condition: boolean, invariant: string): void {
  if (!condition) throw new Error(`does not hold: ${invariant}`);
}

const snapshots = part.snapshots ?? fail('parts have snapshots');

function fail(message: string): never {
  throw new Error(message);
}

/** A state as text, to see whether two are the same to the last digit. */
const fingerprint = (state: Part): string =>
  JSON.stringify([...snapshots.pagesOf(state)].sort(([left], [right]) => (left < right ? -1 : 1)));

const last = ({ states }: History): Part => states.at(-1) ?? part.initialState;

function nothingIsNegative({ states }: History): void {
  for (const { shelf, orders, reserved, openCharges } of states) {
    holds(shelf.quantity >= 0n && shelf.value >= 0n, 'neither stock nor value is negative');
    holds(shelf.quantity > 0n || shelf.value === 0n, 'an empty shelf is worth nothing');
    let allReserved = 0n;
    let charged = 0;
    for (const [, entry] of entriesInOrder(orders)) {
      holds(entry.issued >= 0n && entry.charge >= 0n && entry.reserved >= 0n, 'a return never exceeds the issue');
      holds(entry.issued > 0n || entry.charge === 0n, 'an order whose parts all came back costs nothing');
      allReserved += entry.reserved;
      charged += Number(entry.issued > 0n);
    }
    holds(reserved === allReserved && openCharges === charged, 'the running sums are the sums');
  }
}

function theValueIsWhereItWent(history: History): void {
  const sumOf = (amount: (event: PartEvent) => bigint): bigint => history.events.reduce((sum, event) => sum + amount(event), 0n);
  const values = (...types: PartEvent['type'][]) =>
    sumOf(({ type, data }) => (types.includes(type) && 'value' in data ? toValue(data.value) : 0n));
  const reversedReceipts = sumOf(({ type, data }) => (type === 'PartMovementReversed' ? toValue(data.receiptValue) : 0n));
  const receipts = values('PartOpeningStockRecorded', 'PartRestocked') - reversedReceipts;
  const variance = -values('PartMovementReversed') - reversedReceipts;
  const charges = entriesInOrder(last(history).orders).reduce((sum, [, { charge }]) => sum + charge, 0n);
  const elsewhere = charges - values('PartReconciled') - values('PartAverageCostSet') + variance;
  holds(receipts === last(history).shelf.value + elsewhere, 'what was received is on the shelf or where it went');
}

function everyEntryBalances({ events }: History, currency: string): void {
  const balances = new Map<string, bigint>();
  const posted = new Map<string, bigint>();
  const keyOf = (account: Account, workOrderId: number | null) => `${account} ${workOrderId ?? ''}`;
  const balanceOf = (account: Account, workOrderId: number | null) => balances.get(keyOf(account, workOrderId)) ?? 0n;
  const cent = 10n ** BigInt(6 - minorUnitOf(currency));
  for (const event of events) {
    const entry = journalEntryOf(event, currency, balanceOf);
    holds(entry.reduce((sum, { posting }) => sum + posting, 0n) === 0n, 'a journal entry sums to zero');
    for (const { account, workOrderId, balanceAfter, posting } of entry) {
      const key = keyOf(account, workOrderId);
      balances.set(key, balanceAfter);
      posted.set(key, (posted.get(key) ?? 0n) + posting);
    }
    const open = [...balances].filter(([key, balance]) => key !== 'rounding ' && balance !== 0n).length;
    holds(absolute(balanceOf('rounding', null)) <= BigInt(open) * cent, 'rounding never exceeds one cent an open account');
  }
  for (const [key, balance] of balances)
    holds(posted.get(key) === roundToCurrency(balance, currency), `postings on ${key} add up to its balance`);
}

/** Holds where nothing was revalued or reversed. Stock that was counted in before there was any average came for nothing. */
function theAverageIsBetweenThePrices({ events, states }: History): void {
  if (events.some(({ type }) => type === 'PartAverageCostSet' || type === 'PartMovementReversed')) return;
  let lowest: bigint | undefined;
  let highest = 0n;
  let roundings = 0n;
  for (const [index, event] of events.entries()) {
    const price =
      event.type === 'PartRestocked' || event.type === 'PartOpeningStockRecorded'
        ? toValue(event.data.unitCost)
        : event.type === 'PartReconciled' && lowest === undefined
          ? 0n
          : undefined;
    if (price !== undefined) {
      lowest = lowest === undefined || price < lowest ? price : lowest;
      highest = price > highest ? price : highest;
    }
    if (isPartTransaction(event)) roundings++;
    const { quantity, value } = states[index]?.shelf ?? fail('a state for every event');
    if (quantity === 0n) continue;
    holds(value * oneUnit >= (lowest ?? 0n) * quantity - roundings * oneUnit, 'no average below the lowest price');
    holds(value * oneUnit <= highest * quantity + roundings * oneUnit, 'no average above the highest price');
  }
}

function foldingAgainGivesTheSame({ events, states }: History, cut: number): void {
  const at = cut % states.length;
  let state = part.initialState;
  let asOf = state;
  for (const [index, event] of events.entries()) {
    const before = state;
    state = part.evolve(state, event);
    if (index === at) asOf = state;
    const named = 'workOrderId' in event.data ? event.data.workOrderId : undefined;
    for (const [workOrderId, entry] of entriesInOrder(before.orders))
      holds(workOrderId === named || orderEntry(state, workOrderId) === entry, 'an order changes only by an event that names it');
  }
  const seen = [states[at], states.at(-1)].map((then) => fingerprint(then ?? part.initialState));
  holds(
    seen[0] === fingerprint(asOf) && seen[1] === fingerprint(state),
    'a second fold gives what was seen, at the end and as of any event',
  );
  const pages = new Map(snapshots.pagesOf(asOf));
  for (const [name, page] of snapshots.pagesOf(state, asOf)) pages.set(name, page);
  const stored = new Map([...pages].map(([name, page]) => [name, snapshots.readPage?.(name, () => JSON.parse(JSON.stringify(page)))]));
  holds(fingerprint(snapshots.stateOf(stored)) === fingerprint(state), 'an older snapshot and the pages that changed since are the state');
}

function transactionsTellTheSame({ events, states }: History): void {
  let facts: CostingFacts = noCostingFacts;
  for (const [index, event] of events.entries()) {
    facts = costingFactsAfter(facts, event);
    if (!isPartTransaction(event)) continue;
    const state = states[index] ?? part.initialState;
    const row = partTransactionOf(event, facts);
    const stocked = !state.details.isNonStock;
    holds(row.averageUnitCost === (stocked ? showValue(averageUnitCost(state)) : null), 'the row shows the average');
    holds(row.onHand === (stocked ? showQuantity(state.shelf.quantity) : null), 'the row shows the stock');
    holds(explain(event, facts).includes('average'), 'the explanation speaks of the average');
  }
}

/** costing.md, "Invariants", by their numbers there. */
function checkInvariants(setting: Setting, cut: number): void {
  const history = live(setting);
  nothingIsNegative(history); // 2, 4
  if (!setting.isNonStock) theValueIsWhereItWent(history); // 1
  everyEntryBalances(history, setting.currency); // 3
  theAverageIsBetweenThePrices(history); // 5
  foldingAgainGivesTheSame(history, cut); // 6, 8; 7 because a part folds its own stream only
  transactionsTellTheSame(history);
}

describe('the invariants of costing', () => {
  it('hold over six thousand random histories of every kind', () =>
    fc.assert(fc.property(settingOf(kinds), fc.nat(), checkInvariants), { numRuns: 6_000 }));

  it('hold over four thousand more in which nothing is revalued or reversed', () => {
    const ordinary = kinds.filter((kind) => kind !== 'averageCost' && kind !== 'reverse');
    fc.assert(fc.property(settingOf(ordinary), fc.nat(), checkInvariants), { numRuns: 4_000 });
  });
});

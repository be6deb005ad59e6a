import { Rejection } from '#millwright/event-sourcing';
import {
  decideOrderEffect,
  journalEntryOf,
  orderEntry,
  part as partStream,
  reconcilePart,
  registerPart,
  restockPart,
  reverseReceipt,
  setAverageCost,
  type Part,
  type PartEvent,
} from '#millwright/inventory';
import { roundToCurrency, showQuantity, toValue } from '#millwright/quantities';
import { partDetails } from '../bench/details.js';
import type { Random } from './random.js';

const orders = [1, 2, 3] as const;

/** Lives through a random history of one part and says which invariants of docs/costing.md it broke (none, if all is well). */
export function brokenInvariantsOf(random: Random, steps: number): string[] {
  const isStocked = random.next() < 0.9;
  const events: PartEvent[] = registerPart(partStream.initialState, {
    partId: 1,
    currency: random.pick(['USD', 'USD', 'JPY', 'KWD']),
    details: { ...partDetails(1), isNonStock: !isStocked },
    unitCost: '7',
  });
  let state = events.reduce(partStream.evolve, partStream.initialState);
  const broken: string[] = [];
  for (let step = 1; step <= steps; step++) {
    const before = state;
    const decided = tryTo(() => decideSomething(before, step, random, events));
    for (const event of decided) {
      state = partStream.evolve(state, event);
      events.push(event);
    }
    if (state.shelf.quantity < 0n) broken.push(`step ${step}: ${showQuantity(state.shelf.quantity)} on hand`);
    if (state.shelf.quantity === 0n && state.shelf.value !== 0n) broken.push(`step ${step}: an empty shelf is worth ${state.shelf.value}`);
    if (orders.some((order) => orderEntry(state, order).issued < 0n || orderEntry(state, order).charge < 0n))
      broken.push(`step ${step}: returned more than was issued`);
  }
  return [...broken, ...accountsOf(events, state)];
}

/** A decision that says no is part of the game; anything else that is thrown is a fault. */
function tryTo(decide: () => readonly PartEvent[]): readonly PartEvent[] {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Rejection) return [];
    throw error;
  }
}

function decideSomething(state: Part, step: number, random: Random, events: readonly PartEvent[]): readonly PartEvent[] {
  const workOrderId = random.pick(orders);
  const quantity = (): string => showQuantity(BigInt(random.pick([1, 1, 333, 1000, 2500, random.between(1, 20_000)])));
  const cost = (): string => String(random.pick([0, 1, 3, random.between(1, 99_999)]));
  const effect = { workOrderId, orderRevision: step };
  const kept = (): string => showQuantity((orderEntry(state, workOrderId).issued * BigInt(random.between(0, 3))) / 4n);
  const receipt = random.pick([...events].reverse());
  switch (random.between(1, 9)) {
    case 1:
    case 2:
      return restockPart(state, { transactionId: step, quantity: quantity(), cost: cost() });
    case 3:
      return reconcilePart(state, { transactionId: step, quantity: random.next() < 0.5 ? quantity() : `-${quantity()}`, note: 'count' });
    case 4:
      return setAverageCost(state, { transactionId: step, cost: cost() });
    case 5:
      return receipt.type === 'PartRestocked' ? reverseReceipt(state, { transactionId: step, receipt: receipt.data, reason: 'wrong' }) : [];
    case 6:
      return decideOrderEffect(state, { kind: 'reserve', quantity: quantity(), ...effect }, step).events;
    case 7:
      return decideOrderEffect(state, { kind: 'issue', effectiveAt: '2024-01-01T00:00:00.000Z', ...effect }, step).events;
    case 8:
      return decideOrderEffect(state, { kind: 'return', quantityKept: kept(), ...effect }, step).events;
    default:
      return decideOrderEffect(state, { kind: random.pick(['release', 'returnAndReserve']), ...effect }, step).events;
  }
}

/** Keeps the books of the whole history, and adds up the stored values a second time in another way. */
function accountsOf(events: readonly PartEvent[], state: Part): string[] {
  const balances = new Map<string, bigint>();
  const posted = new Map<string, bigint>();
  const broken: string[] = [];
  const nameOf = (account: string, workOrderId: number | null): string => `${account} ${workOrderId ?? ''}`;
  for (const event of events) {
    const lines = journalEntryOf(event, state.currency, (account, workOrderId) => balances.get(nameOf(account, workOrderId)) ?? 0n);
    if (lines.reduce((sum, { posting }) => sum + posting, 0n) !== 0n) broken.push(`the entry of a ${event.type} does not sum to zero`);
    for (const { account, workOrderId, balanceAfter, posting } of lines) {
      const name = nameOf(account, workOrderId);
      balances.set(name, balanceAfter);
      posted.set(name, (posted.get(name) ?? 0n) + posting);
    }
  }
  for (const [name, balance] of balances)
    if (posted.get(name) !== roundToCurrency(balance, state.currency))
      broken.push(`the postings of ${name} do not add up to its rounded balance`);

  const stock = events.reduce((sum, { data }) => ('value' in data ? sum + toValue(data.value) : sum), 0n);
  if (stock !== state.shelf.value) broken.push(`the movements sum to ${stock}, the shelf is worth ${state.shelf.value}`);
  for (const order of orders)
    if ((balances.get(nameOf('charge', order)) ?? 0n) !== orderEntry(state, order).charge)
      broken.push(`the charge of order ${order} is not what was posted`);
  return broken;
}

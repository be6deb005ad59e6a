import { showQuantity, showValue, largestValue, toQuantity, toValue, type Decimal } from '#millwright/quantities';
import type { OrderEntry, Refusal } from './order-entries.js';
import { part as stream } from './part.js';
import type { PartEvent } from './part.events.js';
import { available, averageUnitCost, orderEntry, type Part } from './part.state.js';
import { mostUnseen } from './unseen-costs.js';
import { costOf, emptyShelf, movement, shareOf, valueLeaving } from './valuation.js';

/**
 * What an event of a work order asks of a part. `orderRevision` is that event's revision: the fence. Every kind says where the part
 * shall end and not how far to go, so carrying it out twice is carrying it out once.
 */
export type OrderEffect = Readonly<{ workOrderId: number; orderRevision: number }> &
  (
    | Readonly<{ kind: 'reserve'; quantity: Decimal }>
    | Readonly<{ kind: 'release' }>
    | Readonly<{ kind: 'issue'; effectiveAt: string }>
    | Readonly<{ kind: 'return'; quantityKept: Decimal }>
    | Readonly<{ kind: 'returnAndReserve' }>
  );

/** What came of an effect: `quantity` is what the order has of the part now, reserved or issued. `overtaken`: a newer effect was here first. */
export type OrderEffectOutcome =
  | Readonly<{ kind: 'done'; quantity: Decimal }>
  | (Readonly<{ kind: 'refused'; quantity: Decimal }> & Refusal)
  | Readonly<{ kind: 'overtaken' }>;

/** Effects that move stock need the id of a transaction, allocated before the decision. */
export const movesStock = ({ kind }: OrderEffect): boolean => kind === 'issue' || kind === 'return' || kind === 'returnAndReserve';

/**
 * Decides an effect and says what came of it. It never throws: a part that cannot give says so, and the order hears of it.
 * Every effect that could find something to do leaves its revision on the part, also where nothing had to move;
 * so an effect that comes late never acts on a state that is gone.
 */
export function decideOrderEffect(
  part: Part,
  effect: OrderEffect,
  transactionId: number,
): Readonly<{ events: PartEvent[]; outcome: OrderEffectOutcome }> {
  const known = outcomeIn(part, effect);
  if (known) return { events: [], outcome: known };
  const before = orderEntry(part, effect.workOrderId);
  const decided = decide(part, effect, transactionId);
  if (!Array.isArray(decided)) return { events: [], outcome: { kind: 'refused', quantity: showQuantity(before.reserved), ...decided } };
  const outcome = outcomeIn(decided.reduce(stream.evolve, part), effect) ?? done(before, effect);
  return { events: decided, outcome };
}

/**
 * What came of an effect that has left its mark on the part; undefined where it has not. After an append this is the answer to believe:
 * when another worker's append of the same effect was there first, what we had decided ourselves counts for nothing.
 */
export function outcomeIn(part: Part, effect: OrderEffect): OrderEffectOutcome | undefined {
  const entry = orderEntry(part, effect.workOrderId);
  if (entry.revision < effect.orderRevision) return undefined;
  if (entry.revision > effect.orderRevision) return { kind: 'overtaken' };
  return entry.refusal ? { kind: 'refused', quantity: showQuantity(entry.reserved), ...entry.refusal } : done(entry, effect);
}

const done = ({ issued, reserved }: OrderEntry, { kind }: OrderEffect): OrderEffectOutcome => ({
  kind: 'done',
  quantity: showQuantity(kind === 'issue' || kind === 'return' ? issued : reserved),
});

function decide(part: Part, effect: OrderEffect, transactionId: number): PartEvent[] | Refusal {
  switch (effect.kind) {
    case 'reserve':
      return reserve(part, effect, toQuantity(effect.quantity));
    case 'release':
      return release(part, effect);
    case 'issue':
      return issueReserved(part, effect, transactionId);
    case 'return':
      return giveBack(part, effect, orderEntry(part, effect.workOrderId).issued - toQuantity(effect.quantityKept), transactionId);
    case 'returnAndReserve':
      return returnAndReserve(part, effect, transactionId);
  }
}

type ForWorkOrder = Readonly<{ workOrderId: number; orderRevision: number }>;

const fence = ({ workOrderId, orderRevision }: ForWorkOrder): ForWorkOrder => ({ workOrderId, orderRevision });

/** Why the part would not reserve `quantity` in all for this order, or undefined. Lowering is always allowed, also while less is available than nothing. */
export function reservationRefusal(part: Part, workOrderId: number, quantity: Decimal): Refusal | undefined {
  const more = toQuantity(quantity) - orderEntry(part, workOrderId).reserved;
  if (more <= 0n) return undefined;
  if (part.partId === null) return { code: 'NOT_FOUND', message: 'There is no such part.' };
  if (part.archived) return { code: 'CONFLICT', message: 'The part is archived; bring it back first.' };
  if (part.details.isNonStock || more <= available(part)) return undefined;
  return { code: 'INSUFFICIENT_STOCK', message: `${showQuantity(more)} wanted, ${showQuantity(available(part))} available.` };
}

function reserve(part: Part, effect: ForWorkOrder, wanted: bigint): PartEvent[] | Refusal {
  const { reserved } = orderEntry(part, effect.workOrderId);
  const refusal = reservationRefusal(part, effect.workOrderId, showQuantity(wanted));
  // A part that does not exist has no stream to record a refusal on.
  if (refusal && part.partId === null) return refusal;
  if (refusal) {
    const quantities = { quantityWanted: showQuantity(wanted), quantityAfter: showQuantity(reserved) };
    return [{ type: 'PartReservationRefused', data: { ...fence(effect), ...quantities, ...refusal } }];
  }
  if (part.partId === null) return [];
  return [reservation(part, effect, wanted)];
}

function release(part: Part, effect: ForWorkOrder): PartEvent[] {
  return orderEntry(part, effect.workOrderId).reserved === 0n ? [] : [reservation(part, effect, 0n)];
}

/** The order's reservation becomes `quantity`; unchanged, it still carries the fence. */
function reservation(part: Part, effect: ForWorkOrder, quantity: bigint): PartEvent {
  const { reserved } = orderEntry(part, effect.workOrderId);
  const quantities = { quantityAfter: showQuantity(quantity), reservedAfter: showQuantity(part.reserved - reserved + quantity) };
  return { type: quantity < reserved ? 'PartReservationReleased' : 'PartReserved', data: { ...fence(effect), ...quantities } };
}

/** Why the part could not issue what this order has reserved, or undefined. */
export function issueRefusal(part: Part, workOrderId: number): Refusal | undefined {
  const { reserved, charge } = orderEntry(part, workOrderId);
  const onHand = part.shelf.quantity;
  if (!part.details.isNonStock && reserved > onHand)
    return { code: 'INSUFFICIENT_STOCK', message: `${showQuantity(reserved)} reserved, ${showQuantity(onHand)} on hand.` };
  if (charge + chargeFor(part, reserved) > largestValue) return pastLimit();
  return undefined;
}

/**
 * The same, said to who does not see what a part costs: it tells him nothing of a price.
 * @param wanted what the order wants by now (thousandths), of which the part may not know yet
 */
export function issueRefusalUnseen(part: Part, workOrderId: number, wanted: bigint): Refusal | undefined {
  const { reserved } = orderEntry(part, workOrderId);
  const cost = part.details.isNonStock ? priceOf(part) : averageUnitCost(part);
  if ((wanted > reserved ? wanted : reserved) > mostUnseen(cost)) return pastLimit();
  return issueRefusal(part, workOrderId);
}

const pastLimit = (): Refusal => ({ code: 'VALUE_OUT_OF_RANGE', message: `The charge would be more than ${showValue(largestValue)}.` });

const priceOf = ({ unitCost }: Part): bigint => toValue(unitCost ?? '0');

/** What an issue charges: the value that leaves the shelf or, for a non-stock part, its price. */
const chargeFor = (part: Part, quantity: bigint): bigint =>
  part.details.isNonStock ? costOf(quantity, priceOf(part)) : quantity === 0n ? 0n : valueLeaving(part.shelf, quantity);

function issueReserved(part: Part, effect: ForWorkOrder & Readonly<{ effectiveAt: string }>, transactionId: number): PartEvent[] | Refusal {
  const { reserved, charge } = orderEntry(part, effect.workOrderId);
  if (reserved === 0n) return [];
  const refusal = issueRefusal(part, effect.workOrderId);
  if (refusal) return refusal;
  const charged = chargeFor(part, reserved);
  const data = {
    ...moved(part, transactionId, -reserved, -charged),
    ...fence(effect),
    charge: showValue(charged),
    chargeAfter: showValue(charge + charged),
    reservedAfter: showQuantity(part.reserved - reserved),
  };
  return [{ type: 'PartIssued', data, effectiveAt: effect.effectiveAt }];
}

/**
 * Takes parts back at what this very order was charged for them; the last one takes all that is left of the charge.
 * No limit applies: what was once on the shelf may always come back to it.
 */
function giveBack(part: Part, effect: ForWorkOrder, quantity: bigint, transactionId: number): PartEvent[] {
  const { issued, charge } = orderEntry(part, effect.workOrderId);
  if (quantity <= 0n) return [];
  const back = shareOf(charge, quantity, issued);
  const data = {
    ...moved(part, transactionId, quantity, back),
    ...fence(effect),
    charge: showValue(-back),
    chargeAfter: showValue(charge - back),
  };
  return [{ type: 'PartReturned', data }];
}

/** A non-stock part has a quantity used and a charge, and no shelf that either could move. */
const moved = (part: Part, transactionId: number, quantity: bigint, value: bigint) =>
  part.details.isNonStock
    ? { ...movement(emptyShelf, transactionId, 0n, 0n), quantity: showQuantity(quantity) }
    : movement(part.shelf, transactionId, quantity, value);

/**
 * Undoes an issue: everything comes back and is reserved again in the same append, so that nobody can take it in between.
 * Where this order was issued nothing, its reservation is written once more: an issue of the round that was refused may still be under way.
 */
function returnAndReserve(part: Part, effect: ForWorkOrder, transactionId: number): PartEvent[] {
  const { issued, reserved } = orderEntry(part, effect.workOrderId);
  if (issued === 0n && reserved === 0n) return [];
  return [...giveBack(part, effect, issued, transactionId), reservation(part, effect, reserved + issued)];
}

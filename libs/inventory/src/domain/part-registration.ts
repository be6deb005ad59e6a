import { changedFields, Rejection, type ChildChanges } from '#millwright/event-sourcing/decider';
import { toQuantity, type Decimal } from '#millwright/quantities';
import type { WantedChildren } from '#millwright/resources';
import { assetsOf } from './part-assets.js';
import type { PartDetails, PartEvent } from './part.events.js';
import { invalid, requireCost, requireInUse, requireRegistered, requireShelfInRange } from './part-rules.js';
import type { Part } from './part.state.js';
import { costOf, emptyShelf, movement } from './valuation.js';

export type RegisterPart = Readonly<{
  partId: number;
  /** ISO 4217, of the entity; fixed for ever. */
  currency: string;
  details: PartDetails;
  unitCost: Decimal | null;
  /** What is on the shelf already, and the id of the movement that records it. */
  openingStock?: Readonly<{ quantity: Decimal; transactionId: number }>;
}> &
  AboutVendors;

/** What a request wants of the vendors that the part is bought from; left out, nothing. */
type AboutVendors = Readonly<{ children?: WantedChildren }>;

/** @throws Rejection VALIDATION_FAILED what is wrong with them */
function vendorsIn(part: Part, { children }: AboutVendors): Readonly<{ vendorParts?: ChildChanges }> {
  const vendorParts = children?.('vendorParts', part.vendorParts);
  return vendorParts ? { vendorParts } : {};
}

/**
 * A new part, with what is on the shelf already in the same append.
 * @throws Rejection CONFLICT the id is taken; VALIDATION_FAILED stock without a unit cost, a cost the currency does not take; NON_STOCK_PART; VALUE_OUT_OF_RANGE
 */
export function registerPart(part: Part, { partId, currency, details, unitCost, openingStock, children }: RegisterPart): PartEvent[] {
  if (part.partId !== null) throw new Rejection('CONFLICT', 'A part with this id exists already.');
  const cost = unitCost === null ? null : requireCost(unitCost, currency, 'part.unit_cost');
  const registered: PartEvent = {
    type: 'PartRegistered',
    data: { partId, currency, unitCost, details, ownsAssets: true, ...vendorsIn(part, { children }) },
  };
  const quantity = openingStock ? toQuantity(openingStock.quantity) : 0n;
  if (!openingStock || quantity === 0n) return [registered];

  if (details.isNonStock) throw new Rejection('NON_STOCK_PART', 'A non-stock part cannot have stock.');
  if (quantity < 0n) throw invalid('part.on_hand_qty', 'out_of_range', 'must not be negative');
  if (unitCost === null || cost === null) throw invalid('part.unit_cost', 'required', 'is required where there is a quantity');
  const value = costOf(quantity, cost);
  requireShelfInRange(emptyShelf, { quantity, value }, 'part.on_hand_qty');
  return [
    registered,
    { type: 'PartOpeningStockRecorded', data: { ...movement(emptyShelf, openingStock.transactionId, quantity, value), unitCost } },
  ];
}

export type ChangePartDetails = Readonly<{
  changes: Partial<PartDetails>;
  /** Assets whose streams named the part in earlier releases. */
  earlierAssets?: readonly number[];
}> &
  AboutVendors;

/**
 * Edits what the part is; fields that stay the same are left out of the event.
 * @throws Rejection NOT_FOUND; CONFLICT the part is archived; PART_IN_USE stock, a reservation or a charge forbids switching between stock and non-stock
 */
export function changePartDetails(part: Part, { changes, children, earlierAssets = [] }: ChangePartDetails): PartEvent[] {
  requireInUse(part);
  const assetsIds = part.ownsAssets ? part.details['assetsIds'] : [...new Set([...assetsOf(part), ...earlierAssets])];
  const changed = changedFields<Partial<PartDetails>>({ ...part.details, assetsIds }, changes);
  const ownsAssets = !part.ownsAssets && 'assetsIds' in changed;
  const vendors = vendorsIn(part, { children });
  if (Object.keys({ ...changed, ...vendors }).length === 0) return [];
  if (changed.isNonStock !== undefined && (part.shelf.quantity !== 0n || part.reserved !== 0n || part.openCharges > 0))
    throw new Rejection('PART_IN_USE', 'A part becomes stock or non-stock only while it has no stock, no reservation and no open charge.');
  return [{ type: 'PartDetailsChanged', data: { changes: changed, ...(ownsAssets && { ownsAssets }), ...vendors } }];
}

export type ArchivePart = Readonly<{
  /** Whether a work order that has this part is just being completed: if that is refused, the part gets its stock back. */
  completionRunning: boolean;
}>;

/**
 * Puts the part away; its history stays.
 * @throws Rejection NOT_FOUND; PART_IN_USE it still has stock, a reservation or a completion running
 */
export function archivePart(part: Part, { completionRunning }: ArchivePart): PartEvent[] {
  requireRegistered(part);
  if (part.archived) return [];
  if (part.shelf.quantity !== 0n) throw new Rejection('PART_IN_USE', 'The part still has stock.');
  if (part.reserved !== 0n) throw new Rejection('PART_IN_USE', 'The part is still reserved for work orders.');
  if (completionRunning) throw new Rejection('PART_IN_USE', 'A work order with this part is just being completed.');
  return [{ type: 'PartArchived', data: {} }];
}

/** @throws Rejection NOT_FOUND */
export function unarchivePart(part: Part): PartEvent[] {
  requireRegistered(part);
  return part.archived ? [{ type: 'PartUnarchived', data: {} }] : [];
}

import type { ChildChanges, Event } from '#millwright/event-sourcing/decider';
import type { Decimal } from '#millwright/quantities';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/**
 * What a part is, apart from its stock: the fields of `part.fields.ts` under their names in camelCase. Those that rules ask are named here; what they are
 * in events is in docs/events.json.
 */
export type PartDetails = Readonly<{
  /** A non-stock part is bought when it is used: it has a price, and neither stock nor average. */
  isNonStock: boolean;
  externalReference: string | null;
  [field: string]: unknown;
}>;

/**
 * What every stock movement freezes: `evolve` applies these values and never computes them again.
 * `quantity` (3 decimals) and `value` (6 decimals) are signed by their effect on the shelf.
 */
type Movement = Readonly<{ transactionId: number; quantity: Decimal; value: Decimal; onHandAfter: Decimal; valueAfter: Decimal }>;

/** For which work order, and the revision of the order's event that caused it: the fence that a late worker cannot pass. */
type ForWorkOrder = Readonly<{ workOrderId: number; orderRevision: number }>;

/** What happened to the vendors that it is bought from; older events say nothing of them. */
type OfVendors = Readonly<{ vendorParts?: ChildChanges }>;

/**
 * A part came to be, without stock. `unitCost` is its list price, null where it is not known; the currency is for ever. `ownsAssets`: no asset's stream names
 * it beside its own, as those of earlier releases did.
 */
export type PartRegistered = Event<
  'PartRegistered',
  Readonly<{ partId: number; currency: string; unitCost: Decimal | null; details: PartDetails; ownsAssets?: true }> & OfVendors
>;

/** What was on the shelf when the part was registered, at the part's unit cost. In the same append as the registration. */
export type PartOpeningStockRecorded = Event<'PartOpeningStockRecorded', Movement & Readonly<{ unitCost: Decimal }>>;

/** Parts were received. `unitCost` is what one cost; it becomes the list price. */
export type PartRestocked = Event<'PartRestocked', Movement & Readonly<{ unitCost: Decimal; note: string | null }>>;

/** A count found more or fewer than the books had. */
export type PartReconciled = Event<'PartReconciled', Movement & Readonly<{ note: string }>>;

/** The list price was set; neither stock nor value moved (`quantity` and `value` are "0"). */
export type PartUnitCostSet = Event<'PartUnitCostSet', Movement & Readonly<{ cost: Decimal; note: string | null }>>;

/** The stock was revalued to `cost` a unit; at zero stock only the average that is shown changed. */
export type PartAverageCostSet = Event<'PartAverageCostSet', Movement & Readonly<{ cost: Decimal; note: string | null }>>;

/** A promise of stock to a work order: `available` falls, on hand does not. `reservedAfter` is what all orders together have reserved. */
export type PartReserved = Event<'PartReserved', ForWorkOrder & Readonly<{ quantityAfter: Decimal; reservedAfter: Decimal }>>;

/** A work order's reservation was lowered, to "0" when it was given up. */
export type PartReservationReleased = Event<
  'PartReservationReleased',
  ForWorkOrder & Readonly<{ quantityAfter: Decimal; reservedAfter: Decimal }>
>;

/**
 * A work order wanted `quantityWanted` and did not get it; `quantityAfter` stays reserved. Nothing moved: the refusal is recorded
 * so that it is decided once, and no second worker can grant what the order has been told it will not get.
 */
export type PartReservationRefused = Event<
  'PartReservationRefused',
  ForWorkOrder & Readonly<{ quantityWanted: Decimal; quantityAfter: Decimal; code: string; message: string }>
>;

/**
 * Stock that left for a work order, all that it had reserved. `value` is what it was worth then; nothing later changes it.
 * `charge` is what the order was charged (for a non-stock part without any value leaving the shelf), `chargeAfter` all of its charge for this part.
 */
export type PartIssued = Event<
  'PartIssued',
  Movement & ForWorkOrder & Readonly<{ charge: Decimal; chargeAfter: Decimal; reservedAfter: Decimal }>
>;

/** Parts that came back from a work order, at that order's own charge (`charge` is negative). */
export type PartReturned = Event<'PartReturned', Movement & ForWorkOrder & Readonly<{ charge: Decimal; chargeAfter: Decimal }>>;

/**
 * A receipt was taken back: `quantity` left at the current average, `receiptValue` is what the receipt had brought,
 * and the difference is purchase-price variance. `reversedTransactionId` is the movement that was reversed.
 */
export type PartMovementReversed = Event<
  'PartMovementReversed',
  Movement & Readonly<{ reversedTransactionId: number; receiptValue: Decimal; reason: string }>
>;

/** What the part is was edited; only the fields that changed. `ownsAssets`: the list of assets is whole, whatever assets' streams named before. */
export type PartDetailsChanged = Event<'PartDetailsChanged', Readonly<{ changes: Partial<PartDetails>; ownsAssets?: true }> & OfVendors>;

/** An asset named the part. `assetRevision` is the revision of the asset's event that did: the fence that an earlier one cannot pass. */
export type PartAssetLinked = Event<'PartAssetLinked', Readonly<{ assetId: number; assetRevision: number }>>;

/** An asset dropped the part. */
export type PartAssetUnlinked = Event<'PartAssetUnlinked', Readonly<{ assetId: number; assetRevision: number }>>;

/** The part is no longer used; its history stays. */
export type PartArchived = Event<'PartArchived', Readonly<Record<string, never>>>;

/** The part is used again. */
export type PartUnarchived = Event<'PartUnarchived', Readonly<Record<string, never>>>;

/** Everything that can happen to a part. Its stream is `part-<id>`. */
export type PartEvent =
  | PartRegistered
  | PartOpeningStockRecorded
  | PartRestocked
  | PartReconciled
  | PartUnitCostSet
  | PartAverageCostSet
  | PartReserved
  | PartReservationReleased
  | PartReservationRefused
  | PartIssued
  | PartReturned
  | PartMovementReversed
  | PartDetailsChanged
  | PartAssetLinked
  | PartAssetUnlinked
  | PartArchived
  | PartUnarchived;

/** The events that are stock movements or price changes: each is one row of the part's transactions. */
export type PartTransactionEvent = Extract<PartEvent, { data: Movement }>;

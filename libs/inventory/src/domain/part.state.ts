import { Set as PersistentSet } from 'immutable';
import { noChildren, type ChildrenState, type RecordHistory } from '#millwright/event-sourcing/decider';
import type { Decimal } from '#millwright/quantities';
import { entryOf, noEntries, type OrderEntries, type OrderEntry } from './order-entries.js';
import type { PartDetails } from './part.events.js';
import { averageOf, emptyShelf, type Shelf } from './valuation.js';

/** A part as its events make it. Quantities in thousandths, values in millionths. */
export type Part = Readonly<{
  /** Null before the part is registered. */
  partId: number | null;
  currency: string;
  details: PartDetails;
  /** Whom it is bought from. */
  vendorParts: ChildrenState;
  /** The list price, or null where nobody has said one. It never touches the value of the stock. */
  unitCost: Decimal | null;
  shelf: Shelf;
  /** The average before the movement that emptied the shelf, or as set since; it counts only while the shelf is empty. */
  lastAverage: bigint;
  /** What all orders together have reserved. */
  reserved: bigint;
  orders: OrderEntries;
  /** How many orders still carry a charge for this part. */
  openCharges: number;
  /** Ids of the receipts that were reversed. */
  reversed: PersistentSet<number>;
  /** Whether `details.assetsIds` is the whole truth: what was recorded before may also be named on the streams of assets. */
  ownsAssets: boolean;
  /** Of each asset that ever named or dropped the part, the revision of the last event that was heard. */
  heardAssets: Readonly<Record<string, number>>;
  archived: boolean;
  history: RecordHistory | undefined;
}>;

const noDetails: PartDetails = { isNonStock: false, externalReference: null };

export const unknownPart: Part = {
  partId: null,
  currency: 'USD',
  details: noDetails,
  vendorParts: noChildren,
  unitCost: null,
  shelf: emptyShelf,
  lastAverage: 0n,
  reserved: 0n,
  orders: noEntries,
  openCharges: 0,
  reversed: PersistentSet(),
  ownsAssets: false,
  heardAssets: {},
  archived: false,
  history: undefined,
};

/** What could still be promised to another order; negative after a count found less than was reserved. */
export const available = (part: Part): bigint => part.shelf.quantity - part.reserved;

/** The average cost of one in millionths, also on an empty shelf. A non-stock part has none: ask `details.isNonStock` first. */
export const averageUnitCost = (part: Part): bigint => averageOf(part.shelf, part.lastAverage);

/** What the part knows of one work order. */
export const orderEntry = (part: Part, workOrderId: number): OrderEntry => entryOf(part.orders, workOrderId);

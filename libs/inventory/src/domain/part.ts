import { childrenAfter, historyAfter, type ChildChanges, type Stream } from '#millwright/event-sourcing/decider';
import { toQuantity, toValue } from '#millwright/quantities';
import { assetsOf, heard } from './part-assets.js';
import { withEntry, type OrderEntry, type Refusal } from './order-entries.js';
import type { PartEvent, PartIssued, PartReturned, PartTransactionEvent } from './part.events.js';
import { partSnapshots } from './part.snapshots.js';
import { averageUnitCost, orderEntry, unknownPart, type Part } from './part.state.js';
import { shelfAfter } from './valuation.js';

export const part: Stream<Part, PartEvent> = {
  category: 'part',
  initialState: unknownPart,
  evolve: (state, event) => ({ ...applied(state, event), history: historyAfter(state.history, event) }),
  snapshots: partSnapshots,
};

function applied(part: Part, { type, data }: PartEvent): Part {
  switch (type) {
    case 'PartRegistered':
      return {
        ...withVendors(part, data.vendorParts),
        partId: data.partId,
        currency: data.currency,
        unitCost: data.unitCost,
        details: data.details,
        ownsAssets: data.ownsAssets === true,
      };
    case 'PartOpeningStockRecorded':
    case 'PartRestocked':
      return { ...moved(part, data), unitCost: data.unitCost };
    case 'PartReconciled':
      return moved(part, data);
    case 'PartUnitCostSet':
      return { ...part, unitCost: data.cost };
    case 'PartAverageCostSet':
      return { ...moved(part, data), lastAverage: toValue(data.cost) };
    case 'PartReserved':
    case 'PartReservationReleased':
      return {
        ...withOrder(part, data, { reserved: toQuantity(data.quantityAfter), refusal: null }),
        reserved: toQuantity(data.reservedAfter),
      };
    case 'PartReservationRefused':
      return withOrder(part, data, { refusal: { code: data.code as Refusal['code'], message: data.message } });
    case 'PartIssued':
      return { ...charged(moved(part, data), data), reserved: toQuantity(data.reservedAfter) };
    case 'PartReturned':
      return charged(moved(part, data), data);
    case 'PartMovementReversed':
      return { ...moved(part, data), reversed: part.reversed.add(data.reversedTransactionId) };
    case 'PartDetailsChanged':
      return {
        ...withVendors(part, data.vendorParts),
        details: { ...part.details, ...data.changes },
        ownsAssets: part.ownsAssets || data.ownsAssets === true,
      };
    case 'PartAssetLinked':
      return heard(part, data, [...new Set([...assetsOf(part), data.assetId])]);
    case 'PartAssetUnlinked':
      return heard(
        part,
        data,
        assetsOf(part).filter((assetId) => assetId !== data.assetId),
      );
    case 'PartArchived':
      return { ...part, archived: true };
    case 'PartUnarchived':
      return { ...part, archived: false };
  }
}

const withVendors = (part: Part, changes: ChildChanges | undefined): Part =>
  changes ? { ...part, vendorParts: childrenAfter(part.vendorParts, changes) } : part;

/** The shelf as the event left it. The movement that empties it leaves its average behind. */
function moved(part: Part, data: PartTransactionEvent['data']): Part {
  const shelf = shelfAfter(data);
  const emptied = shelf.quantity === 0n && part.shelf.quantity !== 0n;
  return { ...part, shelf, lastAverage: emptied ? averageUnitCost(part) : part.lastAverage };
}

/** An issue takes the order's whole reservation and a return leaves it; both change what the order is charged. */
function charged(part: Part, data: PartIssued['data'] | PartReturned['data']): Part {
  const before = orderEntry(part, data.workOrderId);
  const issued = before.issued - toQuantity(data.quantity);
  const reserved = 'reservedAfter' in data ? 0n : before.reserved;
  return {
    ...withOrder(part, data, { reserved, issued, charge: toValue(data.chargeAfter), refusal: null }),
    openCharges: part.openCharges + Number(issued > 0n) - Number(before.issued > 0n),
  };
}

function withOrder(
  part: Part,
  { workOrderId, orderRevision }: Readonly<{ workOrderId: number; orderRevision: number }>,
  changes: Partial<OrderEntry>,
): Part {
  const entry = { ...orderEntry(part, workOrderId), ...changes, revision: orderRevision };
  return { ...part, orders: withEntry(part.orders, workOrderId, entry) };
}

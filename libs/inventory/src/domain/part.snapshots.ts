import { Set as PersistentSet } from 'immutable';
import type { SnapshotFormat } from '#millwright/event-sourcing/decider';
import { showQuantity, showValue, toQuantity, toValue, type Decimal } from '#millwright/quantities';
import { entriesOf, isPageOfOrders, pageOf, pagesOf, type StoredEntry } from './order-entries.js';
import type { Part } from './part.state.js';

/** Everything of a part but its order entries, as JSON. */
type Header = Pick<
  Part,
  'partId' | 'currency' | 'details' | 'vendorParts' | 'unitCost' | 'openCharges' | 'ownsAssets' | 'heardAssets' | 'archived' | 'history'
> &
  Readonly<{ onHand: Decimal; value: Decimal; lastAverage: Decimal; reserved: Decimal; reversed: readonly number[] }>;

/** A part that is used every day has a long stream: its header and those pages of order entries that changed since the last snapshot. */
export const partSnapshots: SnapshotFormat<Part> = {
  version: 4,
  everyEvents: 500,
  *pagesOf(part, since) {
    yield ['part', headerOf(part)];
    yield* pagesOf(part.orders, since?.orders);
  },
  readPage: (name, read) => (isPageOfOrders(name) ? pageOf(read as () => readonly StoredEntry[]) : read()),
  stateOf(pages) {
    const { onHand, value, lastAverage, reserved, reversed, history, ...header } = pages.get('part') as Header;
    return {
      ...header,
      history,
      shelf: { quantity: toQuantity(onHand), value: toValue(value) },
      lastAverage: toValue(lastAverage),
      reserved: toQuantity(reserved),
      reversed: PersistentSet(reversed),
      orders: entriesOf(pages),
    };
  },
};

function headerOf({ shelf, lastAverage, reserved, reversed, orders: _, ...header }: Part): Header {
  return {
    ...header,
    onHand: showQuantity(shelf.quantity),
    value: showValue(shelf.value),
    lastAverage: showValue(lastAverage),
    reserved: showQuantity(reserved),
    reversed: [...reversed].sort((left, right) => left - right),
  };
}

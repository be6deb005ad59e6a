import { Map as PersistentMap } from 'immutable';
import { showQuantity, showValue, toQuantity, toValue, type Decimal } from '#millwright/quantities';

/** Why a part gives an order nothing: a published error code and a sentence. */
export type Refusal = Readonly<{ code: 'NOT_FOUND' | 'CONFLICT' | 'INSUFFICIENT_STOCK' | 'VALUE_OUT_OF_RANGE'; message: string }>;

/**
 * What a part knows of one work order: how many it has reserved, how many it was issued and charged for (`charge` in millionths),
 * and the revision of the newest order event that was applied. Effects that are not newer are ignored.
 */
export type OrderEntry = Readonly<{ reserved: bigint; issued: bigint; charge: bigint; revision: number; refusal: Refusal | null }>;

type Entries = PersistentMap<number, OrderEntry>;

/** The entries of 256 orders. */
type Page = Readonly<{ entries: Entries }>;

/**
 * The entries of all work orders that ever touched the part, in pages. Persistent: states are shared between the cache and decisions
 * that may fail, one event copies O(log n), and a snapshot finds the pages that changed by comparing references.
 */
export type OrderEntries = PersistentMap<number, Page>;

const ordersPerPage = 256;
const pagePrefix = 'orders-';
const pageName = (page: number): string => `${pagePrefix}${page}`;
const pageNumber = (workOrderId: number): number => Math.floor(workOrderId / ordersPerPage);

const noEntry: OrderEntry = { reserved: 0n, issued: 0n, charge: 0n, revision: -1, refusal: null };
const noPage: Page = { entries: PersistentMap() };

export const noEntries: OrderEntries = PersistentMap();

export const entryOf = (entries: OrderEntries, workOrderId: number): OrderEntry =>
  entries.get(pageNumber(workOrderId))?.entries.get(workOrderId) ?? noEntry;

export function withEntry(entries: OrderEntries, workOrderId: number, entry: OrderEntry): OrderEntries {
  const page = pageNumber(workOrderId);
  return entries.set(page, { entries: (entries.get(page) ?? noPage).entries.set(workOrderId, entry) });
}

/** All entries by work order id, in ascending order. */
export const entriesInOrder = (entries: OrderEntries): (readonly [workOrderId: number, entry: OrderEntry])[] =>
  [...entries.values()].flatMap((page) => [...page.entries.entries()]).sort(([left], [right]) => left - right);

export type StoredEntry = readonly [
  workOrderId: number,
  reserved: Decimal,
  issued: Decimal,
  charge: Decimal,
  revision: number,
  refusal: Refusal | null,
];

/** The pages as JSON with their names, all of them or those that differ from an earlier state. */
export function* pagesOf(entries: OrderEntries, since?: OrderEntries): Generator<readonly [name: string, content: readonly StoredEntry[]]> {
  for (const [number, page] of entries) if (since?.get(number) !== page) yield [pageName(number), stored(page)];
}

const stored = ({ entries }: Page): StoredEntry[] =>
  [...entries.entries()]
    .sort(([left], [right]) => left - right)
    .map(([id, { reserved, issued, charge, revision, refusal }]) => [
      id,
      showQuantity(reserved),
      showQuantity(issued),
      showValue(charge),
      revision,
      refusal,
    ]);

export const isPageOfOrders = (name: string): boolean => name.startsWith(pagePrefix);

/** The entries back from their pages, which `pageOf` has read; other pages of the same snapshot are passed over. */
export function entriesOf(pages: ReadonlyMap<string, unknown>): OrderEntries {
  const ofOrders = [...pages].filter(([name]) => isPageOfOrders(name));
  return PersistentMap(ofOrders.map(([name, page]) => [Number(name.slice(pagePrefix.length)), page as Page]));
}

/**
 * A page of a snapshot that is read when one of its orders is asked for. A part may have been used by hundreds of thousands of orders, and a command
 * asks for one or two: read whole, the first command after a start took a second.
 */
export function pageOf(read: () => readonly StoredEntry[]): Page {
  let entries: Entries | undefined;
  return {
    get entries() {
      return (entries ??= entriesFrom(read()));
    },
  };
}

const entriesFrom = (entries: readonly StoredEntry[]): Entries =>
  PersistentMap(
    entries.map(([id, reserved, issued, charge, revision, refusal]) => [
      id,
      { reserved: toQuantity(reserved), issued: toQuantity(issued), charge: toValue(charge), revision, refusal },
    ]),
  );

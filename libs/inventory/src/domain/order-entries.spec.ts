import { entriesInOrder, entriesOf, entryOf, noEntries, pageOf, pagesOf, withEntry, type StoredEntry } from './order-entries.js';

const entry = { reserved: 1_000n, issued: 0n, charge: 0n, revision: 3, refusal: null };
const written = [1, 255, 256, 700].reduce((entries, workOrderId) => withEntry(entries, workOrderId, entry), noEntries);

/** The entries as a snapshot gives them back, and the names of the pages that were read. */
function fromSnapshot(): { entries: typeof written; read: string[] } {
  const read: string[] = [];
  const lazily = (name: string, content: readonly StoredEntry[]) => pageOf(() => (read.push(name), content));
  return { entries: entriesOf(new Map([...pagesOf(written)].map(([name, content]) => [name, lazily(name, content)]))), read };
}

describe('the order entries of a snapshot', () => {
  it('are read page by page, and a page once, when one of its orders is asked for', () => {
    const { entries, read } = fromSnapshot();
    expect(read).toEqual([]);
    expect(entryOf(entries, 255)).toEqual(entry);
    expect(entryOf(entries, 2).revision).toBe(-1);
    expect(entryOf(entries, 5_000).revision).toBe(-1);
    expect(read).toEqual(['orders-0']);
  });

  it('leave the next snapshot to the pages that changed since', () => {
    const { entries, read } = fromSnapshot();
    const changed = withEntry(entries, 256, { ...entry, revision: 4 });
    expect([...pagesOf(changed, entries)]).toEqual([['orders-1', [[256, '1', '0', '0', 4, null]]]]);
    expect(read).toEqual(['orders-1']);
    expect(entriesInOrder(changed).map(([workOrderId, { revision }]) => [workOrderId, revision])).toEqual([
      [1, 3],
      [255, 3],
      [256, 4],
      [700, 3],
    ]);
  });
});

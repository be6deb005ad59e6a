import type { ChangeListener, ProjectionEngine, Row } from '#millwright/event-sourcing';
import { RememberedRows } from './remembered-rows.js';

const row: Row = { id: 7, name: 'Main' };

/** A process that works the read models or not, and what happens to them. */
function rowsOf(works: { now: boolean }): { rows: RememberedRows; changing: ChangeListener } {
  const listeners: ChangeListener[] = [];
  const engine = {
    get worksReadModels() {
      return works.now;
    },
    onChange: (listener: ChangeListener) => void listeners.push(listener),
  };
  const rows = new RememberedRows(engine as unknown as ProjectionEngine);
  const [changing] = listeners;
  if (!changing) throw new Error('nobody listens');
  return { rows, changing };
}

describe('a row that answers mention', () => {
  it('is kept until something happens to it, and not for what happens to others', () => {
    const { rows, changing } = rowsOf({ now: true });
    rows.reading('storeroom')('storeroom-7', row);
    changing(['storeroom-8', 'part-7'])();
    expect(rows.of('storeroom-7')).toBe(row);
    const changed = changing(['storeroom-7']);
    expect(rows.of('storeroom-7')).toBeUndefined();
    changed();
    expect(rows.of('storeroom-7')).toBeUndefined();
  });

  it('is not kept where it was read before, during or across a change of its kind', () => {
    const { rows, changing } = rowsOf({ now: true });
    const before = rows.reading('storeroom');
    const changed = changing(['storeroom-7']);
    before('storeroom-7', row);
    const during = rows.reading('storeroom');
    during('storeroom-7', row);
    changed();
    before('storeroom-7', row);
    during('storeroom-7', row);
    expect(rows.of('storeroom-7')).toBeUndefined();
    rows.reading('storeroom')('storeroom-7', row);
    expect(rows.of('storeroom-7')).toBe(row);
  });

  it('is forgotten with all others where any may have changed', () => {
    const { rows, changing } = rowsOf({ now: true });
    rows.reading('storeroom')('storeroom-7', row);
    const reading = rows.reading('storeroom');
    const changed = changing();
    expect(rows.of('storeroom-7')).toBeUndefined();
    reading('storeroom-7', row);
    changed();
    reading('storeroom-7', row);
    expect(rows.of('storeroom-7')).toBeUndefined();
  });

  it('is nothing that a process remembers which hears of no change', () => {
    const works = { now: true };
    const { rows } = rowsOf(works);
    rows.reading('storeroom')('storeroom-7', row);
    works.now = false;
    expect(rows.of('storeroom-7')).toBeUndefined();
    rows.reading('storeroom')('storeroom-8', row);
    works.now = true;
    expect(rows.of('storeroom-8')).toBeUndefined();
  });
});

describe('what was found among the records of a category', () => {
  const found = (rows: RememberedRows, value: string): Promise<string> =>
    rows.answer('asset', 'code at 1: M-7', () => Promise.resolve(value));

  it('is looked up again when something has happened to any of them, and not for what happens to others', async () => {
    const { rows, changing } = rowsOf({ now: true });
    expect(await found(rows, 'first')).toBe('first');
    changing(['part-7'])();
    expect(await found(rows, 'second')).toBe('first');
    expect(await rows.answer('asset', 'code at 2: M-7', () => Promise.resolve('other'))).toBe('other');
    const changed = changing(['asset-9']);
    expect(await found(rows, 'third')).toBe('third');
    changed();
    expect(await found(rows, 'fourth')).toBe('fourth');
    expect(await found(rows, 'fifth')).toBe('fourth');
    changing()();
    expect(await found(rows, 'sixth')).toBe('sixth');
  });

  it('is not kept where something happened while it was read', async () => {
    const { rows, changing } = rowsOf({ now: true });
    const reading = rows.answer('asset', 'code at 1: M-7', async () => {
      await Promise.resolve();
      changing(['asset-9'])();
      return 'before';
    });
    expect(await reading).toBe('before');
    expect(await found(rows, 'after')).toBe('after');
  });

  it('is nothing that a process remembers which hears of no change', async () => {
    const works = { now: true };
    const { rows, changing } = rowsOf(works);
    await found(rows, 'first');
    works.now = false;
    expect(await found(rows, 'second')).toBe('second');
    expect(await found(rows, 'third')).toBe('third');
    // Whoever takes them over says that anything may have changed.
    works.now = true;
    changing()();
    expect(await found(rows, 'fourth')).toBe('fourth');
  });
});

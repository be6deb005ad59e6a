import { GatheredUses } from './gathered-uses.js';

describe('uses that are gathered', () => {
  it('are written once, and with the next ones where they could not be', async () => {
    const written: (readonly string[])[] = [];
    let fails = true;
    const uses = new GatheredUses<string>(async (ids) => {
      if (fails) throw new Error('no database');
      written.push(ids);
    });
    uses.note('one');
    uses.note('two');
    const failing = uses.write();
    uses.note('three');
    await expect(failing).rejects.toThrow('no database');
    fails = false;
    await uses.write();
    await uses.write();
    expect(written.map((ids) => [...ids].sort())).toEqual([['one', 'three', 'two']]);
  });
});

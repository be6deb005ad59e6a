import { Logger } from '@nestjs/common';
import { GatheredUses } from './gathered-uses.js';

describe('uses that are gathered', () => {
  it('are written once, and with the next ones where they could not be, which the log says once and nobody is refused for', async () => {
    const said: unknown[] = [];
    Logger.overrideLogger({ log: () => undefined, error: () => undefined, warn: (message: unknown) => void said.push(message) });
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
    await failing;
    await uses.write();
    Logger.overrideLogger(true);
    expect(said).toEqual(['last_used_at cannot be written: Error: no database']);
    fails = false;
    await uses.write();
    await uses.write();
    expect(written.map((ids) => [...ids].sort())).toEqual([['one', 'three', 'two']]);
  });
});

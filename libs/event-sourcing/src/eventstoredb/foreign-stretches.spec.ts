import { ForeignStretches } from './foreign-stretches.js';

describe('stretches of the log that others wrote', () => {
  const knowing = (...known: (readonly [after: bigint, upTo: bigint])[]): ForeignStretches => {
    const stretches = new ForeignStretches();
    for (const [after, upTo] of known) stretches.add(after, upTo);
    return stretches;
  };

  it('are passed over from anywhere in them, and from nowhere else', () => {
    const stretches = knowing([10n, 20n]);
    expect([9n, 10n, 15n, 19n, 20n, 21n].map((position) => stretches.past(position))).toEqual([9n, 20n, 20n, 20n, 20n, 21n]);
  });

  it('are one where they touch or overlap, in whatever order they were found', () => {
    expect(knowing([10n, 20n], [30n, 40n], [20n, 30n]).past(10n)).toBe(40n);
    expect(knowing([15n, 25n], [10n, 20n]).past(10n)).toBe(25n);
    expect(knowing([10n, 20n], [21n, 30n]).past(10n)).toBe(20n);
  });

  it('are forgotten when there are many of them, the shortest first', () => {
    const stretches = knowing(
      [0n, 1_000n],
      [2_000n, 2_001n],
      ...Array.from({ length: 63 }, (_, n) => [BigInt(n + 30) * 100n, BigInt(n + 30) * 100n + 50n] as const),
    );
    expect(stretches.past(0n)).toBe(1_000n);
    expect(stretches.past(2_000n)).toBe(2_000n);
    expect(stretches.past(3_000n)).toBe(3_050n);
  });
});

import type { Child, SaidChild } from '#millwright/fields';
import { onePreferred } from './preferred-vendor.js';

const vendor = (id: number, is_preferred = false): Child => ({ id, is_preferred });

/** Whom it is bought from first, when a request says `said` in this order. */
const preferred = (after: readonly Child[], ...said: (SaidChild & { id: number })[]): number[] =>
  onePreferred({
    before: [],
    after,
    saidOf: ({ id }) => {
      const place = said.findIndex((one) => one.id === id);
      return place < 0 ? undefined : { place, values: said[place] as SaidChild };
    },
    refuse: () => {
      throw new Error('nothing is refused');
    },
  })
    .filter(({ is_preferred }) => is_preferred)
    .map(({ id }) => id);

describe('the preferred vendor of a part', () => {
  it('need not be anybody', () => {
    expect(preferred([vendor(1), vendor(2)])).toEqual([]);
    expect(preferred([vendor(1)], { id: 1, is_preferred: false })).toEqual([]);
  });

  it('stays who it is while nobody else is named', () =>
    expect(preferred([vendor(1, true), vendor(2)], { id: 2, is_preferred: false })).toEqual([1]));

  it('is the one that was named last', () => {
    expect(preferred([vendor(1, true), vendor(2, true)], { id: 2, is_preferred: true })).toEqual([2]);
    expect(preferred([vendor(1, true), vendor(2, true)], { id: 2, is_preferred: true }, { id: 1, is_preferred: true })).toEqual([1]);
  });
});

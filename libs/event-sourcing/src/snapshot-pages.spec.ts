import type { SnapshotFormat } from './decider.js';
import { pagesFromState, stateFromPages } from './snapshot-pages.js';

/** Each page takes longer than a slice may. */
const busy = <Result>(result: Result): Result => {
  for (const end = performance.now() + 10; performance.now() < end;);
  return result;
};

const numbers: SnapshotFormat<readonly number[]> = {
  version: 1,
  everyEvents: 1,
  *pagesOf(state, since) {
    for (const number of state) if (!since?.includes(number)) yield busy([`page-${number}`, number] as const);
  },
  readPage: (_name, content) => busy(content()),
  stateOf: (pages) => [...pages.values()] as number[],
};

/** How many turns of the event loop others had meanwhile. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let over = false;
  const count = (): void => {
    turns += 1;
    if (!over) setImmediate(count);
  };
  setImmediate(count);
  await work();
  over = true;
  return turns;
}

describe('the pages of a snapshot', () => {
  it('say what the state was', async () => {
    expect(await stateFromPages(numbers, await pagesFromState(numbers, [3, 1, 2]))).toEqual([3, 1, 2]);
    expect([...(await pagesFromState(numbers, [3, 1, 2], [3, 1]))]).toEqual([['page-2', '2']]);
  });

  it('are written and read in slices, between which others have their turn', async () => {
    const state = [1, 2, 3, 4, 5];
    expect(await turnsDuring(() => pagesFromState(numbers, state))).toBeGreaterThanOrEqual(state.length);
    const pages = await pagesFromState(numbers, state);
    expect(await turnsDuring(() => stateFromPages(numbers, pages))).toBeGreaterThanOrEqual(state.length);
  });
});

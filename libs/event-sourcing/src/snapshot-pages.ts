import type { SnapshotFormat } from './decider.js';
import type { SnapshotPages } from './snapshots.js';

/** Milliseconds of work after which everything else that waits has its turn. */
const sliceMs = 8;

/** The state that a snapshot holds. A part that hundreds of thousands of orders have used takes long to read, and nobody else shall wait for that. */
export async function stateFromPages<State>(format: SnapshotFormat<State>, pages: SnapshotPages): Promise<State> {
  const read = new Map<string, unknown>();
  await inSlices(pages, ([name, text]) => {
    const content = (): unknown => JSON.parse(text);
    read.set(name, format.readPage ? format.readPage(name, content) : content());
  });
  return format.stateOf(read);
}

/** A state as pages, or what of it differs from an earlier one. */
export async function pagesFromState<State>(format: SnapshotFormat<State>, state: State, since?: State): Promise<SnapshotPages> {
  const pages = new Map<string, string>();
  await inSlices(format.pagesOf(state, since), ([name, content]) => pages.set(name, JSON.stringify(content)));
  return pages;
}

async function inSlices<Item>(items: Iterable<Item>, work: (item: Item) => unknown): Promise<void> {
  let sliceEnd = performance.now() + sliceMs;
  for (const item of items) {
    work(item);
    if (performance.now() < sliceEnd) continue;
    await new Promise<void>((resolve) => setImmediate(resolve));
    sliceEnd = performance.now() + sliceMs;
  }
}

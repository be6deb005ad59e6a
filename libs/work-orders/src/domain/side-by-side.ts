/** Parts of one order that are asked at the same time. */
const atOnce = 64;

/**
 * Does something with each item, 64 at a time, and says what came of those that were begun, in their order. Where a result ends it, or work fails,
 * nothing more is begun; a failure is thrown when nothing is under way any more.
 */
export async function sideBySide<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  endsIt: (result: Result) => boolean = () => false,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const waiting = [...items.entries()].reverse();
  const worker = async (): Promise<void> => {
    try {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        const [index, item] = next;
        const result = await work(item);
        results.set(index, result);
        if (endsIt(result)) waiting.length = 0;
      }
    } catch (failure) {
      waiting.length = 0;
      throw failure;
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, worker));
  for (const ended of workers) if (ended.status === 'rejected') throw ended.reason;
  return [...results].sort(([left], [right]) => left - right).map(([, result]) => result);
}

import { LRUCache } from 'lru-cache';
import { runForEverybody } from '#millwright/event-sourcing';

type Total = { count: number; countedAt: number; recount?: Promise<void> };

/** From how many rows on a total may be a moment old: counting fewer takes no time worth saving. */
const worthKeeping = 10_000;
const freshForMs = 500;
const usableForMs = 2_000;

/**
 * Totals of long lists. Reading a page takes the same time however long the list is, counting it does not; so a large count is used again for up to
 * two seconds and renewed behind the answer. Short lists are always counted.
 */
export class ListTotals {
  private readonly totals = new LRUCache<string, Total>({ max: 1_000 });

  constructor(private readonly now: () => number = () => performance.now()) {}

  async of(statement: string, parameters: readonly unknown[], count: () => Promise<number>): Promise<number> {
    const key = JSON.stringify([statement, ...parameters]);
    const known = this.totals.get(key);
    const age = known ? this.now() - known.countedAt : Infinity;
    if (!known || age > usableForMs) return this.counted(key, count);
    if (age > freshForMs && !known.recount) {
      // A recount that fails is no harm to this answer: the next one counts for itself.
      known.recount = runForEverybody(() => this.counted(key, count)).then(
        () => undefined,
        () => void this.totals.delete(key),
      );
    }
    return known.count;
  }

  private async counted(key: string, count: () => Promise<number>): Promise<number> {
    const countedAt = this.now();
    const total = await count();
    if (total >= worthKeeping) this.totals.set(key, { count: total, countedAt });
    else this.totals.delete(key);
    return total;
  }
}

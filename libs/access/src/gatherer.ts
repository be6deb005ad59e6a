/**
 * Gathers what concurrent requests ask of the database into one statement: while one is under way the next ones wait and go together,
 * so a hundred requests cost a handful of round trips, and a lonely request waits for nobody.
 */
export class Gatherer<Item, Result> {
  private waiting: { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void }[] = [];
  private underWay = false;

  constructor(
    /** Answers each item in its place. */
    private readonly run: (items: readonly Item[]) => Promise<readonly Result[]>,
    private readonly atMost = 500,
    /** Milliseconds to wait before a statement that nobody waits for, so that more go with it. */
    private readonly restMs = 0,
  ) {}

  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ item, resolve, reject });
      if (this.underWay) return;
      this.underWay = true;
      // One turn of the event loop, so that requests that arrived together go together.
      if (this.restMs === 0) setImmediate(() => void this.drain());
      else setTimeout(() => void this.drain(), this.restMs);
    });
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.atMost);
      try {
        const results = await this.run(batch.map(({ item }) => item));
        batch.forEach(({ resolve }, index) => resolve(results[index] as Result));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.underWay = false;
  }
}

/** So long a batch is folded without a pause, in milliseconds. */
const longestMs = 5;

let last: Promise<void> = Promise.resolve();

/**
 * Resolves when it is the caller's turn to fold: one caller a turn of the event loop, however many projections have much to fold, so that requests and
 * answers of the database get through between two of them.
 */
export function foldingTurn(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
  return last;
}

/** How long the turn has lasted that was begun by making this. */
export class FoldingTime {
  private began = performance.now();

  get isOver(): boolean {
    return performance.now() - this.began >= longestMs;
  }

  /** The turn of somebody else, until it is the caller's again. */
  async another(): Promise<void> {
    await foldingTurn();
    this.began = performance.now();
  }
}

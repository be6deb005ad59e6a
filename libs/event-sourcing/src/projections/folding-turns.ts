let last: Promise<void> = Promise.resolve();

/**
 * Resolves when it is the caller's turn to fold a batch: one batch a turn of the event loop, however many projections catch up at once, so that requests
 * and answers of the database get through between two of them.
 */
export function foldingTurn(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
  return last;
}

import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import DataLoader from 'dataloader';

/**
 * Lets what concurrent requests ask of the database share statements: while one is under way the next ones wait and go together,
 * so a hundred requests cost a handful of round trips, and a lonely request waits for nobody.
 * @param run answers each item in its place, or with what went wrong with it
 * @param restMs milliseconds to wait before each statement, so that more go with it; 0 is one turn of the event loop
 */
export function sharedStatements<Item, Result>(
  run: (items: readonly Item[]) => Promise<readonly (Result | Error)[]>,
  { atMost = 500, restMs = 0 } = {},
): Pick<DataLoader<Item, Result>, 'load'> {
  let underWay: Promise<unknown> = Promise.resolve();
  let last: Promise<unknown> = underWay;
  return new DataLoader<Item, Result>((items) => (underWay = run(items)), {
    cache: false,
    maxBatchSize: atMost,
    batchScheduleFn: (dispatch) => {
      // Whoever asked is told of a failure by the loader; here it only ends the turn.
      last = last.then(() => (restMs === 0 ? turn() : delay(restMs))).then(() => (dispatch(), underWay.catch(() => undefined)));
    },
  });
}

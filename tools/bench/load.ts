import { createHistogram } from 'node:perf_hooks';

/** What a load did: how many a second, and how long one took (milliseconds). */
export type Load = Readonly<{ perSecond: number; p50: number; p99: number; worst: number; count: number }>;

/** One piece of work; undefined when there is none left. */
export type Work = (caller: number) => Promise<unknown> | undefined;

/** Keeps `callers` callers busy for some seconds, after a second at most that warms up and is not counted. */
export async function loadFor(seconds: number, callers: number, work: Work): Promise<Load> {
  await busyFor(Math.min(1, seconds / 4), callers, work);
  return busyFor(seconds, callers, work);
}

/** Each caller waits for its answer before it sends the next; it ends when the time is over, when there is no work left, or when one of them has failed. */
export async function busyFor(seconds: number, callers: number, work: Work): Promise<Load> {
  const began = performance.now();
  let until = began + seconds * 1000;
  const times = createHistogram();
  const caller = async (_: unknown, number: number): Promise<void> => {
    for (let started = performance.now(); started < until; started = performance.now()) {
      const doing = work(number);
      if (!doing) return;
      await doing.catch((error: unknown) => {
        until = 0; // the others end, too
        throw error;
      });
      times.record(Math.max(1, Math.round((performance.now() - started) * 1000)));
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: callers }, caller));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  const elapsed = (performance.now() - began) / 1000;
  const { count } = times;
  const milliseconds = (microseconds: number): number => (count === 0 ? 0 : microseconds / 1000);
  return {
    perSecond: count / elapsed,
    p50: milliseconds(times.percentile(50)),
    p99: milliseconds(times.percentile(99)),
    worst: milliseconds(times.max),
    count,
  };
}

import { createHistogram } from 'node:perf_hooks';

/** What a load did: how many a second, and how long one took (milliseconds). */
export type Load = Readonly<{ perSecond: number; p50: number; p99: number; worst: number; count: number }>;

/** Keeps `callers` callers busy for some seconds; each waits for its answer before it sends the next. The first second warms up and is not counted. */
export async function loadFor(seconds: number, callers: number, work: (caller: number) => Promise<unknown>): Promise<Load> {
  const warmUntil = performance.now() + Math.min(1000, seconds * 250);
  const until = warmUntil + seconds * 1000;
  const times = createHistogram();
  let count = 0;
  const caller = async (_: unknown, number: number): Promise<void> => {
    for (;;) {
      const started = performance.now();
      if (started >= until) return;
      await work(number);
      if (started < warmUntil) continue;
      count++;
      times.record(Math.max(1, Math.round((performance.now() - started) * 1000)));
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const elapsed = (performance.now() - warmUntil) / 1000;
  return { perSecond: count / elapsed, p50: times.percentile(50) / 1000, p99: times.percentile(99) / 1000, worst: times.max / 1000, count };
}

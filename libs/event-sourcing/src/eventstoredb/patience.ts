/** Milliseconds before the n-th retry: doubling, capped, and random so that many clients do not come back at once. */
export const backoff = (failures: number, { first = 10, cap = 500 } = {}): number =>
  Math.min(cap, first * 2 ** Math.min(failures, 16)) * (0.5 + Math.random() / 2);

/** Waits, or less when the signal aborts. */
export const pause = (milliseconds: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });

export async function atMostASecond(work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work.catch(() => undefined), pause(1_000, over.signal)]);
  over.abort();
}

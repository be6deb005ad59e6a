import { pause } from '../retry.js';

/** Waits for it for a second at most, whatever becomes of it. */
export async function atMostASecond(work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([work.catch(() => undefined), pause(1_000, over.signal)]);
  over.abort();
}

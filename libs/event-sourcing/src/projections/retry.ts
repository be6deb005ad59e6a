/** Resolves after so many milliseconds, or at once when the signal aborts; never rejects. */
export function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}

/** Waiting times between tries, in milliseconds: doubling up to a limit, with jitter, so that many workers do not knock together. */
export class Backoff {
  private failures = 0;

  constructor(
    private readonly first: number,
    private readonly longest: number,
  ) {}

  get tries(): number {
    return this.failures;
  }

  succeeded(): void {
    this.failures = 0;
  }

  /** Waits the next, longer time. */
  async wait(signal?: AbortSignal): Promise<void> {
    const limit = Math.min(this.longest, this.first * 2 ** this.failures);
    this.failures += 1;
    await pause(limit / 2 + Math.random() * (limit / 2), signal);
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

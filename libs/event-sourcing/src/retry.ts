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

/** Milliseconds before the next try after so many failures: doubling up to a limit, with jitter, so that many workers do not knock together. */
export const backoff = (failures: number, { first = 10, longest = 500 } = {}): number =>
  Math.min(longest, first * 2 ** failures) * (0.5 + Math.random() / 2);

/** Counts failures in a row, and waits accordingly. */
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
    const { first, longest } = this;
    await pause(backoff(this.failures++, { first, longest }), signal);
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

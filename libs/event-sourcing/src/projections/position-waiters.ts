import type { Position } from '../event.js';

/** Thrown when a position was not reached in time. */
export class PositionNotReached extends Error {
  constructor(
    readonly position: Position,
    /** Who is still behind. */
    readonly behind: readonly string[],
  ) {
    super(`position ${position} was not reached in time by ${behind.join(', ')}`);
    this.name = 'PositionNotReached';
  }
}

export type WaitOptions = Readonly<{
  /** Milliseconds. */
  timeout?: number;
  signal?: AbortSignal;
}>;

type Waiter = { readonly position: Position; readonly behind: Set<string>; readonly done: () => void };

/** Those who wait until some names have passed a position. */
export class PositionWaiters {
  private readonly waiting = new Set<Waiter>();

  get size(): number {
    return this.waiting.size;
  }

  /** The names somebody waits for. */
  names(): Set<string> {
    const names = new Set<string>();
    for (const { behind } of this.waiting) for (const name of behind) names.add(name);
    return names;
  }

  advanced(name: string, position: Position): void {
    this.reached(name, (wanted) => wanted <= position);
  }

  /** The same where positions are not passed in order. */
  reached(name: string, isReached: (position: Position) => boolean): void {
    for (const waiter of this.waiting) {
      if (!waiter.behind.has(name) || !isReached(waiter.position)) continue;
      waiter.behind.delete(name);
      if (waiter.behind.size === 0) waiter.done();
    }
  }

  /** @throws PositionNotReached after the timeout; the signal's reason when it aborts */
  async wait(position: Position, names: Iterable<string>, { timeout, signal }: WaitOptions): Promise<void> {
    const behind = new Set(names);
    if (behind.size === 0) return;
    signal?.throwIfAborted();
    let timer: NodeJS.Timeout | undefined;
    let aborted: (() => void) | undefined;
    let waiter: Waiter | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        waiter = { position, behind, done: resolve };
        this.waiting.add(waiter);
        if (timeout !== undefined) timer = setTimeout(() => reject(new PositionNotReached(position, [...behind])), timeout);
        aborted = () => reject(signal?.reason instanceof Error ? signal.reason : new PositionNotReached(position, [...behind]));
        signal?.addEventListener('abort', aborted);
      });
    } finally {
      if (waiter) this.waiting.delete(waiter);
      clearTimeout(timer);
      if (aborted) signal?.removeEventListener('abort', aborted);
    }
  }
}

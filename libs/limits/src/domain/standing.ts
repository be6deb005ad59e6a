import type { Window } from './tier-limits.js';

/** What a window holds at an instant, in seconds since 1970 by the database's clock. */
export type Held = Readonly<{
  now: number;
  /** How much counts. */
  used: number;
  /** When the oldest that counts will count no more; null where nothing does. */
  oldestLeavesAt: number | null;
  /** When one more fits; null where it does now. */
  oneMoreAt: number | null;
}>;

/** How somebody stands, as the headers `X-RateLimit-*` say it (S72). */
export type Standing = Readonly<{
  limit: number;
  remaining: number;
  /** The second, rounded up, at which one more fits where none is left, else at which the oldest leaves; this one where nothing counts. */
  reset: number;
}>;

export function standingOf({ requests }: Window, { now, used, oldestLeavesAt, oneMoreAt }: Held): Standing {
  // A limit that was lowered may have been passed by what counts still.
  const remaining = Math.max(0, requests - used);
  const resets = remaining === 0 ? (oneMoreAt ?? oldestLeavesAt) : oldestLeavesAt;
  return { limit: requests, remaining, reset: Math.ceil(resets ?? now) };
}

/** Whole seconds after which what was refused fits, rounded up: whoever waits exactly so long is not refused again. */
export const retryAfterSeconds = (waitSeconds: number): number => Math.max(1, Math.ceil(waitSeconds));

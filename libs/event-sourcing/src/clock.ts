import { pause } from './retry.js';

/** The one place that the time comes from: what time it is, and waiting until it is some time. A test moves it. */
export interface Clock {
  now(): Date;
  /** Resolves once it is that instant or later, or when the signal aborts; never rejects. */
  until(instant: Date, signal: AbortSignal): Promise<void>;
}

/** A clock that is set forwards, or a machine that slept, is noticed within so many milliseconds. */
const lookEveryMs = 1_000;

/** A clock by a count of milliseconds since 1970 that may be set at any moment: nobody sleeps through to a far instant. */
export const clockBy = (milliseconds: () => number, wait = pause): Clock => ({
  now: () => new Date(milliseconds()),
  async until(instant, signal) {
    for (;;) {
      const remaining = instant.getTime() - milliseconds();
      if (remaining <= 0 || signal.aborted) return;
      await wait(Math.min(remaining, lookEveryMs), signal);
    }
  },
});

export const systemClock = clockBy(() => Date.now());

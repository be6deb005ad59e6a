import type { Precedence } from '../precedence.js';
import { pause } from '../retry.js';

/** So many are raised side by side at most: with 32 at once requests took five times as long for a third of the time saved (docs/performance.md). */
const mostAtOnce = 4;
/** How long one may take, in milliseconds, whoever waits: 10,000 that are due at one instant have their orders within the minute. */
const eachMs = 5.5;
/** For each so many milliseconds that it is late, one more is raised at once. */
const oneMoreMs = 50;
/** How long it is believed that nothing has changed, in milliseconds. */
const longestLookMs = 20;

/**
 * How fast what is due is raised: as fast as this process can where nobody is there, and beside people in fours, evenly over the time there is and only while
 * nobody waits, since each is followed by reactions and by rows of read models, which have to be there before the next answer (ADR 15). What is raised together
 * is written together, at less cost than one after another. Whoever goes on waiting is given way to for `eachMs` a stream and no longer; where that does not
 * suffice, more are raised at once the later it gets.
 */
export class RaisingPace {
  private began = 0;
  private begun = 0;

  /** `now`: milliseconds that only go forwards. */
  constructor(
    private readonly precedence: Precedence,
    private readonly now = () => performance.now(),
  ) {}

  /**
   * Something is due after everything that was had begun: instants that follow from one another, as of a standstill, are late by themselves only. The time
   * of those before is still given, so that they give way to people at each.
   */
  start(): void {
    this.began = this.now() + Math.max(0, this.spareMs);
    this.begun = 0;
  }

  /** Whether another one may begin beside those under way. */
  allows(underWay: number): boolean {
    const { precedence, spareMs } = this;
    if (!precedence.somebodyIsThere) return underWay < mostAtOnce;
    if (this.begun % mostAtOnce !== 0) return underWay < mostAtOnce;
    if (spareMs > 0) return underWay === 0 && !precedence.somebodyWaits && spareMs <= mostAtOnce * eachMs;
    return underWay < Math.min(mostAtOnce, 1 + Math.floor(-spareMs / oneMoreMs));
  }

  /** Another one begins. */
  next(): void {
    this.begun += 1;
    // What was won while nobody was there is not waited for once somebody is.
    if (!this.precedence.somebodyIsThere) this.began = Math.min(this.began, this.now() - (this.begun - mostAtOnce) * eachMs);
  }

  /** Resolves when `allows` may answer otherwise: one has ended, nobody waits any more, or it is late. */
  async change(ended: Promise<void>): Promise<void> {
    const looksAgain = this.spareMs > 0 ? Math.min(this.spareMs, longestLookMs) : longestLookMs;
    const waited = this.precedence.somebodyWaits ? [this.precedence.nobodyWaits()] : [];
    await Promise.race([ended, pause(looksAgain), ...waited]);
  }

  /** Milliseconds that the next one has time. */
  private get spareMs(): number {
    return this.began + this.begun * eachMs - this.now();
  }
}

import type { EventLog } from '../event-log.js';
import type { Position } from '../event.js';
import type { ProjectionRunner } from './projection-runner.js';
import { Backoff } from './retry.js';
import { stretchOf } from './stretch.js';

/**
 * The one live subscription of a process, over all categories, for all runners that have caught up. It never waits for a runner:
 * one that cannot keep up is sent back to catch up on its own.
 */
export class LiveFeed {
  /** The last position handed out; undefined until the first runner joins, whose position it starts from. */
  private position: Position | undefined;
  private readonly members = new Set<ProjectionRunner>();
  private following: Promise<void> | undefined;

  constructor(
    private readonly log: EventLog,
    private readonly signal: AbortSignal,
    private readonly fellBehind: (runner: ProjectionRunner) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** The newest position this process has heard of. */
  get newest(): Position {
    return this.position ?? 0n;
  }

  /** Takes the runner in, unless the feed is already past what it has received. */
  join(runner: ProjectionRunner): boolean {
    if (this.position === undefined) {
      this.position = runner.received;
      this.following = this.follow();
    }
    if (runner.received < this.position) return false;
    this.members.add(runner);
    runner.goLive();
    return true;
  }

  leave(runner: ProjectionRunner): void {
    this.members.delete(runner);
    runner.live = false;
  }

  /** Resolves when the subscription has ended, which the signal asks for. */
  async ended(): Promise<void> {
    await this.following;
  }

  private async follow(): Promise<void> {
    const backoff = new Backoff(100, 5000);
    while (!this.signal.aborted) {
      try {
        for await (const item of this.log.subscribeAll(this.position ?? 0n, { signal: this.signal })) {
          backoff.succeeded();
          if (item.kind === 'event') this.handOut(stretchOf([item.event], item.event.position));
          else this.handOut(stretchOf([], item.position));
        }
      } catch (error) {
        if (this.signal.aborted) return;
        this.failed(error);
      }
      // The subscription reconnects by itself; that it ended at all is unusual, so it is not hurried.
      if (!this.signal.aborted) await backoff.wait(this.signal);
    }
  }

  private handOut(stretch: ReturnType<typeof stretchOf>): void {
    if (this.position === undefined || stretch.upTo <= this.position) return;
    this.position = stretch.upTo;
    for (const runner of this.members) {
      runner.offer(stretch);
      if (!runner.crowded) continue;
      this.leave(runner);
      this.fellBehind(runner);
    }
  }
}

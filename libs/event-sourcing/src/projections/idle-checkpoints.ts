import type { BuildCatalog } from './build-catalog.js';
import type { ProjectionRunner } from './projection-runner.js';

/** At most so often idle projections store how far they have seen, in milliseconds. */
const everyMs = 50;

/**
 * Projections that had nothing to write still pass every event: their checkpoints are stored together, with one statement,
 * so that other processes can wait for them too.
 */
export class IdleCheckpoints {
  private timer: NodeJS.Timeout | undefined;
  private storedAt = 0;
  private storing: Promise<void> | undefined;

  constructor(
    private readonly catalog: BuildCatalog,
    private readonly runners: () => Iterable<ProjectionRunner>,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Some runner has moved past events of no concern. */
  due(): void {
    if (this.timer || this.storing) return;
    // The short wait lets one statement serve all runners that heard of the same event.
    this.timer = setTimeout(() => void this.store(), Math.max(2, this.storedAt + everyMs - Date.now()));
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.storing;
  }

  /** Stores one runner's checkpoint now; answers whether it is as far as its position. */
  async storeNow(runner: ProjectionRunner): Promise<boolean> {
    await this.move([runner]);
    return runner.checkpoint >= runner.position;
  }

  private async store(): Promise<void> {
    this.timer = undefined;
    this.storing = this.move(this.runners());
    try {
      await this.storing;
    } catch (error) {
      this.failed(error);
    } finally {
      this.storing = undefined;
      this.storedAt = Date.now();
    }
    for (const runner of this.runners()) if (!runner.stopped && !runner.failure && runner.checkpoint < runner.position) return this.due();
  }

  private async move(runners: Iterable<ProjectionRunner>): Promise<void> {
    const claims: (readonly [ProjectionRunner, Readonly<{ schema: string; from: bigint; to: bigint }>])[] = [];
    for (const runner of runners) {
      const step = runner.claimIdle();
      if (step) claims.push([runner, step]);
    }
    if (claims.length === 0) return;
    let moved: Set<string> | undefined;
    try {
      moved = await this.catalog.moveIdle(claims.map(([, step]) => step));
    } finally {
      for (const [runner, step] of claims) {
        if (moved && !moved.has(step.schema)) runner.mistrust();
        runner.settleIdle(moved?.has(step.schema) ? step.to : undefined);
      }
    }
  }
}

import { Logger } from '@nestjs/common';

/** How long uses are gathered before they are written, in milliseconds: no request writes, and what is shown is at most a minute old. */
const gatheredForMs = 20_000;

/** When each of some things was used last by this process, written many together. */
export class GatheredUses<Id extends string | number> {
  private readonly gathered = new Map<Id, number>();
  private readonly logger = new Logger(GatheredUses.name);
  private timer: NodeJS.Timeout | undefined;
  private fails = false;

  /** @param store writes when each was used, in milliseconds since 1970, beside what other processes have written */
  constructor(private readonly store: (ids: readonly Id[], at: readonly number[]) => Promise<unknown>) {}

  note(id: Id): void {
    this.gathered.set(id, Date.now());
    this.timer ??= setTimeout(() => void this.write(), gatheredForMs).unref();
  }

  /** Writes what was gathered. Where that fails it is written with the next ones, and the log says so once: nobody is refused for it. */
  async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const uses = [...this.gathered];
    this.gathered.clear();
    if (uses.length === 0) return;
    try {
      await this.store(
        uses.map(([id]) => id),
        uses.map(([, at]) => at),
      );
      this.fails = false;
    } catch (failure) {
      for (const [id, at] of uses) if (!this.gathered.has(id)) this.gathered.set(id, at);
      if (!this.fails) this.logger.warn(`last_used_at cannot be written: ${String(failure)}`);
      this.fails = true;
    }
  }
}

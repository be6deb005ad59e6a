import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';

/** How long uses are gathered before they are written, in milliseconds: no request writes, and what is shown is at most a minute old. */
const gatheredForMs = 20_000;

/** When sessions were used last, by all processes. */
@Injectable()
export class SessionUses implements OnApplicationShutdown {
  private readonly gathered = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly pool: Pool) {}

  note(sessionId: string): void {
    this.gathered.set(sessionId, Date.now());
    this.timer ??= setTimeout(() => void this.write().catch(() => undefined), gatheredForMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.write().catch(() => undefined);
  }

  /**
   * Writes what was gathered; where that fails it is written with the next ones. It waits for no row, whose session somebody is ending: whoever ends all
   * sessions of a person takes them in another order.
   */
  async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const uses = [...this.gathered];
    this.gathered.clear();
    if (uses.length === 0) return;
    try {
      await this.pool.query(
        `UPDATE app.sessions AS session SET last_used_at = greatest(session.last_used_at, free.used_at)
         FROM (
           SELECT id, to_timestamp(used.at / 1000.0) AS used_at FROM unnest($1::uuid[], $2::float8[]) AS used (id, at)
           JOIN app.sessions USING (id) FOR NO KEY UPDATE OF sessions SKIP LOCKED
         ) AS free WHERE session.id = free.id`,
        [uses.map(([id]) => id), uses.map(([, at]) => at)],
      );
    } catch (failure) {
      for (const [id, at] of uses) if (!this.gathered.has(id)) this.gathered.set(id, at);
      throw failure;
    }
  }
}

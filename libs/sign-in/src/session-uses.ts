import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Pool } from 'pg';
import { GatheredUses } from '#millwright/credentials';

/** When sessions were used last, by all processes. */
@Injectable()
export class SessionUses implements OnApplicationShutdown {
  private readonly uses: GatheredUses<string>;

  constructor(pool: Pool) {
    // It waits for no row, whose session somebody is ending: whoever ends all sessions of a person takes them in another order.
    this.uses = new GatheredUses((ids, at) =>
      pool.query(
        `UPDATE app.sessions AS session SET last_used_at = greatest(session.last_used_at, free.used_at)
         FROM (
           SELECT id, to_timestamp(used.at / 1000.0) AS used_at FROM unnest($1::uuid[], $2::float8[]) AS used (id, at)
           JOIN app.sessions USING (id) FOR NO KEY UPDATE OF sessions SKIP LOCKED
         ) AS free WHERE session.id = free.id`,
        [ids, at],
      ),
    );
  }

  note(sessionId: string): void {
    this.uses.note(sessionId);
  }

  write(): Promise<void> {
    return this.uses.write();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.write();
  }
}

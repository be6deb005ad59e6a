import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EntityManager, In, type Repository } from 'typeorm';
import { CredentialUse } from './credential-use.entity.js';

/** How long uses are gathered before they are written, in milliseconds: no call writes, and what is shown is at most a minute old. */
const gatheredForMs = 20_000;

/** When credentials were used last, by all processes. */
@Injectable()
export class CredentialUses implements OnApplicationShutdown {
  private readonly rows: Repository<CredentialUse>;
  private readonly gathered = new Map<number, number>();
  private timer: NodeJS.Timeout | undefined;

  constructor(entities: EntityManager) {
    this.rows = entities.getRepository(CredentialUse);
  }

  note(credentialId: number): void {
    this.gathered.set(credentialId, Date.now());
    this.timer ??= setTimeout(() => void this.write().catch(() => undefined), gatheredForMs).unref();
  }

  /** By credential; one that was never used is missing. */
  async of(credentialIds: readonly number[]): Promise<ReadonlyMap<number, Date>> {
    await this.write();
    const rows = await this.rows.findBy({ credentialId: In([...credentialIds]) });
    return new Map(rows.map(({ credentialId, lastUsedAt }) => [credentialId, lastUsedAt]));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.write().catch(() => undefined);
  }

  /** What cannot be written now is written with the next ones. */
  private async write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const uses = [...this.gathered];
    this.gathered.clear();
    if (uses.length === 0) return;
    try {
      await this.rows.manager.query(
        `INSERT INTO app.credential_uses AS known (credential_id, last_used_at)
         SELECT id, to_timestamp(at / 1000.0) FROM unnest($1::bigint[], $2::float8[]) AS used (id, at) ORDER BY id
         ON CONFLICT (credential_id) DO UPDATE SET last_used_at = greatest(known.last_used_at, excluded.last_used_at)`,
        [uses.map(([id]) => id), uses.map(([, at]) => at)],
      );
    } catch (failure) {
      for (const [id, at] of uses) if (!this.gathered.has(id)) this.gathered.set(id, at);
      throw failure;
    }
  }
}

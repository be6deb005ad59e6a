import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EntityManager, In, type Repository } from 'typeorm';
import { CredentialUse } from './credential-use.entity.js';
import { GatheredUses } from './gathered-uses.js';

/** When credentials were used last, by all processes. */
@Injectable()
export class CredentialUses implements OnApplicationShutdown {
  private readonly rows: Repository<CredentialUse>;
  private readonly uses: GatheredUses<number>;

  constructor(entities: EntityManager) {
    this.rows = entities.getRepository(CredentialUse);
    this.uses = new GatheredUses((ids, at) =>
      entities.query(
        `INSERT INTO app.credential_uses AS known (credential_id, last_used_at)
         SELECT id, to_timestamp(at / 1000.0) FROM unnest($1::bigint[], $2::float8[]) AS used (id, at) ORDER BY id
         ON CONFLICT (credential_id) DO UPDATE SET last_used_at = greatest(known.last_used_at, excluded.last_used_at)`,
        [ids, at],
      ),
    );
  }

  note(credentialId: number): void {
    this.uses.note(credentialId);
  }

  /** By credential; one that was never used is missing. */
  async of(credentialIds: readonly number[]): Promise<ReadonlyMap<number, Date>> {
    await this.uses.write();
    const rows = await this.rows.findBy({ credentialId: In([...credentialIds]) });
    return new Map(rows.map(({ credentialId, lastUsedAt }) => [credentialId, lastUsedAt]));
  }

  async onApplicationShutdown(): Promise<void> {
    await this.uses.write();
  }
}

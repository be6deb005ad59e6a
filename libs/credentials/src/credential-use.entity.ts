import { safeInteger } from '#millwright/event-sourcing';
import { Column, Entity, PrimaryColumn } from 'typeorm';

/** When a credential was used last, to within a minute. */
@Entity({ schema: 'app', name: 'credential_uses', comment: 'When each credential was used last, to within a minute.' })
export class CredentialUse {
  @PrimaryColumn('bigint', { name: 'credential_id', transformer: safeInteger }) credentialId!: number;

  @Column('timestamptz', { name: 'last_used_at' }) lastUsedAt!: Date;
}

import { safeInteger } from '#millwright/event-sourcing';
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A key that programs authenticate with. */
@Entity({ schema: 'app', name: 'api_keys' })
@Index('api_keys_one_bootstrap', ['isBootstrap'], { unique: true, where: 'is_bootstrap' })
export class ApiKey {
  /** The public part of the key: 16 hexadecimal digits, or `admin`. */
  @PrimaryColumn('text', { name: 'key_id' }) keyId!: string;

  /** The SHA-256 of the whole key, 32 bytes. */
  @Column('bytea', { name: 'secret_hash' }) secretHash!: Buffer;

  /** The id of the customer whose sites it opens. */
  @Column('bigint', { name: 'customer_id', transformer: safeInteger }) customerId!: number;

  /** The id of the user in whose name it acts. */
  @Column('bigint', { name: 'user_id', transformer: safeInteger }) userId!: number;

  /** What it may do; null: everything. */
  @Column('text', { array: true, nullable: true }) scopes!: string[] | null;

  /** The administrator's key that an installation begins with; there is never more than one. */
  @Column('boolean', { name: 'is_bootstrap', default: false }) isBootstrap!: boolean;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;

  /** From when on it opens nothing any more; null: it does. */
  @Column('timestamptz', { name: 'revoked_at', nullable: true }) revokedAt!: Date | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What a machine comes in with, as its hash. */
@Entity({ schema: 'app', name: 'credential_secrets', comment: 'The SHA-256 of the secrets of API keys, clients and service accounts.' })
export class CredentialSecret {
  /** The part of the secret that may be known. */
  @PrimaryColumn('text', { name: 'secret_id' }) secretId!: string;

  /** The SHA-256 of the whole, 32 bytes. */
  @Column('bytea', { name: 'secret_hash' }) secretHash!: Buffer;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

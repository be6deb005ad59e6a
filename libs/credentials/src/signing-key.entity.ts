import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A key that signs access tokens, or did. */
@Entity({
  schema: 'app',
  name: 'signing_keys',
  comment: 'Keys that sign access tokens; the private part is sealed with a key derived from the secret.',
})
@Index('signing_keys_one_first', ['isFirst'], { unique: true, where: 'is_first' })
export class SigningKey {
  /** What the header of a token names it by. */
  @PrimaryColumn('text', { name: 'key_id' }) keyId!: string;

  /** A JSON Web Key (RFC 8037), without its private part. */
  @Column('jsonb', { name: 'public_key' }) publicKey!: Readonly<Record<string, string>>;

  /** The private key as JWK, encrypted with AES-256-GCM (a compact JWE). */
  @Column('text', { name: 'sealed_private_key' }) sealedPrivateKey!: string;

  /** The one that the installation was made with; the log names all others. */
  @Column('boolean', { name: 'is_first' }) isFirst!: boolean;

  @Column('timestamptz', { name: 'created_at', default: () => 'now()' }) createdAt!: Date;
}

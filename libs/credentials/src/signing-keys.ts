import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { EntityManager, type Repository } from 'typeorm';
import { EventStore, whenKnown, type CommandContext } from '#millwright/event-sourcing';
import { credentials, credentialsId } from './domain/credentials.js';
import { acceptedKeys, rotateSigningKey, signingKeyOf } from './domain/signing-keys.js';
import { InstallationSecret } from './installation-secret.js';
import { KnownCredentials } from './known-credentials.js';
import { SigningKey } from './signing-key.entity.js';

/** A key as a JSON Web Key Set shows it. */
export type ShownKey = Readonly<{ kty: string; crv: string; x: string; kid: string; alg: string; use: string }>;

const algorithm = 'EdDSA';
const startPatienceMs = 30_000;

/** The keys that sign access tokens: Ed25519, their private parts sealed with a key derived from the secret. Which of them is accepted, the log says. */
@Injectable()
export class SigningKeys {
  private readonly rows: Repository<SigningKey>;
  private readonly sealing: Buffer;
  /** By id; a key never changes. */
  private readonly publicKeys = new Map<string, CryptoKey>();
  private readonly privateKeys = new Map<string, CryptoKey>();
  private first = '';

  constructor(
    entities: EntityManager,
    secret: InstallationSecret,
    private readonly events: EventStore,
    private readonly known: KnownCredentials,
  ) {
    this.rows = entities.getRepository(SigningKey);
    this.sealing = secret.derived('signing keys');
  }

  /**
   * Sees to it at start that there is a key to sign with: several processes may do so at once, and make one. Where the log names a key that the database
   * has not (it was restored with a new secret), another one takes its place, and nothing that was signed before counts.
   */
  async ensure(): Promise<void> {
    const { keyId: first } = (await this.rows.findOneBy({ isFirst: true })) ?? (await this.makeFirst());
    this.first = first;
    const { state } = await this.events.load(credentials, credentialsId);
    if (await this.rows.existsBy({ keyId: signingKeyOf(state, first) })) return;
    await this.rotate({ revoked: true }, systemContext());
  }

  /** @throws Rejection UNAVAILABLE */
  async signing(): Promise<Readonly<{ keyId: string; key: CryptoKey }>> {
    const keyId = signingKeyOf(await this.known.now(), this.first);
    const key = this.privateKeys.get(keyId) ?? (await this.unsealed(keyId));
    return { keyId, key };
  }

  /** Whether tokens count that this key has signed: at once where that was found out lately. @throws Rejection UNAVAILABLE */
  accepts(keyId: string): boolean | Promise<boolean> {
    const found = this.known.find((state) => acceptedKeys(state, this.first, Date.now()).includes(keyId) || undefined);
    return whenKnown(found, (accepted) => accepted ?? false);
  }

  /** The public part of a key that is accepted; undefined for any other. @throws Rejection UNAVAILABLE */
  async accepted(keyId: string): Promise<CryptoKey | undefined> {
    if (!(await this.accepts(keyId))) return undefined;
    const known = this.publicKeys.get(keyId);
    if (known) return known;
    const row = await this.rows.findOneBy({ keyId });
    if (!row) return undefined;
    const key = (await importJWK(row.publicKey as JWK, algorithm)) as CryptoKey;
    this.publicKeys.set(keyId, key);
    return key;
  }

  /** Every key that is accepted, the one that signs first. @throws Rejection UNAVAILABLE */
  async shown(): Promise<ShownKey[]> {
    const accepted = acceptedKeys(await this.known.now(), this.first, Date.now());
    const rows = new Map((await this.rows.find()).map((row) => [row.keyId, row]));
    return accepted.flatMap((keyId) => {
      const { kty = '', crv = '', x = '' } = rows.get(keyId)?.publicKey ?? {};
      return kty === '' ? [] : [{ kty, crv, x, kid: keyId, alg: algorithm, use: 'sig' }];
    });
  }

  /** Signs with a new key from now on, in every process within a second. Answers its id. */
  async rotate({ revoked }: Readonly<{ revoked: boolean }>, context?: CommandContext): Promise<string> {
    const { keyId } = await this.make(false);
    const decide = (state: Parameters<typeof rotateSigningKey>[0]) => rotateSigningKey(state, { keyId, first: this.first, revoked });
    const { state } = await this.events.execute(credentials, credentialsId, decide, { context });
    return signingKeyOf(state, this.first);
  }

  private async makeFirst(): Promise<SigningKey> {
    await this.make(true);
    return this.rows.findOneByOrFail({ isFirst: true });
  }

  private async make(isFirst: boolean): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { crv: 'Ed25519', extractable: true });
    const shown = await exportJWK(publicKey);
    const keyId = hash('sha256', shown.x ?? '', 'hex').slice(0, 32);
    const clear = new TextEncoder().encode(JSON.stringify(await exportJWK(privateKey)));
    const sealed = await new CompactEncrypt(clear).setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: keyId }).encrypt(this.sealing);
    const row = this.rows.create({
      keyId,
      publicKey: shown as Record<string, string>,
      sealedPrivateKey: sealed,
      isFirst,
      createdAt: new Date(),
    });
    await this.rows.createQueryBuilder().insert().values(row).orIgnore().execute();
    return row;
  }

  private async unsealed(keyId: string): Promise<CryptoKey> {
    const { sealedPrivateKey } = await this.rows.findOneByOrFail({ keyId });
    const { plaintext } = await compactDecrypt(sealedPrivateKey, this.sealing, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    const key = (await importJWK(JSON.parse(new TextDecoder().decode(plaintext)) as JWK, algorithm)) as CryptoKey;
    this.privateKeys.set(keyId, key);
    return key;
  }
}

/** What happens at the start happens on nobody's behalf. */
const systemContext = (): CommandContext => ({
  actor: { kind: 'system', id: 'start' },
  customerId: 1,
  entityId: null,
  requestId: 'start',
  correlationId: 'start',
  causationId: 'start',
  deadline: Date.now() + startPatienceMs,
});

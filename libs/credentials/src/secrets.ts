import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { EntityManager, type Repository } from 'typeorm';
import { whenKnown } from '#millwright/event-sourcing';
import { CredentialSecret } from './credential-secret.entity.js';
import type { CredentialKind } from './domain/credentials.events.js';

const beginnings: Readonly<Record<CredentialKind, string>> = { api_key: 'mwk', client: 'mwc', service_account: 'mws' };
const form = /^(mw[kcs]_[0-9a-f]{16})_[\w-]{43}$/;
const mostRemembered = 10_000;

/** A secret as it is shown once: 256 random bits behind an id that is no secret. */
export type NewSecret = Readonly<{ id: string; text: string }>;

export function newSecret(kind: CredentialKind): NewSecret {
  const id = `${beginnings[kind]}_${randomBytes(8).toString('hex')}`;
  return { id, text: `${id}_${randomBytes(32).toString('base64url')}` };
}

/** What a client calls itself; anybody may know it. */
export const newClientId = (): string => `mw_client_${randomBytes(8).toString('hex')}`;

/** The id of a secret; undefined for a text that is none of ours. */
export const secretIdOf = (text: string): string | undefined => form.exec(text)?.[1];

/** Secrets as their SHA-256: their random bits need no slow hash. Whether one still opens anything, the log says. */
@Injectable()
export class Secrets {
  private readonly rows: Repository<CredentialSecret>;
  /** A hash never changes. */
  private readonly hashes = new LRUCache<string, Buffer>({ max: mostRemembered });

  constructor(entities: EntityManager) {
    this.rows = entities.getRepository(CredentialSecret);
  }

  /** Stores a new one; it opens nothing until an event names it. */
  async keep({ id, text }: NewSecret): Promise<void> {
    await this.rows.insert({ secretId: id, secretHash: hashOf(text) });
  }

  /** Whether a text is the whole of the secret of that id: at once where it was looked up before. Every wrong text takes the same time. */
  isWhole(id: string, text: string): boolean | Promise<boolean> {
    return whenKnown(this.hashes.get(id) ?? this.read(id), (known) => known !== undefined && timingSafeEqual(known, hashOf(text)));
  }

  private async read(id: string): Promise<Buffer | undefined> {
    const row = await this.rows.findOneBy({ secretId: id });
    if (row) this.hashes.set(id, row.secretHash);
    return row?.secretHash;
  }
}

const hashOf = (text: string): Buffer => hash('sha256', text, 'buffer');

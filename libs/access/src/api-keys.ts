import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { IsNull, Not, type EntityManager, type Repository } from 'typeorm';
import { ApiKey } from './api-key.entity.js';
import { whenKnown } from '#millwright/event-sourcing';
import type { Principal } from './request-scope.js';
import { alike } from './rights.js';

/** What an API key must have at least, so that nobody can guess it. */
export const shortestApiKey = 20;

/** How long a key is believed from when it began to be looked up: less than the second after which a revoked one works nowhere (contract, part 4, S29). */
const believedForMs = 800;
/** How long a key that was right is remembered for who asks what is wrong while the database cannot be asked, in milliseconds. */
const rememberedForMs = 600_000;

/**
 * API keys look like `mw_<key id>_<secret>`; an ADMIN_API_KEY of another form stands under the id `admin`.
 * Only the SHA-256 of the whole key is stored: its 256 random bits need no slow hash, and the compare takes the same time for every wrong key.
 */
export class ApiKeys {
  private readonly known: LRUCache<string, ApiKey>;
  private readonly remembered = new LRUCache<string, ApiKey>({ max: 1_000, ttl: rememberedForMs });
  private readonly keys: Repository<ApiKey>;

  constructor(private readonly entities: EntityManager) {
    this.keys = entities.getRepository(ApiKey);
    this.known = new LRUCache<string, ApiKey>({
      max: 10_000,
      ttl: believedForMs,
      ttlResolution: 0,
      fetchMethod: (keyId, _, { options }) => this.find(keyId, options),
    });
  }

  /** Whose key this is, or null: at once where it was looked up lately. Throws only when the database cannot be asked. */
  authenticate(key: string): Principal | null | Promise<Principal | null> {
    if (key.length < shortestApiKey || key.length > 500) return null;
    const keyId = keyIdOf(key);
    return whenKnown(this.known.get(keyId) ?? this.known.fetch(keyId), (found) => (found ? principalOf(found, key) : null));
  }

  /** Whose key this was when it was looked up last, within ten minutes: for what has to be told while the database cannot be asked, and for nothing else. */
  lastKnown(key: string): Principal | null {
    const found = this.remembered.get(keyIdOf(key));
    return found ? principalOf(found, key) : null;
  }

  /**
   * Sees to it that there is exactly one bootstrap admin key: the configured one, or one made now if there is none yet.
   * Returns the clear key only when it was just made, for it is printed once and stored nowhere. Several processes may call this at once.
   */
  async ensureBootstrapKey(configured?: string): Promise<string | null> {
    if (configured !== undefined) {
      await this.entities.transaction((entities) => replaceBootstrapKey(entities.getRepository(ApiKey), configured));
      return null;
    }
    const key = newApiKey();
    const inserted = await this.keys.createQueryBuilder().insert().values(bootstrapKey(key, true)).orIgnore().returning('key_id').execute();
    return (inserted.raw as unknown[]).length === 1 ? key : null;
  }

  private async find(keyId: string, believed: { ttl?: number }): Promise<ApiKey | undefined> {
    const begun = performance.now();
    const found = await this.keys.findOneBy({ keyId, revokedAt: IsNull() });
    if (found) this.remembered.set(keyId, found);
    else this.remembered.delete(keyId);
    believed.ttl = Math.max(1, believedForMs - (performance.now() - begun));
    return found ?? undefined;
  }
}

/** Null where it is not this very key. */
function principalOf(found: ApiKey, key: string): Principal | null {
  if (!timingSafeEqual(found.secretHash, hashOf(key))) return null;
  const credential = { kind: found.isBootstrap ? 'bootstrap' : 'api_key', id: found.keyId } as const;
  return { credential, customerId: found.customerId, userId: found.userId, rights: alike(found.scopes ? new Set(found.scopes) : 'all') };
}

async function replaceBootstrapKey(keys: Repository<ApiKey>, configured: string): Promise<void> {
  const keyId = keyIdOf(configured);
  await keys.delete({ isBootstrap: true, keyId: Not(keyId) });
  // It becomes the bootstrap key in a second step: an insert that met another process's would be refused by the index of bootstrap keys.
  const given = keys.createQueryBuilder().insert().values(bootstrapKey(configured, false));
  await given.orUpdate(['secret_hash', 'revoked_at'], ['key_id']).execute();
  await keys.update({ keyId }, { isBootstrap: true });
}

const bootstrapKey = (key: string, isBootstrap: boolean) => ({
  keyId: keyIdOf(key),
  secretHash: hashOf(key),
  customerId: 1,
  userId: 1,
  isBootstrap,
  revokedAt: null,
});

/** A new key: 256 random bits under a public id of 64. */
export const newApiKey = (): string => `mw_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`;

const keyIdOf = (key: string): string => /^mw_([0-9a-f]{16})_/.exec(key)?.[1] ?? 'admin';

const hashOf = (key: string): Buffer => hash('sha256', key, 'buffer');

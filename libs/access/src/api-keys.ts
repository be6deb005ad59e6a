import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Pool } from 'pg';
import type { Principal } from './request-scope.js';

/** What an API key must have at least, so that nobody can guess it. */
export const shortestApiKey = 20;

/** How long a key that was just looked up is believed: the longest time a revoked key still works. */
const believedForMs = 2_000;

type KeyRow = Readonly<{
  key_id: string;
  secret_hash: Buffer;
  customer_id: string;
  user_id: string;
  scopes: string[] | null;
  is_bootstrap: boolean;
}>;

/**
 * API keys look like `mw_<key id>_<secret>`; an ADMIN_API_KEY of another form stands under the id `admin`.
 * Only the SHA-256 of the whole key is stored: its 256 random bits need no slow hash, and the compare takes the same time for every wrong key.
 */
export class ApiKeys {
  private readonly known: LRUCache<string, KeyRow>;

  constructor(private readonly database: Pool) {
    this.known = new LRUCache<string, KeyRow>({ max: 10_000, ttl: believedForMs, fetchMethod: (keyId) => this.find(keyId) });
  }

  /** Whose key this is, or null. Throws only when the database cannot be asked. */
  async authenticate(key: string): Promise<Principal | null> {
    if (key.length < shortestApiKey || key.length > 500) return null;
    const row = await this.known.fetch(keyIdOf(key));
    if (!row || !timingSafeEqual(row.secret_hash, hashOf(key))) return null;
    const credential = { kind: row.is_bootstrap ? 'bootstrap' : 'api_key', id: row.key_id } as const;
    return { credential, customerId: Number(row.customer_id), userId: Number(row.user_id), scopes: row.scopes ?? 'all' };
  }

  /**
   * Sees to it that there is exactly one bootstrap admin key: the configured one, or one made now if there is none yet.
   * Returns the clear key only when it was just made, for it is printed once and stored nowhere. Several processes may call this at once.
   */
  async ensureBootstrapKey(configured?: string): Promise<string | null> {
    if (configured !== undefined) {
      await this.database.query(
        `WITH replaced AS (DELETE FROM app.api_keys WHERE is_bootstrap AND key_id <> $1)
         INSERT INTO app.api_keys (key_id, secret_hash, customer_id, user_id, is_bootstrap) VALUES ($1, $2, 1, 1, false)
         ON CONFLICT (key_id) DO UPDATE SET secret_hash = excluded.secret_hash, revoked_at = NULL`,
        [keyIdOf(configured), hashOf(configured)],
      );
      await this.database.query('UPDATE app.api_keys SET is_bootstrap = true WHERE key_id = $1', [keyIdOf(configured)]);
      return null;
    }
    const key = newApiKey();
    const { rowCount } = await this.database.query(
      `INSERT INTO app.api_keys (key_id, secret_hash, customer_id, user_id, is_bootstrap)
       VALUES ($1, $2, 1, 1, true) ON CONFLICT DO NOTHING`,
      [keyIdOf(key), hashOf(key)],
    );
    return rowCount === 1 ? key : null;
  }

  private async find(keyId: string): Promise<KeyRow | undefined> {
    const { rows } = await this.database.query<KeyRow>(
      'SELECT key_id, secret_hash, customer_id, user_id, scopes, is_bootstrap FROM app.api_keys WHERE key_id = $1 AND revoked_at IS NULL',
      [keyId],
    );
    return rows[0];
  }
}

/** A new key: 256 random bits under a public id of 64. */
export const newApiKey = (): string => `mw_${randomBytes(8).toString('hex')}_${randomBytes(32).toString('base64url')}`;

const keyIdOf = (key: string): string => /^mw_([0-9a-f]{16})_/.exec(key)?.[1] ?? 'admin';

const hashOf = (key: string): Buffer => hash('sha256', key, 'buffer');

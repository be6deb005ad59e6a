import { hash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import type { Grantor, Scope } from '#millwright/access';
import { PublicUrl } from '#millwright/credentials';
import { invalid } from '#millwright/fields';
import { foldedValue } from '#millwright/resources';
import { hashOf, newToken } from './refresh-tokens.js';

/** What a link is for: to make the first administrator, to come and choose a password, or to choose another one. */
export type LinkKind = 'setup' | 'invitation' | 'reset';

/** A link, and what stands behind its `#`: nothing of it reaches a server's log, nor the address that a page was come from. */
export type Link = Readonly<{ token: string; link: string; expiresAt: Date }>;

/** Whom a link is for. `email`: the address that he has now; with another one the link is good for nothing. */
export type Addressee = Readonly<{ id: number; email?: string | null }>;

type LinkRow = Readonly<{ user_id: string; made_by: string | null; made_with: HeldThen | null; address_hash: Buffer | null }>;

/** What a machine might do at each site, when it was shown a link; under `*`, at any. */
type HeldThen = Readonly<Record<string, 'all' | readonly Scope[]>>;

/** Who was shown a link that is not for himself: a person, who is judged by what he may do when it is used, or a machine. */
export type LinkMaker = Readonly<{ userId: number }> | Readonly<{ held: HeldThen }>;

/** What a link that is good says. `maker`: null where nobody was shown it but whom it is for, or the administrator. */
export type GoodLink = Readonly<{ userId: number; maker: Grantor | null; isFor: (email: string | null | undefined) => boolean }>;

const pages: Readonly<Record<LinkKind, string>> = { setup: 'setup', invitation: 'invitation', reset: 'reset_password' };

/** Links that are good once. Only their SHA-256 is kept: who reads the database can use none. */
@Injectable()
export class Links {
  constructor(
    private readonly pool: Pool,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** Where the pages for people are. */
  get application(): string {
    return `${this.publicUrl.text}/app`;
  }

  /**
   * A new link; those of the kind that the person had are good for nothing any more.
   * @param addressee null for one that makes the first administrator
   * @param maker who is shown it, where that is neither whom it is for nor the administrator
   */
  async make(kind: LinkKind, addressee: Addressee | null, expiresAt: Date, maker: LinkMaker | null = null): Promise<Link> {
    const token = newToken();
    const address = addressee && addressHash(token, addressee.email);
    await this.pool.query(
      `WITH replaced AS (DELETE FROM app.sign_in_links WHERE kind = $2 AND user_id = $3 AND used_at IS NULL)
       INSERT INTO app.sign_in_links (token_hash, kind, user_id, expires_at, address_hash, made_by, made_with) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [hashOf(token), kind, addressee?.id ?? null, expiresAt, address, ...columnsOf(maker)],
    );
    return { token, link: `${this.application}/${pages[kind]}#${token}`, expiresAt };
  }

  /** Whom a link is for, which is still good. @throws Rejection VALIDATION_FAILED invalid_token the same for one that is unknown, used or too old */
  async read(kind: Exclude<LinkKind, 'setup'>, token: string): Promise<GoodLink> {
    const { rows } = await this.pool.query<LinkRow>(
      `SELECT user_id, made_by, made_with, address_hash FROM app.sign_in_links WHERE ${isGood}`,
      [hashOf(token), kind],
    );
    const [row] = rows;
    if (!row) throw invalidToken();
    const { user_id, address_hash: address } = row;
    const isFor = (email: string | null | undefined): boolean => address === null || address.equals(addressHash(token, email));
    return { userId: Number(user_id), maker: makerIn(row), isFor };
  }

  async isGood(kind: LinkKind, token: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(`SELECT FROM app.sign_in_links WHERE ${isGood}`, [hashOf(token), kind]);
    return rowCount === 1;
  }

  /** Whether it was still good: of two who use it at once exactly one does. */
  async use(kind: LinkKind, token: string, database: Pick<Pool, 'query'> | Pick<PoolClient, 'query'> = this.pool): Promise<boolean> {
    const { rowCount } = await database.query(`UPDATE app.sign_in_links SET used_at = clock_timestamp() WHERE ${isGood}`, [
      hashOf(token),
      kind,
    ]);
    return rowCount === 1;
  }

  /** Gives one back that was used for nothing. */
  async giveBack(kind: LinkKind, token: string): Promise<void> {
    await this.pool.query('UPDATE app.sign_in_links SET used_at = NULL WHERE token_hash = $1 AND kind = $2', [hashOf(token), kind]);
  }

  /** Has every link of a person be good for nothing. */
  async revoke(userId: number): Promise<void> {
    await this.pool.query('DELETE FROM app.sign_in_links WHERE user_id = $1 AND used_at IS NULL', [userId]);
  }

  /** Has every link be good for nothing that was made before the person's password. */
  async revokeEarlier(userId: number): Promise<void> {
    await this.pool.query(
      `DELETE FROM app.sign_in_links AS link USING app.passwords AS password
       WHERE link.user_id = $1 AND password.user_id = $1 AND link.used_at IS NULL AND link.made_at < password.set_at`,
      [userId],
    );
  }

  /** Has every link of a kind be good for nothing. */
  async revokeKind(kind: LinkKind): Promise<void> {
    await this.pool.query('DELETE FROM app.sign_in_links WHERE kind = $1', [kind]);
  }

  /** Takes back a link that did not reach anybody. */
  async takeBack(token: string): Promise<void> {
    await this.pool.query('DELETE FROM app.sign_in_links WHERE token_hash = $1', [hashOf(token)]);
  }

  /**
   * Whether a link of the kind was made for the person within the last minute: who asks again has it on its way. Not one that was used before he asked, or
   * that may be for the address of before: whom it is for cannot be told without its token, but since when he is as he is.
   */
  async isOnItsWay(kind: LinkKind, userId: number, askedAt: Date): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `SELECT FROM app.sign_in_links WHERE kind = $1 AND user_id = $2 AND (used_at IS NULL OR used_at > $3) AND made_at > greatest(
         clock_timestamp() - interval '1 minute', (SELECT max(written_at) FROM app.people WHERE kind = 'user' AND id = $2))`,
      [kind, userId, askedAt],
    );
    return rowCount !== 0;
  }

  async forgetOld(): Promise<void> {
    await this.pool.query(`DELETE FROM app.sign_in_links WHERE expires_at < clock_timestamp() - interval '30 days'`);
  }
}

/** Of the token as well: who reads the database can try no addresses. */
const addressHash = (token: string, email: string | null | undefined): Buffer =>
  hash('sha256', `${token} ${email == null ? '' : foldedValue(email)}`, 'buffer');

const isGood = 'token_hash = $1 AND kind = $2 AND used_at IS NULL AND expires_at > clock_timestamp()';

/** @returns the same for a link that is unknown, used or too old (contract, part 4, S60) */
export const invalidToken = () =>
  invalid([{ field: 'token', code: 'invalid_token', message: 'this link is of no use any more; please ask for another' }]);

const columnsOf = (maker: LinkMaker | null): [madeBy: number | null, madeWith: string | null] => {
  if (!maker) return [null, null];
  return 'userId' in maker ? [maker.userId, null] : [null, JSON.stringify(maker.held)];
};

function makerIn({ made_by, made_with: held }: LinkRow): Grantor | null {
  if (made_by !== null) return { userId: Number(made_by) };
  return (
    held && {
      holds(entityId) {
        const scopes = held[entityId] ?? held['*'] ?? [];
        return scopes === 'all' ? scopes : new Set(scopes);
      },
    }
  );
}

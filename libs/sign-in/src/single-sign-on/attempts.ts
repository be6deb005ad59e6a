import { createHmac } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { InstallationSecret } from '#millwright/credentials';
import { hashOf, newToken } from '../refresh-tokens.js';

/** In seconds: how long somebody may take at the issuer, and how long a code waits for its client. */
export const attemptSeconds = 600;
export const codeSeconds = 60;

/** How whoever comes back is to be signed in. */
export type SessionForm = 'tokens' | 'cookie';

/** Who links himself from a session. */
export type Linking = Readonly<{ userId: number; sessionId: string }>;

export type Attempt = Readonly<{ revision: number; form: SessionForm; linking: Linking | null }>;

/** Whose tokens a code is good for, and whether an e-mail address had found the account that let him in. */
export type LetIn = Readonly<{ userId: number; byEmail: boolean }>;

/** What goes to the issuer, and what it is compared with when it comes back. */
export type Proofs = Readonly<{ state: string; nonce: string; verifier: string }>;

type Row = Readonly<{ revision: string; session_form: SessionForm; linking_user_id: string | null; linking_session_id: string | null }>;

/** Ways to the issuer and back: each is gone once, by the browser that set out, and in ten minutes. */
@Injectable()
export class Attempts {
  private readonly key: Buffer;

  constructor(
    private readonly pool: Pool,
    secret: InstallationSecret,
  ) {
    this.key = secret.derived('single sign-on');
  }

  /** @param browser what the browser keeps meanwhile */
  async begin(browser: string, { revision, form, linking }: Attempt): Promise<Proofs> {
    const state = newToken();
    await this.pool.query(
      `INSERT INTO app.issuer_attempts (state_hash, browser_hash, revision, session_form, linking_user_id, linking_session_id, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + make_interval(secs => $7))`,
      [hashOf(state), hashOf(browser), revision, form, linking?.userId ?? null, linking?.sessionId ?? null, attemptSeconds],
    );
    return this.proofsOf(state);
  }

  /** Undefined where nobody has set out so, not with this browser, not lately, or is back already: of two at one moment one is. */
  async end(browser: string, state: string): Promise<(Attempt & Readonly<{ proofs: Proofs }>) | undefined> {
    const { rows } = await this.pool.query<Row>(
      `DELETE FROM app.issuer_attempts WHERE state_hash = $1 AND browser_hash = $2 AND expires_at > clock_timestamp()
       RETURNING revision, session_form, linking_user_id, linking_session_id`,
      [hashOf(state), hashOf(browser)],
    );
    const [row] = rows;
    if (!row) return undefined;
    const { linking_user_id: userId, linking_session_id: sessionId } = row;
    const linking = userId !== null && sessionId !== null ? { userId: Number(userId), sessionId } : null;
    return { revision: Number(row.revision), form: row.session_form, linking, proofs: this.proofsOf(state) };
  }

  /** A code that is good once, within a minute, for the tokens of a person. */
  async newCode({ userId, byEmail }: LetIn): Promise<string> {
    const code = newToken();
    await this.pool.query(
      `INSERT INTO app.sign_in_codes (code_hash, user_id, expires_at, by_email) VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3), $4)`,
      [hashOf(code), userId, codeSeconds, byEmail],
    );
    return code;
  }

  /** Whose tokens it is good for; undefined where it is unknown, used or too old. */
  async useCode(code: string): Promise<LetIn | undefined> {
    const { rows } = await this.pool.query<{ user_id: string; by_email: boolean }>(
      'DELETE FROM app.sign_in_codes WHERE code_hash = $1 AND expires_at > clock_timestamp() RETURNING user_id, by_email',
      [hashOf(code)],
    );
    return rows[0] && { userId: Number(rows[0].user_id), byEmail: rows[0].by_email };
  }

  async forgetOld(): Promise<void> {
    await this.pool.query('DELETE FROM app.issuer_attempts WHERE expires_at < clock_timestamp()');
    await this.pool.query('DELETE FROM app.sign_in_codes WHERE expires_at < clock_timestamp()');
  }

  /** They follow from the state, so that nothing lies in the database by which an issuer's code could be used. */
  private proofsOf(state: string): Proofs {
    const derived = (purpose: string): string => createHmac('sha256', this.key).update(`${purpose} ${state}`).digest('base64url');
    return { state, nonce: derived('nonce'), verifier: derived('verifier') };
  }
}

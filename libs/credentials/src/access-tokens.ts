import { hash, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { decodeJwt, errors, jwtVerify, SignJWT, type CryptoKey, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';
import { whenKnown } from '#millwright/event-sourcing';
import { tokenSeconds } from './domain/credentials.js';
import { audienceOf, PublicUrl } from './public-url.js';
import { SigningKeys } from './signing-keys.js';

/** What an access token is for: `sub` is `user:12` or `client:<id>`, `clientId` `millwright` for persons; `scope` has spaces between scopes (contract, part 4, S54). */
export type TokenSubject = Readonly<{ sub: string; clientId: string; scope: string }>;

/** A token that was verified. Times in seconds since 1970. `payload` has what else was said when it was issued. */
export type VerifiedToken = TokenSubject &
  Readonly<{ jti: string; issuedAt: number; expiresAt: number; keyId: string; payload: Readonly<Record<string, unknown>> }>;

export type IssuedToken = Readonly<{ token: string; jti: string; expiresAt: Date }>;

const algorithm = 'EdDSA';
const type = 'at+jwt';
const longestToken = 4_000;
const mostRemembered = 10_000;

/** Access tokens: JSON Web Tokens of RFC 9068, signed by this installation and for it. */
@Injectable()
export class AccessTokens {
  /** By the SHA-256 of the token, until it ends: a signature is looked at once. */
  private readonly verified = new LRUCache<string, VerifiedToken>({ max: mostRemembered });

  constructor(
    private readonly keys: SigningKeys,
    private readonly publicUrl: PublicUrl,
  ) {}

  /**
   * A new token of 7,200 s.
   * @param more what else it is to say, such as the session it belongs to; nothing personal, for whoever holds a token can read it
   * @throws Rejection UNAVAILABLE
   */
  async issue({ sub, clientId, scope }: TokenSubject, more: Readonly<Record<string, string | number>> = {}): Promise<IssuedToken> {
    const { keyId, key } = await this.keys.signing();
    const issuedAt = Math.floor(Date.now() / 1_000);
    const expiresAt = issuedAt + tokenSeconds;
    const jti = randomUUID();
    const token = await new SignJWT({ ...more, client_id: clientId, scope })
      .setProtectedHeader({ alg: algorithm, typ: type, kid: keyId })
      .setIssuer(this.publicUrl.text)
      .setAudience(this.publicUrl.audience)
      .setSubject(sub)
      .setJti(jti)
      .setIssuedAt(issuedAt)
      .setExpirationTime(expiresAt)
      .sign(key);
    return { token, jti, expiresAt: new Date(expiresAt * 1_000) };
  }

  /** Whether a text has the form of a token. */
  hasForm(text: string): boolean {
    return text.startsWith('eyJ') && text.length <= longestToken && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(text);
  }

  /**
   * What a token says, or null: one that is not signed by a key that is accepted now, is for another audience, of another type or over. At once where it was
   * verified before. Whether its subject may still come in is asked elsewhere, at each call.
   * @throws Rejection UNAVAILABLE
   */
  verify(token: string): VerifiedToken | null | Promise<VerifiedToken | null> {
    if (!this.hasForm(token)) return null;
    const digest = hash('sha256', token, 'base64url');
    const known = this.verified.get(digest);
    if (!known) return this.verifyAnew(token, digest);
    if (known.expiresAt * 1_000 <= Date.now()) {
      this.verified.delete(digest);
      return null;
    }
    return whenKnown(this.keys.accepts(known.keyId), (accepted) => (accepted ? known : null));
  }

  private async verifyAnew(token: string, digest: string): Promise<VerifiedToken | null> {
    try {
      // Which issuer it names decides which audience it has to have; that it is true, the signature says.
      const { iss = '' } = decodeJwt(token);
      if (!this.publicUrl.isOwn(iss)) return null;
      const { payload, protectedHeader } = await jwtVerify(token, (header) => this.keyFor(header.kid), {
        algorithms: [algorithm],
        typ: type,
        issuer: iss,
        audience: audienceOf(iss),
        clockTolerance: 0,
        requiredClaims: ['sub', 'jti', 'exp', 'iat', 'client_id', 'scope'],
      });
      const verified = verifiedOf(payload, protectedHeader.kid ?? '');
      if (verified) this.verified.set(digest, verified);
      return verified;
    } catch (refusal) {
      if (refusal instanceof errors.JOSEError) return null;
      throw refusal;
    }
  }

  private async keyFor(keyId: string | undefined): Promise<CryptoKey> {
    const key = keyId === undefined ? undefined : await this.keys.accepted(keyId);
    if (!key) throw new errors.JWKSNoMatchingKey();
    return key;
  }
}

function verifiedOf(payload: JWTPayload, keyId: string): VerifiedToken | null {
  const { sub, jti, exp, iat, client_id: clientId, scope } = payload;
  if (sub === undefined || jti === undefined || exp === undefined || iat === undefined) return null;
  if (typeof clientId !== 'string' || typeof scope !== 'string') return null;
  return { sub, jti, clientId, scope, issuedAt: iat, expiresAt: exp, keyId, payload };
}

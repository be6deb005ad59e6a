import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '#millwright/access';
import { InstallationSecret } from '#millwright/credentials';
import { Rejection } from '#millwright/event-sourcing';
import { LiveSessions } from './live-sessions.js';
import { refreshSeconds } from './refresh-tokens.js';

/** With this prefix a browser takes it from the very host over TLS only, and gives it to no other path or site. */
const cookieName = '__Host-millwright';
const attributes = 'Path=/; Secure; HttpOnly; SameSite=Strict';
const inCookies = new RegExp(`(?:^|;\\s*)${cookieName}=([0-9a-f-]{36})\\.([\\w-]{43})(?=\\s*(?:;|$))`);

/** What a browser keeps: it has no token that a script could read. A page that writes shows that it read the answer to signing in (contract, part 4, S84). */
@Injectable()
export class CookieSessions {
  private readonly keys: Readonly<{ cookie: Buffer; page: Buffer }>;

  constructor(
    private readonly live: LiveSessions,
    secret: InstallationSecret,
  ) {
    this.keys = { cookie: secret.derived('session cookies'), page: secret.derived('csrf tokens') };
  }

  /** What signing in sets and tells. */
  begun(sessionId: string): Readonly<{ cookie: string; csrfToken: string }> {
    const value = `${sessionId}.${sealed(this.keys.cookie, sessionId)}`;
    return { cookie: `${cookieName}=${value}; Max-Age=${refreshSeconds}; ${attributes}`, csrfToken: this.csrfTokenOf(sessionId) };
  }

  /** What a page of ours is told, and nobody else can read. */
  csrfTokenOf(sessionId: string): string {
    return sealed(this.keys.page, sessionId);
  }

  /** What signing out sets. */
  readonly ended = `${cookieName}=; Max-Age=0; ${attributes}`;

  /** Whose session a request's cookies have; null where they have none that lives. @throws Rejection UNAVAILABLE */
  principalOf(cookies: string | undefined): Principal | null | Promise<Principal | null> {
    const sessionId = this.sessionIn(cookies);
    return sessionId === undefined ? null : this.live.principalIn(sessionId);
  }

  /** @throws Rejection CSRF the request does not say what only a page of ours can have read */
  requirePage(cookies: string | undefined, csrfToken: string | undefined): void {
    const sessionId = this.sessionIn(cookies);
    if (sessionId === undefined || !isSame(csrfToken ?? '', this.csrfTokenOf(sessionId)))
      throw new Rejection('CSRF', 'With a cookie, a write needs X-CSRF-Token: the csrf_token that signing in answered.');
  }

  private sessionIn(cookies: string | undefined): string | undefined {
    const [, sessionId = '', seal = ''] = inCookies.exec(cookies ?? '') ?? [];
    return sessionId !== '' && isSame(seal, sealed(this.keys.cookie, sessionId)) ? sessionId : undefined;
  }
}

const sealed = (key: Buffer, sessionId: string): string => createHmac('sha256', key).update(sessionId).digest('base64url');

const isSame = (one: string, other: string): boolean =>
  one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));

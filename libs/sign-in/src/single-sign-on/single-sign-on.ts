import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { noteCaller } from '#millwright/access';
import { PublicUrl } from '#millwright/credentials';
import { currentContext, EventStore, Rejection, type Position } from '#millwright/event-sourcing';
import { noteIssuer } from '#millwright/people';
import { signIn, unlinkIssuers } from '../domain/sign-in.js';
import { inTransaction } from '../in-transaction.js';
import { LiveSessions } from '../live-sessions.js';
import { People } from '../people.js';
import { newToken } from '../refresh-tokens.js';
import { ownSession, SignInService, type Begun } from '../sign-in.service.js';
import type { Visitor } from '../visitor.js';
import { Arrivals, type Arrived } from './arrivals.js';
import { Attempts, attemptSeconds, codeSeconds, type Attempt, type Linking, type SessionForm } from './attempts.js';
import type { Claims } from './claims.js';
import { Issuer } from './issuer.js';
import { IssuerLinks } from './issuer-links.js';
import { IssuerSettingsStore } from './issuer-settings.js';
import { failed, type KnownIssuer } from './known-issuer.js';

/** Sent along when the issuer sends somebody back, so that it cannot be Strict; it says nothing but that it is the browser that set out. */
const cookieName = '__Host-millwright-sso';
const inCookies = new RegExp(`(?:^|;\\s*)${cookieName}=([\\w-]{43})(?=\\s*(?:;|$))`);

/** Where to go, and what the browser keeps meanwhile. */
export type SetOut = Readonly<{ address: string; cookie: string; expiresAt: Date }>;

/** What becomes of whoever is back: he is sent on, maybe with a session, or gets a code. */
export type Back =
  Readonly<{ address: string; cookie?: string }> | Readonly<{ code: string; expiresAt: Date; customer: Begun['customer'] }>;

/** Lets people in for whom the issuer vouches. */
@Injectable()
export class SingleSignOn {
  constructor(
    private readonly settings: IssuerSettingsStore,
    private readonly issuer: Issuer,
    private readonly attempts: Attempts,
    private readonly arrivals: Arrivals,
    private readonly links: IssuerLinks,
    private readonly people: People,
    private readonly live: LiveSessions,
    private readonly signIn: SignInService,
    private readonly events: EventStore,
    private readonly pool: Pool,
    private readonly publicUrl: PublicUrl,
  ) {}

  /** @throws Rejection NOT_FOUND single sign-on is not set up, or switched off; ISSUER_UNAVAILABLE */
  async start(form: SessionForm, cookies: string | undefined): Promise<SetOut> {
    return this.setOut(await this.requireIssuer(), cookies, form, null);
  }

  /** For whoever has signed in, and wants the issuer to vouch for him. @throws Rejection as `start`; INSUFFICIENT_PERMISSIONS a key asks; SINGLE_SIGN_ON_REFUSED */
  async startLinking(cookies: string | undefined): Promise<SetOut> {
    const { userId, credential } = ownSession();
    const [issuer, linking] = [await this.requireIssuer(), { userId, sessionId: credential.id }];
    // Whom he would be refused for when he is back is told before he goes.
    await this.arrivals.linkedBecause(linking);
    return this.setOut(issuer, cookies, 'cookie', linking);
  }

  /**
   * Somebody is back from the issuer.
   * @throws Rejection NOT_FOUND as `start`; ISSUER_UNAVAILABLE; SINGLE_SIGN_ON_FAILED; SINGLE_SIGN_ON_REFUSED; CONFLICT he links what is linked otherwise
   */
  async callback(answer: URLSearchParams, cookies: string | undefined, visitor: Visitor): Promise<Back> {
    const issuer = await this.requireIssuer();
    const attempt = await this.attempts.end(browserOf(cookies) ?? '', answer.get('state') ?? '');
    // Whoever set out to another issuer is not believed about this one.
    if (attempt?.revision !== issuer.revision) throw failed();
    const claims = await this.issuer.claimsOf(issuer, answer, attempt.proofs);
    if (attempt.linking) return this.linked(attempt.linking, claims, issuer, visitor);
    return this.letIn(await this.arrivals.personFor(claims, issuer, visitor), attempt, visitor);
  }

  /**
   * Tokens for the code that the callback has answered.
   * @throws Rejection SINGLE_SIGN_ON_FAILED it is unknown, used or too old; SINGLE_SIGN_ON_REFUSED administrator, since the callback; NOT_FOUND as `start`
   */
  async exchange(code: string, visitor: Visitor): Promise<Begun> {
    await this.requireIssuer();
    const letIn = await this.attempts.useCode(code);
    const person = letIn && (await this.people.find(letIn.userId));
    if (person) noteCaller(visitor.request, { userId: person.id, credential: null });
    if (!letIn || person?.status !== 'active') throw failed();
    if (letIn.byEmail) await this.arrivals.requireMatchedByEmail(person);
    return this.signIn.begin({ person, hash: null, byEmail: letIn.byEmail }, 'tokens', visitor);
  }

  /**
   * No issuer vouches any more for whoever asks. The account opens nothing before anything is written down of it; whoever asks again has written down
   * what a process that has ended meanwhile has not.
   * @throws Rejection NOT_FOUND none does; INSUFFICIENT_PERMISSIONS a key asks
   */
  async unlink(): Promise<Position> {
    const { userId } = ownSession();
    const removed = await inTransaction(this.pool, async (client) => {
      await noteIssuer(client, userId, false);
      return this.links.removeAll(userId, client);
    });
    const { state } = await this.events.load(signIn, userId);
    if (removed.length === 0 && state.issuers.length === 0) throw new Rejection('NOT_FOUND', 'no account is linked');
    // To be found where the person is.
    const context = { ...currentContext(), entityId: (await this.people.find(userId))?.entityId ?? null };
    const { position } = await this.events.execute(signIn, userId, (now) => unlinkIssuers(now, now.issuers), { context });
    return position;
  }

  private async requireIssuer(): Promise<KnownIssuer> {
    const issuer = await this.settings.enabled();
    if (!issuer) throw new Rejection('NOT_FOUND', 'single sign-on is not set up here');
    return issuer;
  }

  private async setOut(issuer: KnownIssuer, cookies: string | undefined, form: SessionForm, linking: Linking | null): Promise<SetOut> {
    // Several pages of one browser may be on their way at once.
    const browser = browserOf(cookies) ?? newToken();
    const proofs = await this.attempts.begin(browser, { revision: issuer.revision, form, linking });
    return {
      address: await this.issuer.addressFor(issuer, proofs),
      cookie: `${cookieName}=${browser}; Max-Age=${attemptSeconds}; Path=/; Secure; HttpOnly; SameSite=Lax`,
      expiresAt: new Date(Date.now() + attemptSeconds * 1_000),
    };
  }

  private async letIn({ person, byEmail }: Arrived, { form }: Attempt, visitor: Visitor): Promise<Back> {
    if (form === 'tokens') {
      const customer = await this.signIn.customerOf(person);
      const code = await this.attempts.newCode({ userId: person.id, byEmail });
      return { code, expiresAt: new Date(Date.now() + codeSeconds * 1_000), customer };
    }
    const { cookie } = await this.signIn.begin({ person, hash: null, byEmail }, form, visitor);
    return { address: this.home, ...(cookie !== null && { cookie }) };
  }

  private async linked(linking: Linking, claims: Claims, issuer: KnownIssuer, visitor: Visitor): Promise<Back> {
    const { userId, sessionId } = linking;
    const [principal, person] = [await this.live.principalIn(sessionId), await this.people.find(userId)];
    if (principal?.userId !== userId || person?.status !== 'active') throw failed();
    noteCaller(visitor.request, { userId, credential: principal.credential });
    await this.arrivals.link(person, claims, issuer, await this.arrivals.linkedBecause(linking), visitor);
    return { address: this.home };
  }

  private get home(): string {
    return `${this.publicUrl.text}/`;
  }
}

const browserOf = (cookies: string | undefined): string | undefined => inCookies.exec(cookies ?? '')?.[1];

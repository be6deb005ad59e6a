import { Injectable } from '@nestjs/common';
import { currentScope, EntityDirectory, KnownAccess, noteCaller, type Principal, type RequestScope } from '#millwright/access';
import { PublicUrl } from '#millwright/credentials';
import { Rejection } from '#millwright/event-sourcing';
import { CookieSessions } from './cookie-sessions.js';
import { invalidToken, Links, type GoodLink } from './links.js';
import { NewPasswords } from './new-passwords.js';
import { Passwords, type Known } from './passwords.js';
import { People, shownPerson, type Identifier, type Person } from './people.js';
import { Sessions, type Tokens } from './sessions.js';
import type { AcceptInput, BrowserAnswer, SignedInAnswer } from './sign-in.fields.js';
import type { Visitor } from './visitor.js';

/** What whoever comes in is answered, the cookie of a browser, and whose installation it is. */
export type Begun = Readonly<{ answer: SignedInAnswer | BrowserAnswer; cookie: string | null; customer: RequestScope['customer'] }>;

/** How a client keeps its session; it says so where it is a browser. */
type SessionForm = string | null | undefined;

/** How a person comes in, goes on and chooses passwords. */
@Injectable()
export class SignInService {
  constructor(
    private readonly people: People,
    private readonly passwords: Passwords,
    private readonly sessions: Sessions,
    private readonly links: Links,
    private readonly newPasswords: NewPasswords,
    private readonly publicUrl: PublicUrl,
    private readonly cookies: CookieSessions,
    private readonly access: KnownAccess,
    private readonly entities: EntityDirectory,
  ) {}

  /** @throws Rejection INVALID_CREDENTIALS, RATE_LIMIT_EXCEEDED */
  async signIn(identifier: Identifier, password: string, session: SessionForm, visitor: Visitor): Promise<Begun> {
    return this.begin(await this.passwords.identify(identifier, password, visitor.network), session, visitor);
  }

  /** @throws Rejection INVALID_REFRESH_TOKEN */
  async refresh(token: string, visitor: Visitor): Promise<Begun> {
    const { person, tokens } = await this.sessions.refresh(token, visitor);
    return { answer: this.answer(person, tokens), cookie: null, customer: await this.customerOf(person) };
  }

  /** A browser gets a cookie and no tokens. @throws Rejection INVALID_CREDENTIALS the password was changed, or the person archived, meanwhile */
  async begin(known: Known, session: SessionForm, visitor: Visitor): Promise<Begun> {
    const { person } = known;
    const customer = await this.customerOf(person);
    if (session !== 'cookie') return { answer: this.answer(person, await this.sessions.begin(known, visitor)), cookie: null, customer };
    const { cookie, csrfToken } = this.cookies.begun(await this.sessions.beginForBrowser(known, visitor));
    return { answer: { csrf_token: csrfToken, user: shownPerson(person), urls: this.urls() }, cookie, customer };
  }

  /** Somebody who was invited chooses his password, and is signed in. @throws Rejection VALIDATION_FAILED invalid_token, or as `Passwords.hashed` */
  async acceptInvitation({ token, password, session }: AcceptInput, visitor: Visitor): Promise<Begun> {
    return this.begin(await this.chooseByLink('invitation', token, password, visitor), session, visitor);
  }

  /** Whoever has the link chooses another password: it ends every session of the person. @throws Rejection as `acceptInvitation` */
  async resetPassword(token: string, password: string, visitor: Visitor): Promise<void> {
    await this.chooseByLink('reset', token, password, visitor);
  }

  /** @throws Rejection VALIDATION_FAILED wrong_password, or as `Passwords.hashed`; RATE_LIMIT_EXCEEDED; INSUFFICIENT_PERMISSIONS nobody has signed in */
  async changePassword(current: string, password: string, visitor: Visitor): Promise<void> {
    const { userId, credential } = ownSession();
    const person = await this.people.find(userId);
    if (!person) throw new Rejection('NOT_FOUND', 'there is no such person');
    const known = await this.passwords.requireCurrent(person, current, visitor.network);
    const hashed = await this.passwords.hashed(password, person, { network: visitor.network, field: 'new' });
    await this.newPasswords.change(person, { current: known, hashed }, credential.id, visitor);
  }

  /** Everything is judged before the link is used, so that a password that is refused does not cost it. */
  private async chooseByLink(kind: 'invitation' | 'reset', token: string, password: string, visitor: Visitor): Promise<Known> {
    const link = await this.links.read(kind, token);
    noteCaller(visitor.request, { userId: link.userId, credential: null });
    const person = await this.meantBy(link);
    const hashed = await this.passwords.hashed(password, person, { network: visitor.network, field: 'password' });
    // Others may have waited for their hashes before: who it is for, and by whom, is asked of how things stand by then.
    await this.newPasswords.byLink({ kind, token }, person, hashed, visitor, () => this.meantBy(link));
    return { person, hash: hashed };
  }

  /** Whom a link is still for. @throws Rejection VALIDATION_FAILED invalid_token */
  private async meantBy({ userId, maker, isFor }: GoodLink): Promise<Person> {
    const person = await this.people.find(userId);
    // It went to the address that the person had then, or was to be handed to whoever has that.
    if (person?.status !== 'active' || !isFor(person.email)) throw invalidToken();
    // Whoever was shown a link may have kept it until the person was given more than he has himself (S1, S2).
    if (maker && !(await this.access.hasChargeOf(maker, userId))) throw invalidToken();
    return person;
  }

  /**
   * Whoever came in as the person until now does so no more: by no link, password or session. Links go first, or one would bring a new password meanwhile;
   * then the password, or a session would begin by it.
   */
  async shutOut(userId: number): Promise<void> {
    await this.links.revoke(userId);
    await this.passwords.forget(userId);
    await this.sessions.endAll(userId, 'issuer');
  }

  /** Whose installation somebody has come in to. */
  async customerOf({ customerId }: Person): Promise<RequestScope['customer']> {
    return this.entities.customer(customerId);
  }

  private answer(person: Person, tokens: Tokens): SignedInAnswer {
    return { ...tokens, user: shownPerson(person), urls: this.urls() };
  }

  private urls(): SignedInAnswer['urls'] {
    const { text } = this.publicUrl;
    return { api: `${text}/api/v1`, graphql: `${text}/api/v1/graphql`, docs: `${text}/docs`, app: this.links.application };
  }
}

/** Who has signed in and asks. @throws Rejection INSUFFICIENT_PERMISSIONS it is a key, which has no session (contract, part 4, S8) */
export function ownSession(): Principal {
  const { principal } = currentScope();
  if (principal.credential.kind !== 'session')
    throw new Rejection('INSUFFICIENT_PERMISSIONS', 'Only a person who has signed in may do this.');
  return principal;
}

import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import {
  access,
  accessId,
  EntityDirectory,
  grantRole,
  namedScopes,
  noteCaller,
  scopesOfRole,
  Turns,
  type Access,
  type AccessEvent,
  type World,
} from '#millwright/access';
import { EventStore, Rejection, runInContext, type CommandContext } from '#millwright/event-sourcing';
import { noteIssuer, users } from '#millwright/people';
import { PlainWriter } from '#millwright/resources';
import type { IssuerLinked } from '../domain/sign-in.events.js';
import { linkIssuer, signIn, unlinkIssuers } from '../domain/sign-in.js';
import { People, type Person } from '../people.js';
import { Sessions } from '../sessions.js';
import { SignInService } from '../sign-in.service.js';
import { contextOf, firstCustomerId, type Visitor } from '../visitor.js';
import type { Linking } from './attempts.js';
import { IssuerLinks } from './issuer-links.js';
import type { Claims } from './claims.js';
import type { KnownIssuer } from './known-issuer.js';
import { isMatchedByEmail } from './matching.js';

const actor = { kind: 'system', id: 'single-sign-on' } as const;
const longestName = 255;

/** How long a first arrival waits for the others, in milliseconds: the issuer's code is spent by then, and on the first morning many come at once. */
const arrivalPatienceMs = 10_000;

/** Why somebody may not come in, as answers say it. */
const reasons = {
  unverified: 'The issuer names no e-mail address that it has verified.',
  inactive: 'This person is inactive here.',
  administrator: 'Whoever looks after access links his account from a session that he has begun with his password.',
  linked_otherwise: 'The issuer has vouched for this person by another account.',
  unknown: 'Nobody here has this e-mail address, and nobody is made.',
} as const;

const refused = (reason: keyof typeof reasons): Rejection => new Rejection('SINGLE_SIGN_ON_REFUSED', reasons[reason], [], { reason });

/** Whom an issuer means, and whether an e-mail address has found the account by which it does. */
export type Arrived = Readonly<{ person: Person; byEmail: boolean }>;

/** Finds out whom an issuer means: by issuer and subject, the first time by a verified e-mail address, else somebody new (contract, part 4, S11). */
@Injectable()
export class Arrivals {
  private readonly turns: Turns;

  constructor(
    private readonly pool: Pool,
    private readonly events: EventStore,
    private readonly entities: EntityDirectory,
    private readonly people: People,
    private readonly links: IssuerLinks,
    private readonly signIn: SignInService,
    private readonly sessions: Sessions,
    private readonly writer: PlainWriter,
  ) {
    this.turns = new Turns(pool);
  }

  /**
   * Whoever unlinks himself meanwhile has come as he was when that was written down: what is begun then is judged by no later look.
   * @throws Rejection SINGLE_SIGN_ON_REFUSED with its `reason`
   */
  async personFor(claims: Claims, issuer: KnownIssuer, visitor: Visitor): Promise<Arrived> {
    const linked = await this.linked(claims, issuer, visitor);
    if (linked) return linked;
    const { email } = claims;
    if (email === null || !claims.emailVerified) throw refused('unverified');
    return this.alone(() => this.firstTime(email, claims, issuer, visitor));
  }

  private async firstTime(email: string, claims: Claims, issuer: KnownIssuer, visitor: Visitor): Promise<Arrived> {
    const known = await this.people.knownBy(email);
    if (known) return this.matched(known, claims, issuer, visitor);
    return this.made(email, claims, issuer, visitor).catch(async (failure: unknown) => {
      // Somebody may have been given this address at the same moment.
      const other = failure instanceof Rejection && failure.code === 'VALIDATION_FAILED' ? await this.people.knownBy(email) : undefined;
      if (!other) throw failure;
      return this.matched(other, claims, issuer, visitor);
    });
  }

  /** Whom the issuer has vouched for by this account before. @throws Rejection SINGLE_SIGN_ON_REFUSED inactive, administrator */
  private async linked({ subject }: Claims, { issuer }: KnownIssuer, visitor: Visitor): Promise<Arrived | undefined> {
    const linked = await this.links.find(issuer, subject);
    if (!linked) return undefined;
    noteCaller(visitor.request, { userId: linked.userId, credential: null });
    const person = this.requireActive(await this.people.find(linked.userId));
    // The process may have been stopped when the link was there and nothing said so yet.
    const arrived = await this.note(person, { issuer, because: linked.because }, visitor);
    if ((await this.links.find(issuer, subject))?.userId !== person.id) {
      // Unlinked since it was found, and what was written then may speak of another account: he comes as by one that has found nobody yet.
      await this.finishUnlinking(person, issuer, visitor);
      return undefined;
    }
    await noteIssuer(this.pool, person.id, true);
    // He looks after access since an address has found him: that does not carry it.
    if (arrived.byEmail) await this.requireMatchedByEmail(person);
    return arrived;
  }

  /**
   * Why the issuer vouches for whoever links from a session: one that the address itself has begun makes the account no more of his own than it was.
   * @throws Rejection SINGLE_SIGN_ON_REFUSED administrator
   */
  async linkedBecause({ userId, sessionId }: Linking): Promise<'email' | 'session'> {
    if (!(await this.sessions.isByEmail(sessionId))) return 'session';
    await this.requireMatchedByEmail({ id: userId });
    return 'email';
  }

  /** Answers what there is of access. @throws Rejection SINGLE_SIGN_ON_REFUSED administrator */
  async requireMatchedByEmail({ id }: Pick<Person, 'id'>): Promise<Access> {
    const { state } = await this.events.load(access, accessId);
    if (!isMatchedByEmail(state, id, namedScopes())) throw refused('administrator');
    return state;
  }

  /** Two pages of one browser may come at once: the second shall not end the session that the first has begun. */
  private alone<T>(work: () => Promise<T>): Promise<T> {
    return this.turns.take('first arrivals', work, Date.now() + arrivalPatienceMs);
  }

  /** Has the issuer vouch for a person from now on. Answers him as he comes in by that. @throws Rejection CONFLICT */
  async link(
    person: Person,
    { subject }: Claims,
    { issuer }: KnownIssuer,
    because: IssuerLinked['data']['because'],
    visitor: Visitor,
  ): Promise<Arrived> {
    await this.finishUnlinking(person, issuer, visitor);
    await this.links.add(issuer, subject, person.id, because);
    const arrived = await this.note(person, { issuer, because }, visitor);
    await noteIssuer(this.pool, person.id, true);
    return arrived;
  }

  /**
   * The process may have been stopped when the link was gone and nothing said so yet: what comes now would count as linked for the reason of then, be it
   * that he did so himself. It is written down before there is another link, so that nothing is lost if the process is stopped once more.
   */
  private async finishUnlinking(person: Person, issuer: string, visitor: Visitor): Promise<void> {
    if (await this.links.isLinked(issuer, person.id)) return;
    const context = contextOf(visitor, actor, person);
    await this.events.execute(signIn, person.id, (now) => unlinkIssuers(now, [issuer]), { context });
  }

  /** Writes down that a person is linked, as far as that is not done. Answers him as he comes in by then. */
  private async note(person: Person, linked: IssuerLinked['data'], visitor: Visitor): Promise<Arrived> {
    const context = contextOf(visitor, linked.because === 'session' ? { kind: 'user', id: String(person.id) } : actor, person);
    const { state } = await runInContext(context, () => this.events.execute(signIn, person.id, (now) => linkIssuer(now, linked)));
    return { person, byEmail: state.foundByEmail.includes(linked.issuer) };
  }

  private requireActive(person: Person | undefined): Person {
    if (person?.status !== 'active') throw refused('inactive');
    return person;
  }

  private async matched(person: Person, claims: Claims, issuer: KnownIssuer, visitor: Visitor): Promise<Arrived> {
    noteCaller(visitor.request, { userId: person.id, credential: null });
    const linked = await this.linked(claims, issuer, visitor);
    if (linked) return linked;
    this.requireActive(person);
    const state = await this.requireMatchedByEmail(person);
    if (await this.links.isLinked(issuer.issuer, person.id)) throw refused('linked_otherwise');
    // Nobody has confirmed the address here: somebody else may have put it into his own account, and waits there for its owner.
    await this.signIn.shutOut(person.id);
    const isOurs = await this.isUnfinished(person, state);
    if (isOurs) await this.grant(person, issuer, visitor);
    return this.link(person, claims, issuer, isOurs ? 'created' : 'email', visitor);
  }

  /**
   * Whether it is somebody who was made here and never got anything: the process was stopped meanwhile. Whoever had a role, or was vouched for, is finished:
   * what was taken from him does not come back by itself.
   */
  private async isUnfinished({ id }: Person, { everGranted }: Access): Promise<boolean> {
    if (everGranted.has(id) || (await this.events.load(signIn, id)).state.wasLinked) return false;
    const { state } = await this.events.load(users.stream, id);
    return state.history?.created.by.id === actor.id;
  }

  private async made(email: string, claims: Claims, issuer: KnownIssuer, visitor: Visitor): Promise<Arrived> {
    const { state } = await this.events.load(access, accessId);
    if (issuer.roleId === null || !scopesOfRole(state, issuer.roleId, namedScopes())) throw refused('unknown');
    const [entityId = null] = await this.sitesOf(issuer);
    const name = plain(claims.name) || plain(email.replace(/@[^@]*$/, '')) || email;
    const fields = { name, surname: plain(claims.surname) || null, email, ...languageOf(claims) };
    const context = contextOf(visitor, actor, { customerId: firstCustomerId, entityId });
    const { id } = await runInContext(context, () => this.writer.register(users, fields));
    const person = await this.people.find(id);
    if (!person) throw new Error('somebody was made and is not there');
    noteCaller(visitor.request, { userId: id, credential: null });
    await this.grant(person, issuer, visitor);
    return this.link(person, claims, issuer, 'created', visitor);
  }

  private async grant(person: Person, issuer: KnownIssuer, visitor: Visitor): Promise<void> {
    const { roleId } = issuer;
    if (roleId === null) return;
    const sites = await this.sitesOf(issuer);
    const world: World = { known: namedScopes(), entityIds: await this.entities.idsOf(firstCustomerId) };
    const context: CommandContext = contextOf(visitor, actor, person);
    const decide = (state: Access): AccessEvent[] =>
      sites.flatMap((entityId) => grantRole(state, 'bootstrap', { userId: person.id, entityId, roleId, reason: 'single sign-on' }, world));
    await this.events.execute(access, accessId, decide, { context });
  }

  /** Those that are not archived. */
  private async sitesOf({ sites }: KnownIssuer): Promise<readonly number[]> {
    const there = await this.entities.idsOf(firstCustomerId);
    return sites === 'all' ? there : there.filter((id) => sites?.includes(id));
  }
}

/** What an issuer calls somebody, as a name here may be. */
const plain = (text: string | null): string =>
  [...(text ?? '').replace(/[\p{Cc}\p{Surrogate}]/gu, ' ').trim()].slice(0, longestName).join('');

/** Left out where it is no tag of a language. */
function languageOf({ locale }: Claims): { language?: string } {
  try {
    const [language] = Intl.getCanonicalLocales(locale?.replaceAll('_', '-') ?? []);
    return language === undefined || language.length > 35 ? {} : { language };
  } catch {
    return {};
  }
}

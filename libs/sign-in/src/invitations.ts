import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { builtInUserId, currentScope, KnownAccess, requireChargeOf, requireNotByEmail, type Principal } from '#millwright/access';
import { EventStore, Rejection, type Position } from '#millwright/event-sourcing';
import { instantText } from '#millwright/fields';
import { noteInvitation, users } from '#millwright/people';
import { invite, offerReset, signIn, type SignIn } from './domain/sign-in.js';
import type { SignInEvent } from './domain/sign-in.events.js';
import { Links, type LinkMaker } from './links.js';
import { Mail } from './mail.js';
import { claimsMeant, People, type Identifier, type Person } from './people.js';
import type { LinkAnswer } from './sign-in.fields.js';

/** How long links are good, in milliseconds. */
const goodFor = { invitation: 5 * 86_400_000, reset: 86_400_000, forgotten: 3_600_000 };

/** What is answered, the revision of the person, and where the log stands. */
type Offered = Readonly<{ answer: LinkAnswer; revision: number; position: Position }>;

/** Links by which people choose their passwords. */
@Injectable()
export class Invitations {
  constructor(
    private readonly pool: Pool,
    private readonly events: EventStore,
    private readonly people: People,
    private readonly links: Links,
    private readonly mail: Mail,
    private readonly access: KnownAccess,
  ) {}

  /**
   * Asks somebody to come and choose a password: by mail, or by a link that the caller hands over where there is no mail.
   * @throws Rejection NOT_FOUND; CONFLICT archived, built in, or come already; INSUFFICIENT_PERMISSIONS the person may do what the caller may not (S1, S2)
   */
  async invite(userId: number): Promise<Offered> {
    // Whoever came by single sign-on has none any more.
    const { rowCount } = await this.pool.query('SELECT FROM app.passwords WHERE user_id = $1', [userId]);
    return this.offer('invitation', await this.requirePerson(userId), (state, until) => {
      if (state.hasPassword && rowCount !== 0)
        throw new Rejection('CONFLICT', 'This person has a password already; reset_password offers another.');
      return invite(until);
    });
  }

  /** Offers somebody to choose another password. @throws Rejection as `invite` */
  async offerReset(userId: number): Promise<Offered> {
    return this.offer('reset', await this.requirePerson(userId), (_, until) => offerReset(until));
  }

  /** Somebody says that he has forgotten his password. Nothing of what is done for him, or not, is to be seen from outside (S1). */
  async forgotten(identifier: Identifier): Promise<void> {
    if (!this.mail.isThere) return;
    const { resources, reference } = claimsMeant(identifier);
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT id FROM app.external_references WHERE customer_id = 0 AND entity_id = 0 AND resource = ANY($1) AND reference = $2
       ORDER BY resource LIMIT 1`,
      [resources, reference],
    );
    const asked = Date.now();
    const [askedAt, until] = [asked, asked + goodFor.forgotten].map((at) => instantText(new Date(at).toISOString())) as [string, string];
    await this.mail.write(rows[0] ? Number(rows[0].id) : null, { about: 'reset', until, unlessOnItsWay: true, askedAt });
  }

  private async offer(
    kind: 'invitation' | 'reset',
    person: Person,
    decide: (state: SignIn, until: string) => SignInEvent[],
  ): Promise<Offered> {
    requireNotByEmail(currentScope().principal);
    await this.access.consider((state, by, world) => requireChargeOf(state, by, person.id, world));
    const expiresAt = new Date(Math.floor((Date.now() + goodFor[kind]) / 1_000) * 1_000);
    const until = instantText(expiresAt.toISOString());
    // If-Match is about the person, whose tag stays as it is.
    const { revision } = await this.events.load(users.stream, person.id);
    const { position } = await this.events.execute(signIn, person.id, (state) => decide(state, until), { matched: revision });
    if (kind === 'invitation') await noteInvitation(this.pool, person.id, expiresAt);
    if (this.mail.isThere && person.email) {
      await this.mail.write(person.id, { about: kind, until });
      return { answer: { delivery: 'mail', link: null, token: null, expires_at: until }, revision, position };
    }
    const { link, token } = await this.links.make(kind, person, expiresAt, makerOf(currentScope().principal));
    return { answer: { delivery: 'manual', link, token, expires_at: until }, revision, position };
  }

  private async requirePerson(userId: number): Promise<Person> {
    const person = await this.people.find(userId);
    if (!person) throw new Rejection('NOT_FOUND', 'there is no such record');
    if (userId === builtInUserId)
      throw new Rejection('CONFLICT', 'The built-in user stands for the administrator, who comes in with a key.');
    if (person.status !== 'active') throw new Rejection('CONFLICT', 'This person is archived.');
    return person;
  }
}

/** Who is answered a link: a person, also by a key of his, or a machine that no person owns; null for the administrator's key. */
function makerOf({ credential: { kind }, userId, rights }: Principal): LinkMaker | null {
  if (kind === 'bootstrap') return null;
  if ((kind === 'session' || kind === 'api_key') && userId !== builtInUserId) return { userId };
  const { sites } = rights;
  const held = sites === 'all' ? [['*', rights.anywhere()] as const] : [...sites].map((id) => [String(id), rights.at(id)] as const);
  return { held: Object.fromEntries(held.map(([site, scopes]) => [site, scopes === 'all' ? scopes : [...scopes]])) };
}

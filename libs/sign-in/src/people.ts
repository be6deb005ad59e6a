import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { EventStore } from '#millwright/event-sourcing';
import { users } from '#millwright/people';
import { foldedValue, PersonalRecords } from '#millwright/resources';
import type { KnownBy } from './domain/password-rules.js';
import type { SignedInUser } from './sign-in.fields.js';

/** What somebody signs in with beside the password: one of the two. */
export type Identifier = Readonly<{ email?: string | null; loginIdentifier?: string | null }>;

/** A person as far as signing in has to know. */
export type Person = KnownBy &
  Readonly<{
    id: number;
    customerId: number;
    /** The site whose trail has the person: what is noted of him is to be found there, too. */
    entityId: number | null;
    language: string | null;
    status: 'active' | 'inactive';
  }>;

/** The people who sign in, as the log has them. */
@Injectable()
export class People {
  constructor(
    private readonly events: EventStore,
    private readonly records: PersonalRecords,
    private readonly pool: Pool,
  ) {}

  /** Undefined where there is no such person, or he was erased; one who was archived is there, and inactive. */
  async find(id: number): Promise<Person | undefined> {
    const { state } = await this.events.load(users.stream, id);
    if (!state.registered || !state.history || state.erased) return undefined;
    const { values } = await this.records.complete(users, id, state);
    const text = (name: string): string | null => (typeof values[name] === 'string' ? values[name] : null);
    return {
      id,
      customerId: state.history.customerId,
      entityId: state.history.entityId,
      name: text('name'),
      surname: text('surname'),
      email: text('email'),
      loginIdentifier: text('login_identifier'),
      language: text('language'),
      status: state.archived ? 'inactive' : 'active',
    };
  }

  /** Who has the address now; the claim of it may be left over. */
  async knownBy(email: string): Promise<Person | undefined> {
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT id FROM app.external_references WHERE customer_id = 0 AND entity_id = 0 AND resource = 'user.email' AND reference = $1`,
      [foldedValue(email)],
    );
    const person = rows[0] && (await this.find(Number(rows[0].id)));
    return person && isKnownBy(person, { email }) ? person : undefined;
  }

  /** The customer of a person who may sign in, without looking for names; undefined where there is none, or not any more. */
  async customerOfActive(id: number): Promise<number | undefined> {
    const { state } = await this.events.load(users.stream, id);
    return state.archived ? undefined : state.history?.customerId;
  }
}

/** A person as he sees himself. */
export function shownPerson({ id, name = null, surname = null, email = null, language }: Person): SignedInUser {
  return { id, name, surname, full_name: [name, surname].filter((part) => part).join(' '), email, language };
}

/**
 * Which claims of e-mail addresses and logins say whom somebody means: a login may look like an address, and is found where an address was asked for, after
 * whoever has that address.
 */
export const claimsMeant = ({ email, loginIdentifier }: Identifier): Readonly<{ resources: readonly string[]; reference: string }> => ({
  resources: [...(email != null ? ['user.email'] : []), 'user.login_identifier'],
  reference: foldedValue(email ?? loginIdentifier ?? ''),
});

/** Whether that is what the person signs in with now, typed where an e-mail address or where a login is asked for. */
export const isMeantBy = (person: Person, identifier: Identifier): boolean =>
  isKnownBy(person, identifier) || (identifier.email != null && isKnownBy(person, { loginIdentifier: identifier.email }));

/** Whether that is what the person signs in with now: a claim of a value may be left over. */
export const isKnownBy = (person: Person, { email, loginIdentifier }: Identifier): boolean =>
  email != null
    ? person.email != null && foldedValue(person.email) === foldedValue(email)
    : person.loginIdentifier != null && foldedValue(person.loginIdentifier) === foldedValue(loginIdentifier ?? '');

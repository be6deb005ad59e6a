import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Pool, type PoolClient } from 'pg';
import { appendedNothing, Rejection } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import { noteNoPassword, notePassword } from '#millwright/people';
import { isCommonPassword } from './commonest-passwords.js';
import {
  composed,
  longestPasswordBytes,
  passwordProblem,
  shortestPassword,
  type KnownBy,
  type PasswordProblem,
} from './domain/password-rules.js';
import type { PasswordSet } from './domain/sign-in.events.js';
import { HashingQueue } from './hashing-queue.js';
import { claimsMeant, isMeantBy, People, type Identifier, type Person } from './people.js';
import { pairOf, WaitingPairs } from './waiting-pairs.js';

/** argon2id, memory in KiB: what OWASP asks for at least. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

const messages: Readonly<Record<PasswordProblem, string>> = {
  too_short: `must have at least ${shortestPassword} characters`,
  too_long: `must not be longer than ${longestPasswordBytes} bytes in UTF-8`,
  too_common: 'is one of the commonest passwords, or one with digits behind it',
  own_name: 'must not be what the person is called, with or without digits behind it',
};

/** What follows from a password that stands, and may not be done yet: its event, and the end of what was begun by the one before, but one session. */
export type Owed = Readonly<{ event: string; because: PasswordSet['data']['because']; requestId: string; keptSession: string | null }>;

/** SQL: what a new password owes, and with it what the one before owes still, which would be forgotten where its process has ended. */
const owesToo = (owed: string): string =>
  `CASE WHEN passwords.owes IS NULL THEN ${owed} ELSE ${owed} || jsonb_build_object('earlier', passwords.owes) END`;

/** Statements of a transaction, or each by itself. */
type Database = Pick<Pool, 'query'> | Pick<PoolClient, 'query'>;

type Kept = Readonly<{ userId: number; hash: string }>;

/** Somebody, and the hash that he was known by; null where it was by no password. By his address, where that is how an issuer has found him. */
export type Known = Readonly<{ person: Person; hash: string | null; byEmail?: boolean }>;

/** Knows people by their passwords, and no more of these than their hashes. */
@Injectable()
export class Passwords {
  private readonly queue = new HashingQueue();
  /** What is compared with where there is nothing to compare with: it takes as long, and nothing equals it. */
  private readonly nobodys = hash(randomBytes(32), cost);

  constructor(
    private readonly pool: Pool,
    private readonly people: People,
    private readonly pairs: WaitingPairs,
  ) {}

  /**
   * Who that is. One hash is computed whoever asks (contract, part 4, S21).
   * @throws Rejection INVALID_CREDENTIALS the same for somebody unknown, a wrong password, and somebody inactive; RATE_LIMIT_EXCEEDED the pair of
   * identifier and address waits, or too many are signing in
   */
  async identify(identifier: Identifier, password: string, network: string): Promise<Known> {
    const typed = identifier.email ?? identifier.loginIdentifier ?? '';
    const found = await this.tried(
      { pair: pairOf(typed, network), network },
      password,
      async () => this.hashFor(identifier),
      async ({ userId, hash: known }) => {
        if ((await this.people.customerOfActive(userId)) === undefined) return undefined;
        const person = await this.people.find(userId);
        return person && isMeantBy(person, identifier) ? { person, hash: known } : undefined;
      },
    );
    if (!found) throw nobody();
    return found;
  }

  /**
   * The hash that the current password has.
   * @throws Rejection VALIDATION_FAILED wrong_password, RATE_LIMIT_EXCEEDED as `identify`: it counts like a try to sign in
   */
  async requireCurrent(person: Person, password: string, network: string): Promise<string> {
    const pair = pairOf(person.email ?? person.loginIdentifier ?? `user ${person.id}`, network);
    const found = await this.tried(
      { pair, network },
      password,
      () => this.hashOf(person.id),
      async ({ hash: current }) => current,
    );
    if (found === undefined) throw wrongPassword();
    return found;
  }

  /**
   * The hash of a new password.
   * @throws Rejection VALIDATION_FAILED too_short, too_long, too_common, own_name of that field; RATE_LIMIT_EXCEEDED too many are signing in
   */
  async hashed(password: string, person: KnownBy, { network, field }: Readonly<{ network: string; field: string }>): Promise<string> {
    requireSound(password, person, field);
    return this.queue.run({ address: network }, () => hash(composed(password), cost));
  }

  /**
   * From now on the person signs in with this one. `database`: in a transaction, for it is two statements. The password is locked first, as by whoever signs
   * in, or each of them would wait for the other.
   */
  async keep(userId: number, hashed: string, owed: Owed, database: Database): Promise<void> {
    await database.query(
      `INSERT INTO app.passwords AS passwords (user_id, hash, set_at, owes) VALUES ($1, $2, clock_timestamp(), $3)
       ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, set_at = clock_timestamp(), owes = ${owesToo('excluded.owes')}`,
      [userId, hashed, owed],
    );
    await notePassword(database, userId, owed.because === 'invitation');
  }

  /** All that was owed is done; what was owed for the password before comes next, and spares the same session. */
  async settled(userId: number, { event }: Owed): Promise<void> {
    await this.pool.query(
      `UPDATE app.passwords SET owes = (owes -> 'earlier') || jsonb_build_object('keptSession', owes -> 'keptSession')
       WHERE user_id = $1 AND owes ->> 'event' = $2`,
      [userId, event],
    );
  }

  /** From now on the person signs in by no password. */
  async forget(userId: number): Promise<void> {
    await this.pool.query('DELETE FROM app.passwords WHERE user_id = $1', [userId]);
    await noteNoPassword(this.pool, userId);
  }

  /**
   * Puts a hash in the place of the one that was tried: of two changes at one moment the second is about a password that is not current any more.
   * No connection is held while it is written down, for the log may be slow.
   * @param written writes it down, once nobody else can change the same password
   * @throws Rejection VALIDATION_FAILED wrong_password, and what `written` throws: where that has certainly written nothing, the old password stands
   */
  async replace(
    userId: number,
    { current, hashed, owed }: Readonly<{ current: string; hashed: string; owed: Owed }>,
    written: () => Promise<void>,
  ): Promise<void> {
    if (!(await this.exchange(userId, { from: current, to: hashed, owed }))) throw wrongPassword();
    try {
      await written();
    } catch (failure) {
      if (appendedNothing(failure)) await this.exchange(userId, { from: hashed, to: current, owed: null });
      throw failure;
    }
  }

  /** False where it is another hash that stands there. */
  private async exchange(userId: number, { from, to, owed }: Readonly<{ from: string; to: string; owed: Owed | null }>): Promise<boolean> {
    const owes = owed ? owesToo('$4::jsonb') : `passwords.owes -> 'earlier'`;
    const { rowCount } = await this.pool.query(
      `UPDATE app.passwords AS passwords SET hash = $3, set_at = clock_timestamp(), owes = ${owes} WHERE user_id = $1 AND hash = $2`,
      [userId, from, to, ...(owed ? [owed] : [])],
    );
    return rowCount === 1;
  }

  /** What came of one try: undefined where the password is wrong, or `accepted` has nobody. */
  private async tried<T>(
    { pair, network }: Readonly<{ pair: string; network: string }>,
    password: string,
    find: () => Promise<Kept | undefined>,
    accepted: (kept: Kept) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    await this.pairs.requireNoWait(pair);
    return this.queue.run({ address: network, pair }, async () => {
      // Whoever was tried meanwhile, here, may have been one too many.
      await this.pairs.requireNoWait(pair);
      const known = await find();
      const isRight = await verify(known?.hash ?? (await this.nobodys), composed(password));
      const found = known && isRight ? await accepted(known) : undefined;
      await (found === undefined ? this.pairs.wrong(pair) : this.pairs.right(pair));
      return found;
    });
  }

  /** The claims of e-mail addresses and logins say whose one is; whether it still is, the person himself says. */
  private async hashFor(identifier: Identifier): Promise<Kept | undefined> {
    const { resources, reference } = claimsMeant(identifier);
    const { rows } = await this.pool.query<{ user_id: string; hash: string }>(
      `SELECT password.user_id, password.hash FROM app.external_references claim JOIN app.passwords password ON password.user_id = claim.id
       WHERE claim.customer_id = 0 AND claim.entity_id = 0 AND claim.resource = ANY($1) AND claim.reference = $2
       ORDER BY claim.resource LIMIT 1`,
      [resources, reference],
    );
    return rows[0] && { userId: Number(rows[0].user_id), hash: rows[0].hash };
  }

  private async hashOf(userId: number): Promise<Kept | undefined> {
    const { rows } = await this.pool.query<{ hash: string }>('SELECT hash FROM app.passwords WHERE user_id = $1', [userId]);
    return rows[0] && { userId, hash: rows[0].hash };
  }
}

const wrongPassword = (): Rejection => invalid([{ field: 'current', code: 'wrong_password', message: 'is not the current password' }]);

/** @returns the same for somebody unknown, a wrong password, and somebody inactive */
export const nobody = (): Rejection => new Rejection('INVALID_CREDENTIALS', 'Nobody signs in with this name and password.');

/** @throws Rejection VALIDATION_FAILED too_short, too_long, too_common, own_name of that field */
export function requireSound(password: string, person: KnownBy, field: string): void {
  const problem = passwordProblem(password, person, isCommonPassword);
  if (problem) throw invalid([{ field, code: problem, message: messages[problem] }]);
}

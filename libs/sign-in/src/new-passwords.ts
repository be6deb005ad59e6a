import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Pool } from 'pg';
import { appendedNothing, EventStore, Places, runInContext } from '#millwright/event-sourcing';
import { setPassword, signIn } from './domain/sign-in.js';
import type { PasswordSet } from './domain/sign-in.events.js';
import { inTransaction } from './in-transaction.js';
import { invalidToken, Links } from './links.js';
import { Passwords, type Owed } from './passwords.js';
import { People, type Person } from './people.js';
import { Sessions } from './sessions.js';
import { contextOf, type Visitor } from './visitor.js';

type Because = PasswordSet['data']['because'];

/** How long a request that has stored a password may take for what follows from it; what is older was left by a process that has ended. */
const ownSeconds = 30;

/** How many hold a connection of the pool while whom a link is for is read over another: as many as the pool has would wait for one more that nobody gives back. */
const judgedAtOnce = 2;

/**
 * How a new password takes the place of the old one. It stands in a table and its event in the log, which are two steps, and what it ends (sessions, links)
 * is a third: what is still to be done is stored with the password and done later where the process ends in between.
 */
@Injectable()
export class NewPasswords {
  private readonly logger = new Logger(NewPasswords.name);
  private readonly judging = new Places(judgedAtOnce);

  constructor(
    private readonly pool: Pool,
    private readonly passwords: Passwords,
    private readonly people: People,
    private readonly links: Links,
    private readonly sessions: Sessions,
    private readonly events: EventStore,
  ) {}

  /**
   * By a link that is good once: link and password go together, or neither does.
   * @param judged asks once more whom the link is for, when nobody else can use it any more
   * @throws Rejection VALIDATION_FAILED invalid_token; what `judged` throws
   */
  async byLink(
    { kind, token }: Readonly<{ kind: 'invitation' | 'reset'; token: string }>,
    person: Person,
    hashed: string,
    visitor: Visitor,
    judged: () => Promise<unknown>,
  ): Promise<void> {
    await this.settle(person.id);
    const owed = owedBy(kind, visitor);
    const used = () =>
      inTransaction(this.pool, async (client) => {
        if (!(await this.links.use(kind, token, client))) throw invalidToken();
        await judged();
        await this.passwords.keep(person.id, hashed, owed, client);
      });
    await this.judging.take(used);
    await this.follow(person, owed);
  }

  /** That of the first administrator, before he is one. */
  async first(person: Person, hashed: string, visitor: Visitor): Promise<void> {
    await this.settle(person.id);
    const owed = owedBy('setup', visitor);
    await inTransaction(this.pool, (client) => this.passwords.keep(person.id, hashed, owed, client));
    await this.follow(person, owed);
  }

  /**
   * By whoever knows the current one, in a session that goes on.
   * @throws Rejection VALIDATION_FAILED wrong_password; what the log refuses: where it has certainly written nothing, the old password stands
   */
  async change(person: Person, known: Readonly<{ current: string; hashed: string }>, sessionId: string, visitor: Visitor): Promise<void> {
    await this.settle(person.id);
    const owed = owedBy('change', visitor, sessionId);
    try {
      await this.passwords.replace(person.id, { ...known, owed }, () => this.writeDown(person, owed));
    } catch (failure) {
      // The new password may stand: then whoever came in by the old one is out at once, and the rest is done later.
      if (!appendedNothing(failure)) await this.endAll(person.id, owed);
      throw failure;
    }
    await this.end(person.id, owed);
  }

  /** Does what ended processes have left undone, of one person or of all. */
  async settle(userId?: number): Promise<void> {
    const { rows } = await this.pool.query<{ user_id: string; owes: Owed }>(
      `SELECT user_id, owes FROM app.passwords WHERE owes IS NOT NULL AND ($1::bigint IS NULL OR user_id = $1)
       AND set_at < clock_timestamp() - make_interval(secs => $2)`,
      [userId ?? null, ownSeconds],
    );
    for (const row of rows) await this.settled(Number(row.user_id), row.owes);
  }

  private async settled(userId: number, owed: Owed): Promise<void> {
    const person = await this.people.find(userId);
    if (!person) return;
    if (!(await this.events.hasAppended(signIn, userId, owed.event, 0n))) await this.writeDown(person, owed);
    // Whoever came in since did so by the new password.
    await this.sessions.endEarlier(userId, 'password', owed.keptSession);
    await this.links.revokeEarlier(userId);
    await this.passwords.settled(userId, owed);
  }

  /** A password that stands is not taken back where the log takes no event at this moment: it takes it later. */
  private async follow(person: Person, owed: Owed): Promise<void> {
    try {
      await this.writeDown(person, owed);
    } catch (failure) {
      this.logger.warn(`that a password was chosen is to be written down later: ${String(failure)}`);
      return this.endAll(person.id, owed);
    }
    await this.end(person.id, owed);
  }

  private async end(userId: number, owed: Owed): Promise<void> {
    await this.endAll(userId, owed);
    await this.passwords.settled(userId, owed);
  }

  private async endAll(userId: number, { keptSession }: Owed): Promise<void> {
    await this.sessions.endAll(userId, 'password', keptSession ?? undefined);
    await this.links.revoke(userId);
  }

  private async writeDown(person: Person, { event, because, requestId }: Owed): Promise<void> {
    const context = contextOf({ requestId }, { kind: 'user', id: String(person.id) }, person);
    await runInContext(context, () => this.events.execute(signIn, person.id, () => setPassword(because), { eventId: () => event }));
  }
}

const owedBy = (because: Because, { requestId }: Visitor, keptSession: string | null = null): Owed => ({
  event: randomUUID(),
  because,
  requestId,
  keptSession,
});

import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { access, accessId, noteCaller } from '#millwright/access';
import { AccessTokens, InstallationSecret } from '#millwright/credentials';
import { EventStore, Rejection, runInContext } from '#millwright/event-sourcing';
import { noteLogin } from '#millwright/people';
import { noteReuse, signIn } from './domain/sign-in.js';
import { inTransaction } from './in-transaction.js';
import { LiveSessions } from './live-sessions.js';
import { nobody, type Known } from './passwords.js';
import { People, type Person } from './people.js';
import { SessionUses } from './session-uses.js';
import { insertToken, newToken, redeem, refreshSeconds, type Place, type Sender } from './refresh-tokens.js';
import { isStillMatchedByEmail } from './single-sign-on/matching.js';
import { contextOf, type Visitor } from './visitor.js';

/** In seconds. */
export const accessSeconds = 7_200;

/** What a client goes on with. */
export type Tokens = Readonly<{
  access_token: string;
  refresh_token: string;
  token_type: 'Bearer';
  expires_in: number;
  refresh_expires_in: number;
}>;

/** A session as its person sees it. */
export type SessionRow = Readonly<{
  id: string;
  started_at: Date;
  last_used_at: Date;
  expires_at: Date;
  address: string;
  user_agent: string;
}>;

const longestUserAgent = 500;

/** Where people are signed in. What ends a session ends its access tokens, too, everywhere within a second (contract, part 4, S55). */
@Injectable()
export class Sessions {
  private readonly refreshKey: Buffer;

  constructor(
    private readonly pool: Pool,
    private readonly tokens: AccessTokens,
    private readonly live: LiveSessions,
    private readonly people: People,
    private readonly events: EventStore,
    private readonly uses: SessionUses,
    secret: InstallationSecret,
  ) {
    this.refreshKey = secret.derived('refresh tokens');
  }

  /** @throws Rejection INVALID_CREDENTIALS the password has been changed since it was tried, or the person archived, or may not come by an address any more */
  async begin(known: Known, visitor: Visitor): Promise<Tokens> {
    const place = { sessionId: randomUUID(), generation: 0 };
    const refreshToken = newToken();
    await this.beginAs(place.sessionId, known, visitor, (client) => insertToken(client, refreshToken, place));
    return this.issued(known.person.id, place, refreshToken);
  }

  /** A session without tokens, which a browser keeps by a cookie. Answers its id. @throws Rejection as `begin` */
  async beginForBrowser(known: Known, visitor: Visitor): Promise<string> {
    const sessionId = randomUUID();
    await this.beginAs(sessionId, known, visitor, async () => undefined);
    return sessionId;
  }

  /**
   * What ends a person's sessions finds this one, or is found by it: a change of the password waits for it or has been, and whoever is archived after the
   * last look, or gets to look after access where an address has let him in, is told of after it is stored.
   */
  private async beginAs(
    sessionId: string,
    { person, hash, byEmail = false }: Known,
    visitor: Visitor,
    then: (client: PoolClient) => Promise<void>,
  ): Promise<void> {
    await inTransaction(this.pool, async (client) => {
      if (!(await insertSession(client, { sessionId, userId: person.id, hash, byEmail }, visitor))) throw nobody();
      await noteLogin(client, person.id);
      await then(client);
    });
    noteCaller(visitor.request, { userId: person.id, credential: { kind: 'session', id: sessionId } });
    const because = await this.overBecause(person.id, byEmail);
    if (!because) return;
    await this.end(person.id, sessionId, because);
    throw nobody();
  }

  private async overBecause(userId: number, byEmail: boolean): Promise<'archived' | 'access' | undefined> {
    if ((await this.people.customerOfActive(userId)) === undefined) return 'archived';
    return byEmail && !isStillMatchedByEmail((await this.events.load(access, accessId)).state, userId) ? 'access' : undefined;
  }

  /** @throws Rejection INVALID_REFRESH_TOKEN; where the token came a second time, the session is over, and that is written down */
  async refresh(token: string, visitor: Visitor): Promise<Readonly<{ person: Person; tokens: Tokens }>> {
    const sender: Sender = { network: visitor.network, userAgent: visitor.userAgent };
    const redeemed = await inTransaction(this.pool, (client) => redeem(client, token, sender, this.refreshKey));
    if (redeemed.outcome !== 'unknown') noteCaller(visitor.request, { userId: redeemed.userId, credential: null });
    if (redeemed.outcome === 'reused') {
      this.live.forget(redeemed.sessionId);
      await this.writeDown(redeemed, visitor);
    }
    const person = redeemed.outcome === 'goes on' ? await this.people.find(redeemed.userId) : undefined;
    // Whoever looks after access since an address has let him in does not go on by that.
    if (redeemed.outcome !== 'goes on' || person?.status !== 'active' || !(await this.live.principalIn(redeemed.place.sessionId)))
      throw new Rejection('INVALID_REFRESH_TOKEN', 'This refresh token is of no use any more; please sign in again.');
    noteCaller(visitor.request, { userId: person.id, credential: { kind: 'session', id: redeemed.place.sessionId } });
    return { person, tokens: await this.issued(person.id, redeemed.place, redeemed.token) };
  }

  async list(userId: number): Promise<readonly SessionRow[]> {
    // Without it a use of the last seconds is not told.
    await this.uses.write();
    const { rows } = await this.pool.query<SessionRow>(
      `SELECT id, started_at, last_used_at, expires_at, address, user_agent FROM app.sessions
       WHERE user_id = $1 AND ended_at IS NULL AND expires_at > clock_timestamp() ORDER BY started_at DESC, id`,
      [userId],
    );
    return rows;
  }

  /** When it is over by itself. */
  async expiryOf(sessionId: string): Promise<Date | null> {
    const { rows } = await this.pool.query<{ expires_at: Date }>('SELECT expires_at FROM app.sessions WHERE id = $1', [sessionId]);
    return rows[0]?.expires_at ?? null;
  }

  /** Whether an issuer let its person in by an account that an e-mail address had found. */
  async isByEmail(sessionId: string): Promise<boolean> {
    const { rows } = await this.pool.query<{ by_email: boolean }>('SELECT by_email FROM app.sessions WHERE id = $1', [sessionId]);
    return rows[0]?.by_email ?? false;
  }

  /** Whether there was such a session of the person, still open. */
  async end(userId: number, sessionId: string, because: string): Promise<boolean> {
    const { rowCount } = await this.pool.query(
      `UPDATE app.sessions SET ended_at = clock_timestamp(), ended_because = $3
       WHERE id = $1 AND user_id = $2 AND ended_at IS NULL AND expires_at > clock_timestamp()`,
      [sessionId, userId, because],
    );
    this.live.forget(sessionId);
    return rowCount === 1;
  }

  /** Ends every session of a person but one. */
  async endAll(userId: number, because: string, except?: string): Promise<void> {
    const { rows } = await this.pool.query<{ id: string }>(
      `UPDATE app.sessions SET ended_at = clock_timestamp(), ended_because = $2
       WHERE user_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $3 RETURNING id`,
      [userId, because, except ?? null],
    );
    for (const { id } of rows) this.live.forget(id);
  }

  /** Ends every session of a person but one that began before his password. */
  async endEarlier(userId: number, because: string, except: string | null): Promise<void> {
    const { rows } = await this.pool.query<{ id: string }>(
      `UPDATE app.sessions AS session SET ended_at = clock_timestamp(), ended_because = $2 FROM app.passwords AS password
       WHERE session.user_id = $1 AND password.user_id = $1 AND session.started_at < password.set_at
         AND session.ended_at IS NULL AND session.id IS DISTINCT FROM $3 RETURNING session.id`,
      [userId, because, except],
    );
    for (const { id } of rows) this.live.forget(id);
  }

  /** Sessions, and where they were from, are nobody's business long after they are over. */
  async forgetOld(): Promise<void> {
    await this.pool.query(
      `WITH gone AS (DELETE FROM app.sessions WHERE coalesce(ended_at, expires_at) < clock_timestamp() - interval '30 days' RETURNING id)
       DELETE FROM app.refresh_tokens USING gone WHERE session_id = gone.id`,
    );
  }

  private async issued(userId: number, { sessionId, generation }: Place, refreshToken: string): Promise<Tokens> {
    const subject = { sub: `user:${userId}`, clientId: 'millwright', scope: '' };
    const { token } = await this.tokens.issue(subject, { sid: sessionId, gen: generation });
    return {
      access_token: token,
      refresh_token: refreshToken,
      token_type: 'Bearer',
      expires_in: accessSeconds,
      refresh_expires_in: refreshSeconds,
    };
  }

  private async writeDown({ userId, sessionId }: Readonly<{ userId: number; sessionId: string }>, visitor: Visitor): Promise<void> {
    const person = await this.people.find(userId);
    if (!person) return;
    await runInContext(contextOf(visitor, { kind: 'system', id: 'sign-in' }, person), () =>
      this.events.execute(signIn, userId, (state) => noteReuse(state, sessionId)),
    );
  }
}

/** Whether it was: the hash that the person was known by has to be his at this moment, and stays it until the transaction ends. */
async function insertSession(
  client: PoolClient,
  { sessionId, userId, hash, byEmail }: Readonly<{ sessionId: string; userId: number; hash: string | null; byEmail: boolean }>,
  { address, userAgent }: Visitor,
): Promise<boolean> {
  const place = [address, userAgent.slice(0, longestUserAgent)];
  if (hash === null) {
    await client.query(
      `INSERT INTO app.sessions (id, user_id, expires_at, address, user_agent, by_email)
       VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3), $4, $5, $6)`,
      [sessionId, userId, refreshSeconds, ...place, byEmail],
    );
    return true;
  }
  const { rowCount } = await client.query(
    `INSERT INTO app.sessions (id, user_id, expires_at, address, user_agent)
     SELECT $1, user_id, clock_timestamp() + make_interval(secs => $4), $5, $6 FROM app.passwords WHERE user_id = $2 AND hash = $3 FOR SHARE`,
    [sessionId, userId, hash, refreshSeconds, ...place],
  );
  return rowCount === 1;
}

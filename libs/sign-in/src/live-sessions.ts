import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Pool } from 'pg';
import { KnownAccess, type Principal } from '#millwright/access';
import { Authentication, type VerifiedToken } from '#millwright/credentials';
import { runForEverybody, whenKnown } from '#millwright/event-sourcing';
import { People } from './people.js';
import { isOfReplacedPassword } from './refresh-tokens.js';
import { SessionUses } from './session-uses.js';
import { isStillMatchedByEmail } from './single-sign-on/matching.js';

/** How old what is known of a session may be, in milliseconds: what ended it elsewhere is known here by then, and at once where it ended here. */
const believedForMs = 500;
const mostSessions = 10_000;
/** In seconds: as long as an answer that was lost may be asked for again, and some time for clocks that differ. */
const noticedWithin = 60;

type Session = Readonly<{ userId: number; customerId: number; byEmail: boolean }>;
type Reading = { readonly answer: Promise<Session | null>; found?: Session };

/** Says whose an access token of a person is, and whether its session still lives: looked up at most twice a second and session. */
@Injectable()
export class LiveSessions implements OnModuleInit {
  /** An age counts from when a reading began: what ended meanwhile may be missing in it. */
  private readonly readings = new LRUCache<string, Reading>({ max: mostSessions, ttl: believedForMs, ttlResolution: 0 });
  /** Places whose access token this process has seen used. */
  private readonly seen = new LRUCache<string, true>({ max: mostSessions });

  constructor(
    private readonly pool: Pool,
    private readonly people: People,
    private readonly access: KnownAccess,
    private readonly authentication: Authentication,
    private readonly uses: SessionUses,
  ) {}

  onModuleInit(): void {
    this.authentication.registerSubject('user', (token) => this.principalOf(token));
  }

  /** Nothing of it is believed any more. */
  forget(sessionId: string): void {
    this.readings.delete(sessionId);
  }

  /**
   * Whose session that is; null where it does not live. One that an e-mail address began is nobody's once its person looks after access: that is asked at
   * every request, as his rights are, and never kept with the session (S11).
   * @throws Rejection UNAVAILABLE
   */
  principalIn(sessionId: string): Principal | null | Promise<Principal | null> {
    return whenKnown(this.find(sessionId), (session) => {
      if (!session) return null;
      const { userId, customerId, byEmail } = session;
      return whenKnown(this.access.rightsOf(userId, customerId), (rights) => {
        const principal: Principal = { credential: { kind: 'session', id: sessionId }, customerId, userId, rights };
        if (!byEmail) return principal;
        return whenKnown(this.access.now(), (state) => (isStillMatchedByEmail(state, userId) ? { ...principal, byEmail } : null));
      });
    });
  }

  private principalOf({ sub, payload, issuedAt }: VerifiedToken): Principal | null | Promise<Principal | null> {
    const { sid, gen } = payload;
    if (typeof sid !== 'string' || typeof gen !== 'number') return null;
    return whenKnown(this.principalIn(sid), (principal) => {
      if (!principal || sub !== `user:${principal.userId}`) return null;
      return whenKnown(this.noteUse(sid, gen, issuedAt), () => principal);
    });
  }

  private find(sessionId: string): Session | null | Promise<Session | null> {
    const known = this.readings.get(sessionId);
    if (known) return known.found ?? known.answer;
    const reading: Reading = { answer: runForEverybody(() => this.read(sessionId)) };
    this.readings.set(sessionId, reading);
    reading.answer.then(
      (found) => {
        if (!found) return;
        reading.found = found;
        // Twice a second is more than often enough.
        this.uses.note(sessionId);
      },
      () => {
        if (this.readings.peek(sessionId) === reading) this.readings.delete(sessionId);
      },
    );
    return reading.answer;
  }

  private async read(sessionId: string): Promise<Session | null> {
    const { rows } = await this.pool.query<{ user_id: string; by_email: boolean }>(
      `SELECT user_id, by_email FROM app.sessions AS session
       WHERE id = $1 AND ended_at IS NULL AND expires_at > clock_timestamp() AND NOT ${isOfReplacedPassword}`,
      [sessionId],
    );
    if (!rows[0]) return null;
    const { user_id, by_email: byEmail } = rows[0];
    const userId = Number(user_id);
    const customerId = await this.people.customerOfActive(userId);
    return customerId === undefined ? null : { userId, customerId, byEmail };
  }

  /** Whoever has used what a refresh token was answered with cannot have lost the answer: noted once, while that matters (S16). */
  private noteUse(sessionId: string, generation: number, issuedAt: number): void | Promise<void> {
    const place = `${sessionId} ${generation}`;
    if (this.seen.has(place)) return undefined;
    if (issuedAt < Date.now() / 1_000 - noticedWithin) return void this.seen.set(place, true);
    const noted = this.pool.query(
      'UPDATE app.refresh_tokens SET access_used_at = clock_timestamp() WHERE session_id = $1 AND generation = $2 AND access_used_at IS NULL',
      [sessionId, generation],
    );
    return noted.then(() => void this.seen.set(place, true));
  }
}

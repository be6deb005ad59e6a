import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { PoolClient } from 'pg';

/** In seconds: 30 days, from when it was given out. */
export const refreshSeconds = 2_592_000;
/** In seconds: how long an answer that was lost may be asked for again. */
const askedAgainSeconds = 30;

/** What of a request tells that it comes from where another one came from. */
export type Sender = Readonly<{ network: string; userAgent: string }>;

/** A place in the family of a session's tokens. */
export type Place = Readonly<{ sessionId: string; generation: number }>;

/** What a token is good for: it goes on, it is unknown, of a session that is over, or it came a second time. */
export type Redeemed =
  | Readonly<{ outcome: 'goes on'; token: string; userId: number; place: Place }>
  | Readonly<{ outcome: 'unknown' }>
  | Readonly<{ outcome: 'over'; userId: number }>
  | Readonly<{ outcome: 'reused'; userId: number; sessionId: string }>;

type Found = Readonly<{
  session_id: string;
  user_id: string;
  generation: number;
  is_over: boolean;
  spent: boolean;
  is_recent: boolean;
  spent_by: Buffer | null;
  child_used: boolean | null;
}>;

export const newToken = (): string => randomBytes(32).toString('base64url');

export const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

const senderOf = ({ network, userAgent }: Sender): Buffer => hashOf(JSON.stringify([network, userAgent]));

/** Nobody who has the token can tell the next one, and it need not be kept to be answered again (contract, part 4, S16). */
const childOf = (token: string, key: Buffer): string => createHmac('sha256', key).update(token).digest('base64url');

export async function insertToken(client: PoolClient, token: string, { sessionId, generation }: Place): Promise<void> {
  await client.query(
    `INSERT INTO app.refresh_tokens (token_hash, session_id, generation, expires_at)
     VALUES ($1, $2, $3, clock_timestamp() + make_interval(secs => $4))`,
    [hashOf(token), sessionId, generation, refreshSeconds],
  );
  await client.query(
    `UPDATE app.sessions SET last_used_at = clock_timestamp(), expires_at = clock_timestamp() + make_interval(secs => $2) WHERE id = $1`,
    [sessionId, refreshSeconds],
  );
}

/**
 * Takes a token, in a transaction: those of one session come one after the other. One that came before ends the session, unless its answer was lost:
 * within 30 s, from where it came from, and while nothing of that answer was used.
 */
export async function redeem(client: PoolClient, token: string, sender: Sender, key: Buffer): Promise<Redeemed> {
  const found = await lockedFamily(client, token);
  if (!found) return { outcome: 'unknown' };
  const { session_id: sessionId, generation, spent } = found;
  const userId = Number(found.user_id);
  if (found.is_over) return { outcome: 'over', userId };
  const place = { sessionId, generation: generation + 1 };
  const child = childOf(token, key);
  if (!spent) {
    await client.query('UPDATE app.refresh_tokens SET spent_at = clock_timestamp(), spent_by = $2 WHERE token_hash = $1', [
      hashOf(token),
      senderOf(sender),
    ]);
    await insertToken(client, child, place);
    return { outcome: 'goes on', token: child, userId, place };
  }
  const wasLost = found.is_recent && found.child_used === false && found.spent_by?.equals(senderOf(sender)) === true;
  if (wasLost) return { outcome: 'goes on', token: child, userId, place };
  await endSession(client, sessionId, 'reused token');
  return { outcome: 'reused', userId, sessionId };
}

/**
 * SQL: whether a `session` is one that a new password ends, which the process that stored that has not come to: it may have ended itself, and the next one
 * leaves what is young to it.
 */
export const isOfReplacedPassword = `EXISTS (SELECT FROM app.passwords AS password WHERE password.user_id = session.user_id AND password.owes IS NOT NULL
  AND session.started_at < password.set_at AND session.id::text IS DISTINCT FROM password.owes ->> 'keptSession')`;

/** What is known of a token, with its session locked before that is read. */
async function lockedFamily(client: PoolClient, token: string): Promise<Found | undefined> {
  const of = [hashOf(token)];
  await client.query(
    'SELECT FROM app.sessions WHERE id = (SELECT session_id FROM app.refresh_tokens WHERE token_hash = $1) FOR UPDATE',
    of,
  );
  const { rows } = await client.query<Found>(
    `SELECT session.id AS session_id, session.user_id, token.generation, token.spent_by,
       session.ended_at IS NOT NULL OR least(token.expires_at, session.expires_at) <= clock_timestamp() OR ${isOfReplacedPassword} AS is_over,
       token.spent_at IS NOT NULL AS spent,
       token.spent_at > clock_timestamp() - make_interval(secs => $2) AS is_recent,
       child.spent_at IS NOT NULL OR child.access_used_at IS NOT NULL AS child_used
     FROM app.refresh_tokens token JOIN app.sessions session ON session.id = token.session_id
     LEFT JOIN app.refresh_tokens child ON child.session_id = token.session_id AND child.generation = token.generation + 1
     WHERE token.token_hash = $1`,
    [...of, askedAgainSeconds],
  );
  return rows[0];
}

export async function endSession(client: Pick<PoolClient, 'query'>, sessionId: string, because: string): Promise<void> {
  await client.query('UPDATE app.sessions SET ended_at = clock_timestamp(), ended_because = $2 WHERE id = $1 AND ended_at IS NULL', [
    sessionId,
    because,
  ]);
}

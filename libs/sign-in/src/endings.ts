import type { Pool } from 'pg';
import { access, accessId, type Access, type AccessEvent } from '#millwright/access';
import { idOf, type EventStore, type ProcessManager, type RecordedEvent } from '#millwright/event-sourcing';
import { users } from '#millwright/people';
import { isStillMatchedByEmail } from './single-sign-on/matching.js';

/**
 * Has what people are signed in with end for good when they are archived, and what an e-mail address began when they get to look after access: it does not
 * come back with them, nor when they do so no more. Until it comes to that nothing of it is accepted either, for each request asks for both.
 */
export const endingsOfSessions = (pool: Pool, events: Pick<EventStore, 'loadAt'>): ProcessManager => ({
  name: 'endings-of-sessions',
  categories: [users.stream.category, access.category],
  startsAt: 'head',
  async handle(event: RecordedEvent) {
    if (event.type === `${users.typeName}Archived`) return endOfArchived(pool, idOf(event.stream));
    const { type, data } = event as RecordedEvent<AccessEvent>;
    if (type !== 'RoleGranted' && type !== 'InstallationManagerNamed' && type !== 'RoleChanged') return;
    const concerned = await foundByEmail(pool, type === 'RoleChanged' ? null : data.userId);
    if (concerned.length === 0) return;
    // As things stood by this event: he may have been given it, and have it no more by now.
    await endOfNobody(pool, await events.loadAt(access, accessId, event.revision), concerned);
  },
});

async function endOfArchived(pool: Pool, userId: number): Promise<void> {
  await pool.query(
    `UPDATE app.sessions SET ended_at = clock_timestamp(), ended_because = 'archived' WHERE user_id = $1 AND ended_at IS NULL`,
    [userId],
  );
  await pool.query('DELETE FROM app.sign_in_links WHERE user_id = $1 AND used_at IS NULL', [userId]);
}

/** Of all, or of one, who is signed in because an e-mail address has found him. */
async function foundByEmail(pool: Pool, userId: number | null = null): Promise<readonly number[]> {
  const { rows } = await pool.query<{ user_id: string }>(
    'SELECT DISTINCT user_id FROM app.sessions WHERE by_email AND ended_at IS NULL AND ($1::bigint IS NULL OR user_id = $1)',
    [userId],
  );
  return rows.map(({ user_id }) => Number(user_id));
}

/**
 * Ends what an address began of those who look after access for another reason than that they got to just now: they did so already when it was first kept
 * which sessions those are.
 */
export async function endNobodysSessions(pool: Pool, events: Pick<EventStore, 'load'>): Promise<void> {
  const concerned = await foundByEmail(pool);
  if (concerned.length > 0) await endOfNobody(pool, (await events.load(access, accessId)).state, concerned);
}

async function endOfNobody(pool: Pool, state: Access, userIds: readonly number[]): Promise<void> {
  const over = userIds.filter((userId) => !isStillMatchedByEmail(state, userId));
  if (over.length === 0) return;
  await pool.query(
    `UPDATE app.sessions SET ended_at = clock_timestamp(), ended_because = 'access' WHERE user_id = ANY($1) AND by_email AND ended_at IS NULL`,
    [over],
  );
}

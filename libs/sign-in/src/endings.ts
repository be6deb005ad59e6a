import type { Pool } from 'pg';
import { access, accessId, type AccessEvent } from '#millwright/access';
import { idOf, type EventStore, type ProcessManager, type RecordedEvent } from '#millwright/event-sourcing';
import { users } from '#millwright/people';
import { isStillMatchedByEmail } from './single-sign-on/matching.js';

/**
 * Has what people are signed in with end for good when they are archived, and what an e-mail address began when they get to look after access: it does not
 * come back with them, nor when they do so no more. Until it comes to that nothing of it is accepted either, for each request asks for both.
 */
export const endingsOfSessions = (pool: Pool, events: Pick<EventStore, 'load'>): ProcessManager => ({
  name: 'endings-of-sessions',
  categories: [users.stream.category, access.category],
  startsAt: 'head',
  async handle(event: RecordedEvent) {
    if (event.type === `${users.typeName}Archived`) return endOfArchived(pool, idOf(event.stream));
    const { type, data } = event as RecordedEvent<AccessEvent>;
    if (type !== 'RoleGranted' && type !== 'InstallationManagerNamed' && type !== 'RoleChanged') return;
    const concerned = type === 'RoleChanged' ? await foundByEmail(pool) : [data.userId];
    const { state } = await events.load(access, accessId);
    const over = concerned.filter((userId) => !isStillMatchedByEmail(state, userId));
    if (over.length > 0) await endByEmail(pool, over);
  },
});

async function endOfArchived(pool: Pool, userId: number): Promise<void> {
  await pool.query(
    `UPDATE app.sessions SET ended_at = clock_timestamp(), ended_because = 'archived' WHERE user_id = $1 AND ended_at IS NULL`,
    [userId],
  );
  await pool.query('DELETE FROM app.sign_in_links WHERE user_id = $1 AND used_at IS NULL', [userId]);
}

/** Who is signed in because an e-mail address has found him. */
async function foundByEmail(pool: Pool): Promise<readonly number[]> {
  const { rows } = await pool.query<{ user_id: string }>('SELECT DISTINCT user_id FROM app.sessions WHERE by_email AND ended_at IS NULL');
  return rows.map(({ user_id }) => Number(user_id));
}

async function endByEmail(pool: Pool, userIds: readonly number[]): Promise<void> {
  await pool.query(
    `UPDATE app.sessions SET ended_at = clock_timestamp(), ended_because = 'access' WHERE user_id = ANY($1) AND by_email AND ended_at IS NULL`,
    [userIds],
  );
}

import type { Pool } from 'pg';
import { idOf, type ProcessManager } from '#millwright/event-sourcing';
import { users } from '#millwright/people';

/**
 * Has what people are signed in with end for good when they are archived: it does not come back with them. Until it comes to that nothing of it is
 * accepted either, for each request asks whether its person is active.
 */
export const endingsOfSessions = (pool: Pool): ProcessManager => ({
  name: 'endings-of-sessions',
  categories: [users.stream.category],
  startsAt: 'head',
  async handle({ type, stream }) {
    if (type !== `${users.typeName}Archived`) return;
    const userId = [idOf(stream)];
    await pool.query(
      `UPDATE app.sessions SET ended_at = clock_timestamp(), ended_because = 'archived' WHERE user_id = $1 AND ended_at IS NULL`,
      userId,
    );
    await pool.query('DELETE FROM app.sign_in_links WHERE user_id = $1 AND used_at IS NULL', userId);
  },
});

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Pool } from 'pg';
import type { Row } from '#millwright/event-sourcing';
import { instantText } from '#millwright/fields';
import { PersonalTraces, type SoughtPerson } from '#millwright/people';
import { LiveSessions } from './live-sessions.js';

/** What sessions come of, in the order in which they go. */
const waysIn: readonly Readonly<{ table: string; column?: string }>[] = [
  { table: 'sign_in_links' },
  { table: 'passwords' },
  { table: 'issuer_attempts', column: 'linking_user_id' },
  { table: 'issuer_links' },
  { table: 'sign_in_codes' },
];

/** How somebody comes in, and where from: all of it goes with him. */
@Injectable()
export class SignInTraces implements OnModuleInit {
  constructor(
    private readonly traces: PersonalTraces,
    private readonly pool: Pool,
    private readonly live: LiveSessions,
  ) {}

  onModuleInit(): void {
    this.traces.register({
      places: async (userId) => {
        const seen = await this.read(
          'SELECT DISTINCT unnest(ARRAY[address, user_agent]) AS place FROM app.sessions WHERE user_id = $1',
          userId,
        );
        return seen.map(({ place }) => String(place));
      },
      find: {
        sessions: ({ id }) =>
          this.read(
            'SELECT id AS session_id, started_at, last_used_at, expires_at, ended_at, address, user_agent FROM app.sessions WHERE user_id = $1 ORDER BY started_at, id',
            id,
          ),
        issuer_accounts: ({ id }) =>
          this.read('SELECT issuer, subject, linked_at FROM app.issuer_links WHERE user_id = $1 ORDER BY linked_at, issuer', id),
        sign_in_links: ({ id }) =>
          this.read('SELECT kind, made_at, expires_at, used_at FROM app.sign_in_links WHERE user_id = $1 ORDER BY made_at', id),
      },
      erase: (person) => this.erase(person),
    });
  }

  /**
   * One table after the other, each by itself: whoever signs in or chooses a password at this moment has rows of several, and who held one of them while he
   * waits for another would deadlock with him. Links go first, for a password comes of one, then the password, for a session comes of it.
   */
  private async erase({ id }: SoughtPerson): Promise<void> {
    for (const { table, column = 'user_id' } of waysIn) await this.pool.query(`DELETE FROM app.${table} WHERE ${column} = $1`, [id]);
    const { rows } = await this.pool.query<{ id: string }>(
      `WITH gone AS (DELETE FROM app.sessions WHERE user_id = $1 RETURNING id),
            tokens AS (DELETE FROM app.refresh_tokens USING gone WHERE session_id = gone.id)
       SELECT id FROM gone`,
      [id],
    );
    for (const session of rows) this.live.forget(session.id);
    await this.pool.query('DELETE FROM app.sign_ins WHERE user_id = $1', [id]);
  }

  private async read(sql: string, userId: number): Promise<Row[]> {
    const { rows } = await this.pool.query<Record<string, unknown>>(sql, [userId]);
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, value instanceof Date ? instantText(value.toISOString()) : value]),
      ),
    );
  }
}

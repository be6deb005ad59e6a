import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Pool } from 'pg';
import type { Row } from '#millwright/event-sourcing';
import { instantText } from '#millwright/fields';
import { PersonalTraces, type SoughtPerson } from '#millwright/people';
import { LiveSessions } from './live-sessions.js';

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

  private async erase({ id }: SoughtPerson): Promise<void> {
    const { rows } = await this.pool.query<{ id: string }>(
      `WITH gone AS (DELETE FROM app.sessions WHERE user_id = $1 RETURNING id),
            tokens AS (DELETE FROM app.refresh_tokens USING gone WHERE session_id = gone.id),
            words AS (DELETE FROM app.passwords WHERE user_id = $1),
            links AS (DELETE FROM app.sign_in_links WHERE user_id = $1),
            codes AS (DELETE FROM app.sign_in_codes WHERE user_id = $1),
            attempts AS (DELETE FROM app.issuer_attempts WHERE linking_user_id = $1),
            accounts AS (DELETE FROM app.issuer_links WHERE user_id = $1),
            visits AS (DELETE FROM app.sign_ins WHERE user_id = $1)
       SELECT id FROM gone`,
      [id],
    );
    for (const session of rows) this.live.forget(session.id);
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

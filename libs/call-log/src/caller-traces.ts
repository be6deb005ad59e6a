import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Pool } from 'pg';
import type { Row } from '#millwright/event-sourcing';
import { PersonalTraces, type SoughtPerson } from '#millwright/people';
import { Callers } from './callers.js';

/** Where somebody's calls came from and with what: it goes with him, and the lines that name its rows stay (contract, part 4, S26). */
@Injectable()
export class CallerTraces implements OnModuleInit {
  constructor(
    private readonly traces: PersonalTraces,
    private readonly pool: Pool,
    private readonly callers: Callers,
  ) {}

  onModuleInit(): void {
    this.traces.register({
      places: async (userId) => {
        const sql = `SELECT address AS place FROM app.api_call_addresses WHERE user_id = $1
                     UNION SELECT agent FROM app.api_call_agents WHERE user_id = $1`;
        return (await this.pool.query<{ place: string }>(sql, [userId])).rows.map(({ place }) => place);
      },
      find: {
        addresses: ({ id }) => this.read('address', 'SELECT address, last_day::text FROM app.api_call_addresses', id),
        user_agents: ({ id }) => this.read('agent', 'SELECT agent AS user_agent, last_day::text FROM app.api_call_agents', id),
      },
      erase: (person) => this.erase(person),
    });
  }

  /** Signing in is a call of nobody who is known: what nobody else was seen with says of such a call who made it, too. */
  private async erase({ id, places }: SoughtPerson): Promise<void> {
    for (const [table, column] of [
      ['api_call_addresses', 'address'],
      ['api_call_agents', 'agent'],
    ] as const)
      await this.pool.query(
        `DELETE FROM app.${table} gone WHERE user_id = $1 OR (user_id IS NULL AND ${column} = ANY($2::text[])
           AND NOT EXISTS (SELECT FROM app.${table} other WHERE other.${column} = gone.${column} AND other.user_id <> $1))`,
        [id, places],
      );
    this.callers.forget();
  }

  private async read(order: string, sql: string, userId: number): Promise<Row[]> {
    return (await this.pool.query<Row>(`${sql} WHERE user_id = $1 ORDER BY ${order}`, [userId])).rows;
  }
}

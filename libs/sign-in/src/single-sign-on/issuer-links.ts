import { Injectable } from '@nestjs/common';
import { Pool, type PoolClient } from 'pg';
import { Rejection } from '#millwright/event-sourcing';
import type { IssuerLinked } from '../domain/sign-in.events.js';

type Because = IssuerLinked['data']['because'];

/** Which person an issuer means by which of its subjects. It stands in no event: a subject is how somebody is known elsewhere. */
@Injectable()
export class IssuerLinks {
  constructor(private readonly pool: Pool) {}

  async find(issuer: string, subject: string): Promise<Readonly<{ userId: number; because: Because }> | undefined> {
    const { rows } = await this.pool.query<{ user_id: string; because: Because }>(
      'SELECT user_id, because FROM app.issuer_links WHERE issuer = $1 AND subject = $2',
      [issuer, subject],
    );
    return rows[0] && { userId: Number(rows[0].user_id), because: rows[0].because };
  }

  async isLinked(issuer: string, userId: number): Promise<boolean> {
    const { rowCount } = await this.pool.query('SELECT FROM app.issuer_links WHERE issuer = $1 AND user_id = $2', [issuer, userId]);
    return rowCount !== 0;
  }

  /** Everybody whom the issuer has vouched for. */
  async usersOf(issuer: string): Promise<readonly number[]> {
    const { rows } = await this.pool.query<{ user_id: string }>('SELECT user_id FROM app.issuer_links WHERE issuer = $1', [issuer]);
    return rows.map(({ user_id }) => Number(user_id));
  }

  /** What an address has found counts as linked from a session from when it is. @throws Rejection CONFLICT the issuer means somebody else by the subject, or the person by another one */
  async add(issuer: string, subject: string, userId: number, because: Because): Promise<void> {
    await this.pool.query(
      'INSERT INTO app.issuer_links (issuer, subject, user_id, because) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
      [issuer, subject, userId, because],
    );
    if ((await this.find(issuer, subject))?.userId !== userId) throw alreadyLinked();
    if (because !== 'session') return;
    await this.pool.query(`UPDATE app.issuer_links SET because = 'session' WHERE issuer = $1 AND subject = $2 AND user_id = $3`, [
      issuer,
      subject,
      userId,
    ]);
  }

  /** Answers which issuers have vouched for the person. */
  async removeAll(userId: number, database: Pick<PoolClient, 'query'>): Promise<readonly string[]> {
    const { rows } = await database.query<{ issuer: string }>('DELETE FROM app.issuer_links WHERE user_id = $1 RETURNING issuer', [userId]);
    return rows.map(({ issuer }) => issuer);
  }
}

export const alreadyLinked = (): Rejection =>
  new Rejection('CONFLICT', 'The issuer vouches for another person by this account, or for you by another one.');

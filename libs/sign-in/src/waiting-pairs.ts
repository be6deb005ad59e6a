import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Pool } from 'pg';
import { Rejection } from '#millwright/event-sourcing';
import { foldedValue } from '#millwright/resources';
import { afterWrong, secondsToWait, type Pair } from './domain/waiting.js';

type Row = Readonly<{ wrong_at: readonly Date[]; waits: number; waits_until: Date | null; now: Date }>;

/** What an identifier as typed and an address are known by together: never one of them alone. */
export const pairOf = (identifier: string, network: string): string =>
  createHash('sha256')
    .update(JSON.stringify([foldedValue(identifier.trim()), network]))
    .digest('hex');

const pairIn = ({ wrong_at, waits, waits_until }: Row): Pair => ({
  wrongAt: wrong_at.map((at) => at.getTime()),
  waits,
  waitsUntil: waits_until && waits_until.getTime(),
});

const columns = 'wrong_at, waits, waits_until, clock_timestamp() AS now';
/** Far longer than any wait, and than what is remembered after it. */
const forgottenAfter = '1 hour';

/** Has whoever is wrong too often wait, across processes and restarts, by the database's clock. */
@Injectable()
export class WaitingPairs {
  constructor(private readonly pool: Pool) {}

  /** @throws Rejection RATE_LIMIT_EXCEEDED (with `retry_after_seconds`) while the pair waits */
  async requireNoWait(pair: string): Promise<void> {
    const { rows } = await this.pool.query<Row>(`SELECT ${columns} FROM app.sign_in_waits WHERE pair = decode($1, 'hex')`, [pair]);
    const [row] = rows;
    const seconds = row ? secondsToWait(pairIn(row), row.now.getTime()) : 0;
    if (seconds > 0)
      throw new Rejection('RATE_LIMIT_EXCEEDED', `Too many wrong passwords; the next try is taken in ${seconds} s.`, [], {
        retry_after_seconds: seconds,
      });
  }

  async wrong(pair: string): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const { rows } = await client.query<Row>(
        `INSERT INTO app.sign_in_waits AS known (pair) VALUES (decode($1, 'hex'))
         ON CONFLICT (pair) DO UPDATE SET touched_at = clock_timestamp() RETURNING ${columns}`,
        [pair],
      );
      const [row] = rows;
      if (!row) throw new Error('a pair was neither made nor found');
      const { wrongAt, waits, waitsUntil } = afterWrong(pairIn(row), row.now.getTime());
      await client.query(`UPDATE app.sign_in_waits SET wrong_at = $2, waits = $3, waits_until = $4 WHERE pair = decode($1, 'hex')`, [
        pair,
        wrongAt.map((at) => new Date(at)),
        waits,
        waitsUntil && new Date(waitsUntil),
      ]);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  async right(pair: string): Promise<void> {
    await this.pool.query(`DELETE FROM app.sign_in_waits WHERE pair = decode($1, 'hex')`, [pair]);
  }

  async forgetOld(): Promise<void> {
    await this.pool.query('DELETE FROM app.sign_in_waits WHERE touched_at < clock_timestamp() - $1::interval', [forgottenAfter]);
  }
}

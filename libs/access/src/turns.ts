import type { Pool } from 'pg';
import { Places } from '#millwright/event-sourcing';

/** The work is done over other connections, so that this one is idle; a process that has stopped lets go of its turn after so long. */
const longestTurnMs = 15_000;

/** So many go on at once in a process, whatever they are about: each holds a connection while its work needs others of the same pool. */
const mostAtOnce = 2;

/** Has who does something wait for whoever else does the same, in this process or another. */
export class Turns {
  private readonly places = new Places(mostAtOnce);

  constructor(private readonly pool: Pick<Pool, 'connect'>) {}

  /** @throws what `work` throws, or the database where it cannot tell whose turn it is */
  take<T>(what: string, work: () => Promise<T>): Promise<T> {
    return this.places.take(() => this.locked(what, work));
  }

  private async locked<T>(what: string, work: () => Promise<T>): Promise<T> {
    const client = await this.pool.connect();
    try {
      await client.query(`BEGIN; SET LOCAL idle_in_transaction_session_timeout = ${longestTurnMs}`);
      await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [what]);
      return await work();
    } finally {
      // Closing the connection would free the lock as well, so a failing end needs no answer of its own.
      await client.query('COMMIT').then(
        () => client.release(),
        (error: unknown) => client.release(error instanceof Error ? error : true),
      );
    }
  }
}

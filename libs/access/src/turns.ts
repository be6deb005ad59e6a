import type { Pool } from 'pg';

/** The work is done over other connections, so that this one is idle; a process that has stopped lets go of its turn after so long. */
const longestTurnMs = 15_000;

/** Has who does something wait for whoever else does the same, in this process or another. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly pool: Pick<Pool, 'connect'>) {}

  /** @throws what `work` throws, or the database where it cannot tell whose turn it is */
  take<T>(what: string, work: () => Promise<T>): Promise<T> {
    // One after another in a process, whatever they are about: each holds a connection while its work needs others of the same pool.
    const turn = this.last.then(() => this.locked(what, work));
    this.last = turn.catch(() => undefined);
    return turn;
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

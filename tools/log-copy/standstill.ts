import pg from 'pg';
import { migrationLock } from '../../src/read-database/migrate.js';
import { CannotCopy } from './cannot-copy.js';

/** Sessions of an application, or of anything else that works for it: they are named, and workers hold locks. */
const othersAtWork = `
  SELECT (SELECT count(*) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> ALL($1) AND application_name LIKE 'millwright%')
       + (SELECT count(*) FROM pg_locks
          WHERE locktype = 'advisory' AND pid <> ALL($1) AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
       AS sessions`;

/**
 * The database to ourselves: no application works on it, and one that starts meanwhile waits at the door where migrations are made.
 * An application on another machine that uses the same EventStoreDB with another database cannot be seen from here.
 */
export class Standstill {
  private constructor(readonly client: pg.Client) {}

  /** @throws CannotCopy when something works on the database */
  static async begin(ownerUrl: string): Promise<Standstill> {
    const client = new pg.Client({ connectionString: ownerUrl, application_name: 'log:copy', keepAlive: true });
    client.on('error', () => undefined); // a connection that breaks while idle is reported by the next query
    await client.connect();
    try {
      const { rows } = await client.query<{ got: boolean; pid: number }>(
        'SELECT pg_try_advisory_lock($1) AS got, pg_backend_pid() AS pid',
        [migrationLock],
      );
      const [row] = rows;
      if (!row?.got) throw new CannotCopy('An application is starting on this database, or another copy runs. Nothing was changed.');
      const others = await client.query<{ sessions: string }>(othersAtWork, [[row.pid]]);
      if (Number(others.rows[0]?.sessions) > 0)
        throw new CannotCopy('An application runs on this database. Stop it first (all its processes). Nothing was changed.');
      return new Standstill(client);
    } catch (error) {
      await client.end();
      throw error;
    }
  }

  async end(): Promise<void> {
    await this.client.end();
  }
}

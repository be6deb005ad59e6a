import type pg from 'pg';
import type { LogHome } from '../../src/event-log/log-home.js';
import type { PositionPair } from './copy-events.js';

/** For the last event at or before a position in the old log, where it stands in the new one; 0 before the first. */
const translated = (position: string): string =>
  `coalesce((SELECT target FROM position_map WHERE source <= ${position} ORDER BY source DESC LIMIT 1), 0)`;

/**
 * Every position this database remembers. A checkpoint says "everything up to here is done", so it becomes the place of the last event up to there:
 * no process manager acts on history again, and none skips anything.
 */
const translations = [
  `UPDATE app.process_managers SET checkpoint = ${translated('checkpoint')}`,
  `UPDATE app.projection_builds SET checkpoint = ${translated('checkpoint')}`,
  `UPDATE app.live_read_models SET checkpoint = ${translated('checkpoint')}`,
  `UPDATE app.parked_streams SET position = ${translated('position')}, last_position = ${translated('last_position')}`,
  `UPDATE app.idempotency_keys k SET headers = jsonb_set(k.headers, '{X-Position}', to_jsonb(m.target::text))
   FROM position_map m WHERE k.headers ? 'X-Position' AND m.source = (k.headers ->> 'X-Position')::numeric`,
];

/** Where each event of the one log stands in the other, in a table that goes with its connection. */
export class PositionMap {
  constructor(private readonly client: pg.Client) {}

  async begin(): Promise<void> {
    await this.client.query('CREATE TEMPORARY TABLE position_map (source numeric(20, 0) PRIMARY KEY, target numeric(20, 0) NOT NULL)');
  }

  async add(pairs: readonly PositionPair[]): Promise<void> {
    await this.client.query('INSERT INTO position_map SELECT * FROM unnest($1::numeric[], $2::numeric[])', [
      pairs.map(({ source }) => String(source)),
      pairs.map(({ target }) => String(target)),
    ]);
  }

  /**
   * Makes the database one of the new log, all or nothing. Read models whose rows hold positions are given up and have to be built anew.
   * @param holdingPositions the names of their projections
   */
  async moveDatabase(home: LogHome, holdingPositions: readonly string[]): Promise<void> {
    await this.client.query('ANALYZE position_map');
    await this.client.query('BEGIN');
    try {
      for (const statement of translations) await this.client.query(statement);
      await this.client.query('UPDATE app.projections SET serving = NULL WHERE name = ANY($1)', [holdingPositions]);
      await this.client.query('UPDATE app.projection_builds SET retired = true, live = false WHERE projection = ANY($1)', [
        holdingPositions,
      ]);
      await this.client.query(
        `INSERT INTO app.log_home (place, prefix) VALUES ($1, $2)
         ON CONFLICT (only_row) DO UPDATE SET place = excluded.place, prefix = excluded.prefix, since = now()`,
        [home.place, home.prefix],
      );
      await this.client.query('COMMIT');
    } catch (error) {
      await this.client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  }
}

import { CannotStart } from '../start/cannot-start.js';
import type { Configuration } from '../config.js';
import { firstConnection } from '../read-database/first-connection.js';

/** Where the event log of a database lies: in that database itself, or in EventStoreDB under a prefix. */
export type LogHome = Readonly<{ place: 'postgresql' | 'eventstoredb'; prefix: string }>;

/** The configuration names another log than this database belongs to; the message says what to do. */
export class UnsuitableLog extends CannotStart {}

/** Frozen: a change is a new step after these. */
export const logHomeMigrations: readonly Readonly<{ name: string; sql: string }>[] = [
  {
    name: '0001-log-home',
    sql: `
      CREATE TABLE app.log_home (
        only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
        place text NOT NULL CHECK (place IN ('postgresql', 'eventstoredb')),
        prefix text NOT NULL,
        since timestamptz NOT NULL DEFAULT now()
      );
      COMMENT ON TABLE app.log_home IS 'Where the event log lies that checkpoints and read models of this database belong to. Moved by log:copy only.';
    `,
  },
  {
    name: '0002-taken-up-sequences',
    sql: `
      CREATE TABLE app.taken_up_sequences (
        name text PRIMARY KEY,
        since timestamptz NOT NULL DEFAULT now()
      );
      COMMENT ON TABLE app.taken_up_sequences IS 'Sequences of ids for which the log was once read from its beginning: from then on what came since the last start is enough.';
    `,
  },
];

export const homeOf = ({ eventStoreUrl, eventStorePrefix }: Configuration): LogHome =>
  eventStoreUrl === undefined ? { place: 'postgresql', prefix: '' } : { place: 'eventstoredb', prefix: eventStorePrefix };

/**
 * The first start writes down where the log is; every later one must find it there. A forgotten EVENTSTORE_URL would otherwise begin a second
 * history beside the first, and a new one would read positions of one log as those of another.
 * @throws UnsuitableLog; CannotStart when the database cannot be connected to
 */
export async function assertLogIsHome(databases: Readonly<{ appUrl: string }>, configuration: Configuration): Promise<void> {
  const client = await firstConnection(databases.appUrl, configuration.databaseUrl === undefined ? 'DATA_DIR' : 'DATABASE_URL');
  try {
    const home = homeOf(configuration);
    await client.query('INSERT INTO app.log_home (place, prefix) VALUES ($1, $2) ON CONFLICT DO NOTHING', [home.place, home.prefix]);
    const { rows } = await client.query<LogHome>('SELECT place, prefix FROM app.log_home');
    const known = rows[0] ?? home;
    if (known.place !== home.place || known.prefix !== home.prefix) throw new UnsuitableLog(misplaced(known, home));
  } finally {
    await client.end();
  }
}

function misplaced(known: LogHome, configured: LogHome): string {
  const move = 'To move it, stop the application and run npm run log:copy (docs/scaling.md). Nothing was changed.';
  if (known.place === 'postgresql')
    return `The event log of this database lies in PostgreSQL, but EVENTSTORE_URL names EventStoreDB. ${move}`;
  const prefix = known.prefix === '' ? 'without a prefix' : `under EVENTSTORE_PREFIX=${known.prefix}`;
  if (configured.place === 'postgresql')
    return `The event log of this database lies in EventStoreDB, ${prefix}, but EVENTSTORE_URL is not set. ${move}`;
  return `The event log of this database lies in EventStoreDB ${prefix}; EVENTSTORE_PREFIX says otherwise. Nothing was changed.`;
}

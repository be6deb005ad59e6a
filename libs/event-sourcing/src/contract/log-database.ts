import { Client, Pool } from 'pg';
import { createDatabase, type TestDatabase } from '../../../../test/harness/database.js';
import { idempotencyKeyTables } from '../../../../test/harness/idempotency-keys.js';
import type { EventLog } from '../event-log.js';
import { logMigrations } from '../postgres/log-schema.js';
import { PostgresLog } from '../postgres/postgres-log.js';
import { ensureSequences } from '../sequences.js';
import { snapshotMigrations } from '../snapshots.js';

/** Makes an empty database one that the engine can work on. */
export async function prepareDatabase(ownerUrl: string, sequences: readonly string[] = []): Promise<void> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    for (const sql of [...[...logMigrations, ...snapshotMigrations].map((step) => step.sql), ...idempotencyKeyTables])
      await owner.query(sql);
    await ensureSequences(owner, sequences);
  } finally {
    await owner.end();
  }
}

/** A pool that survives what a spec does to its database. */
export function poolOn(url: string): Pool {
  const pool = new Pool({ connectionString: url, max: 4 });
  pool.on('error', () => undefined);
  return pool;
}

/** A log with some of its methods replaced. */
export const changed = (real: EventLog, changes: Partial<EventLog>): EventLog => Object.assign(Object.create(real) as EventLog, changes);

/** A database with an empty log, there from the first test of a spec file to its last, and what reads and writes it. */
export function preparedLog(sequences: readonly string[]): Readonly<{ log: PostgresLog; pool: Pool }> {
  const prepared = {} as { database: TestDatabase; log: PostgresLog; pool: Pool };
  beforeAll(async () => {
    prepared.database = await createDatabase();
    await prepareDatabase(prepared.database.ownerUrl, sequences);
    prepared.log = new PostgresLog({ url: prepared.database.url });
    prepared.pool = poolOn(prepared.database.url);
  });
  afterAll(async () => {
    await prepared.log.close();
    await prepared.pool.end();
    await prepared.database.drop();
  });
  return prepared;
}

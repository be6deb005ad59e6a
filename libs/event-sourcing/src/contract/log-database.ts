import { Client, Pool } from 'pg';
import { logMigrations } from '../postgres/log-schema.js';
import { ensureSequences } from '../sequences.js';
import { snapshotMigrations } from '../snapshots.js';

/** Makes an empty database one that the engine can work on. */
export async function prepareDatabase(ownerUrl: string, sequences: readonly string[] = []): Promise<void> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    for (const { sql } of [...logMigrations, ...snapshotMigrations]) await owner.query(sql);
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

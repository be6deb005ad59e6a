import type pg from 'pg';
import { isKept } from './kept-tables.js';
import { quotedName, tablesIn } from './write-snapshot.js';

/** What a start leaves that was broken off before anything was written. */
const beforeFirstRow: ReadonlySet<string> = new Set(['log.counter', 'app.log_home', 'app.taken_up_sequences', 'app.api_call_head']);

/** Whether anything was ever written. */
export async function holdsData(client: pg.Client): Promise<boolean> {
  for (const { table } of await tablesIn(client)) {
    if (!isKept(table) || beforeFirstRow.has(table)) continue;
    if ((await client.query(`select from ${quotedName(table)} limit 1`)).rowCount !== 0) return true;
  }
  return false;
}

/** Tables without data may have the shape of another version than the backup's: they are made again in that one. */
export async function clear(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    String.raw`select nspname as name from pg_namespace where nspname in ('log', 'app', 'read') or nspname like 'read\_%'`,
  );
  for (const { name } of rows) await client.query(`drop schema if exists ${quotedName(name)} cascade`);
}

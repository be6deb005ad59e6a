import type pg from 'pg';
import { pipeline } from 'node:stream/promises';
import { from as copyFrom } from 'pg-copy-streams';
import { DamagedBackup } from './refusals.js';
import type { SnapshotReader } from './read-snapshot.js';
import { inOurWords, type SequenceState, type SnapshotHeader } from './snapshot-format.js';
import { columnsOf, quotedName } from './write-snapshot.js';

export type LoadOptions = Readonly<{
  /** Told of each piece of rows, in bytes. */
  onProgress?: (bytes: number) => void;
}>;

/**
 * Puts the rows of a snapshot into the tables of a database that has its migrations and nothing else, in one transaction: all of it, or, when anything
 * fails, nothing. The client is the tables' owner.
 * @returns how many rows each table has
 * @throws DamagedBackup, and the database's own errors
 */
export async function loadSnapshot(
  client: pg.Client,
  { header, reader }: Readonly<{ header: SnapshotHeader; reader: SnapshotReader }>,
  { onProgress }: LoadOptions = {},
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  await client.query('begin');
  try {
    await client.query(inOurWords);
    // Migrations put first rows into some tables; the snapshot has its own.
    if (header.tables.length > 0) await client.query(`truncate ${header.tables.map(quotedName).join(', ')}`);
    for (let heading = await reader.nextTable(header); heading; heading = await reader.nextTable(header)) {
      const { table } = heading;
      const rows = reader.rows();
      const copying = client.query(copyFrom(`copy ${columnsOf(heading)} from stdin`));
      await pipeline(async function* () {
        for await (const run of rows) {
          onProgress?.(run.length);
          yield run;
        }
      }, copying);
      counts.set(table, copying.rowCount);
    }
    for (const sequence of header.sequences) await setSequence(client, sequence);
    await assertWhole(client, header);
    await client.query('commit');
    return counts;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

async function setSequence(client: pg.Client, { name, last_value, is_called }: SequenceState): Promise<void> {
  const sequence = quotedName(`app.${name}`);
  await client.query(`create sequence if not exists ${sequence} as bigint maxvalue ${Number.MAX_SAFE_INTEGER}`);
  await client.query('select setval($1::regclass, $2, $3)', [sequence, last_value, is_called]);
}

/** The log's positions are 1 to N without a gap: what a reader of the log relies on holds before anybody reads. */
async function assertWhole(client: pg.Client, { position }: SnapshotHeader): Promise<void> {
  const { rows } = await client.query<{ events: string; last: string; counter: string }>(
    `select count(*)::text as events, coalesce(max(global_position), 0)::text as last, (select position::text from log.counter) as counter from log.events`,
  );
  const [log] = rows;
  if (!log || [log.events, log.last, log.counter].some((value) => value !== position))
    throw new DamagedBackup(`its log ends at ${position}, but it has ${log?.events ?? 0} events`);
}

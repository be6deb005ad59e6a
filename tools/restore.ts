import { createReadStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createGunzip } from 'node:zlib';
import pg from 'pg';
import { readConfiguration, type Configuration } from '../src/config.js';
import { migrate, unknownMigrations } from '../src/read-database/migrate.js';
import { assertEmbedded, hasDatabase, openEmbedded } from './backup/embedded-database.js';
import { loadSnapshot } from './backup/load-snapshot.js';
import { SnapshotReader } from './backup/read-snapshot.js';
import { CannotDo, DamagedBackup } from './backup/refusals.js';
import { runTool } from './backup/run-tool.js';
import type { SnapshotHeader } from './backup/snapshot-format.js';

const help = `npm run restore -- <file>

Puts a backup (npm run backup) into the embedded database of DATA_DIR, which must not have any events yet: set DATA_DIR to a folder that does not exist.
All of it, or nothing. The next start of the application brings it up to its version and makes the read models again.

Exit code: 0 when everything is there; 1 when nothing was restored; 2 for wrong usage.`;

await runTool(help, async (file) => {
  const configuration = readConfiguration();
  assertEmbedded(configuration, 'restore');
  const source = resolve(process.env['INIT_CWD'] ?? process.cwd(), file);
  if (!existsSync(source)) throw new CannotDo(`There is no file ${source}.`);
  const wasThere = hasDatabase(configuration);
  try {
    const events = await restore(configuration, source);
    console.log(`${events} events were restored into ${resolve(configuration.dataDirectory)}. Start the application on it.`);
  } catch (error) {
    // What this run has made, it takes away again.
    if (!wasThere) await rm(configuration.dataDirectory, { recursive: true, force: true });
    throw error instanceof DamagedBackup ? new CannotDo(`The backup cannot be used: ${error.message}. Nothing was restored.`) : error;
  }
});

async function restore(configuration: Configuration, source: string): Promise<number> {
  const unpacked = createReadStream(source).pipe(createGunzip());
  unpacked.on('error', () => undefined); // heard by whoever reads
  const { header, reader } = await SnapshotReader.open(readable(unpacked));
  const unknown = unknownMigrations(header.migrations);
  if (unknown.length > 0)
    throw new CannotDo(
      `The backup was written by a newer Millwright (${header.release}): this one does not know ${unknown.join(', ')}. Nothing was changed.`,
    );
  if (hasDatabase(configuration)) await assertWithoutEvents(configuration);
  const database = await openEmbedded(configuration);
  const client = new pg.Client({ connectionString: database.ownerUrl });
  try {
    await migrate({ ownerUrl: database.ownerUrl, appUrl: database.appUrl, only: header.migrations });
    await client.connect();
    const counts = await loadSnapshot(client, { header: header satisfies SnapshotHeader, reader });
    return counts.get('log.events') ?? 0;
  } finally {
    await client.end().catch(() => undefined);
    await database.close();
  }
}

/** A file that was cut off or is packed in another way says so when it is unpacked. */
async function* readable(unpacked: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* unpacked;
  } catch (error) {
    throw new DamagedBackup(
      error instanceof Error && 'code' in error && String(error.code).startsWith('Z_') ? 'it is no whole compressed file' : String(error),
    );
  }
}

/** @throws CannotDo where events are, or might be */
async function assertWithoutEvents(configuration: Configuration): Promise<void> {
  const where = resolve(configuration.dataDirectory);
  const database = await openEmbedded(configuration);
  const client = new pg.Client({ connectionString: database.ownerUrl });
  try {
    if (database.wasRunning)
      throw new CannotDo(`The application runs on ${where}. Stop it, or set DATA_DIR to a folder that does not exist.`);
    await client.connect();
    const { rows } = await client.query<{ there: boolean }>(`select to_regclass('log.events') is not null as there`);
    if (rows[0]?.there !== true) return;
    const found = await client.query('select from log.events limit 1');
    if (found.rowCount !== 0)
      throw new CannotDo(`There are events in ${where} already; nothing was changed. Set DATA_DIR to a folder that does not exist.`);
  } finally {
    await client.end().catch(() => undefined);
    await database.close();
  }
}

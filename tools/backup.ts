import { createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type pg from 'pg';
import { readConfiguration } from '../src/config.js';
import { release } from '../src/start/release.js';
import { assertNoUnfinishedRestore } from '../src/embedded-postgres/unfinished-restore.js';
import { assertEmbedded, assertLogIsHere, connect, hasDatabase, openEmbedded } from './backup/embedded-database.js';
import { isKept } from './backup/kept-tables.js';
import { progressOf } from './backup/progress.js';
import { CannotDo } from './backup/refusals.js';
import { runTool } from './backup/run-tool.js';
import { snapshotOf } from './backup/write-snapshot.js';

const help = `npm run backup -- <file>

Writes one moment of the embedded database in DATA_DIR into a file: the events and everything that is not made from them (people, keys, idempotency,
sequences). The application may be running; what is written meanwhile is not in it. Read models are left out: a restore makes them again.

Exit code: 0 when the file is complete; 1 when there is none; 2 for wrong usage.`;

/** Text like this shrinks to a tenth either way; a higher level takes three times as long for a few percent. */
const compression = { level: 3 };

await runTool(help, async (file) => {
  const configuration = readConfiguration();
  assertEmbedded(configuration, 'back up');
  assertNoUnfinishedRestore(configuration.dataDirectory);
  if (!hasDatabase(configuration))
    throw new CannotDo(`There is no database in ${resolve(configuration.dataDirectory)}; DATA_DIR says where to look.`);
  const target = resolve(process.env['INIT_CWD'] ?? process.cwd(), file);
  if (existsSync(target)) throw new CannotDo(`${target} exists already; name another file.`);
  if (!existsSync(dirname(target))) throw new CannotDo(`There is no folder ${dirname(target)}; make it, or name another file.`);
  const database = await openEmbedded(configuration);
  try {
    const client = await connect(database.ownerUrl);
    try {
      await assertLogIsHere(client);
      const rows = await write(client, target);
      const events = rows.get('log.events') ?? 0;
      const others = [...rows].reduce((sum, [table, count]) => (table.startsWith('log.') ? sum : sum + count), 0);
      const megabytes = ((await stat(target)).size / 1e6).toFixed(1);
      console.log(`${target} is complete: ${events} events and ${others} other rows, ${megabytes} MB.`);
    } finally {
      await client.end().catch(() => undefined);
    }
  } finally {
    await database.close();
  }
});

/** @returns the rows of each table; the file has its name only when all of its bytes are on the disk */
async function write(client: pg.Client, target: string): Promise<ReadonlyMap<string, number>> {
  const unfinished = `${target}.${process.pid}.unfinished`;
  const rows = new Map<string, number>();
  const onProgress = progressOf('written');
  try {
    await pipeline(
      Readable.from(snapshotOf(client, { release, holds: isKept, onProgress, onTable: (table, count) => rows.set(table, count) })),
      createGzip(compression),
      createWriteStream(unfinished, { mode: 0o600 }),
    );
    await synchronise(unfinished);
    await rename(unfinished, target);
    // The name itself; where a system knows no such thing for a folder (Windows), the rename was all there is.
    if (process.platform !== 'win32') await synchronise(dirname(target));
    return rows;
  } finally {
    await rm(unfinished, { force: true });
  }
}

async function synchronise(path: string): Promise<void> {
  const handle = await open(path);
  await handle.sync().finally(() => handle.close());
}

import { createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import pg from 'pg';
import { readConfiguration } from '../src/config.js';
import { assertEmbedded, hasDatabase, openEmbedded } from './backup/embedded-database.js';
import { isKept } from './backup/kept-tables.js';
import { CannotDo } from './backup/refusals.js';
import { release } from './backup/release.js';
import { runTool } from './backup/run-tool.js';
import { snapshotOf } from './backup/write-snapshot.js';

const help = `npm run backup -- <file>

Writes one moment of the embedded database in DATA_DIR into a file: the events and everything that is not made from them (people, keys, idempotency,
sequences). The application may be running; what is written meanwhile is not in it. Read models are left out: a restore makes them again.

Exit code: 0 when the file is complete; 1 when there is none; 2 for wrong usage.`;

await runTool(help, async (file) => {
  const configuration = readConfiguration();
  assertEmbedded(configuration, 'back up');
  if (!hasDatabase(configuration))
    throw new CannotDo(`There is no database in ${configuration.dataDirectory}; DATA_DIR says where to look.`);
  const target = resolve(process.env['INIT_CWD'] ?? process.cwd(), file);
  if (existsSync(target)) throw new CannotDo(`${target} exists already; name another file.`);
  const database = await openEmbedded(configuration);
  const client = new pg.Client({ connectionString: database.ownerUrl });
  const unfinished = `${target}.unfinished`;
  try {
    await client.connect();
    await pipeline(
      Readable.from(snapshotOf(client, { release, holds: isKept })),
      createGzip(),
      createWriteStream(unfinished, { mode: 0o600 }),
    );
    // The name says that it is whole, so it comes when the bytes are on the disk.
    const written = await open(unfinished);
    await written.sync().finally(() => written.close());
    await rename(unfinished, target);
    const { rows } = await client.query<{ position: string }>('select position::text as position from log.counter');
    const megabytes = ((await stat(target)).size / 1e6).toFixed(1);
    console.log(`${target} is complete: ${megabytes} MB, events up to about position ${rows[0]?.position ?? '0'}.`);
  } finally {
    await rm(unfinished, { force: true });
    await client.end().catch(() => undefined);
    await database.close();
  }
});

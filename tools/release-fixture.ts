import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import pg from 'pg';
import { ApiClient } from './api-client.js';
import { snapshotOf } from './backup/write-snapshot.js';
import { databaseUrlOf } from './prove/database-access.js';
import { answersOf, tellHistory } from './release-fixture/history.js';
import { readModelsOf } from './release-fixture/read-models.js';
import { ServerProcess } from './server-process.js';

const help = `npm run fixture:release -- <folder>

Writes what this release leaves behind, for test/upgrade.e2e.spec.ts of the releases after it: the schemas log, app and those of the read models as
COPY text, how its read models were made, and what it answered. One more a release (CONTRIBUTING.md).`;

const [folder] = process.argv.slice(2);
if (folder === undefined || folder.startsWith('-')) {
  console.log(help);
  process.exitCode = folder === '--help' ? 0 : 2;
} else await writeFixture(resolve(process.env['INIT_CWD'] ?? process.cwd(), folder));

async function writeFixture(target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const server = await ServerProcess.create();
  await server.start();
  const client = new ApiClient({ url: server.url, key: server.key, entityId: 1 });
  const database = new pg.Client({ connectionString: await databaseUrlOf(server.dataDir, 'owner') });
  try {
    await database.connect();
    const { history, position } = await tellHistory(client);
    const answers = await answersOf(client, history, position);
    await writeFile(join(target, 'answers.json'), `${JSON.stringify({ key: server.key, history, answers }, null, 1)}\n`);
    await writeFile(join(target, 'read-models.sql'), await readModelsOf(database));
    await writeFile(join(target, 'database.gz'), await everything(database));
    await writeFile(join(target, 'database-under-way.gz'), await underWay(client, database, history.belt));
  } finally {
    await database.end();
    await client.close();
    await server.dispose();
  }
}

/** Taken while writes come in, so that read models which follow the log each at its own pace are caught at different places, where a release has such. */
async function underWay(client: ApiClient, database: pg.Client, part: number): Promise<Buffer> {
  let over = false;
  const writing = Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let cost = 10; !over && cost < 90; cost++) await client.patch(`/parts/${part}/restock`, { quantity: 1, cost: `2.${cost}` });
    }),
  );
  let taken = await everything(database);
  for (let tries = 1; tries < 60 && placesIn(taken) === 1; tries++) taken = await everything(database);
  over = true;
  await writing;
  return taken;
}

/** At how many places of the log the read models stand. */
function placesIn(taken: Buffer): number {
  const [, builds = ''] = gunzipSync(taken).toString().split('{"table":"app.projection_builds"');
  const rows = builds.split('\n').slice(1);
  return new Set(rows.slice(0, rows.indexOf('\\.')).map((row) => row.split('\t')[4])).size;
}

async function everything(database: pg.Client): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of snapshotOf(database, { release: 'fixture', holds: (table) => /^(log|app|read_\w+)\./.test(table) }))
    pieces.push(piece);
  return gzipSync(Buffer.concat(pieces), { level: 9 });
}

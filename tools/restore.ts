import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readConfiguration, type Configuration } from '../src/config.js';
import { migrate, unknownMigrations } from '../src/read-database/migrate.js';
import { beginRestore, endRestore, isRestoreUnfinished } from '../src/embedded-postgres/unfinished-restore.js';
import { askedSecret, assertRoomForSecret, keepSecret, type AskedSecret } from './backup/asked-secret.js';
import { backupFile } from './backup/backup-file.js';
import { assertEmbedded, assertLogIsHere, connect, hasDatabase, startEmbedded } from './backup/embedded-database.js';
import { clear, holdsData } from './backup/empty-database.js';
import { loadSnapshot } from './backup/load-snapshot.js';
import { fitSecret } from './backup/fit-secret.js';
import { progressOf } from './backup/progress.js';
import { SnapshotReader } from './backup/read-snapshot.js';
import { CannotDo, DamagedBackup } from './backup/refusals.js';
import { runTool, type ToolOptions } from './backup/run-tool.js';
import type { SnapshotHeader } from './backup/snapshot-format.js';

const newSecret = 'new-secret';
const secretFile = 'secret-file';

const help = `npm run restore -- <file> [--secret-file <file> | --new-secret]

Puts a backup (npm run backup) into the embedded database of DATA_DIR, which must not hold any data yet: set DATA_DIR to a folder that does not exist.
All of it, or nothing: where it was broken off, no application starts until it is run again. The next start of the application brings it up to its version and makes the read models again.

A backup does not hold the secret of its installation. Set SECRET_KEY to it, name a file that it stands in (--secret-file), or put its DATA_DIR/secret into
the new folder; at a terminal you are asked for it. One from a file or a terminal is kept in DATA_DIR/secret. Where it is lost, --new-secret has the next start
make a new one and new signing keys: access tokens from before are not accepted any more, everything else is.

Exit code: 0 when everything is there; 1 when nothing was restored; 2 for wrong usage.`;

await runTool(
  help,
  async (file, options) => {
    const configuration = readConfiguration();
    assertEmbedded(configuration, 'restore');
    const source = resolve(process.env['INIT_CWD'] ?? process.cwd(), file);
    const { dataDirectory } = configuration;
    try {
      const { header, check } = await checked(source);
      const asked = options[newSecret] === true || !check ? undefined : await rightSecret(configuration, options, check);
      const isNewFolder = !existsSync(dataDirectory);
      const { events, secret } = await restore(configuration, source, header, asked).catch(async (error: unknown) => {
        // A folder that this run has made, it takes away again; one that was there is somebody's.
        if (isNewFolder) await rm(dataDirectory, { recursive: true, force: true });
        throw error;
      });
      console.log(`${events} events were restored into ${resolve(dataDirectory)}. Start the application on it.`);
      if (secret === 'made anew')
        console.log('The next start makes a new secret and new signing keys: access tokens from before are not accepted.');
    } catch (error) {
      throw error instanceof DamagedBackup ? new CannotDo(`The backup cannot be used: ${error.message}. Nothing was restored.`) : error;
    }
  },
  { [newSecret]: 'boolean', [secretFile]: 'string' },
);

/** @throws CannotDo it is not given, or not the one of the backup */
async function rightSecret(configuration: Configuration, options: ToolOptions, check: string): Promise<AskedSecret> {
  const file = options[secretFile];
  const asked = await askedSecret(configuration, typeof file === 'string' ? file : undefined);
  if (asked.secret.check.toString('hex') !== check) throw anotherSecret();
  assertRoomForSecret(configuration, asked);
  return asked;
}

type Checked = Readonly<{
  header: SnapshotHeader;
  /** What the secret of its installation is known by, in hex; undefined where it had none. */
  check: string | undefined;
}>;

/** Reads the file to its end, before anything is touched. @throws CannotDo when it is damaged, or newer than this program */
async function checked(source: string): Promise<Checked> {
  const { header, reader } = await SnapshotReader.open(backupFile(source));
  const unknown = unknownMigrations(header.migrations);
  if (unknown.length > 0)
    throw new CannotDo(
      `The backup was written by a newer Millwright (${header.release}): this one does not know ${unknown.join(', ')}. Nothing was changed.`,
    );
  const onProgress = progressOf('checked');
  let check: string | undefined;
  for (let table = await reader.nextTable(header); table; table = await reader.nextTable(header)) {
    for await (const run of reader.rows()) {
      if (table.table === 'app.installation_secret') check ??= /[0-9a-f]{64}/.exec(run.toString())?.[0];
      onProgress(run.length);
    }
  }
  return { header, check };
}

type Restored = Readonly<{ events: number; secret: 'kept' | 'made anew' }>;

async function restore(
  configuration: Configuration,
  source: string,
  { migrations }: SnapshotHeader,
  asked: AskedSecret | undefined,
): Promise<Restored> {
  const { dataDirectory } = configuration;
  // A folder with a database may hold data, and must not look unfinished before that is known.
  if (!hasDatabase(configuration)) beginRestore(dataDirectory);
  const database = await startEmbedded(configuration);
  try {
    const client = await connect(database.ownerUrl);
    try {
      await assertLogIsHere(client);
      if (await holdsData(client)) throw dataIn(dataDirectory);
      beginRestore(dataDirectory);
      await clear(client);
      await migrate({ ownerUrl: database.ownerUrl, appUrl: database.appUrl, only: migrations });
      const snapshot = await SnapshotReader.open(backupFile(source));
      const counts = await loadSnapshot(client, snapshot, { onProgress: progressOf('restored') });
      const secret = await fitSecret(client, asked?.secret);
      if (asked) keepSecret(configuration, asked);
      endRestore(dataDirectory);
      return { events: counts.get('log.events') ?? 0, secret };
    } finally {
      await client.end().catch(() => undefined);
    }
  } finally {
    await database.close();
  }
}

function anotherSecret(): CannotDo {
  return new CannotDo(
    'What was given (SECRET_KEY, --secret-file, or the file secret in DATA_DIR) is not the secret of this backup. Nothing was restored: give the right one, or run it again with --new-secret.',
  );
}

function dataIn(dataDirectory: string): CannotDo {
  const folder = resolve(dataDirectory);
  if (!isRestoreUnfinished(dataDirectory))
    return new CannotDo(`There is data in ${folder} already; nothing was changed. Set DATA_DIR to a folder that does not exist.`);
  // All of it comes at once: the run before this one was ended behind its work, and nobody has started on the folder since.
  endRestore(dataDirectory);
  return new CannotDo(`An earlier restore into ${folder} is complete; nothing was changed now. Start the application on it.`);
}

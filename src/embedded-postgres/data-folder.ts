import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { isRoot } from './operating-user.js';

/** The major version of the binaries that package.json pins. A cluster of another one cannot be opened by them. */
const majorVersion = '18';

/** What lies where in DATA_DIR. */
export type DataFolder = Readonly<{ path: string; cluster: string; unfinishedCluster: string; log: string; passwords: string }>;

export function dataFolderAt(directory: string): DataFolder {
  const path = resolve(directory);
  return {
    path,
    cluster: join(path, 'postgres'),
    unfinishedCluster: join(path, 'postgres.unfinished'),
    log: join(path, 'postgres.log'),
    passwords: join(path, 'postgres-passwords.json'),
  };
}

/** Creates DATA_DIR. Where root creates it, others may walk through (never list) it, since the server runs as another user. */
export function makeDataFolder({ path }: DataFolder): void {
  if (existsSync(path)) return;
  makeFolders(path);
  chmodSync(path, isRoot() ? 0o711 : 0o700);
}

/** One after the other: Node's own `recursive` never returns where the system says that a folder cannot be (in /proc). */
function makeFolders(path: string): void {
  const above = dirname(path);
  if (!existsSync(above)) makeFolders(above);
  mkdirSync(path);
}

/**
 * Looks before anything is touched.
 * @throws EmbeddedPostgresError the folder is of another major version, or belongs to someone else
 */
export function assertOpenable({ path, cluster }: DataFolder): void {
  if (!existsSync(cluster)) return;
  const versionFile = join(cluster, 'PG_VERSION');
  const owner = statSync(cluster).uid;
  if (process.getuid && !isRoot() && owner !== process.getuid())
    throw new EmbeddedPostgresError(`${cluster} belongs to user ${owner}. Start as that user, or give this one a DATA_DIR of its own.`);
  if (!existsSync(versionFile))
    throw new EmbeddedPostgresError(
      `${cluster} is no PostgreSQL data folder. Nothing in it was touched; move it away or set another DATA_DIR.`,
    );
  const version = readFileSync(versionFile, 'utf8').trim();
  if (version !== majorVersion)
    throw new EmbeddedPostgresError(
      `${path} was made by PostgreSQL ${version}, this Millwright brings PostgreSQL ${majorVersion}. Nothing in it was touched. ` +
        `Move its data with pg_dump of version ${version}, start the Millwright that made it, or set another DATA_DIR.`,
    );
}

export const roleNames = { superuser: 'postgres', owner: 'millwright_owner', app: 'millwright_app' } as const;
export type Role = keyof typeof roleNames;
export type Passwords = Readonly<Record<Role, string>>;

/** The roles' passwords, made at the first start and kept readable for the folder's owner only. */
export function passwordsOf(folder: DataFolder): Passwords {
  const kept = readPasswords(folder.passwords);
  if (kept !== undefined) return kept;
  if (existsSync(folder.cluster))
    throw new EmbeddedPostgresError(
      `${folder.passwords} is missing, and without it the database beside it cannot be opened. Bring it back from a backup.`,
    );
  const password = (): string => randomBytes(24).toString('hex');
  const passwords: Passwords = { superuser: password(), owner: password(), app: password() };
  writePrivateFile(folder.passwords, JSON.stringify(passwords, undefined, 2));
  return passwords;
}

function readPasswords(path: string): Passwords | undefined {
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  try {
    const passwords = JSON.parse(text) as Record<string, unknown>;
    for (const role of Object.keys(roleNames))
      if (typeof passwords[role] !== 'string' || passwords[role] === '') throw new TypeError(`no password of ${role}`);
    return passwords as Passwords;
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `${path} is damaged, and without it the database beside it cannot be opened. Bring it back from a backup.`,
      { cause },
    );
  }
}

/** Writes a file that only its owner reads: whole or not at all, and on the disk when this returns. It belongs to whom its folder belongs. */
export function writePrivateFile(path: string, text: string, owner: { uid: number; gid: number } = statSync(dirname(path))): void {
  const unfinished = `${path}.unfinished`;
  const file = openSync(unfinished, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (isRoot()) chownSync(unfinished, owner.uid, owner.gid);
  renameSync(unfinished, path);
}

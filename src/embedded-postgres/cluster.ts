import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { completeInPlace, copyOf, installedBinaries, programIn, type Binaries } from './binaries.js';
import { roleNames, writePrivateFile, type DataFolder, type Passwords } from './data-folder.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { commandAs, isReachable, isRoot, namespacesWork, unprivilegedUser, type OperatingUser } from './operating-user.js';
import { serverEnvironment } from './postmaster.js';

export const databaseName = 'millwright';

/** Which binaries run as whom on this folder. */
export type Arrangement = Readonly<{ binaries: Binaries; user: OperatingUser }>;

/**
 * Finds a way to run the server here. An ordinary user runs it as himself. Root runs it as the one who owns the data, else as an existing unprivileged user;
 * where that user cannot walk to the binaries or the data (a project under a 0700 home), in a user namespace; else from a copy of the binaries beside the data.
 * @throws EmbeddedPostgresError there is none
 */
export function arrange(folder: DataFolder): Arrangement {
  const installed = installedBinaries();
  const complete = completeInPlace(installed);
  const runnable = (): Binaries => (complete ? installed : copyOf(installed, folder.path));
  if (!isRoot()) return { binaries: runnable(), user: { kind: 'self' } };

  const owner = ownerOf(existsSync(folder.cluster) ? folder.cluster : folder.path);
  const madeInNamespace = existsSync(folder.cluster) && owner === undefined;
  const user = owner ?? unprivilegedUser();
  if (user && !madeInNamespace && isReachable(folder.path, user)) {
    if (complete && isReachable(programIn(installed, 'postgres'), user)) return { binaries: installed, user };
    if (owner || !namespacesWork()) return { binaries: copyOf(installed, folder.path), user };
  }
  if (owner === undefined && namespacesWork()) return { binaries: runnable(), user: { kind: 'namespace' } };
  throw new EmbeddedPostgresError(
    `PostgreSQL does not run as root, and ${user ? `user ${user.name} cannot reach ${folder.path}` : 'there is neither a user postgres nor a user nobody'}. ` +
      `Set DATA_DIR to a folder that others may walk to (for example /var/lib/millwright), or start as an ordinary user.`,
  );
}

/** The owner of a path, where that is not root. */
function ownerOf(path: string): Extract<OperatingUser, { kind: 'user' }> | undefined {
  const { uid, gid } = statSync(path);
  return uid === 0 ? undefined : { kind: 'user', uid, gid, name: String(uid) };
}

/** Makes the cluster where there is none yet: aside, then renamed, so that a start that is killed half-way is simply done again. */
export async function initialise(folder: DataFolder, { binaries, user }: Arrangement, passwords: Passwords): Promise<void> {
  if (existsSync(folder.cluster)) return;
  rmSync(folder.unfinishedCluster, { recursive: true, force: true });
  mkdirSync(folder.unfinishedCluster);
  chmodSync(folder.unfinishedCluster, 0o700);
  const passwordFile = join(folder.path, 'postgres-superuser-password');
  const owner = user.kind === 'user' ? user : statSync(folder.path);
  if (user.kind === 'user') chownSync(folder.unfinishedCluster, user.uid, user.gid);
  writePrivateFile(passwordFile, passwords.superuser, owner);
  try {
    await run(folder, user, programIn(binaries, 'initdb'), [
      '-D', folder.unfinishedCluster, '--username', roleNames.superuser, '--pwfile', passwordFile, '--auth', 'scram-sha-256',
      // Sorted by code points, the same on every machine: a read model's digest must not depend on the system's language.
      '--encoding', 'UTF8', '--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8', '--no-instructions',
    ]); // prettier-ignore
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(folder.unfinishedCluster, folder.cluster);
}

/** In English, whatever the system speaks: `serverEnvironment`. */
const isOfFullDisk = /No space left on device|Check free disk space/;

async function run({ path }: DataFolder, user: OperatingUser, program: string, args: readonly string[]): Promise<void> {
  const { file, args: commandLine, identity } = commandAs(user, program, args);
  const child = spawn(file, commandLine, { ...identity, cwd: '/', env: serverEnvironment, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const listen = (chunk: Buffer): void => void (said = (said + chunk.toString('utf8')).slice(-4_000));
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0 && isOfFullDisk.test(said)) throw Object.assign(new Error(said), { code: 'ENOSPC', path });
  if (code !== 0) throw new EmbeddedPostgresError(`The embedded PostgreSQL cannot be set up. It says:\n${said.trim()}`);
}

/** Makes the roles and the database where they are missing. Neither role is a superuser: superusers and owners pass by row-level security. */
export async function makeRoles(superuserUrl: string, passwords: Passwords): Promise<void> {
  const client = new pg.Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    const present = await client.query<{ name: string }>('SELECT rolname AS name FROM pg_roles UNION SELECT datname FROM pg_database');
    const names = new Set(present.rows.map(({ name }) => name));
    for (const role of ['owner', 'app'] as const) {
      if (names.has(roleNames[role])) continue;
      await client.query(
        `CREATE ROLE ${roleNames[role]} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD ${client.escapeLiteral(passwords[role])}`,
      );
    }
    if (!names.has(databaseName)) await client.query(`CREATE DATABASE ${databaseName} OWNER ${roleNames.owner}`);
  } finally {
    await client.end();
  }
}

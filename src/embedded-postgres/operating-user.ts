import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * As whom the server runs. PostgreSQL refuses uid 0, so that root needs another identity:
 * an existing system user, or a user namespace in which root looks like nobody but keeps root's way through the folders.
 */
export type OperatingUser =
  Readonly<{ kind: 'self' }> | Readonly<{ kind: 'user'; uid: number; gid: number; name: string }> | Readonly<{ kind: 'namespace' }>;

/** How to spawn a program as that user: the command line and the uid and gid for `spawn`. */
export function commandAs(
  user: OperatingUser,
  file: string,
  args: readonly string[],
): { file: string; args: string[]; identity: { uid?: number; gid?: number } } {
  switch (user.kind) {
    case 'self':
      return { file, args: [...args], identity: {} };
    case 'user':
      return { file, args: [...args], identity: { uid: user.uid, gid: user.gid } };
    case 'namespace':
      return { file: unshareProgram() ?? 'unshare', args: [...namespaceFlags, file, ...args], identity: {} };
  }
}

const namespaceFlags = ['--user', '--map-user=65534', '--map-group=65534'];

const unshareProgram = (): string | undefined => ['/usr/bin/unshare', '/bin/unshare'].find((path) => existsSync(path));

/** Whether user namespaces are there and allowed; containers often forbid them. */
export function namespacesWork(): boolean {
  const unshare = unshareProgram();
  return unshare !== undefined && spawnSync(unshare, [...namespaceFlags, '/bin/true'], { stdio: 'ignore' }).status === 0;
}

export const isRoot = (): boolean => process.getuid?.() === 0;

/** The first of `postgres` and `nobody` that this system has. */
export function unprivilegedUser(): Extract<OperatingUser, { kind: 'user' }> | undefined {
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ['postgres', 'nobody']) {
    const [name, , uid, gid] = accounts.find(([account]) => account === wanted) ?? [];
    if (name !== undefined && Number(uid) > 0) return { kind: 'user', uid: Number(uid), gid: Number(gid), name };
  }
  return undefined;
}

/** Whether the user may walk to a folder (or run a file): the execute bit on it and on every folder above it. */
export function isReachable(path: string, { uid, gid }: { uid: number; gid: number }): boolean {
  let here = realpathSync(path);
  for (;;) {
    const { mode, uid: owner, gid: group } = statSync(here);
    const executable = owner === uid ? 0o100 : group === gid ? 0o010 : 0o001;
    if ((mode & executable) === 0) return false;
    const above = dirname(here);
    if (above === here) return true;
    here = above;
  }
}

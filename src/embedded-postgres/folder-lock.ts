import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FolderInUse } from './embedded-postgres-error.js';

/** One process: its id alone may be given to another one later, so its start is part of its identity. */
type Holder = Readonly<{ pid: number; started: string }>;

const fileName = 'millwright.lock';

/**
 * Takes a folder for this process. PostgreSQL has such a lock of its own, but it cannot tell a running application from the orphan of a killed one.
 * @returns how to give the folder back
 * @throws FolderInUse another process that is alive holds it
 */
export function lockFolder(folder: string): () => void {
  const lock = join(folder, fileName);
  const mine = join(folder, `${fileName}.${process.pid}`);
  writeFileSync(mine, JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies Holder), { mode: 0o644 });
  try {
    for (;;) {
      try {
        linkSync(mine, lock); // fails where the lock exists, and is never seen half written
        return () => rmSync(lock, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      removeIfStale(folder, lock);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

function removeIfStale(folder: string, lock: string): void {
  const holder = holderOf(lock);
  if (holder && isAlive(holder))
    throw new FolderInUse(`Process ${holder.pid} already runs on ${folder}. Stop it first, or give this one a DATA_DIR of its own.`);
  // Renamed before it is looked at again: of two starts that find the same stale lock, only one gets it.
  const aside = join(folder, `${fileName}.stale.${process.pid}`);
  try {
    renameSync(lock, aside);
  } catch {
    return;
  }
  const taken = holderOf(aside);
  if (taken && isAlive(taken)) renameSync(aside, lock);
  else rmSync(aside, { force: true });
}

function holderOf(lock: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

const isAlive = ({ pid, started }: Holder): boolean => processExists(pid) && startOf(pid) === started;

/** Whether a process runs; one that has ended but was not yet collected by its parent does not. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || fieldsOf(pid)[0] !== 'Z';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, in whatever words this system has for it; empty where it does not say. */
function startOf(pid: number): string {
  try {
    if (process.platform === 'linux') {
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      return `${boot} ${fieldsOf(pid)[19] ?? ''}`; // the start, in clock ticks since the boot
    }
    return process.platform === 'win32' ? '' : execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** What Linux says of a process from the third field (its state) on; the second, the program's name, may contain blanks and brackets. */
function fieldsOf(pid: number): string[] {
  const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').pop() ?? '';
  return afterName.trim().split(' ');
}

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { programIn, type Binaries } from './binaries.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { processExists } from './folder-lock.js';
import { commandAs, type OperatingUser } from './operating-user.js';
import type { ServerLog } from './server-log.js';

export type Launch = Readonly<{
  binaries: Binaries;
  user: OperatingUser;
  cluster: string;
  settings: Readonly<Record<string, string>>;
  log: ServerLog;
  /** Fixed while an application holds connections to it; else a free one is taken. */
  port?: number;
}>;

export type Postmaster = Readonly<{ process: ChildProcess; port: number; exited: Promise<void> }>;

const pollMilliseconds = 20;
const startTimeoutMilliseconds = 300_000; // crash recovery replays the write-ahead log, which takes what it takes
/** How long an orphan may write its checkpoint: somebody waits for the new server, and replaying the log takes little longer. */
const orphanMilliseconds = 1_500;
const busyFolderMilliseconds = 20_000;

/** The environment of every program of PostgreSQL: none of the caller's PG* variables, and no language but C. */
export const serverEnvironment = process.platform === 'win32' ? undefined : { LC_ALL: 'C', TZ: 'UTC' };

/**
 * Starts the server and waits until it takes connections. Right after a crash the old processes may still hold the folder for about 2 s: that is tried again.
 * An application that was killed while it was starting its server anew leaves one that writes its lock only now: it is stopped. The caller holds the folder's lock.
 */
export async function launch(options: Launch): Promise<Postmaster> {
  const giveUpAt = Date.now() + busyFolderMilliseconds;
  for (;;) {
    const port = options.port ?? (await freePort());
    const postmaster = start(options, port);
    if (await becameReady(options.cluster, postmaster)) return postmaster;
    const said = options.log.tail();
    const busy = /pre-existing shared memory block|lock file "[^"]*" already exists|is another (postmaster|postgres)/.test(said);
    const portTaken = /could not bind|Address already in use/.test(said);
    if (!(busy || portTaken) || Date.now() > giveUpAt)
      throw new EmbeddedPostgresError(`The embedded PostgreSQL does not start. It says:\n${said}`);
    if (!(await stopOrphan(options.cluster))) await delay(200);
  }
}

function start({ binaries, user, cluster, settings, log }: Launch, port: number): Postmaster {
  const args = ['-D', cluster, '-p', String(port), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const { file, args: commandLine, identity } = commandAs(user, programIn(binaries, 'postgres'), args);
  const output = log.open();
  // A session of its own: Ctrl-C in the terminal must not stop the database before the application has finished its requests.
  const child = spawn(file, commandLine, {
    ...identity,
    cwd: '/',
    env: serverEnvironment,
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return { process: child, port, exited };
}

async function becameReady(cluster: string, { process: child, exited }: Postmaster): Promise<boolean> {
  let gone = false;
  void exited.then(() => (gone = true));
  const giveUpAt = Date.now() + startTimeoutMilliseconds;
  while (!gone && Date.now() < giveUpAt) {
    const file = pidFile(cluster);
    if (file?.pid === child.pid && file?.status === 'ready') return true;
    await delay(pollMilliseconds);
  }
  child.kill('SIGQUIT');
  return false;
}

/** What the server writes about itself into its folder (lines 1 and 8 of postmaster.pid). */
function pidFile(cluster: string): { pid: number; status: string } | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), status: lines[7]?.trim() ?? '' };
  } catch {
    return undefined;
  }
}

/** Stops a server: clients are cut off, then a checkpoint is written. What does not end in time is stopped without one, which loses nothing either. */
export async function stop(pid: number, withinMilliseconds = 8_000): Promise<void> {
  signal(pid, 'SIGINT');
  signal(pid, 'SIGCONT');
  if (await ended(pid, withinMilliseconds)) return;
  signal(pid, 'SIGQUIT');
  if (!(await ended(pid, 5_000))) throw new EmbeddedPostgresError(`PostgreSQL (process ${pid}) does not stop.`);
}

/** Stops the server that a killed application has left behind on this folder. The caller holds the folder's lock. */
export async function stopOrphan(cluster: string): Promise<boolean> {
  const pid = pidFile(cluster)?.pid;
  if (!pid || !processExists(pid)) return false;
  if (!servesFolder(pid, cluster)) {
    // The system has given the dead server's id to some other program; PostgreSQL would take that for itself and refuse.
    rmSync(join(cluster, 'postmaster.pid'), { force: true });
    return false;
  }
  await stop(pid, orphanMilliseconds);
  return true;
}

function servesFolder(pid: number, cluster: string): boolean {
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
  } catch {
    return false;
  }
}

async function ended(pid: number, withinMilliseconds: number): Promise<boolean> {
  const giveUpAt = Date.now() + withinMilliseconds;
  while (processExists(pid)) {
    if (Date.now() > giveUpAt) return false;
    await delay(pollMilliseconds);
  }
  return true;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A port of the loopback interface that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new EmbeddedPostgresError('The system gave no free port.');
  return address.port;
}

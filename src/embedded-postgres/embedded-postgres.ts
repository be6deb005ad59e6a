import { setTimeout as delay } from 'node:timers/promises';
import { arrange, databaseName, initialise, makeRoles, type Arrangement } from './cluster.js';
import {
  assertOpenable,
  dataFolderAt,
  makeDataFolder,
  passwordsOf,
  roleNames,
  type DataFolder,
  type Passwords,
  type Role,
} from './data-folder.js';
import { DiskReserve } from './disk-reserve.js';
import { EmbeddedPostgresError } from './embedded-postgres-error.js';
import { lockFolder } from './folder-lock.js';
import { launch, stop, stopOrphan, type Postmaster } from './postmaster.js';
import { ServerLog } from './server-log.js';
import { explained } from './unusable-folder.js';

export type SupervisorLogger = Readonly<Record<'info' | 'warn' | 'error', (message: string) => void>>;

export type EmbeddedPostgresOptions = Readonly<{
  /** DATA_DIR: everything of this installation lies in it. */
  directory: string;
  logger?: SupervisorLogger;
  /** Settings of the server beside ours, e.g. to switch fsync off in a test. There is no way to reach them from outside. */
  settings?: Readonly<Record<string, string>>;
}>;

const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  maintenance_work_mem: '128MB',
  work_mem: '8MB',
  max_wal_size: '1GB', // what a crash may leave to replay
  checkpoint_timeout: '5min',
  random_page_cost: '1.1',
  jit: 'off', // short statements only: compiling one takes longer than running it
  // After a crash of one of its processes it ends, and is started again here: its own recovery on a full disk may stand still for ever, and has no reserve.
  restart_after_crash: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
  log_line_prefix: '%m [%p] %u ',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
} as const;

/** Between two tries to bring the server back: whatever it died of (a full disk) may be over at any moment. */
const longestPauseMilliseconds = 1_000;

/** PostgreSQL's code for it. */
const wrongPassword = '28P01';

const passwordsOfAnother = ({ passwords }: DataFolder): EmbeddedPostgresError =>
  new EmbeddedPostgresError(`${passwords} belongs to another database than the one beside it. Bring it back from a backup.`);

const silent: SupervisorLogger = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** A PostgreSQL server of our own in a folder: started, watched, started again when it dies, and stopped with us. */
export class EmbeddedPostgres {
  private stopping = false;
  private readonly stopped = new AbortController();
  private readonly onProcessExit = (): void => void this.postmaster.process.kill('SIGINT');

  private constructor(
    private readonly folder: DataFolder,
    private readonly arrangement: Arrangement,
    private readonly passwords: Passwords,
    private readonly log: ServerLog,
    /** What is left of the disk, and whether that is too little to write. */
    readonly disk: DiskReserve,
    private readonly unlock: () => void,
    private readonly options: EmbeddedPostgresOptions,
    private postmaster: Postmaster,
  ) {
    process.once('exit', this.onProcessExit); // whatever ends this process in its own way takes the server along
    this.disk.watch();
    this.watch();
  }

  /**
   * Starts the server of a folder, after making it where there is none (2-3 s, later 0.1-0.2 s). Returns when it takes connections.
   * @throws EmbeddedPostgresError with the reason for a person: the folder cannot be used, another process runs on it, another major version, nobody to run it as
   */
  static async start(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
    const folder = dataFolderAt(options.directory);
    const disk = new DiskReserve(folder);
    let unlock: (() => void) | undefined;
    let log: ServerLog | undefined;
    try {
      assertOpenable(folder);
      makeDataFolder(folder);
      await disk.releaseIfScarce();
      unlock = lockFolder(folder.path);
      if (await stopOrphan(folder.cluster)) options.logger?.warn('stopped the database server that an earlier run had left behind');
      const arrangement = arrange(folder);
      const passwords = passwordsOf(folder);
      await initialise(folder, arrangement, passwords);
      log = new ServerLog(folder.log);
      const postmaster = await launch(launchOptions(folder, arrangement, log, options));
      const server = new EmbeddedPostgres(folder, arrangement, passwords, log, disk, unlock, options, postmaster);
      try {
        await makeRoles(server.urlFor('superuser', 'postgres'), passwords);
      } catch (error) {
        await server.stop();
        throw (error as { code?: unknown }).code === wrongPassword ? passwordsOfAnother(folder) : error;
      }
      return server;
    } catch (error) {
      log?.close();
      await disk.close();
      unlock?.();
      throw explained(error, folder.path);
    }
  }

  /** The connection string of a role. The application uses `app`, migrations and rebuilds use `owner`; `superuser` is for tests and rescue only. */
  urlFor(role: Role, database: string = databaseName): string {
    return `postgres://${roleNames[role]}:${this.passwords[role]}@127.0.0.1:${this.postmaster.port}/${database}`;
  }

  /** The server's process, for tests that kill it. */
  get processId(): number {
    const { pid } = this.postmaster.process;
    if (pid === undefined) throw new EmbeddedPostgresError('The server has no process.');
    return pid;
  }

  /** Stops the server and gives the folder back. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    this.stopped.abort();
    process.off('exit', this.onProcessExit);
    const { pid, exitCode, signalCode } = this.postmaster.process;
    if (pid !== undefined && exitCode === null && signalCode === null) await stop(pid);
    this.log.close();
    await this.disk.close();
    this.unlock();
  }

  private watch(): void {
    void this.postmaster.exited.then(() => (this.stopping ? undefined : this.startAgain()));
  }

  /** The server died under us. Its port stays the same, so that the pools of the application find it again. */
  private async startAgain(): Promise<void> {
    const { logger = silent } = this.options;
    const { port } = this.postmaster;
    logger.error('the database server died; starting it again');
    for (let attempt = 0; !this.stopping; attempt += 1) {
      try {
        await this.disk.releaseIfScarce();
        const postmaster = await launch({ ...launchOptions(this.folder, this.arrangement, this.log, this.options), port });
        this.postmaster = postmaster;
        if (this.stopping) await stop(this.processId);
        else this.watch();
        logger.info('the database server runs again');
        return;
      } catch (error) {
        logger.error(error instanceof Error ? error.message : String(error));
        await delay(Math.min(longestPauseMilliseconds, 100 * 2 ** attempt), undefined, { signal: this.stopped.signal }).catch(
          () => undefined,
        );
      }
    }
  }
}

const launchOptions = (folder: DataFolder, { binaries, user }: Arrangement, log: ServerLog, options: EmbeddedPostgresOptions) => ({
  binaries,
  user,
  cluster: folder.cluster,
  log,
  settings: { ...settings, ...options.settings },
});

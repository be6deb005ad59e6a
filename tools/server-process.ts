import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export type ServerOptions = Readonly<{
  /** Left out: a temporary folder, removed by `dispose`. */
  dataDir?: string;
  environment?: Readonly<Record<string, string>>;
  /** The folder of another build, whose `dist/` is started; left out: this one's. */
  build?: string;
  /** Told everything that the server prints. */
  hears?: (text: string) => void;
  /** How long a start may take until it counts as failed, in milliseconds. */
  startDeadline?: number;
}>;

/** What several processes on one database have in common, one after the other as well, since each has a folder of its own. */
const secretOfDatabases = randomBytes(24).toString('hex');

/**
 * As `npm start` does: a young generation of 16 MB a half is none the faster, and costs 20 to 40 MB; an old one below 200 MB is not worth collecting, which
 * takes the processors that PostgreSQL wants, too.
 */
const asStarted = ['--max-semi-space-size=8', '--initial-old-space-size=200'];

/**
 * The built server as a process of its own, for programs that start, kill and start it again. The address and the key stay the same
 * over restarts, so a client that waits patiently finds it again.
 */
export class ServerProcess {
  private child: ChildProcess | undefined;
  private readonly output: string[] = [];

  private constructor(
    readonly url: string,
    readonly key: string,
    readonly dataDir: string,
    private readonly options: ServerOptions,
  ) {}

  static async create(options: ServerOptions = {}): Promise<ServerProcess> {
    const dataDir = options.dataDir ?? (await temporaryFolder());
    return new ServerProcess(`http://127.0.0.1:${await freePort()}`, randomBytes(24).toString('hex'), dataDir, options);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Resolves with the milliseconds it took until the server was ready. */
  async start(): Promise<number> {
    const started = performance.now();
    const { port } = new URL(this.url);
    const { build } = this.options;
    const program = build === undefined ? fileURLToPath(new URL('../src/main.js', import.meta.url)) : join(build, 'dist', 'src', 'main.js');
    const child = spawn(process.execPath, [...asStarted, program], {
      // Only what a program needs to run at all is inherited, so that a stray DATABASE_URL never points a proof at real data.
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        HOST: '127.0.0.1',
        PORT: port,
        DATA_DIR: this.dataDir,
        ADMIN_API_KEY: this.key,
        LOG_LEVEL: 'warn',
        ...(this.options.environment?.['DATABASE_URL'] !== undefined && { SECRET_KEY: secretOfDatabases }),
        ...this.options.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => this.remember(chunk.toString()));
    await this.untilReady(child, started + (this.options.startDeadline ?? 180_000));
    return performance.now() - started;
  }

  /** Sends a signal and resolves with how the process ended: its exit code, or the signal's name. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | string> {
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? child?.signalCode ?? 0;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
    return child.exitCode ?? child.signalCode ?? 0;
  }

  /** Suspends (`SIGSTOP`) or wakes (`SIGCONT`) the server's own process. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child?.kill(signal);
  }

  /** The process id of the embedded PostgreSQL, which outlives a killed server until the next one adopts or stops it. */
  async databasePid(): Promise<number | undefined> {
    const file = await readFile(join(this.dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = Number(file.split('\n')[0]);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  }

  async dispose(): Promise<void> {
    await this.end('SIGTERM');
    if (this.options.dataDir === undefined) await rm(this.dataDir, { recursive: true, force: true });
  }

  /** The last lines the server printed: what a person wants to see when something went wrong. */
  lastOutput(): string {
    return this.output.slice(-40).join('');
  }

  private remember(text: string): void {
    this.options.hears?.(text);
    this.output.push(text);
    if (this.output.length > 400) this.output.splice(0, 200);
  }

  private async untilReady(child: ChildProcess, deadline: number): Promise<void> {
    while (performance.now() < deadline) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended while starting:\n${this.lastOutput()}`);
      const ready = await fetch(`${this.url}/health/ready`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ready) return;
      await delay(25);
    }
    throw new Error(`the server was not ready in time:\n${this.lastOutput()}`);
  }
}

/** Root's database server runs as another user, who must get through the folder. */
async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'millwright-'));
  await chmod(folder, 0o711);
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

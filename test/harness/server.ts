import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from './client.js';
import { createDatabase } from './database.js';

/** Where a server of the tests keeps its events: beside its read models, or on the run's event store: the one that EVENTSTORE_URL names, else a wire-level one. */
export type TestLog = 'postgres' | 'eventstoredb';

type Environment = Readonly<Record<string, string | undefined>>;

export type ServerOptions = Readonly<{
  /** Left out: what MILLWRIGHT_TEST_LOG says, so that one spec runs on both. An embedded database keeps its own log. */
  log?: TestLog;
  /** Set for the server's process beside PORT, ADMIN_API_KEY and the database; undefined takes one of these away. */
  environment?: Environment;
  /** Started as this user (when the tests run as root). */
  user?: Readonly<{ uid: number; gid: number }>;
  /** The embedded database in this folder, instead of a new database on the test server. */
  dataDirectory?: string;
  /** Nothing at all is in its new database. Left out: the tables of this build are, which saves making them for each server of the run. */
  emptyDatabase?: boolean;
}>;

/** How long a server may take to start before a test fails; no assertion on speed. */
const startMilliseconds = 200_000;
const root = process.cwd();

/** The built server, as its user would start it, in a process of its own. */
export class TestServer extends Client {
  private constructor(
    url: string,
    adminKey: string,
    private launched: Launched,
    private readonly launch: (changes?: Environment) => Promise<Launched>,
    private readonly cleanUp: () => Promise<void>,
    /** The database as its owner, where it is one of the test server's. */
    readonly ownerUrl: string | undefined,
  ) {
    super(url, adminKey);
  }

  /** Starts a server with a database of its own. Most tests need no such thing: see `sharedServer`. */
  static async start(options: ServerOptions = {}): Promise<TestServer> {
    const adminKey = `test-${randomBytes(16).toString('hex')}`;
    const database =
      options.dataDirectory === undefined ? await createDatabase(options.emptyDatabase ? undefined : await migratedTemplate()) : undefined;
    const log = options.log ?? (database ? testLog() : 'postgres');
    const environment = {
      PORT: String(await freePort()),
      ADMIN_API_KEY: adminKey,
      LOG_LEVEL: 'warn',
      // A file of the folder that all servers of the run start in would be the secret of all of them.
      SECRET_KEY: database && randomBytes(24).toString('hex'),
      DATABASE_URL: database?.url,
      MIGRATIONS_DATABASE_URL: database?.ownerUrl,
      DATA_DIR: options.dataDirectory,
      ...(log === 'eventstoredb' && (await ownStreams())),
      ...options.environment,
    };
    const launch = (changes?: Environment): Promise<Launched> => launchServer({ ...environment, ...changes }, options.user);
    const launched = await launch();
    return new TestServer(launched.url, adminKey, launched, launch, async () => database?.drop(), database?.ownerUrl);
  }

  /** Another process on the same database and log, as an installation on several machines has. Stop it before this one. */
  async another(): Promise<TestServer> {
    const port = String(await freePort());
    const launch = (changes?: Environment): Promise<Launched> => this.launch({ PORT: port, ...changes });
    const launched = await launch();
    return new TestServer(launched.url, this.adminKey, launched, launch, async () => undefined, this.ownerUrl);
  }

  /** What it has printed since its last start, line by line. */
  get greeting(): readonly string[] {
    return this.launched.greeting;
  }

  /** What it has logged since its last start (the last 20,000 characters), once it has ended. */
  get log(): Promise<string> {
    return this.launched.log;
  }

  /** Nobody reads its output any more, as when the terminal or the parent is gone. */
  closeOutput(): void {
    this.launched.child.stdout?.destroy();
    this.launched.child.stderr?.destroy();
  }

  /** Sends a signal and waits for the end. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<{ code: number | null }> {
    const { child } = this.launched;
    if (child.exitCode !== null || child.signalCode !== null) return { code: child.exitCode };
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return { code };
  }

  /** Starts it again after `kill`, on the same port and the same data, with other variables where some are given. */
  async restart(changes?: Environment): Promise<void> {
    this.launched = await this.launch(changes);
  }

  /** Stops it in the clean way and drops its database. */
  async stop(): Promise<void> {
    await this.kill('SIGTERM');
    await this.cleanUp();
  }
}

/**
 * The one server that end-to-end tests share, started when the first asks for it. Every test makes its own data, so they never meet and never clean up.
 * It belongs to the whole run: nobody stops it.
 */
export async function sharedServer(): Promise<Client> {
  const { url, adminKey = '' } = await askRun(`/server/${testLog()}`);
  return new Client(url, adminKey);
}

const testLog = (): TestLog => (process.env['MILLWRIGHT_TEST_LOG'] === 'eventstoredb' ? 'eventstoredb' : 'postgres');

/** The run's event store, and names on it that nobody else has. */
export async function ownStreams(): Promise<Readonly<{ EVENTSTORE_URL: string; EVENTSTORE_PREFIX: string }>> {
  const { url } = await askRun('/eventstore');
  return { EVENTSTORE_URL: url, EVENTSTORE_PREFIX: `t${randomBytes(6).toString('hex')}_` };
}

/** The name of a database with the tables of this build, and nothing in them. The sources may be ahead of the build, so that from them it is none. */
const migratedTemplate = async (): Promise<string | undefined> =>
  process.env['MILLWRIGHT_FROM_SOURCE'] === undefined ? new URL((await askRun('/template')).url).pathname.slice(1) : undefined;

/** What belongs to the whole run is started by the process that runs the test database. */
async function askRun(path: string): Promise<Readonly<{ url: string; adminKey?: string }>> {
  const control = process.env['MILLWRIGHT_TEST_CONTROL'];
  if (control === undefined) throw new Error('the test database does not run: start tests through Jest');
  const response = await fetch(control + path, { method: 'POST' });
  const answer = (await response.json()) as { url: string; adminKey?: string; error?: string };
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}

type Launched = Readonly<{ child: ChildProcess; url: string; greeting: readonly string[]; log: Promise<string> }>;

async function launchServer(environment: Environment, user?: { uid: number; gid: number }): Promise<Launched> {
  const child = spawn(process.execPath, serverProgram(), {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...user,
  });
  const greeting: string[] = [];
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said = (said + chunk.toString('utf8')).slice(-20_000)));
  const log = new Promise<string>((resolve) => child.once('close', () => resolve(said)));
  const url = new Promise<string>((resolve, reject) => {
    const tooLate = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the server did not start in ${startMilliseconds} ms. It says:\n${said}`));
    }, startMilliseconds);
    createInterface({ input: child.stdout }).on('line', (line) => {
      greeting.push(line);
      const found = /^Millwright runs at (\S+)$/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(tooLate);
      resolve(found);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(tooLate);
      reject(new Error(`the server ended with ${code}. It says:\n${said}`));
    });
  });
  return { child, url: await url, greeting, log };
}

/** The build; or the sources, where MILLWRIGHT_FROM_SOURCE says so (quicker while developing). */
export function serverProgram(): string[] {
  if (process.env['MILLWRIGHT_FROM_SOURCE'] !== undefined)
    return ['--import', join(root, 'test/harness/typescript.mjs'), join(root, 'src/start/start.ts')];
  const program = join(root, 'dist/src/main.js');
  if (!existsSync(program)) throw new Error('the server is not built: run `npm run build` first');
  return [program];
}

/** A port of the loopback interface that nobody listens on at this moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the system gave no free port');
  return address.port;
}

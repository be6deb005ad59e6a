import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { serverProgram, TestServer, type ServerOptions } from './harness/server.js';

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };

describe('the life of the server', () => {
  let directory: string;
  /** A folder that was used before: most tests start from a copy of it, for making one takes 2 s. */
  let used: string;
  const running: TestServer[] = [];

  beforeAll(async () => {
    used = await mkdtemp(join(tmpdir(), 'millwright-lifecycle-'));
    await chmod(used, 0o755);
    await (await TestServer.start({ dataDirectory: used })).stop();
  });

  afterAll(() => rm(used, { recursive: true, force: true }));

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'millwright-lifecycle-'));
    await chmod(directory, 0o755);
  });

  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
    await rm(directory, { recursive: true, force: true });
  });

  async function start(options: ServerOptions = {}): Promise<TestServer> {
    const server = await TestServer.start({ dataDirectory: directory, ...options });
    running.push(server);
    return server;
  }

  function startUsed(options: ServerOptions = {}): Promise<TestServer> {
    spawnSync('cp', ['-a', `${used}/.`, directory]);
    return start(options);
  }

  it('loads nothing beside its bundle that is in it', async () => {
    const loaded = join(directory, 'loaded');
    const NODE_OPTIONS = `--require ${join(process.cwd(), 'test/harness/loaded-packages.cjs')}`;
    const server = await startUsed({ environment: { NODE_OPTIONS, LOADED_PACKAGES_FILE: loaded } });
    await server.graphql('{ parts { nodes { id } } }');
    await server.kill('SIGTERM');
    const isBundled = (path: string): boolean => /node_modules\/(@nestjs|@graphql-tools|es-toolkit|typeorm|rxjs)\//.test(path);
    const commonJs = (await readFile(loaded, 'utf8')).split('\n');
    expect(commonJs.some((path) => path.includes('/node_modules/fastify/'))).toBe(true);
    expect(commonJs.filter(isBundled)).toEqual([]);
    const files = (await readdir('dist/server')).map((file) => readFileSync(join('dist/server', file), 'utf8'));
    const imported = files.flatMap((text) => [...text.matchAll(/^import\b.*?"([^"]+)";$/gm)].map(([, name]) => `node_modules/${name}/`));
    expect(imported).toContain('node_modules/fastify/');
    expect(imported.filter(isBundled)).toEqual([]);
  });

  const isReady = (server: TestServer): Promise<unknown> => server.request('GET', '/health/ready').expect(200);

  async function untilReady(server: TestServer): Promise<void> {
    for (;;) {
      const status = await server.request('GET', '/health/ready').then(
        (answer) => answer.status,
        () => 0,
      );
      if (status === 200) return;
      await delay(20);
    }
  }

  it('begins with an empty folder and shows the key it has made, once', async () => {
    const server = await start({ environment: { ADMIN_API_KEY: undefined } });
    await isReady(server);
    const shown = (): string[] => server.greeting.filter((line) => /^ {2}mw_[0-9a-f]{16}_/.test(line));
    const [key = ''] = shown();
    await server.request('GET', '/metrics', undefined, { authorization: `Bearer ${key.trim()}` }).expect(200);
    await server.kill('SIGTERM');
    await server.restart();
    expect(shown()).toEqual([]);
    await server.request('GET', '/metrics', undefined, { authorization: `Bearer ${key.trim()}` }).expect(200);
    expect(server.greeting.join('\n')).toContain('was shown at the first start');
  });

  (isRoot ? it : it.skip)('begins with an empty folder for an ordinary user too', async () => {
    spawnSync('chown', [`${nobody.uid}:${nobody.gid}`, directory]);
    await isReady(await start({ user: nobody }));
  });

  it('refuses a second server on one folder, and the first serves on', async () => {
    const first = await startUsed();
    await expect(start()).rejects.toThrow(/Process \d+ already runs on/);
    await isReady(first);
  });

  it('answers every request it has accepted when it is told to stop', async () => {
    const server = await startUsed();
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const outcomes: string[] = [];
    let stopping = false;
    const client = async (): Promise<void> => {
      for (;;) {
        const outcome = await post(agent, server, '/api/v1/locations', { location: { name: 'Hall' } });
        // Refused is not accepted: the door is shut. Anything else without a status is a request that was taken and dropped.
        if (stopping && outcome === 'ECONNREFUSED') return;
        outcomes.push(outcome);
        if (stopping && !/^\d{3}$/.test(outcome)) return;
      }
    };
    const load = Array.from({ length: 16 }, client);
    while (outcomes.length < 200) await delay(5);
    stopping = true;
    expect(await server.kill('SIGTERM')).toEqual({ code: 0 });
    await Promise.all(load);
    expect(outcomes.filter((outcome) => !/^\d{3}$/.test(outcome))).toEqual([]);
  });

  it('is back after SIGKILL, with the database server it had left behind', async () => {
    const server = await startUsed();
    await server.kill('SIGKILL');
    const killed = performance.now();
    await server.restart();
    await isReady(server);
    console.info(`ready ${Math.round(performance.now() - killed)} ms after SIGKILL`);
  });

  it('goes on when its embedded database is killed', async () => {
    const server = await startUsed();
    const [pid] = (await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
    const killed = performance.now();
    await untilReady(server);
    console.info(`ready ${Math.round(performance.now() - killed)} ms after the database was killed`);
    await server.request('GET', '/metrics').expect(200);
  });

  it('serves on when nobody reads what it prints any more', async () => {
    const server = await startUsed({ environment: { LOG_LEVEL: 'trace' } });
    server.closeOutput();
    for (let n = 0; n < 20; n += 1) await isReady(server);
  });
});

/** The status of the answer, or the code of the error where there is none; without the retries of `fetch`. */
function post(agent: Agent, { url, adminKey }: TestServer, path: string, body: unknown): Promise<string> {
  const headers = { authorization: `Bearer ${adminKey}`, 'x-entity-id': '1', 'content-type': 'application/json' };
  return new Promise((resolve) => {
    request(url + path, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(String(response.statusCode)));
    })
      .once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      .end(JSON.stringify(body));
  });
}

describe('the command line', () => {
  async function run(environment: Record<string, string>, ...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
    const child = spawn(process.execPath, [...serverProgram(), ...args], { env: { PATH: process.env['PATH'], ...environment } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString('utf8')));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString('utf8')));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, out, err };
  }

  it('explains every variable', async () => {
    const { code, out } = await run({}, '--help');
    expect(code).toBe(0);
    expect(out).toMatch(/PORT +3000 .*\n.*HOST/);
  });

  it('refuses an argument that it does not know', async () =>
    expect(await run({}, '--port')).toEqual({ code: 1, out: '', err: 'There is no argument --port; --help tells what can be set.\n' }));
});

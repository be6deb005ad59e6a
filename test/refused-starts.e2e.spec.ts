import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { createDatabase, type TestDatabase } from './harness/database.js';
import { serverProgram } from './harness/server.js';

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };

type Environment = Readonly<Record<string, string>>;
type End = Readonly<{ code: number | null; printed: string; said: string }>;

/** Starts the program as its user would, and waits until it has given up. */
function endOf(environment: Environment, options: { user?: typeof nobody; preload?: string } = {}): Promise<End> {
  const program = [...(options.preload === undefined ? [] : ['--require', options.preload]), ...serverProgram()];
  const child = spawn(process.execPath, program, {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', PORT: '0', LOG_LEVEL: 'error', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...options.user,
  });
  const output = { printed: '', said: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.printed += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output.said += chunk.toString('utf8')));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...output }));
  });
}

/** One sentence or two, what and what to do, with exit code 1 and nothing else printed. */
const refusedWith = (sentence: string): End => ({ code: 1, printed: '', said: `${sentence}\n` });

const listening = (server: Server): Promise<number> =>
  new Promise((resolve, reject) =>
    server.once('error', reject).listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  );

type Crowded = Readonly<{ port: number; close: () => void }>;

/** An address that listens and takes nobody in: whoever comes next gets no answer at all, as behind a firewall. */
async function crowdedAddress(): Promise<Crowded> {
  const standing = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
    require('node:fs').writeSync(1, this.address().port + '\\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });`;
  const child = spawn(process.execPath, ['-e', standing], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const port = Number(line);
  const waiting = await Promise.all(
    [0, 1].map(async () => {
      const socket = connect(port, '127.0.0.1').on('error', () => undefined);
      await once(socket, 'connect');
      return socket;
    }),
  );
  return {
    port,
    close: () => {
      for (const socket of waiting) socket.destroy();
      child.kill('SIGKILL');
    },
  };
}

describe('a start that cannot work says what is wrong and what to do, and ends', () => {
  let database: TestDatabase;
  let directory: string;
  /** Accepts connections and never says a word. */
  const silent = createServer();
  const web = createHttpServer((_, response) => response.end('Hello'));
  let silentPort: number;
  let webPort: number;
  let crowded: Crowded;
  /** It takes a minute, during which the other tests run. */
  let silence: Promise<End>;

  beforeAll(async () => {
    database = await createDatabase();
    directory = await mkdtemp(join(tmpdir(), 'millwright-refused-'));
    [silentPort, webPort] = await Promise.all([listening(silent), listening(web)]);
    crowded = await crowdedAddress();
    silence = endOf({ DATABASE_URL: `postgres://a:secret@127.0.0.1:${silentPort}/plant` });
  });

  afterAll(async () => {
    silent.close();
    web.close();
    crowded.close();
    await silence;
    await rm(directory, { recursive: true, force: true });
    await database.drop();
  });

  describe('at the data folder', () => {
    const to = (name: string): string => join(directory, name);

    it.each<[what: string, make: () => Promise<string>, sentence: (path: string) => string]>([
      [
        'that cannot be made',
        async () => '/proc/nope',
        (path) => `DATA_DIR ${path} cannot be made (ENOENT). Set it to a folder that this user may write to.`,
      ],
      [
        'that is a file',
        async () => (await writeFile(to('file'), ''), to('file')),
        (path) => `DATA_DIR ${path} is a file, or lies below one (ENOTDIR). Set it to a folder that this user may write to.`,
      ],
      [
        'below a file',
        async () => (await writeFile(to('other-file'), ''), to('other-file/deep/folder')),
        (path) => `DATA_DIR ${path} is a file, or lies below one (ENOTDIR). Set it to a folder that this user may write to.`,
      ],
      [
        'whose passwords are damaged',
        async () => (await mkdir(to('damaged')), await writeFile(to('damaged/postgres-passwords.json'), '{"superuser":'), to('damaged')),
        (path) =>
          `${path}/postgres-passwords.json is damaged, and without it the database beside it cannot be opened. Bring it back from a backup.`,
      ],
      [
        'whose passwords are half of them',
        async () => (await mkdir(to('half')), await writeFile(to('half/postgres-passwords.json'), '{"superuser":"a"}'), to('half')),
        (path) =>
          `${path}/postgres-passwords.json is damaged, and without it the database beside it cannot be opened. Bring it back from a backup.`,
      ],
      [
        'of another version of PostgreSQL',
        async () => (
          await mkdir(to('old/postgres'), { recursive: true }),
          await writeFile(to('old/postgres/PG_VERSION'), '16\n'),
          to('old')
        ),
        (path) =>
          `${path} was made by PostgreSQL 16, this Millwright brings PostgreSQL 18. Nothing in it was touched. ` +
          'Move its data with pg_dump of version 16, start the Millwright that made it, or set another DATA_DIR.',
      ],
    ])('%s', async (_, make, sentence) => {
      const path = await make();
      expect(await endOf({ DATA_DIR: path })).toEqual(refusedWith(sentence(path)));
    });

    it('that this user may not write to', async () => {
      expect(await endOf({ DATA_DIR: '/etc' }, isRoot ? { user: nobody } : {})).toEqual(
        refusedWith('DATA_DIR /etc may not be read and written by this user (EACCES). Set it to a folder that this user may write to.'),
      );
    });
  });

  describe('at its address, with the data folder untouched', () => {
    it.each<[what: string, environment: () => Environment, sentence: () => string]>([
      [
        'that is taken',
        () => ({ PORT: String(webPort) }),
        () => `Port ${webPort} is in use. Set PORT to another one (0 takes a free one).`,
      ],
      [
        'of another machine',
        () => ({ HOST: '203.0.113.7' }),
        () => 'HOST 203.0.113.7 is no address of this machine. Set it to one that is: 127.0.0.1 for this machine only, 0.0.0.0 for all.',
      ],
      [
        'of a name that nobody knows',
        () => ({ HOST: 'no-such-host.invalid' }),
        () =>
          'HOST no-such-host.invalid is a name that nobody knows. Set it to an address of this machine: 127.0.0.1 for this machine only, 0.0.0.0 for all.',
      ],
    ])('%s', async (_, environment, sentence) => {
      const untouched = await mkdtemp(join(directory, 'untouched-'));
      expect(await endOf({ DATA_DIR: untouched, ...environment() })).toEqual(refusedWith(sentence()));
      expect(await readdir(untouched)).toEqual([]);
    });
  });

  describe('at the database', () => {
    const at = (url: string, changes: Partial<Pick<URL, 'host' | 'password' | 'pathname' | 'username'>>): string =>
      Object.assign(new URL(url), changes).href;
    const serverOf = ({ url }: TestDatabase): string => new URL(url).host;

    it.each<[what: string, url: () => string, sentence: () => string]>([
      [
        'where nothing listens',
        () => 'postgres://a:secret@127.0.0.1:1/plant',
        () => 'DATABASE_URL: nothing listens on 127.0.0.1:1. Start PostgreSQL there, or correct the address.',
      ],
      [
        'of a name that nobody knows',
        () => 'postgres://a:secret@no-such-host.invalid/plant',
        () => 'DATABASE_URL: the name of no-such-host.invalid:5432 is not known. Correct the address.',
      ],
      [
        'that is a web server',
        () => `postgres://a:secret@127.0.0.1:${webPort}/plant`,
        () =>
          `DATABASE_URL: 127.0.0.1:${webPort} hung up: it is no PostgreSQL server, or one that is stopping. Correct the address, or see to that server.`,
      ],
      [
        'where nobody takes the connection',
        () => `postgres://a:secret@127.0.0.1:${crowded.port}/plant`,
        () => `DATABASE_URL: nobody answers at 127.0.0.1:${crowded.port}. Correct the address, or see to the network.`,
      ],
      [
        'with a wrong password',
        () => at(database.url, { password: 'secret' }),
        () => `DATABASE_URL: ${serverOf(database)} does not let millwright_app in with this password. Correct the name or the password.`,
      ],
      [
        'that is not there',
        () => at(database.url, { pathname: '/nowhere' }),
        () => `DATABASE_URL: ${serverOf(database)} has no database nowhere. Create it, or correct the address.`,
      ],
      [
        'without TLS',
        () => `${database.url}?sslmode=verify-full`,
        () => `DATABASE_URL: ${serverOf(database)} speaks no TLS. Switch ssl on there, or leave sslmode out of the address.`,
      ],
    ])('%s', async (_, url, sentence) => {
      expect(await endOf({ DATABASE_URL: url() })).toEqual(refusedWith(sentence()));
    });

    it('that says nothing', async () => {
      expect(await silence).toEqual(
        refusedWith(
          `DATABASE_URL: 127.0.0.1:${silentPort} did not answer as PostgreSQL does within 60 s. Correct the address, or see to that server.`,
        ),
      );
    });

    it('whose owner is not let in', async () => {
      const environment = { DATABASE_URL: database.url, MIGRATIONS_DATABASE_URL: at(database.ownerUrl, { password: 'secret' }) };
      expect(await endOf(environment)).toEqual(
        refusedWith(
          `MIGRATIONS_DATABASE_URL: ${serverOf(database)} does not let millwright_owner in with this password. Correct the name or the password.`,
        ),
      );
    });

    it('whose role may not make tables', async () => {
      expect(await endOf({ DATABASE_URL: database.url })).toEqual(
        refusedWith(
          'The role of DATABASE_URL may not make the tables it needs: permission denied for database ' +
            `${new URL(database.url).pathname.slice(1)}. Make it the owner of the database, or set MIGRATIONS_DATABASE_URL to the owner.`,
        ),
      );
    });

    it('that takes reads only', async () => {
      const url = `${database.url}?options=${encodeURIComponent('-c default_transaction_read_only=on')}`;
      expect(await endOf({ DATABASE_URL: url })).toEqual(
        refusedWith('The database of DATABASE_URL takes reads only, as a standby does. Name its primary.'),
      );
    });

    it('of a newer Millwright', async () => {
      const newer = await createDatabase();
      const client = new pg.Client({ connectionString: newer.ownerUrl });
      await client.connect();
      await client.query(`CREATE SCHEMA app; CREATE TABLE app.migrations (id int, name text);
                          INSERT INTO app.migrations VALUES (1, 'FromTheFuture9999999999999')`);
      await client.end();
      expect(await endOf({ DATABASE_URL: newer.url, MIGRATIONS_DATABASE_URL: newer.ownerUrl })).toEqual(
        refusedWith(
          'The database was made by a newer Millwright: this version does not know its migration FromTheFuture9999999999999. Nothing was changed. Start the newer version.',
        ),
      );
      await newer.drop();
    });
  });

  describe('at EventStoreDB', () => {
    const starting = (url: string): Promise<End> =>
      endOf({ DATABASE_URL: database.url, MIGRATIONS_DATABASE_URL: database.ownerUrl, EVENTSTORE_URL: url });

    it('that does not answer, and the database still belongs to no log', async () => {
      const [refused, silenced] = await Promise.all(
        [1, silentPort].map((port) => starting(`esdb://admin:secret@127.0.0.1:${port}?tls=false`)),
      );
      for (const end of [refused, silenced]) {
        expect(end?.said).toMatch(
          /^EVENTSTORE_URL: no EventStoreDB answers there within 30 s \(.+\)\. Start it, or correct the address\. Nothing was changed\.\n$/,
        );
        expect(end?.said).not.toContain('secret');
        expect(end).toMatchObject({ code: 1, printed: '' });
      }
      const client = new pg.Client({ connectionString: database.ownerUrl });
      await client.connect();
      const { rows } = await client.query('SELECT place FROM app.log_home');
      await client.end();
      expect(rows).toEqual([]);
    });

    it('with TLS and nobody to log in as', async () => {
      const end = await starting('esdb://127.0.0.1:2113');
      expect(end).toMatchObject({ code: 1, printed: '', said: expect.stringMatching(/^EVENTSTORE_URL: .*credentials.*\n$/) as string });
    });
  });

  it('at its settings', async () => {
    expect(await endOf({ ADMIN_API_KEY: 'short', PORT: 'http' })).toEqual(
      refusedWith('PORT is no number from 0 to 65535.\nADMIN_API_KEY is shorter than 20 characters.'),
    );
  });

  it('at a Node that is too old', async () => {
    expect(await endOf({}, { preload: './test/harness/old-node.cjs' })).toEqual(
      refusedWith(
        'Millwright needs Node.js 20.19 or a later 20, or 22.13 or a later 22, or 24.11 or later, and this is 18.20.8: install another one from https://nodejs.org and try again.',
      ),
    );
  });
});

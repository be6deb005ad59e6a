import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EmbeddedPostgres } from '../../src/embedded-postgres/index.js';
import { migrate } from '../../src/read-database/migrate.js';
import { connect } from '../../tools/backup/embedded-database.js';
import { SmallDisk } from '../../tools/prove/small-disk.js';
import { TestServer } from '../harness/server.js';
import { ToolProcess, type Finished } from './tool-process.js';

const disk = await SmallDisk.mount(1, (reason) =>
  console.warn(`A BACKUP ON A FULL DISK WAS NOT TESTED: no file system can be mounted here (${reason})`),
);
const withDisk = disk ? it : it.skip;

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'millwright-backup-'))));
afterAll(async () => {
  await disk?.unmount();
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
/** The secret of the installation that is backed up. */
const withSecret = (): string[] => ['--secret-file', join(at('original'), 'secret')];
const run = (tool: 'backup' | 'restore', file: string, environment: Readonly<Record<string, string>>): Promise<Finished> =>
  ToolProcess.start(tool, [file, ...(tool === 'restore' ? withSecret() : [])], environment).finished();
const projections = ['stock-levels', 'part-transactions', 'work-orders', 'costs', 'audit-trail', 'users', 'locations'];

describe('a backup of the embedded database', () => {
  it('taken while it is written to is one moment, and a restore of it answers as before, also to a repeated key', async () => {
    const key = `restock-${randomBytes(6).toString('hex')}`;
    const original = await TestServer.start({ dataDirectory: at('original') });
    const restock = { quantity: 1, cost: 3 };
    const part = (await original.post('/parts', { part: { name: 'Belt', on_hand_qty: 5, unit_cost: 2 } }).expect(201)).data.id as number;
    const order = (await original.post('/work_orders', { work_order: { title: 'Change belt' } }).expect(201)).data.id as number;
    await original.post('/users', { user: { name: 'Kim', surname: 'Keeper', email: 'kim@example.org' } }).expect(201);
    await original.post(`/work_orders/${order}/parts`, { part_id: part, quantity: 2 }).expect(201);
    await original.patch(`/work_orders/${order}`, { work_order: { status_id: 5 } }).expect(200);
    const first = await original.patch(`/parts/${part}/restock`, restock, { 'idempotency-key': key }).expect(200);
    let writing = true;
    const written = (async () => {
      let count = 0;
      for (; writing; count++) await original.patch(`/parts/${part}/restock`, restock).expect(200);
      return count;
    })();
    const taken = await run('backup', at('one.backup'), { DATA_DIR: at('original') });
    writing = false;
    expect(await written).toBeGreaterThan(0);
    expect([taken.code, taken.output]).toEqual([0, expect.stringMatching(/is complete: \d+ events and \d+ other rows, 0\.\d MB\.\n$/)]);
    const figures = (await original.get(`/work_orders/${order}`).expect(200)).data;
    const { adminKey } = original;
    await original.kill('SIGTERM');

    const restored = await run('restore', at('one.backup'), { DATA_DIR: at('restored') });
    expect([restored.code, restored.output]).toEqual([0, expect.stringMatching(/^\d+ events were restored into /)]);
    const copy = await TestServer.start({ dataDirectory: at('restored'), environment: { ADMIN_API_KEY: adminKey } });
    try {
      const asBefore = { authorization: `Bearer ${adminKey}` };
      expect((await copy.get(`/work_orders/${order}`, asBefore).expect(200)).data).toEqual(figures);
      expect((await copy.get('/users?search=Keeper', asBefore).expect(200)).data).toHaveLength(1);
      const repeated = await copy.patch(`/parts/${part}/restock`, restock, { ...asBefore, 'idempotency-key': key }).expect(200);
      expect([repeated.headers.get('idempotent-replayed'), repeated.data]).toEqual(['true', first.data]);
      const movements = (await copy.get(`/parts/${part}/transactions?sort=position asc&per_page=1000`, asBefore).expect(200)).data as {
        on_hand_qty: number;
      }[];
      expect(movements.at(-1)?.on_hand_qty).toBe((await copy.get(`/parts/${part}`, asBefore).expect(200)).data.on_hand_qty);
      // What is appended now goes on from where the backup ended.
      expect((await copy.post('/parts', { part: { name: 'Hose' } }, asBefore).expect(201)).data.id).toBeGreaterThan(part);
      for (const name of projections) {
        const live = (await copy.get(`/projections/${name}/digest`, asBefore).expect(200)).data;
        expect((await copy.post(`/projections/${name}/rebuild`, undefined, asBefore).expect(200)).data.digest).toBe(live.digest);
      }
    } finally {
      await copy.stop();
    }
  });

  it('is refused where it cannot be right, in a sentence, and changes nothing', async () => {
    const file = at('one.backup');
    const onto = await run('restore', file, { DATA_DIR: at('restored') });
    expect([onto.code, onto.errors]).toEqual([1, expect.stringMatching(/^There is data in .* already; nothing was changed\. .*\n$/)]);
    const again = await run('backup', file, { DATA_DIR: at('restored') });
    expect([again.code, again.errors]).toEqual([1, expect.stringMatching(/exists already; name another file\.\n$/)]);
    const nothing = await run('backup', at('none.backup'), { DATA_DIR: at('nowhere') });
    expect([nothing.code, nothing.errors, existsSync(at('nowhere'))]).toEqual([
      1,
      expect.stringMatching(/^There is no database in /),
      false,
    ]);
    const nameless = await run('backup', join(at('nowhere'), 'a.backup'), { DATA_DIR: at('restored') });
    expect([nameless.code, nameless.errors]).toEqual([1, `There is no folder ${at('nowhere')}; make it, or name another file.\n`]);
    const bytes = await readFile(file);
    for (const [name, damaged] of [
      ['cut', bytes.subarray(0, bytes.length >> 1)],
      ['other', Buffer.from('something else')],
    ] as const) {
      await writeFile(at(name), damaged);
      const refused = await run('restore', at(name), { DATA_DIR: at('fresh') });
      expect([refused.code, refused.errors, existsSync(at('fresh'))]).toEqual([
        1,
        expect.stringMatching(/^(The backup cannot be used|The file is no backup).*\n$/),
        false,
      ]);
    }
  });

  it('taken of a database that stands still, and restored, has the same read models', async () => {
    const digests = async (dataDirectory: string, environment = {}): Promise<{ found: unknown[]; adminKey: string }> => {
      const server = await TestServer.start({ dataDirectory, environment });
      const headers = { authorization: `Bearer ${(environment as { ADMIN_API_KEY?: string }).ADMIN_API_KEY ?? server.adminKey}` };
      try {
        const { body } = await server.get('/health/ready', headers);
        const atHead = { ...headers, 'x-min-position': (body as { log: { position: string } }).log.position };
        // Whatever list is read waits for the position that the digests are to be of.
        await server.get('/audit_trail?per_page=1', atHead).expect(200);
        const found: unknown[] = [];
        for (const name of projections) {
          await server.post(`/projections/${name}/rebuild`, undefined, headers).expect(200);
          found.push((await server.get(`/projections/${name}/digest`, headers).expect(200)).data);
        }
        return { found, adminKey: server.adminKey };
      } finally {
        await server.stop();
      }
    };
    const original = await digests(at('original'));
    expect((await run('backup', at('still.backup'), { DATA_DIR: at('original') })).code).toBe(0);
    expect((await run('restore', at('still.backup'), { DATA_DIR: at('still') })).code).toBe(0);
    expect((await digests(at('still'))).found).toEqual(original.found);
    expect((await readdir(folder)).filter((name) => name.includes('unfinished'))).toEqual([]);
  });

  it('leaves a folder alone that was there, whatever is wrong with the file', async () => {
    await mkdir(at('somebody'));
    await writeFile(join(at('somebody'), 'letter.txt'), 'kept');
    await writeFile(at('rubbish'), 'rubbish');
    for (const [file, sentence] of [
      [at('rubbish'), 'The file is no backup of Millwright.\n'],
      [folder, 'A folder cannot be read as a backup.\n'],
      [at('nothing'), `${at('nothing')} cannot be used: there is no such file or folder.\n`],
    ] as const) {
      const refused = await run('restore', file, { DATA_DIR: at('somebody') });
      expect([refused.code, refused.errors]).toEqual([1, sentence]);
    }
    expect(await readdir(at('somebody'))).toEqual(['letter.txt']);
  });

  withDisk('says that the disk is full, and leaves no piece of a file', async () => {
    disk?.fill();
    const path = disk?.path ?? '';
    const { code, errors } = await run('backup', join(path, 'full.backup'), { DATA_DIR: at('original') });
    expect([code, errors]).toEqual([1, 'The disk is full. Nothing was kept; make room and run it again.\n']);
    expect(await readdir(path)).toEqual(['filler']);
  });

  withDisk('says that the disk is full where not even an empty database has room, and takes the folder away', async () => {
    const small = await SmallDisk.mount(20, (reason) => console.warn(reason));
    try {
      const path = small?.path ?? '';
      const { code, errors } = await run('restore', at('one.backup'), { DATA_DIR: join(path, 'data') });
      expect([code, errors]).toEqual([
        1,
        `DATA_DIR ${join(path, 'data')} lies on a full disk (ENOSPC). Make room, or set it to a folder that this user may write to.\n`,
      ]);
      expect(await readdir(path)).toEqual([]);
    } finally {
      await small?.unmount();
    }
  });

  it('broken off, lets nobody take an empty database for a restored one until it is run again', async () => {
    const environment = { DATA_DIR: at('broken') };
    const mark = join(at('broken'), 'restore.unfinished');
    const broken = ToolProcess.start('restore', [at('one.backup'), ...withSecret()], environment);
    let hasEnded = false;
    const ended = broken.finished().then(() => (hasEnded = true));
    while (!existsSync(mark) && !hasEnded) await nextTurn();
    await broken.kill();
    await ended;
    const sentence = /A restore into .*broken was broken off\. Run it again, or remove .*restore\.unfinished to begin without it\.\n/;
    await expect(TestServer.start({ dataDirectory: at('broken') })).rejects.toThrow(sentence);
    const refused = await run('backup', at('broken.backup'), environment);
    expect([refused.code, refused.errors]).toEqual([1, expect.stringMatching(sentence)]);
    expect((await run('restore', at('one.backup'), environment)).code).toBe(0);
    expect(existsSync(mark)).toBe(false);
    // Ended behind its last row, and before it could say so.
    await writeFile(mark, '');
    const again = await run('restore', at('one.backup'), environment);
    expect([again.code, again.errors]).toEqual([1, expect.stringMatching(/^An earlier restore into .*broken is complete; .*\n$/)]);
    await (await TestServer.start({ dataDirectory: at('broken') })).stop();
  });

  it('is put into a database without data, whatever shape its tables have', async () => {
    await inDatabase(at('begun'), async (client) => void (await client.query('alter table log.events add column later text not null')));
    expect((await run('restore', at('one.backup'), { DATA_DIR: at('begun') })).code).toBe(0);
    await inDatabase(at('begun'), async (client) => {
      expect((await client.query('select from log.events')).rowCount).toBeGreaterThan(0);
      await expect(client.query('select later from log.events')).rejects.toThrow(/does not exist/);
    });
  });

  it('holds no secret: it has to be given, and is not restored with another one; where it is lost, its signing keys are made anew', async () => {
    const secret = (await readFile(join(at('original'), 'secret'), 'utf8')).trim();
    const restore = (more: readonly string[], environment: Readonly<Record<string, string>>): Promise<Finished> =>
      ToolProcess.start('restore', [at('one.backup'), ...more], environment).finished();
    const keyIn = (folder: string): Promise<string | undefined> => {
      let key: string | undefined;
      const look = async (client: Awaited<ReturnType<typeof connect>>): Promise<void> => {
        key = (await client.query<{ key_id: string }>('select key_id from app.signing_keys')).rows[0]?.key_id;
      };
      return inDatabase(folder, look).then(() => key);
    };
    const DATA_DIR = at('secret');
    const none = await restore([], { DATA_DIR });
    expect([none.code, none.errors]).toEqual([1, expect.stringMatching(/^A backup does not hold the secret .* Nothing was restored\.\n$/)]);
    const wrong = await restore([], { DATA_DIR, SECRET_KEY: 'not the secret of this one' });
    expect([wrong.code, wrong.errors]).toEqual([
      1,
      expect.stringMatching(/^What was given .* is not the secret of this backup\. Nothing was/),
    ]);
    expect((await restore(['--secret-file'], { DATA_DIR })).code).toBe(2);
    const nowhere = await restore(['--secret-file', at('no such file')], { DATA_DIR });
    expect([nowhere.code, nowhere.errors]).toEqual([1, `${at('no such file')} cannot be used: there is no such file or folder.\n`]);
    expect(existsSync(DATA_DIR)).toBe(false);
    const right = await restore([], { DATA_DIR, SECRET_KEY: secret });
    expect([right.code, right.output]).toEqual([0, expect.not.stringContaining('new signing keys')]);
    const key = await keyIn(DATA_DIR);
    // What the application is given by its environment is written nowhere.
    expect([key, existsSync(join(DATA_DIR, 'secret'))]).toEqual([expect.any(String), false]);

    await mkdir(at('taken'));
    await writeFile(join(at('taken'), 'secret'), 'that of somebody else\n');
    const taken = await restore(withSecret(), { DATA_DIR: at('taken') });
    expect([taken.code, taken.errors]).toEqual([1, expect.stringMatching(/holds another secret\. Nothing was restored/)]);
    expect(await readdir(at('taken'))).toEqual(['secret']);

    const { code, output } = await restore(['--new-secret'], { DATA_DIR: at('anew'), SECRET_KEY: secret });
    expect([code, output]).toEqual([0, expect.stringContaining('new signing keys')]);
    const server = await TestServer.start({ dataDirectory: at('anew') });
    const { keys } = (await server.request('GET', '/.well-known/jwks.json').expect(200)).body as { keys: { kid: string }[] };
    await server.stop();
    expect(keys).toHaveLength(1);
    expect(keys[0]?.kid).not.toBe(key);
  });

  it('is neither taken of a database whose log lies elsewhere, nor put over it, also where EVENTSTORE_URL was forgotten', async () => {
    await inDatabase(at('elsewhere'), async (client) => {
      await client.query(`insert into app.log_home (place, prefix) values ('eventstoredb', '')`);
    });
    const sentence = /^The event log of this database lies in EventStoreDB: use its own backup for the log.*\n$/;
    for (const [tool, file] of [
      ['backup', at('half.backup')],
      ['restore', at('one.backup')],
    ] as const) {
      const refused = await run(tool, file, { DATA_DIR: at('elsewhere') });
      expect([refused.code, refused.errors]).toEqual([1, expect.stringMatching(sentence)]);
    }
    expect(existsSync(at('half.backup'))).toBe(false);
  });

  it.each([
    [{ DATABASE_URL: 'postgres://millwright@127.0.0.1:1/millwright' }, /^The database is your own \(DATABASE_URL\): .*pg_dump.*\n$/],
    [
      { EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' },
      /^The event log lies in EventStoreDB: back it up with its own backup, and keep DATA_DIR beside it\.\n$/,
    ],
  ])('says what to use instead for %j', async (environment, sentence) => {
    const { code, errors } = await run('backup', at('own.backup'), { DATA_DIR: at('original'), ...environment });
    expect([code, errors]).toEqual([1, expect.stringMatching(sentence)]);
  });

  it('names its usage', async () => {
    expect((await ToolProcess.start('restore', []).finished()).code).toBe(2);
  });
});

/** A data folder with a migrated database, and what the work does there as its owner. */
async function inDatabase(directory: string, work: (client: Awaited<ReturnType<typeof connect>>) => Promise<void>): Promise<void> {
  const server = await EmbeddedPostgres.start({ directory });
  try {
    await migrate({ ownerUrl: server.urlFor('owner'), appUrl: server.urlFor('app') });
    const client = await connect(server.urlFor('owner'));
    await work(client).finally(() => client.end());
  } finally {
    await server.stop();
  }
}

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestServer } from '../harness/server.js';
import { ToolProcess, type Finished } from './tool-process.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'millwright-backup-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (name: string): string => join(folder, name);
const run = (tool: 'backup' | 'restore', file: string, environment: Readonly<Record<string, string>>): Promise<Finished> =>
  ToolProcess.start(tool, [file], environment).finished();
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
    expect([taken.code, taken.errors]).toEqual([0, '']);
    const figures = (await original.get(`/work_orders/${order}`).expect(200)).data;
    const { adminKey } = original;
    await original.kill('SIGTERM');

    const restored = await run('restore', at('one.backup'), { DATA_DIR: at('restored') });
    expect([restored.code, restored.errors]).toEqual([0, '']);
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
    expect([onto.code, onto.errors]).toEqual([1, expect.stringMatching(/^There are events in .* already; nothing was changed\. .*\n$/)]);
    const again = await run('backup', file, { DATA_DIR: at('restored') });
    expect([again.code, again.errors]).toEqual([1, expect.stringMatching(/exists already; name another file\.\n$/)]);
    const nothing = await run('backup', at('none.backup'), { DATA_DIR: at('nowhere') });
    expect([nothing.code, nothing.errors, existsSync(at('nowhere'))]).toEqual([
      1,
      expect.stringMatching(/^There is no database in /),
      false,
    ]);
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

  it.each([
    [{ DATABASE_URL: 'postgres://millwright@127.0.0.1:1/millwright' }, /^The database is your own \(DATABASE_URL\): .*pg_dump.*\n$/],
    [{ EVENTSTORE_URL: 'esdb://127.0.0.1:1?tls=false' }, /^The event log lies in EventStoreDB: .*\n$/],
  ])('says what to use instead for %j', async (environment, sentence) => {
    const { code, errors } = await run('backup', at('own.backup'), { DATA_DIR: at('original'), ...environment });
    expect([code, errors]).toEqual([1, expect.stringMatching(sentence)]);
  });

  it('names its usage', async () => {
    expect((await ToolProcess.start('restore', []).finished()).code).toBe(2);
  });
});

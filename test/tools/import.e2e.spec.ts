import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '../harness/client.js';
import { sharedServer, TestServer } from '../harness/server.js';
import { ToolProcess } from './tool-process.js';

type CostRow = { key: unknown; label: string; labor: number; parts: number; other: number; total: number };
type Report = { rows: ReadonlyMap<string, number>; total: number };

/** The cost report once the read models have seen everything that is in the log now. */
async function costsBy(client: Client, group: string, query = ''): Promise<Report> {
  const { body } = await client.get('/health/ready');
  const { position } = (body as { log: { position: string } }).log;
  const { data, meta } = await client.get(`/reports/costs?group_by=${group}${query}`, { 'x-min-position': position }).expect(200);
  const rows = data as CostRow[];
  const { total } = meta as { total: { total: number } | number };
  return { rows: new Map(rows.map((row) => [row.label, row.total])), total: typeof total === 'number' ? total : total.total };
}

const importing = (client: Client, file: string, ...args: string[]): ToolProcess =>
  ToolProcess.start('import-history', [file, '--url', client.url, ...args], { ADMIN_API_KEY: client.adminKey });

const columns = 'BscStartDate,Asset,OriginalShorttext,PMType,Cost';

describe('npm run import', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'millwright-import-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('imports the example file once, however often it is run, and says which line it refused', async () => {
    const server = await sharedServer();
    const first = await importing(server, 'examples/maintenance-history.csv').finished();
    expect(first.errors).not.toContain('Error');
    expect(first.output).toContain('rows read      14');
    expect(first.output).toContain('imported       13');
    expect(first.output).toContain("line 9: cost 'n/a' is no number");
    expect(first.output).toContain('total cost     9859.5 ');
    expect(first.code).toBe(0);

    const again = await importing(server, 'examples/maintenance-history.csv').finished();
    expect(again.output).toContain('imported       0');
    expect(again.output).toContain('already there  13');

    const { rows } = await costsBy(server, 'asset');
    expect(rows.get('Conveyor 1')).toBe(4977.76);
    expect(rows.get('Crusher')).toBe(643.75);
    expect(rows.get('Wheel loader')).toBe(4237.99);
  });

  it('keeps the business date of each row beside the time it was recorded', async () => {
    const server = await sharedServer();
    await importing(server, 'examples/maintenance-history.csv').finished();
    const { data } = await server.get('/work_orders?filter[title_eq]=Replace drive motor').expect(200);
    const [workOrder] = data as { completed_at: string; created_at: string; status: { id: number } }[];
    expect(workOrder).toMatchObject({ completed_at: '2022-01-17T00:00:00Z', status: { id: 5 } });
    expect(workOrder?.created_at.startsWith('2022')).toBe(false);
  });

  it('stops with a reason when the server does not know the key', async () => {
    const { url } = await sharedServer();
    const refused = await importing({ url, adminKey: 'not-a-key-of-this-server' } as Client, 'examples/maintenance-history.csv').finished();
    expect(refused).toMatchObject({ code: 1, output: '', errors: `${url} does not accept this API key\n` });
  });

  it('refuses rows whose asset or category cannot be, and brings the others', async () => {
    const server = await sharedServer();
    const file = join(folder, 'long-names.csv');
    await writeFile(file, `${columns}\n2024-01-15,${'A'.repeat(256)},Job,PM01,1\n2024-01-15,Short,${'x'.repeat(254)}😀,PM01,2.5\n`);
    const { output, code } = await importing(server, file).finished();
    expect(output).toContain('imported       1');
    expect(output).toMatch(/line 2: asset\.name: must not be longer than 255 characters/);
    expect(output).toContain('total cost     2.5 ');
    expect(code).toBe(0);
  });

  it.each([
    ['that is not there', undefined, /nothing\.csv: there is no such file/],
    ['that is empty', '', /the file is empty/],
    ['with semicolons', `${columns.replaceAll(',', ';')}\n2024-01-15;A;Job;PM01;1,50\n`, /separated by ";"; save the file with commas/],
    ['without a column', 'BscStartDate,Asset,Text,PMType,Cost\n', /missing: OriginalShorttext\. It says: BscStartDate, Asset, Text/],
    ['that names a column twice', `${columns},Cost\n`, /names the column Cost twice/],
    ['in another encoding', Buffer.from(`${columns}\n2024-01-15,A,Pr\u00fcfung,PM01,1\n`, 'latin1'), /the file is not UTF-8/],
    ['with a quote that never closes', `${columns}\n2024-01-15,A,"Job,PM01,1\n`, /a quote is opened and never closed/],
  ])('says in a sentence what is wrong with a file %s', async (_, content, reason) => {
    const file = join(folder, content === undefined ? 'nothing.csv' : 'wrong.csv');
    if (content !== undefined) await writeFile(file, content);
    const { code, output, errors } = await importing(await sharedServer(), file).finished();
    expect(errors).toMatch(reason);
    expect(errors.trim().split('\n')).toHaveLength(1);
    expect([code, output]).toEqual([2, '']);
  });

  it('reads a file as a spreadsheet saves it: byte order mark, CRLF, quotes and a line break in a text', async () => {
    const file = join(folder, 'spreadsheet.csv');
    await writeFile(
      file,
      `\ufeff${columns}\r\n2024-01-15,Lathe,"Said ""no"",\r\nthen yes",PM01,1.50\r\n2024-02-30,Lathe,"Job\r\nagain",PM01,1\r\n2024-02-31,Lathe,Job,PM01,1\r\n`,
    );
    const { output, code } = await importing(await sharedServer(), file).finished();
    expect(output).toContain('imported       1');
    expect(output).toContain("line 4: date '2024-02-30' is no day of the calendar");
    expect(output).toContain("line 6: date '2024-02-31' is no day of the calendar");
    expect(code).toBe(0);
  });

  it.each([
    [['--url', 'localhost:3000'], /--url must be an address like/],
    [['--key', 'schlüssel'], /visible ASCII characters only/],
    [['--entity', 'x'], /--entity must be a whole number/],
    [['--colour', 'red'], /Unknown option '--colour'/],
  ])('does not wait for a server when it is started with %j', async (args, reason) => {
    const { code, errors } = await importing(await sharedServer(), 'examples/maintenance-history.csv', ...args).finished();
    expect(errors).toMatch(reason);
    expect(code).toBe(2);
  });
});

describe('npm run import, interrupted', () => {
  let folder: string;
  let server: TestServer;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millwright-import-'));
    server = await TestServer.start();
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('goes on where it was killed, and survives a server that is killed meanwhile', async () => {
    const file = join(folder, 'history.csv');
    await writeFile(file, inventedHistory(600));
    const killed = importing(server, file);
    await killed.untilItSays(/180 of 600 rows/);
    await killed.kill();

    const second = importing(server, file);
    await second.untilItSays(/420 of 600 rows/);
    await server.kill('SIGKILL');
    await server.restart();
    const { output, code } = await second.finished();
    expect(code).toBe(0);
    expect(output).toContain('rows read      600');
    expect(output).toContain('refused        0');

    const third = await importing(server, file).finished();
    expect(third.output).toContain('already there  600');
    expect(await costsBy(server, 'asset')).toEqual({
      rows: new Map([
        ['Mill', 30_100.5],
        ['Press', 60_000],
      ]),
      total: 90_100.5,
    });
  });
});

/** Rows that look alike are different jobs all the same: what tells them apart is their line. */
function inventedHistory(rows: number): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const asset = index % 2 === 0 ? 'Mill' : 'Press';
    const cost = asset === 'Press' ? '200' : index % 4 === 0 ? '100.33' : '100.34';
    return `2023-0${1 + (index % 9)}-15,${asset},Job,PM01,${cost}`;
  });
  return ['BscStartDate,Asset,OriginalShorttext,PMType,Cost', ...lines, ''].join('\n');
}

describe('npm run import of the excavators', () => {
  const file = process.env['MAINTENANCE_HISTORY_FILE'];
  if (file === undefined) {
    it('is skipped: set MAINTENANCE_HISTORY_FILE to the path of excavators.csv to run it', () => {
      console.warn('MAINTENANCE_HISTORY_FILE is not set: the real maintenance history was not imported.');
    });
    return;
  }

  it('comes to the right totals, also after kill -9 in the middle and after a rebuild', async () => {
    const server = await TestServer.start();
    try {
      const interrupted = importing(server, file);
      await interrupted.untilItSays(/1646 of 5485 rows/);
      await interrupted.kill();
      await server.kill('SIGKILL');
      await server.restart();
      const { output, code } = await importing(server, file).finished();
      expect(code).toBe(0);
      expect(output).toContain('rows read      5485');
      expect(output).toContain("refused        1\n  line 3454: cost 'PM01' is no number");
      expect(output).toContain('total cost     17506068.13 ');

      await expectRightTotals(server);
      await server.rebuild('costs');
      await expectRightTotals(server);
    } finally {
      await server.stop();
    }
  }, 600_000);
});

async function expectRightTotals(server: Client): Promise<void> {
  expect(await costsBy(server, 'asset')).toEqual({
    rows: new Map([
      ['A', 77_567.19],
      ['B', 1_312_088.61],
      ['C', 6_229_217.28],
      ['D', 5_128_534.49],
      ['E', 4_758_660.56],
    ]),
    total: 17_506_068.13,
  });
  const years = await costsBy(server, 'year');
  expect(years.rows.get('2010')).toBe(5_165_716.36);
  expect(years.total).toBe(17_506_068.13);
  expect((await costsBy(server, 'category')).total).toBe(17_506_068.13);
  expect((await costsBy(server, 'month', '&from=2010-01-01&to=2010-12-31')).total).toBe(5_165_716.36);
}

import { createHash } from 'node:crypto';
import pg from 'pg';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { conditionOf } from './conditions.js';
import { folded, inOrder, languageMigrations } from './language.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createDatabase();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query('CREATE SCHEMA app');
  for (const { sql } of languageMigrations) await client.query(sql);
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('text that is searched', () => {
  it.each([
    ['VÁLVULA', 'valvula'],
    ['VA\u0301LVULA', 'valvula'],
    ['Straße', 'STRASSE'],
    ['STRASSE', 'straße'],
    ['GROẞ', 'gross'],
    ['Ångström Øst', 'angstrom ost'],
    ['Łódź', 'lodz'],
    ['İstanbul', 'istanbul'],
    ['ısı', 'isi'],
    ['ΜΆΪΟΣ', 'μαιος'],
    ['Ёлка', 'елка'],
    ['Œuvre ﬁne Æon', 'oeuvre fine aeon'],
    ['Filter ２０', 'filter 20'],
    ['日本 プ', '日本 プ'],
    ['', ''],
  ])('%j is found by %j', async (text, sought) => {
    const { rows } = await client.query(`SELECT ${folded('$1::text')} AS one, ${folded('$2::text')} AS other`, [text, sought]);
    expect(rows[0].one).toBe(rows[0].other);
  });

  it('is folded by a function whose text stays as it was made', () =>
    expect(languageMigrations.map(({ name, sql }) => [name, createHash('sha256').update(sql).digest('hex')])).toEqual([
      ['0001-order-and-folding-of-text', '60c4209d5522a74b14cf0696a8f11f859298c15ae4a1003ee456068be941ecb7'],
    ]));

  it('is nothing where there is nothing', async () => {
    expect((await client.query(`SELECT ${folded('null')} AS text`)).rows).toEqual([{ text: null }]);
  });
});

describe('text that is sorted', () => {
  it('has the order of people', async () => {
    const ordered = ['', '1', '2', '10', 'a', 'A', 'á', 'Á', 'ab', 'A 9', 'A 10', 'b', 'É', 'f', 'O', 'Ö', 'öl', 'Z', 'Α', 'я'];
    const { rows } = await client.query(`SELECT text FROM unnest($1::text[]) text ORDER BY ${inOrder('text')}`, [[...ordered].reverse()]);
    const found = rows.map(({ text }: { text: string }) => text);
    const among = (...texts: string[]): string[] => found.filter((text: string) => texts.includes(text));
    expect(among('1', '2', '10')).toEqual(['1', '2', '10']);
    expect(among('A 9', 'A 10')).toEqual(['A 9', 'A 10']);
    expect(among('a', 'A', 'á', 'Á', 'b', 'É', 'f')).toEqual(['a', 'A', 'á', 'Á', 'b', 'É', 'f']);
    expect(among('O', 'Ö', 'öl', 'Z', 'Α', 'я')).toEqual(['O', 'Ö', 'öl', 'Z', 'Α', 'я']);
  });

  it('is a total order: only equal bytes are equal', async () => {
    const { rows } = await client.query(`SELECT ${inOrder("'\u00e9'")} = 'e\u0301' AS equal, 'A 01' < ${inOrder("'A 1'")} AS less`);
    expect(rows[0].equal).toBe(false);
    expect((await client.query(`SELECT 'A 1' < ${inOrder("'A 01'")} AS less`)).rows[0].less).toBe(!rows[0].less);
  });
});

describe('text that must be equal', () => {
  const condition = (matcher: 'eq' | 'in', ...values: string[]): [sql: string, bound: unknown[]] => {
    const bound: unknown[] = [];
    return [
      conditionOf({ attribute: 'number', matcher, values, asked: values }, 'number', 'text', (value) => `$${bound.push(value)}`),
      bound,
    ];
  };

  beforeAll(async () => {
    await client.query(`CREATE TABLE parts AS SELECT 'P-' || i AS number FROM generate_series(1, 2000) i`);
    await client.query(`INSERT INTO parts VALUES ('p-77'), ('P-0077'), (null)`);
    await client.query(`CREATE INDEX ON parts (${inOrder('number')})`);
    await client.query('ANALYZE parts');
  });

  it.each(['eq', 'in'] as const)('is found by the index that lists walk (%s)', async (matcher) => {
    const [sql, bound] = condition(matcher, 'P-77');
    const { rows } = await client.query(`EXPLAIN SELECT * FROM parts WHERE ${sql}`, bound);
    expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toContain('parts_number_idx');
    expect((await client.query(`SELECT * FROM parts WHERE ${sql}`, bound)).rows).toEqual([{ number: 'P-77' }]);
  });
});

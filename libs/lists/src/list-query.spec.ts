import { DataSource } from 'typeorm';
import { alike, runInScope, type RequestScope } from '#millwright/access';
import { projectionMigrations, Rejection, type TableDefinition } from '#millwright/event-sourcing';
import { defineChoices } from '#millwright/fields';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { beginningOf, inOrder, languageMigrations } from './language.js';
import type { ListDefinition } from './list-definition.js';
import type { ListPage } from './list-page.js';
import { ListReader } from './list-reader.js';
import { listStatement, pageSql } from './list-statement.js';
import { ParkedRows } from './parked-rows.js';
import { parseListQuery, type RawQuery } from './parse-list-query.js';
import { Snapshots } from './snapshots.js';
import { viewOf } from './view.js';

const table: TableDefinition = {
  name: 'things',
  columns: {
    id: 'bigint',
    entity_id: 'bigint',
    customer_id: 'bigint',
    name: 'text',
    code: 'text',
    cost: 'numeric',
    bought_on: 'date',
    made_at: 'timestamptz',
    owner_id: 'bigint',
    tags_ids: 'bigint[]',
    archived: 'boolean',
    state: 'text',
    urgency: 'text',
    remark: 'text',
  },
  key: ['id'],
};

const states = defineChoices('ThingState', 'What becomes of it.', { new: 'Not used yet.', worn: 'Used up.' });
const urgencies = defineChoices('ThingUrgency', 'How soon it is wanted.', { high: 'Soon.', low: 'Some day.' });

const things: ListDefinition = {
  view: viewOf(table),
  attributes: {
    id: { type: 'id', neverNull: true },
    name: { type: 'text', neverNull: true },
    code: { type: 'text' },
    cost: { type: 'decimal' },
    bought_on: { type: 'date' },
    made_at: { type: 'instant', neverNull: true },
    owner_id: { type: 'id' },
    tags_ids: { type: 'ids' },
    archived: { type: 'flag', neverNull: true },
    state: { type: 'text', choices: states },
    urgency: { type: 'text', choices: urgencies, ignoresCase: true },
    remark: { type: 'text' },
  },
  search: ['name', 'code'],
  defaultSort: 'name asc',
  scope: 'entity',
  hidesArchived: true,
};

const mainFacility = {
  id: 1,
  name: 'Main Facility',
  currency: 'USD',
  currency_symbol: '$',
  datetime_format: '',
  timezone: 'Etc/UTC: +00:00',
};
const scope: RequestScope = {
  requestId: 'test',
  principal: { credential: { kind: 'api_key', id: 'test' }, customerId: 1, userId: 1, rights: alike('all') },
  held: 'all',
  customer: { id: 1, name: 'Acme' },
  entity: mainFacility,
};

let database: TestDatabase;
let source: DataSource;

beforeAll(async () => {
  database = await createDatabase();
  source = await new DataSource({ type: 'postgres', url: database.ownerUrl, extra: { max: 2 } }).initialize();
  for (const { sql } of [...projectionMigrations, ...languageMigrations]) await source.query(sql);
  await source.query(
    `CREATE TABLE read.things (${Object.entries(table.columns)
      .map(([name, type]) => `${name} ${type}`)
      .join(', ')})`,
  );
  await source.query(`INSERT INTO read.things VALUES
    (1, 1, 1, 'Air Filter',   'A_1', 1.5,  '2026-01-01', '2026-01-01T00:00:00Z', 7,    '{1,2}', false),
    (2, 1, 1, 'Belt',         'B%2', 12.5, '2026-02-01', '2026-01-02T00:00:00Z', null, '{2}',   false),
    (3, 1, 1, 'belt, wide',   null,  null, null,         '2026-01-03T00:00:00Z', 7,    '{}',    false),
    (4, 1, 1, 'Chain',        '',    3,    '2026-03-01', '2026-01-04T00:00:00Z', 8,    null,    true),
    (5, 1, 1, 'Chain',        'C',   3,    '2026-03-01', '2026-01-05T00:00:00.5Z', 8,  null,    false),
    (6, 2, 1, 'Other site',   'C',   3,    '2026-03-01', '2026-01-05T00:00:00Z', 8,    null,    false)`);
  await source.query(`UPDATE read.things SET state = 'worn', urgency = 'high' WHERE id = 2`);
});

afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const page = async (query: RawQuery, site = 1): Promise<ListPage> =>
  runInScope({ ...scope, entity: { ...mainFacility, id: site } }, () =>
    new ListReader(source, new ParkedRows(source), new Snapshots(source)).read(things, parseListQuery(things, query)),
  );
const ids = async (query: RawQuery): Promise<unknown[]> => (await page({ sort: 'id', ...query })).rows.map(({ id }) => id);

/** A cursor that says another first value than it was given with. */
function saying(value: string, cursor: string | null): string {
  const [list, total, , ...others] = JSON.parse(Buffer.from(cursor ?? '', 'base64url').toString()) as unknown[];
  return Buffer.from(JSON.stringify([list, total, value, ...others])).toString('base64url');
}

describe('filters', () => {
  it.each<[string, RawQuery, number[]]>([
    ['nothing hides the archived', {}, [1, 2, 3, 5]],
    ['brackets', { 'filter[name_cont]': 'belt' }, [2, 3]],
    ['plain', { name: 'Belt' }, [2]],
    ['plain in camelCase', { ownerId: '7' }, [1, 3]],
    ['plain with a matcher in camelCase', { nameStart: 'be' }, [2, 3]],
    ['a JSON object', { filter: '{"name_end":"wide"}' }, [3]],
    ['a JSON null', { filter: '{"owner_id":null}' }, [2]],
    ['several at once', { 'filter[name_cont]': 'belt', ownerId: '7' }, [3]],
    ['not_eq counts rows without a value', { 'filter[owner_id_not_eq]': '7' }, [2, 5]],
    ['in, with commas', { 'filter[id_in]': '1, 2,99' }, [1, 2]],
    ['in, one value as it is typed', { 'filter[name_in]': 'Belt ' }, []],
    [
      'in, one value that is no text, among blanks',
      { 'filter[id_in]': '2 ', 'filter[cost_in]': ' 12.5', 'filter[bought_on_in]': '2026-02-01 ' },
      [2],
    ],
    ['in, repeated', { 'filter[name_in][]': ['belt, wide', 'Belt'] }, [2, 3]],
    ['not_in counts rows without a value', { 'filter[cost_not_in]': '1.5,3' }, [2, 3]],
    ['not_cont', { 'filter[code_not_cont]': '%' }, [1, 3, 5]],
    ['% is a percent sign', { 'filter[code_cont]': '%' }, [2]],
    ['_ is an underscore', { 'filter[code_i_cont]': 'a_' }, [1]],
    ['gt', { 'filter[cost_gt]': '1.50' }, [2, 5]],
    ['gteq and lt', { 'filter[bought_on_gteq]': '2026-02-01', 'filter[bought_on_lt]': '2026-03-01' }, [2]],
    ['lteq on instants, by a plain date', { 'filter[made_at_lteq]': '2026-01-02' }, [1, 2]],
    ['an instant with an offset', { 'filter[made_at_eq]': '2026-01-02T02:00:00+02:00' }, [2]],
    ['an instant to the minute', { 'filter[made_at_eq]': '2026-01-02T00:00Z' }, [2]],
    ['present', { 'filter[code_present]': 'true' }, [1, 2, 5]],
    ['blank', { 'filter[code_blank]': 'true' }, [3]],
    ['null', { 'filter[cost_null]': 'true' }, [3]],
    ['not_null', { 'filter[cost_not_null]': 'true' }, [1, 2, 5]],
    ['true shows the archived only', { 'filter[archived_true]': 'true' }, [4]],
    ['both archived and not', { 'filter[archived_in]': 'true,false' }, [1, 2, 3, 4, 5]],
    ['a list of ids contains', { 'filter[tags_ids_eq]': '2' }, [1, 2]],
    ['a list of ids contains one of', { tagsIds_in: '1,9' }, [1]],
    ['a list of ids is empty', { 'filter[tags_ids_blank]': 'true' }, [3, 5]],
    ['a word of a fixed set', { state: 'worn' }, [2]],
    ['part of a word of a fixed set', { 'filter[state_cont]': 'or' }, [2]],
    ['a word of a fixed set in any case', { urgency: 'HIGH', state: 'WORN' }, [2]],
    ['a word of a fixed set among blanks', { state: ' worn ', 'filter[urgency_in][]': ['low', ' High'] }, [2]],
    ['a list with a comma too many', { 'filter[state_in]': 'worn,', 'filter[id_in]': ',1,,2,' }, [2]],
    ['no word of a fixed set', { filter: '{"state":null}' }, [1, 3, 5]],
    ['search', { search: 'c' }, [5]],
    ['search takes % for a percent sign', { search: '%' }, [2]],
  ])('%s', async (_, query, expected) => {
    expect(await ids(query)).toEqual(expected);
  });

  it('shows what was asked, in snake_case', async () => {
    const { meta } = await page({ search: 'e', sort: 'name', ownerId: '7', 'filter[name_cont]': 'e', per_page: '1' });
    expect(meta).toEqual({
      pagination: { total: 2, page: 1, per_page: 1, total_pages: 2, next_cursor: expect.any(String) as string },
      sort: ['name asc'],
      search: 'e',
      filter: { owner_id: '7', name_cont: 'e' },
    });
  });
});

describe('refusals', () => {
  const problem = (query: RawQuery): Promise<string> =>
    page(query).then(
      () => 'nothing',
      (error: unknown) =>
        error instanceof Rejection ? error.details.map(({ field, code }) => `${field} ${code}`).join(', ') : String(error),
    );

  it.each<[RawQuery, string]>([
    [{ 'filter[colour_eq]': 'red' }, 'filter[colour_eq] unknown_attribute'],
    [{ colour: 'red' }, 'colour unknown_attribute'],
    [{ 'filter[constructor]': 'x' }, 'filter[constructor] unknown_attribute'],
    [{ 'filter[name_gt]': 'x' }, 'filter[name_gt] unknown_matcher'],
    [{ 'filter[cost_eq]': '1e5' }, 'filter[cost_eq] invalid_value'],
    [{ 'filter[id_eq]': "1' OR 1=1" }, 'filter[id_eq] invalid_value'],
    [{ 'filter[archived_true]': 'false' }, 'filter[archived_true] invalid_value'],
    [{ 'filter[bought_on_eq]': '2026-02-30' }, 'filter[bought_on_eq] invalid_value'],
    [{ 'filter[name_eq]': 'a\0' }, 'filter[name_eq] invalid_value'],
    [{ state: 'broken' }, 'state not_a_choice'],
    [{ 'filter[state_not_eq]': 'WORNE' }, 'filter[state_not_eq] not_a_choice'],
    [{ 'filter[urgency_in]': 'HIGH,someday' }, 'filter[urgency_in] not_a_choice'],
    [{ filter: '{"state_not_in":["new",""]}' }, 'filter[state_not_in] not_a_choice'],
    [{ 'filter[state_in]': ',' }, 'filter[state_in] not_a_choice'],
    [{ filter: '{' }, 'filter invalid_filter'],
    [{ filter: '[1]' }, 'filter invalid_filter'],
    [{ sort: 'colour' }, 'sort unknown_attribute'],
    [{ sort: 'tags_ids' }, 'sort unknown_attribute'],
    [{ sort: 'name sideways' }, 'sort not_a_choice'],
    [{ per_page: '1001' }, 'per_page out_of_range'],
    [{ pageSize: '0' }, 'page_size out_of_range'],
    [{ page: '-1' }, 'page out_of_range'],
    [{ cursor: 'abc' }, 'cursor invalid_cursor'],
    [{ search: 'x'.repeat(20_001), cursor: ['a', 'b'] }, 'search too_long, cursor not_text'],
    [{ search: 'a\0' }, 'search invalid_text'],
  ])('%j', async (query, expected) => {
    expect(await problem(query)).toBe(expected);
  });

  it('lists what is allowed', async () => {
    await expect(page({ 'filter[name_gt]': 'x' })).rejects.toMatchObject({
      details: [{ message: expect.stringContaining('eq, not_eq, in') as string }],
    });
    await expect(page({ colour: 'x' })).rejects.toMatchObject({
      details: [{ message: expect.stringContaining('id, name, code') as string }],
    });
  });

  it.each([
    ['made_at', '0000-01-01T00:00:00.000000Z'],
    ['made_at', '0001-02-30T00:00:00.000000Z'],
    ['bought_on', '0000-01-01'],
  ])('does not take a cursor whose %s is %s, which is no time', async (sort, value) => {
    const { next_cursor } = (await page({ sort, per_page: '1' })).meta.pagination;
    expect(await problem({ sort, per_page: '1', cursor: saying(value, next_cursor) })).toBe('cursor invalid_cursor');
  });

  it('does not take a cursor to another list', async () => {
    const { meta } = await page({ per_page: '1' });
    expect(await problem({ cursor: meta.pagination.next_cursor, per_page: '1', search: 'a' })).toBe('cursor invalid_cursor');
    const there = parseListQuery(things, { cursor: meta.pagination.next_cursor ?? '', per_page: '1' });
    expect(() => listStatement({ ...things, view: { ...things.view, from: 'read.others' } }, there)).toThrow(Rejection);
    expect(() => listStatement(things, there, { where: { id: 1 } })).toThrow(Rejection);
  });
});

describe('a row that could not be folded any further', () => {
  it('makes the page that shows it stale', async () => {
    await source.query(`
      INSERT INTO app.projections VALUES ('things', 'read_things_v2');
      INSERT INTO app.projection_builds (schema_name, projection, version, generation) VALUES ('read_things_v1', 'things', 1, 0), ('read_things_v2', 'things', 2, 0);
      INSERT INTO app.parked_streams (schema_name, stream, projection, position, event_id, event_type, error, last_position)
      VALUES ('read_things_v2', 'thing-2', 'things', 1, 'e', 'E', 'x', 1), ('read_things_v1', 'thing-3', 'things', 1, 'e', 'E', 'x', 1)`);
    const definition: ListDefinition = { ...things, source: { projection: 'things', streamOf: ({ id }) => `thing-${String(id)}` } };
    const lists = new ListReader(source, new ParkedRows(source), new Snapshots(source));
    const stale = async (id: string): Promise<unknown> =>
      (await runInScope(scope, () => lists.read(definition, parseListQuery(definition, { id })))).meta.stale;
    expect([await stale('1'), await stale('2'), await stale('3')]).toEqual([undefined, true, undefined]);
  });
});

describe('pages', () => {
  it('reads values as the wire has them', async () => {
    const { rows } = await page({ id: '5' });
    expect(rows).toEqual([
      expect.objectContaining({
        id: 5,
        cost: '3',
        bought_on: '2026-03-01',
        made_at: '2026-01-05T00:00:00.500Z',
        owner_id: 8,
        tags_ids: null,
        archived: false,
      }),
    ]);
  });

  it('counts rows from a start as well', async () => {
    const { rows, meta } = await page({ sort: 'id', start: '2', limit: '2' });
    expect(rows.map(({ id }) => id)).toEqual([3, 5]);
    expect(meta.pagination).toMatchObject({ total: 4, page: 2, per_page: 2, total_pages: 2, next_cursor: null });
  });

  it('sums over the whole filtered set', async () => {
    const reading = runInScope(scope, () =>
      new ListReader(source, new ParkedRows(source), new Snapshots(source)).read(things, parseListQuery(things, { per_page: '1' }), {
        where: { owner_id: 7 },
        aggregates: { sum: 'sum(cost)' },
      }),
    );
    expect((await reading).aggregates).toEqual({ sum: '1.5' });
  });

  it('goes on by no more of a long text than fits into an address, and behind instants however fine and late', async () => {
    await source.query(`INSERT INTO read.things (id, entity_id, customer_id, name, cost, made_at, remark, archived) VALUES
      (11, 7, 1, 'A', 1e30,                    '2101-02-03T04:05:06.000007Z', repeat('water ', 5000) || 'x', false),
      (12, 7, 1, 'B', 1e30 + 0.0000000000001,  '2101-02-03T04:05:06.000008Z', repeat('water ', 5000) || 'a', false),
      (13, 7, 1, 'C', -0.0000000000001,        '2101-02-03T04:05:06Z',        repeat(chr(128167), 20000),    false),
      (14, 7, 1, 'D', null,                    '2026-01-01T00:00:00Z',        null,                          false)`);
    for (const [sort, order] of Object.entries({ remark: [13, 11, 12, 14], made_at: [14, 13, 11, 12], cost: [13, 11, 12, 14] }))
      for (const way of ['asc', 'desc']) {
        const walked: unknown[] = [];
        for (let cursor: string | null = ''; cursor !== null;) {
          const { rows, meta }: ListPage = await page({ sort: `${sort} ${way}`, per_page: '1', cursor }, 7);
          walked.push(...rows.map(({ id }) => id));
          cursor = meta.pagination.next_cursor;
          expect((cursor ?? '').length).toBeLessThan(2_000);
        }
        expect([sort, way, walked]).toEqual([sort, way, way === 'asc' ? order : [...order].reverse()]);
      }
  });

  it.each(['asc', 'desc'])('goes on by a cursor of an earlier release, which holds the whole of a long text, %s', async (way) => {
    // The 255th character is the last of one that JavaScript counts twice.
    await source.query(`INSERT INTO read.things (id, entity_id, customer_id, name, remark, archived)
      SELECT n, $1, 1, 'x', repeat(chr(128167), 255) || n, false FROM generate_series(1, 3) n`, [way === 'asc' ? 8 : 9]); // prettier-ignore
    const there = (cursor: string): Promise<ListPage> => page({ sort: `remark ${way}`, per_page: '1', cursor }, way === 'asc' ? 8 : 9);
    const { rows, meta } = await there('');
    const whole = saying(String(rows[0]?.['remark']), meta.pagination.next_cursor);
    expect((await there(whole)).rows).toMatchObject([{ id: 2 }]);
  });

  it.each<[string, RawQuery, string]>([
    ['sorts', { sort: 'remark' }, 'Limit  (cost'],
    ['finds', { remark: 'x'.repeat(300) }, 'AND (("left"(remark, 255))::text = ANY'],
  ])('%s by the beginnings of long texts, which an index has', async (_, query, planned) => {
    const runner = source.createQueryRunner();
    await runner.startTransaction();
    await runner.query(`CREATE INDEX beginnings ON read.things (entity_id, ${inOrder(beginningOf('"remark"'))}, id)`);
    await runner.query('SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off');
    const statement = runInScope(scope, () => listStatement(things, parseListQuery(things, { sort: 'remark', ...query })));
    const plan = (await runner.query(`EXPLAIN ${pageSql(things, statement)}`, statement.parameters)) as Record<string, string>[];
    await runner.rollbackTransaction();
    await runner.release();
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect([text.includes('Index Scan using beginnings'), text.includes(planned), text.includes('Sort')]).toEqual([true, true, false]);
  });

  it.each(['name', 'name desc', 'cost', 'cost desc', 'owner_id desc, name', 'code, cost desc', 'made_at desc', 'bought_on, id desc'])(
    'walks every row once by a cursor, sorted by %s',
    async (sort) => {
      const query = { sort, 'filter[archived_in]': 'true,false', per_page: '1' };
      const whole = (await page({ ...query, per_page: '100' })).rows.map(({ id }) => id);
      const walked: unknown[] = [];
      let cursor: string | null = null;
      do {
        const { rows, meta }: ListPage = await page(cursor === null ? query : { ...query, cursor });
        walked.push(...rows.map(({ id }) => id));
        cursor = meta.pagination.next_cursor;
        expect(meta.pagination.total).toBe(5);
      } while (cursor !== null);
      expect(walked).toEqual(whole);
    },
  );
});

import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

/** Longer than an address may be, and alike up to its end. */
const long = (end: string): string => `${'Water under the freezer, '.repeat(399)}${end}`;
const texts = [null, long('again'), long('and oil'), 'Drained'];
const created = async (path: string, body: object): Promise<number> => (await app.post(path, body).expect(201)).data.id as number;
/** Four of a kind: two alike but for the end of a text, one without it, one with a short one. */
async function four(make: (text: string | null, place: number) => Promise<number>): Promise<number[]> {
  const made: number[] = [];
  for (const [place, text] of texts.entries()) made.push(await make(text, place));
  return made;
}

const described = (text: string | null): object => ({ name: 'Freezer', description: text });
const named = (_text: string | null): object => ({ name: 'Freezer' });
const titled = (text: string | null): object => ({ title: 'Drain it', description: text });
const ends = [null, '2100-12-31', '2099-12-31T23:59:59.5Z', '2099-12-31'];
const kinds: readonly (readonly [path: string, root: string, fields: (text: string | null, place: number) => object])[] = [
  ['account_codes', 'account_code', described],
  ['asset_types', 'asset_type', named],
  ['assets', 'asset', described],
  ['categories', 'category', named],
  ['cost_categories', 'cost_category', named],
  ['customers', 'customer', described],
  ['entities', 'entity', described],
  ['labor_categories', 'labor_category', named],
  ['locations', 'location', described],
  ['measurement_units', 'measurement_unit', () => ({ name: 'Bucket', short_name: 'bkt' })],
  ['part_types', 'part_type', named],
  ['parts', 'part', described],
  ['pm_schedules', 'pm_schedule', (_text, place) => ({ title: 'Drain it', start_date: '2099-01-01T08:00:00Z', end_date: ends[place], template_work_order: {} })], // prettier-ignore
  ['procedure_templates', 'procedure_template', described],
  ['request_portals', 'request_portal', titled],
  ['storerooms', 'storeroom', named],
  ['users', 'user', (_text, place) => ({ name: 'Tess', regular_rate: place })],
  ['vendors', 'vendor', described],
  ['work_order_requests', 'work_order_request', titled],
  ['work_order_statuses', 'work_order_status', () => ({ name: 'Drained', kind: 'open' })],
  ['work_orders', 'work_order', titled],
];

/** Answered otherwise than by pages, or, as credentials are, in no batch. */
const apart = /^\/api\/v1\/(api_calls\/(export|stats)|parts\/\{id\}\/explain|access\/.*)$/;

type List = Readonly<{ url: string; attributes: readonly string[] }>;

/** Every list there is, of a record that has rows of it. */
async function lists(owners: Readonly<Record<string, number>>): Promise<List[]> {
  const { paths } = (await app.get('/openapi.json')).body as {
    paths: Record<string, { get?: { parameters?: { name: string; description?: string }[] } }>;
  };
  return Object.entries(paths).flatMap(([path, { get }]) => {
    const sort = get?.parameters?.find(({ name }) => name === 'sort')?.description;
    if (sort === undefined || apart.test(path)) return [];
    const attributes = /Attributes: (.*)\.$/.exec(sort)?.[1]?.split(', ') ?? [];
    return [{ url: path.replace(/([a-z_]+)\/\{id\}/, (_, owner: string) => `${owner}/${owners[owner]}`), attributes }];
  });
}

/** One row after the other, in one order, of rows that are named: others may come meanwhile. */
type Walk = {
  url: string;
  sort: string;
  among: Record<string, string>;
  key: string;
  whole: unknown[];
  walked: unknown[];
  cursor: string | null;
};
type Page = { data: Record<string, unknown>[]; meta: { pagination: { next_cursor: string | null } } };

async function pages(asked: readonly Readonly<{ url: string; params: object }>[]): Promise<Page[]> {
  const answers: Page[] = [];
  for (let from = 0; from < asked.length; from += 100) {
    const ops = asked.slice(from, from + 100).map((op) => ({ method: 'GET', ...op }));
    const { body } = await app.post('/batch', { sequential: true, ops }).expect(200);
    for (const [place, { status, body: page }] of (body.results as { status: number; body: Page }[]).entries()) {
      if (status !== 200) throw new Error(`${JSON.stringify(ops[place])}: ${status} ${JSON.stringify(page)}`);
      answers.push(page);
    }
  }
  return answers;
}

describe('every list', () => {
  it('is walked row by row to its end, by whatever it is sorted, one way and the other', async () => {
    const ids = new Map<string, number[]>();
    for (const [path, root, fields] of kinds)
      ids.set(path, await four((text, place) => created(`/${path}`, { [root]: fields(text, place) })));
    const of = (path: string): number => ids.get(path)?.[0] ?? 0;
    const template = { name: 'Safety', items: [{ name: 'Locked', item_type: 'checkbox' }] };
    const procedures = await four((description) => created('/procedure_templates', { procedure_template: { ...template, description } }));
    await app.patch(`/work_orders/${of('work_orders')}`, { work_order: { procedure_template_ids: procedures } }).expect(200);
    for (const note of ['x', ...texts.map((text) => text?.slice(-2000) ?? null)])
      await app.patch(`/parts/${of('parts')}/restock`, { quantity: 1, cost: 3.33, note }).expect(200);
    for (const [day, text] of texts.entries()) {
      const short = text?.slice(0, 2000) ?? null;
      const downtime = { started_at: `2026-01-0${day + 1}T08:00:00Z`, ended_at: `2026-01-0${day + 1}T09:00:00Z`, reason: short };
      await created(`/assets/${of('assets')}/downtimes`, { downtime });
      await created(`/work_orders/${of('work_orders')}/labor_entries`, {
        labor_entry: { technician_id: of('users'), hours: 0.3333, rate: 41, note: short },
      });
      await created(`/work_orders/${of('work_orders')}/other_costs`, { other_cost: { amount: 0.01, note: short } });
      for (const path of ['work_orders', 'work_order_requests'])
        await created(`/${path}/${of(path)}/comments`, { comment: { text: text ?? '-' } });
      await app.post(`/work_orders/${of('work_orders')}/timer/start`, { technician_id: ids.get('users')?.[day] }).expect(201);
    }

    const found = await lists(Object.fromEntries([...ids.keys()].map((path) => [path, of(path)])));
    expect(found.length).toBeGreaterThan(30);
    const named = found.map((list) => ({ ...list, key: list.attributes.includes('id') ? 'id' : 'position' }));
    const latest = await pages(named.map(({ url, key }) => ({ url, params: { sort: `${key} desc`, per_page: 4 } })));
    const walks = named.flatMap(({ url, attributes, key }, place): Walk[] => {
      const rows = latest[place]?.data.map((row) => row[key]) ?? [];
      expect([url, rows.length > 1]).toEqual([url, true]);
      const among = { [`filter[${key}_in]`]: rows.join(',') };
      return attributes.flatMap((attribute) =>
        ['asc', 'desc'].map((way) => ({ url, sort: `${attribute} ${way}`, among, key, whole: [], walked: [], cursor: '' })),
      );
    });
    const wholes = await pages(walks.map(({ url, sort, among }) => ({ url, params: { ...among, sort } })));
    for (const [place, walk] of walks.entries()) walk.whole = wholes[place]?.data.map((row) => row[walk.key]) ?? [];

    for (let step = 0, under = walks; under.length > 0; under = under.filter(({ cursor }) => cursor !== null), step += 1) {
      expect(step).toBeLessThanOrEqual(4);
      const answers = await pages(
        under.map(({ url, sort, among, cursor }) => ({ url, params: { ...among, sort, per_page: 1, ...(cursor && { cursor }) } })),
      );
      for (const [place, walk] of under.entries()) {
        const { data = [], meta } = answers[place] ?? {};
        walk.walked.push(...data.map((row) => row[walk.key]));
        walk.cursor = meta?.pagination.next_cursor ?? null;
      }
    }
    expect(walks.map(({ url, sort, walked }) => [url, sort, walked])).toEqual(walks.map(({ url, sort, whole }) => [url, sort, whole]));
  });

  it('goes on behind a long text over both edges, also where that was changed or is gone meanwhile', async () => {
    const rows = await four((description) => created('/assets', { asset: { name: 'Walked', description } }));
    const [none, first, second, short] = rows;
    const walk = `query ($ids: [ID!], $after: String) {
      assets(first: 1, after: $after, sort: "description", filter: {id: {in: $ids}}) { nodes { id } pageInfo { hasNextPage endCursor } }
    }`;
    const walked: number[] = [];
    type Walked = { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    for (let after = '', more = true; more;) {
      const { nodes, pageInfo }: Walked = (await app.graphql(walk, { ids: rows.map(String), after })).assets;
      walked.push(...nodes.map(({ id }) => Number(id)));
      [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
    }
    expect(walked).toEqual([short, first, second, none]);

    const query = `per_page=1&sort=description&filter[id_in]=${rows.join(',')}`;
    const after = async (cursor?: string): Promise<[id: number, cursor: string]> => {
      const { data, meta } = await app.get(`/assets?${query}${cursor === undefined ? '' : `&cursor=${cursor}`}`).expect(200);
      return [data[0].id, meta.pagination.next_cursor];
    };
    const [, behindShort] = await after();
    const [walkedFirst, behindFirst] = await after(behindShort);
    expect(walkedFirst).toBe(first);
    await app.patch(`/assets/${first}`, { asset: { description: 'Another' } }).expect(200);
    expect((await after(behindFirst))[0]).toBe(second);
    await app.delete(`/assets/${first}`).expect(204);
    expect((await after(behindFirst))[0]).toBe(second);
  });

  it('has what is called by as much as a title holds, and finds it by that', async () => {
    // 1,000 characters of four bytes, no two of them alike: nothing that a database could press together.
    const title = Array.from({ length: 1000 }, (_, index) => String.fromCodePoint(0x20000 + ((index * 7919) % 42_000))).join('');
    const records = [
      ['work_orders', 'work_order', { title }],
      ['work_order_requests', 'work_order_request', { title }],
      ['pm_schedules', 'pm_schedule', { title, start_date: '2099-01-01T08:00:00Z', template_work_order: { title: 'x' } }],
    ] as const;
    for (const [path, root, fields] of records) {
      const ids = [await created(`/${path}`, { [root]: fields }), await created(`/${path}`, { [root]: { ...fields, title: `${title.slice(0, -2)}x` } })]; // prettier-ignore
      expect((await app.get(`/${path}/${ids[0]}`).expect(200)).data.title).toBe(title);
      // The version that ends here has the title, too.
      const change = path === 'pm_schedules' ? { time_to_complete: 4 } : { priority: 'high' };
      await app.patch(`/${path}/${ids[0]}`, { [root]: change }).expect(200);
      expect((await app.get(`/${path}/${ids[0]}`).expect(200)).data).toMatchObject({ title, ...change });
      const op = { method: 'GET', url: `/api/v1/${path}`, params: { title, per_page: 1, sort: 'title' } };
      const { body } = await app.post('/batch', { sequential: true, ops: [op] }).expect(200);
      expect(body.results[0].body.data.map(({ id }: { id: number }) => id)).toEqual([ids[0]]);
    }
  });

  it('says what is wrong with a text that is too long to be searched for', async () => {
    const search = 'x'.repeat(20_001);
    const { body } = await app.post('/batch', { sequential: true, ops: [{ method: 'GET', url: '/api/v1/parts', params: { search } }] });
    const problem = { code: 'too_long', message: 'must not be longer than 20000 characters' };
    expect(body.results[0]).toMatchObject({ status: 422, body: { error: { details: [{ field: 'search', ...problem }] } } });
    const answer = await app.graphqlAnswer('query ($search: String) { parts(search: $search) { totalCount } }', { search });
    expect(answer.body.errors[0].extensions.details).toEqual([{ field: 'search', ...problem }]);
  });
});

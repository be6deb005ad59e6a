import { randomUUID } from 'node:crypto';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

describe.each([
  { root: 'location', path: '/locations', update: 'updateLocation' },
  { root: 'asset', path: '/assets', update: 'updateAsset' },
])('a tree of $root records', ({ root, path, update }) => {
  const create = async (name: string, parent_id: number | null): Promise<number> =>
    (await app.post(path, { [root]: { name, parent_id } }).expect(201)).data.id as number;
  const chain = async (name: string, length: number): Promise<number[]> => {
    const ids: number[] = [];
    for (let level = 0; level < length; level++) ids.push(await create(`${name}${level}`, ids.at(-1) ?? null));
    return ids;
  };

  it('never grows deeper than its limit, whatever hangs below what is moved', async () => {
    const [above, below] = await Promise.all([chain('A', 30), chain('B', 22)]);
    const [foot = 0] = below;
    const under = (level: number): object => ({ [root]: { parent_id: above[level] } });
    const { error } = await app.patch(`${path}/${foot}`, under(28)).expect(422);
    expect(error.details).toEqual([expect.objectContaining({ field: `${root}.parent_id`, code: 'too_deep' })]);
    const batch = await app
      .post('/batch', { ops: [{ method: 'PATCH', url: `/api/v1${path}/${foot}`, params: under(28) }], sequential: true })
      .expect(200);
    expect(batch.body.results[0].status).toBe(422);
    const graphql = await app.graphqlAnswer(`mutation { ${update}(input: { id: ${foot}, parentId: ${above[28]} }) { id } }`);
    expect(graphql.body.errors[0].extensions.details).toEqual([expect.objectContaining({ field: 'input.parentId', code: 'too_deep' })]);
    await app.patch(`${path}/${foot}`, under(27)).expect(200);
    const leaf = (await app.get(`${path}/${below.at(-1)}`).expect(200)).data;
    expect(leaf.root_id).toBe(above[0]);
    expect(leaf.path.split(' > ')).toHaveLength(50);
    await app.post(path, { [root]: { name: 'one more', parent_id: below.at(-1) } }).expect(422);
  });

  it('is grown and changed by twenty at once with references of their own', async () => {
    const parent_id = await create('Above', null);
    const referring = (): object => ({ [root]: { name: 'Below', parent_id, external_reference: randomUUID() } });
    const made = await Promise.all(Array.from({ length: 20 }, () => app.post(path, referring())));
    expect(made.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    const ids = await Promise.all(Array.from({ length: 12 }, () => create('elsewhere', null)));
    const moved = await Promise.all(ids.map((id) => app.patch(`${path}/${id}`, referring())));
    expect(moved.map(({ status }) => status)).toEqual(ids.map(() => 200));
  });

  it('says that what would lie below itself is a circle, as deep as a tree can be', async () => {
    const ids = await chain('deepest', 50);
    const { error } = await app.patch(`${path}/${ids[0]}`, { [root]: { parent_id: ids.at(-1) } }).expect(422);
    expect(error.details).toEqual([expect.objectContaining({ field: `${root}.parent_id`, code: 'cycle' })]);
  });

  it('is found by its root, and by whether anything stands below', async () => {
    const [top = 0, middle = 0, leaf = 0] = await chain('sought', 3);
    const alone = await create('sought', null);
    const plural = path.slice(1);
    const found = async (query: string): Promise<number[]> =>
      (await app.get(`${path}?id_in=${[top, middle, leaf, alone].join()}&sort=id asc&${query}`).expect(200)).data.map(
        ({ id }: { id: number }) => id,
      );
    expect(await found(`root_id=${top}`)).toEqual([top, middle, leaf]);
    expect(await found(`filter[root_id_in]=${alone},${leaf}`)).toEqual([alone]);
    expect(await found('has_children=true')).toEqual([top, middle]);
    expect(await found('filter[has_children_false]=true')).toEqual([leaf, alone]);
    const { [plural]: nodes } = await app.graphql(
      `{ ${plural}(filter: { rootId: { eq: ${top} }, hasChildren: { eq: false } }) { nodes { id } } }`,
    );
    expect(nodes).toEqual({ nodes: [{ id: String(leaf) }] });
    await app.delete(`${path}/${leaf}`).expect(204);
    expect(await found('has_children=true')).toEqual([top]);
  });

  it('is as deep as allowed after two moves at once', async () => {
    const [low, middle, high] = await Promise.all([chain('A', 20), chain('B', 20), chain('C', 20)]);
    const moves = [
      app.patch(`${path}/${middle[0]}`, { [root]: { parent_id: low[19] } }),
      app.patch(`${path}/${high[0]}`, { [root]: { parent_id: middle[19] } }),
    ];
    const statuses = (await Promise.all(moves)).map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 422]);
  });
});

describe('one reference, asked for by two changes at once', () => {
  it.each([
    ['part', '/parts', { name: 'x' }],
    ['work_order', '/work_orders', { title: 'x' }],
    ['location', '/locations', { name: 'x' }],
  ])('of a %s is given to one, and the other is told who has it', async (root, path, fields) => {
    for (let round = 0; round < 10; round++) {
      const [first, second] = await Promise.all([app.post(path, { [root]: fields }), app.post(path, { [root]: fields })]);
      const ids = [first.data.id as number, second.data.id as number];
      const external_reference = randomUUID();
      const answers = await Promise.all(ids.map((id) => app.patch(`${path}/${id}`, { [root]: { external_reference } })));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
      const winner = ids[answers.findIndex(({ status }) => status === 200)];
      expect(answers.find(({ status }) => status === 409)?.error).toMatchObject({ code: 'DUPLICATE_REFERENCE', id: winner });
    }
  });
});

it('a site takes no write from the moment it is archived, and takes them again from the moment it is back', async () => {
  for (let round = 0; round < 5; round++) {
    const site = (await app.post('/entities', { entity: { name: 'Closing' } }).expect(201)).data.id as number;
    const there = { 'x-entity-id': String(site) };
    await app.post('/parts', { part: { name: 'x' } }, there).expect(201);
    await app.delete(`/entities/${site}`).expect(204);
    const answers = await Promise.all(Array.from({ length: 5 }, () => app.post('/parts', { part: { name: 'x' } }, there)));
    expect(answers.map(({ status, error }) => [status, error.code])).toEqual(Array.from({ length: 5 }, () => [409, 'CONFLICT']));
    const { body } = await app.graphqlAnswer('mutation { createPart(input: { name: "x" }) { id } }', {}, there);
    expect(body.errors[0].extensions.code).toBe('CONFLICT');
    await app.patch(`/entities/${site}/unarchive`).expect(200);
    await app.post('/parts', { part: { name: 'x' } }, there).expect(201);
  }
});

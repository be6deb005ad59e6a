import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const created = async (path: string, body: object, headers?: Record<string, string>): Promise<number> =>
  (await app.post(path, body, headers).expect(201)).data.id as number;
const site = async (): Promise<{ id: number; there: Record<string, string> }> => {
  const id = await created('/entities', { entity: { name: 'Plant' } });
  return { id, there: { 'x-entity-id': String(id) } };
};
const isArchived = ({ error }: Answer): void =>
  expect(error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining('archived') as string });

describe('what is archived', () => {
  const kinds: readonly [string, string, object][] = [
    ['locations', 'location', { name: 'x' }],
    ['assets', 'asset', { name: 'x' }],
    ['users', 'user', { name: 'x' }],
    ['categories', 'category', { name: 'x' }],
    ['parts', 'part', { name: 'x' }],
    ['work_orders', 'work_order', { title: 'x' }],
  ];
  it.each(kinds)('among %s takes no change until it is brought back', async (path, root, fields) => {
    const id = await created(`/${path}`, { [root]: fields });
    await app.delete(`/${path}/${id}`).expect(204);
    await app.delete(`/${path}/${id}`).expect(204);
    isArchived(await app.patch(`/${path}/${id}`, { [root]: { ...fields, external_reference: `archived ${path} ${id}` } }).expect(409));
    isArchived(await app.patch(`/${path}/${id}`, { [root]: fields }).expect(409));
    expect((await app.get(`/${path}/${id}`).expect(200)).data.archived).toBe(true);
    await app.patch(`/${path}/${id}/unarchive`).expect(200);
    await app.patch(`/${path}/${id}`, { [root]: fields }).expect(200);
  });
});

describe('an archived site', () => {
  it('is read and takes no writes, over REST, GraphQL and in a batch, until it is brought back', async () => {
    const { id, there } = await site();
    await app.delete(`/entities/${id}`).expect(204);
    await app.get('/parts', there).expect(200);
    isArchived(await app.post('/parts', { part: { name: 'x' } }, there).expect(409));
    const mutation = 'mutation { createPart(input: { name: "x" }) { id } }';
    expect((await app.graphqlAnswer(mutation, undefined, there)).body.errors[0].extensions.code).toBe('CONFLICT');
    const ops = [
      { method: 'GET', url: '/api/v1/parts' },
      { method: 'POST', url: '/api/v1/parts', params: { part: { name: 'x' } } },
    ];
    const { body } = await app.post('/batch', { sequential: true, ops }, there).expect(200);
    expect(body.results.map(({ status }: { status: number }) => status)).toEqual([200, 409]);
    await app.patch(`/entities/${id}/unarchive`, undefined, there).expect(200);
    await app.post('/parts', { part: { name: 'x' } }, there).expect(201);
  });
});

describe('what everybody needs', () => {
  it('is never archived: the built-in user', async () => {
    const { error } = await app.delete('/users/1').expect(409);
    expect(error.code).toBe('CONFLICT');
    expect((await app.get('/users/1').expect(200)).data.archived).toBe(false);
  });
});

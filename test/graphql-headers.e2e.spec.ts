import { randomUUID } from 'node:crypto';
import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const create = 'mutation($name: String!) { createLocation(input: {name: $name}) { id name revision } }';
const rename = 'mutation($id: ID!, $name: String!) { updateLocation(input: {id: $id, name: $name}) { id name revision } }';
const location = async (): Promise<{ id: string; revision: number }> =>
  (await app.graphqlAnswer(create, { name: randomUUID() })).body.data.createLocation as { id: string; revision: number };
const codeOf = ({ body }: Answer): unknown => body.errors?.[0].extensions.code ?? 'done';

describe('the headers of a write, over GraphQL', () => {
  it('an Idempotency-Key has one effect, and is the same as the argument', async () => {
    const name = randomUUID();
    const key = randomUUID();
    const first = await app.graphqlAnswer(create, { name }, { 'idempotency-key': key });
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    const again = await app.graphqlAnswer(create, { name }, { 'idempotency-key': key });
    expect(again.body.data).toEqual(first.body.data);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.headers.get('x-position')).toBe(first.headers.get('x-position'));
    const byArgument = `mutation { createLocation(input: {name: "${name}"}, idempotencyKey: "${key}") { id name revision } }`;
    expect((await app.graphqlAnswer(byArgument)).body.data).toEqual(first.body.data);
    expect(codeOf(await app.graphqlAnswer(create, { name: 'other' }, { 'idempotency-key': key }))).toBe('IDEMPOTENCY_KEY_REUSED');
    expect((await app.get(`/locations?filter[name]=${name}`).expect(200)).meta.pagination.total).toBe(1);
  });

  it('If-Match lets no other revision be changed', async () => {
    const { id, revision } = await location();
    const changed = (ifMatch: string): Promise<Answer> => app.graphqlAnswer(rename, { id, name: randomUUID() }, { 'if-match': ifMatch });
    expect(codeOf(await changed(`"${revision + 1}"`))).toBe('PRECONDITION_FAILED');
    expect(codeOf(await changed(`"987654321", "${revision}",`))).toBe('done');
    expect(codeOf(await changed(`"${revision}"`))).toBe('PRECONDITION_FAILED');
    expect(codeOf(await changed('*'))).toBe('done');
    expect(codeOf(await changed(`W/"${revision + 2}"`))).toBe('PRECONDITION_FAILED');
    expect(codeOf(await changed('2'))).toBe('MALFORMED_REQUEST');
  });

  it.each([
    ['a query', '{ locations { totalCount } }'],
    ['two mutations', 'mutation { a: createLocation(input: {name: "a"}) { id } b: createLocation(input: {name: "b"}) { id } }'],
    [
      'two mutations in fragments',
      'mutation { ...A ... { createLocation(input: {name: "b"}) { id } } } fragment A on Mutation { a: createLocation(input: {name: "a"}) { id } }',
    ],
  ])('are 400 beside %s', async (_, query) => {
    for (const headers of [{ 'if-match': '"1"' }, { 'idempotency-key': randomUUID() }])
      expect(codeOf(await app.graphqlAnswer(query, undefined, headers).expect(400))).toBe('MALFORMED_REQUEST');
  });

  it('are understood where a fragment holds the one mutation', async () => {
    const query = 'mutation { __typename ...A } fragment A on Mutation { createLocation(input: {name: "a"}) { id } }';
    const headers = { 'idempotency-key': randomUUID() };
    const ids = [await app.graphqlAnswer(query, undefined, headers), await app.graphqlAnswer(query, undefined, headers)];
    expect(ids[1]?.body.data.createLocation.id).toBe(ids[0]?.body.data.createLocation.id);
  });

  it('are refused where an argument says something else, and nothing is done', async () => {
    const { id, revision } = await location();
    const query = `mutation { updateLocation(input: {id: ${id}, name: "x"}, expectedRevision: ${revision}, idempotencyKey: "one") { id } }`;
    expect(codeOf(await app.graphqlAnswer(query, undefined, { 'if-match': `"${revision}"` }))).toBe('MALFORMED_REQUEST');
    expect(codeOf(await app.graphqlAnswer(query, undefined, { 'idempotency-key': 'other' }))).toBe('MALFORMED_REQUEST');
    expect((await app.get(`/locations/${id}`)).headers.get('etag')).toBe(`"${revision}"`);
  });
});

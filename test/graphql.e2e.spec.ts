import { randomUUID } from 'node:crypto';
import type { Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const createLocation =
  'mutation($input: CreateLocationInput!, $key: String) { createLocation(input: $input, idempotencyKey: $key) { id name path revision } }';
const updateLocation =
  'mutation($input: UpdateLocationInput!, $revision: Int) { updateLocation(input: $input, expectedRevision: $revision) { id name revision } }';

const created = async (input: object): Promise<{ id: string; revision: number }> =>
  ((await app.graphql(createLocation, { input })) as { createLocation: { id: string; revision: number } }).createLocation;

async function firstError(query: string, variables?: object): Promise<{ status: number; code: string; details: unknown; message: string }> {
  const { status, body } = await app.graphqlAnswer(query, variables);
  const [error] = (body as { errors: { message: string; extensions: { code: string; details: unknown } }[] }).errors;
  return { status, code: error?.extensions.code ?? '', details: error?.extensions.details, message: error?.message ?? '' };
}

describe('GraphQL', () => {
  it('shows the same record as REST, with its relations', async () => {
    const parent = await created({ name: 'Building' });
    const room = await created({ name: 'Room', parentId: parent.id });
    const { createAsset } = await app.graphql('mutation($input: CreateAssetInput!) { createAsset(input: $input) { id purchaseCost } }', {
      input: { name: 'Pump', locationId: room.id, purchaseCost: '10.50', purchaseDate: '2026-01-31' },
    });
    expect(createAsset.purchaseCost).toBe('10.5');
    const { asset } = await app.graphql(
      `{ asset(id: ${createAsset.id}) { name status purchaseDate location { path parent { name hasChildren } } createdBy { fullName } } }`,
    );
    expect(asset).toEqual({
      name: 'Pump',
      status: 'online',
      purchaseDate: '2026-01-31',
      location: { path: 'Building > Room', parent: { name: 'Building', hasChildren: true } },
      createdBy: { fullName: 'Millwright' },
    });
    expect((await app.get(`/assets/${createAsset.id}`)).data).toMatchObject({ purchase_cost: 10.5, location: { path: 'Building > Room' } });
  });

  it('answers writes with the position that covers them', async () => {
    const { headers } = await app.graphqlAnswer(createLocation, { input: { name: 'Hall' } });
    expect(headers.get('x-position')).toMatch(/^\d+$/);
  });

  it('walks a list by cursors and by pages, with the same filters', async () => {
    const name = randomUUID();
    for (let index = 0; index < 5; index++) await created({ name: `${name} ${index}` });
    const list =
      'query($after: String, $page: Int) { locations(first: 2, after: $after, page: $page, sort: "name desc", filter: {name: {start: "' +
      name +
      '"}}) { totalCount totalPages nodes { name } edges { cursor } pageInfo { hasNextPage endCursor } } }';
    const names: string[] = [];
    let after: string | undefined;
    do {
      const { locations } = await app.graphql(list, { after });
      expect(locations).toMatchObject({ totalCount: 5, totalPages: 3 });
      names.push(...locations.nodes.map((node: { name: string }) => node.name.slice(-1)));
      after = locations.pageInfo.hasNextPage ? locations.pageInfo.endCursor : undefined;
    } while (after !== undefined);
    expect(names).toEqual(['4', '3', '2', '1', '0']);
    const { locations } = await app.graphql(list, { page: 2 });
    expect(locations.nodes.map((node: { name: string }) => node.name.slice(-1))).toEqual(['2', '1']);
    const { locations: some } = await app.graphql(
      `{ locations(search: "${name}", filter: {name: {in: ["${name} 1", "${name} 3"]}, archived: {false: true}}) { totalCount } }`,
    );
    expect(some.totalCount).toBe(2);
  });

  it('has one effect under one key', async () => {
    const variables = { input: { name: 'Once' }, key: randomUUID() };
    const answers = await Promise.all(Array.from({ length: 10 }, () => app.graphqlAnswer(createLocation, variables)));
    const ids = new Set(answers.flatMap(({ body }) => (body.data?.createLocation ? [body.data.createLocation.id as string] : [])));
    expect(ids.size).toBe(1);
    for (const { body } of answers) if (body.errors) expect(body.errors[0].extensions.code).toBe('IDEMPOTENCY_KEY_IN_USE');
    expect((await firstError(createLocation, { ...variables, input: { name: 'Twice' } })).code).toBe('IDEMPOTENCY_KEY_REUSED');
  });

  it('loses no update, whether REST or GraphQL comes first', async () => {
    const { id, revision } = await created({ name: 'Race' });
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, async (_, index): Promise<string> => {
        if (index % 2 === 0)
          return String((await app.patch(`/locations/${id}`, { location: { name: `R${index}` } }, { 'if-match': `"${revision}"` })).status);
        const { body } = await app.graphqlAnswer(updateLocation, { input: { id, name: `G${index}` }, revision });
        return (body.errors?.[0].extensions.code as string | undefined) ?? '200';
      }),
    );
    expect(outcomes.filter((outcome) => outcome === '200')).toHaveLength(1);
    for (const outcome of outcomes) expect(['200', '412', 'PRECONDITION_FAILED']).toContain(outcome);
  });

  it('refuses input with the codes of REST, naming its arguments', async () => {
    const refused = await firstError('mutation { createAsset(input: {name: " ", purchaseCost: "1.005", locationId: 987654321}) { id } }');
    expect(refused).toMatchObject({
      status: 200,
      code: 'VALIDATION_FAILED',
      details: [
        { field: 'input.name', code: 'required' },
        { field: 'input.purchaseCost', code: 'too_many_decimals' },
      ].map((detail) => expect.objectContaining(detail) as object),
    });
    const reference = await firstError('mutation { createAsset(input: {name: "x", locationId: 987654321}) { id } }');
    expect(reference.details).toEqual([expect.objectContaining({ field: 'input.locationId', code: 'not_found' })]);
    for (const cost of ['1e400', '9007199254740993', '"NaN"', '"0x10"', '1.0000000000000000001'])
      expect((await firstError(`mutation { createAsset(input: {name: "x", purchaseCost: ${cost}}) { id } }`)).code).toBe(
        'VALIDATION_FAILED',
      );
    expect(await firstError('mutation { updateLocation(input: {id: 987654321, name: "x"}) { id } }')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await firstError('{ location(id: "x") { id } }')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await firstError('{ locations(sort: "colour") { totalCount } }')).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  it('tells a document that does not fit from one that cannot be read', async () => {
    expect(await firstError('{ nothing }')).toMatchObject({ status: 422, code: 'VALIDATION_FAILED' });
    expect(await firstError(createLocation, { input: { name: 'x', colour: 'red' } })).toMatchObject({
      status: 422,
      code: 'VALIDATION_FAILED',
    });
    for (const body of [
      { query: '{ a' },
      { query: '{"kind":"Document"}' },
      { query: 1 },
      {},
      { query: '{ __typename }', variables: [] },
      [],
    ])
      expect((await app.post('/graphql', body).expect(400)).error.code).toBe('MALFORMED_REQUEST');
  });

  it('names its own arguments in refusals of lists and variables', async () => {
    const fields = async (query: string, variables?: object): Promise<string[]> =>
      ((await firstError(query, variables)).details as { field: string }[]).map(({ field }) => field);
    expect(await fields('{ assets(first: 0) { totalCount } }')).toEqual(['first']);
    expect(await fields('{ assets(perPage: 1001) { totalCount } }')).toEqual(['perPage']);
    expect(await fields('{ assets(after: "junk") { totalCount } }')).toEqual(['after']);
    expect(await fields('{ assets(filter: {purchaseCost: {gteq: "dear"}}) { totalCount } }')).toEqual(['filter.purchaseCost.gteq']);
    expect(await fields(createLocation, { input: { name: null } })).toEqual(['input.name']);
    expect((await firstError('{ assets(first: 0) { totalCount } }')).message).toMatch(/^first: /);
    expect((await firstError('mutation { createAsset(input: {name: "x", locationId: 987654321}) { id } }')).message).toMatch(
      /^input\.locationId: /,
    );
  });

  it('refuses a document of several operations that names none of them', async () => {
    expect(await firstError('query A { __typename } query B { __typename }')).toMatchObject({ status: 422, code: 'VALIDATION_FAILED' });
  });

  it('refuses in the form that clients of GraphQL read also where the operation is never looked at', async () => {
    for (const [status, code, headers] of [
      [401, 'UNAUTHENTICATED', { authorization: undefined }],
      [400, 'MALFORMED_REQUEST', { 'x-entity-id': undefined }],
      [404, 'NOT_FOUND', { 'x-entity-id': '987654321' }],
    ] as const) {
      const { body } = await app.post('/graphql', { query: '{ __typename }' }, headers).expect(status);
      expect(body.errors).toEqual([{ message: body.message, extensions: expect.objectContaining({ code }) as object }]);
      expect(body.error.code).toBe(code);
    }
  });

  it('takes POST of JSON only', async () => {
    expect((await app.get('/graphql?query={__typename}').expect(405)).headers.get('allow')).toBe('POST');
    await app.request('POST', '/graphql', 'query={__typename}', { 'content-type': 'application/x-www-form-urlencoded' }).expect(415);
    await app.post('/graphql', { query: '{ __typename }' }, { authorization: undefined }).expect(401);
    await app.post('/graphql', { query: '{ __typename }' }, { 'x-entity-id': undefined }).expect(400);
  });

  it('publishes its schema to everybody', async () => {
    const { body } = await app.get('/graphql/schema', { authorization: undefined, 'x-entity-id': undefined }).expect(200);
    expect(body).toContain('type Location {');
    expect(body).toContain('scalar Decimal');
  });

  it.each([
    ['deep', `{ location(id: 1) { ${'parent { '.repeat(15)} id ${'} '.repeat(15)} } }`],
    ['full of aliases', `{ ${Array.from({ length: 60 }, (_, index) => `a${index}: location(id: 1) { id }`).join(' ')} }`],
    [
      'costly',
      '{ locations(first: 1000) { nodes { parent { parent { parent { id name path } } } createdBy { id name } updatedBy { id name } } edges { node { id name path rootId hasChildren parent { id name path rootId hasChildren } createdBy { id name } updatedBy { id name } address description qrCode } } } }',
    ],
    ['full of repetitions', `{ location(id: 1) { ${'name '.repeat(1_000)} } }`],
    ['full of inline fragments that repeat', `{ location(id: 1) { ${'... { name } '.repeat(500)} } }`],
    [
      'full of small fragments',
      `{ location(id: 1) { ${Array.from({ length: 300 }, (_, index) => `...f${index}`).join(' ')} } } ${Array.from({ length: 300 }, (_, index) => `fragment f${index} on Location { id }`).join(' ')}`,
    ],
    [
      'a bomb of fragments',
      `{ location(id: 1) { ...f0 } } ${Array.from({ length: 40 }, (_, index) => `fragment f${index} on Location { ...f${index + 1} ...f${index + 1} }`).join(' ')} fragment f40 on Location { id }`,
    ],
    [
      'full of fragments',
      `{ location(id: 1) { ...f0 } } ${Array.from({ length: 12 }, (_, index) => `fragment f${index} on Location { parent { ...f${index + 1} } }`).join(' ')} fragment f12 on Location { id }`,
    ],
  ])('refuses a document that is %s before it runs', async (_, query) => {
    expect(await firstError(query)).toMatchObject({ status: 422, code: 'VALIDATION_FAILED' });
  });

  it('refuses a document of very many tokens without parsing it all', async () => {
    await app.post('/graphql', { query: `{ ${'__typename '.repeat(8_000)} }` }).expect(400);
  });

  it('can be tried in a browser, from this server alone', async () => {
    const page = await app.request('GET', '/graphiql', undefined, { authorization: undefined, 'x-entity-id': undefined }).expect(200);
    // A browser follows the page's own base only if the policy lets it.
    expect(page.headers.get('content-security-policy')).toContain("base-uri 'self'");
    // It asks for the key before it opens: without one the schema that it loads first is refused.
    expect(page.body).toContain('<input id="key" type="password"');
    const links = [...String(page.body).matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, link]) => link ?? '');
    for (const link of links.filter((link) => link !== '/graphiql/')) {
      expect(link).not.toMatch(/^(https?:)?\/\//);
      await app.request('GET', new URL(link, `${app.url}/graphiql/`).pathname, undefined, { authorization: undefined }).expect(200);
    }
  });
});

describe('who recorded something, and when', () => {
  it('is there under the names that REST prints, and under those of the people', async () => {
    const part = (await app.post('/parts', { part: { name: 'Ring', on_hand_qty: 1, unit_cost: 1 } }).expect(201)).data.id as number;
    const location = (await app.post('/locations', { location: { name: 'Hall' } }).expect(201)).data as {
      id: number;
      created_by_id: number;
    };
    const [moved] = (await app.get(`/parts/${part}/transactions`).expect(200)).data as {
      id: number;
      updated_at: string;
      updated_by: { id: number };
    }[];
    const shown = await app.graphql(
      `{ partTransaction(partId: ${part}, id: ${moved?.id}) { updatedAt updatedBy { id } } location(id: ${location.id}) { createdById updatedById createdBy { id } } }`,
    );
    const person = `${location.created_by_id}`;
    expect(shown).toEqual({
      partTransaction: { updatedAt: moved?.updated_at, updatedBy: { id: `${moved?.updated_by.id}` } },
      location: { createdById: person, updatedById: person, createdBy: { id: person } },
    });
  });
});

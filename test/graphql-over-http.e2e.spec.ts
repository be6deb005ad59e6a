import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client as UrqlClient, fetchExchange } from '@urql/core';
import fc from 'fast-check';
import { ClientError, GraphQLClient } from 'graphql-request';
import type { Answer, Client } from './harness/client.js';
import { sharedServer } from './harness/server.js';

let app: Client;
beforeAll(async () => void (app = await sharedServer()));

const newType = 'application/graphql-response+json';
const misfit = '{ location(id: 1) { nothing } }';
const refusal = 'mutation { createAsset(input: {name: "x", locationId: 987654321}) { id } }';

describe('the media type of an answer', () => {
  const asked = (accept: string | undefined, query = '{ __typename }'): Promise<Answer> => app.post('/graphql', { query }, { accept });

  it.each([
    [`${newType}, application/json;q=0.9`, newType],
    ['application/json, application/graphql-response+json', newType],
    ['Application/GraphQL-Response+JSON; charset=utf-8', newType],
    [`${newType};q=0.5, application/json`, 'application/json'],
    [`${newType};q=0`, 'application/json'],
    ['application/json', 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'application/json'],
    ['', 'application/json'],
  ])('to "Accept: %s" is %s', async (accept, type) => {
    expect((await asked(accept)).headers.get('content-type')).toBe(`${type}; charset=utf-8`);
  });

  it('is negotiated for refusals too, those of the gate among them', async () => {
    for (const [status, query, headers] of [
      [422, misfit, {}],
      [400, '{', {}],
      [200, refusal, {}],
      [401, misfit, { authorization: undefined }],
      [404, misfit, { 'x-entity-id': '987654321' }],
      [415, misfit, { 'content-type': 'text/plain' }],
    ] as const) {
      const answer = await app.post('/graphql', { query }, { accept: newType, ...headers }).expect(status);
      expect(answer.headers.get('content-type')).toBe(`${newType}; charset=utf-8`);
      expect(answer.body.errors[0].extensions.code).toMatch(/^[A-Z_]+$/);
    }
  });

  it.each([newType, 'application/json'])(
    '%s has 200 for everything that was executed, and another status for what was not',
    async (accept) => {
      const executed = ['{ location(id: 987654321) { id } }', '{ locations(sort: "colour") { totalCount } }', refusal];
      for (const query of executed) expect((await asked(accept, query)).status).toBe(200);
      for (const query of [misfit, '{', '{ locations(first: 10000) { nodes { id name path rootId } } }']) {
        const { status, body } = await asked(accept, query);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
        expect(body).not.toHaveProperty('data');
      }
    },
  );
});

describe('a client of GraphQL sees the code of a refusal', () => {
  const headers = (): Record<string, string> => ({ authorization: `Bearer ${app.adminKey}`, 'x-entity-id': '1' });
  const url = (): string => `${app.url}/api/v1/graphql`;
  const cases: [code: string, query: string, headers: () => Record<string, string>][] = [
    ['VALIDATION_FAILED', misfit, headers],
    ['VALIDATION_FAILED', refusal, headers],
    ['NOT_FOUND', '{ location(id: 987654321) { id } }', headers],
    ['UNAUTHENTICATED', '{ locations { totalCount } }', () => ({ 'x-entity-id': '1' })],
    ['NOT_FOUND', '{ locations { totalCount } }', () => ({ ...headers(), 'x-entity-id': '987654321' })],
  ];

  it.each(cases)('%s, Apollo Client: %s', async (code, query, send) => {
    const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url(), headers: send(), fetch }) });
    const document = gql(query);
    const run = query.startsWith('mutation') ? client.mutate({ mutation: document }) : client.query({ query: document });
    const error: unknown = await run.catch((thrown: unknown) => thrown);
    client.stop();
    expect(CombinedGraphQLErrors.is(error) && error.errors[0]?.extensions?.['code']).toBe(code);
  });

  it.each(cases)('%s, urql: %s', async (code, query, send) => {
    const client = new UrqlClient({ url: url(), exchanges: [fetchExchange], preferGetMethod: false, fetchOptions: { headers: send() } });
    const { error } = await (query.startsWith('mutation') ? client.mutation(query, {}) : client.query(query, {})).toPromise();
    expect(error?.graphQLErrors[0]?.extensions['code']).toBe(code);
  });

  it.each(cases)('%s, graphql-request: %s', async (code, query, send) => {
    const error: unknown = await new GraphQLClient(url(), { headers: send() }).request(query).catch((thrown: unknown) => thrown);
    expect(error instanceof ClientError && error.response.errors?.[0]?.extensions['code']).toBe(code);
  });

  it('and the data where there is some', async () => {
    const { createLocation } = await new GraphQLClient(url(), { headers: headers() }).request<{ createLocation: { id: string } }>(
      'mutation { createLocation(input: {name: "Hall"}) { id } }',
    );
    const client = new ApolloClient({ cache: new InMemoryCache(), link: new HttpLink({ uri: url(), headers: headers(), fetch }) });
    // Written through another client, so it is only certain that the location is there once a write of this one was answered.
    await app.get(`/locations/${createLocation.id}`).expect(200);
    const { data } = await client.query<{ location: { name: string } }>({ query: gql`{ location(id: ${createLocation.id}) { name } }` });
    client.stop();
    expect(data?.location.name).toBe('Hall');
  });
});

describe('whatever is sent to GraphQL', () => {
  const outcomeOf = ({ status, body }: Answer): string => {
    const errors = ((body as { errors?: { extensions?: { code?: string } }[] }).errors ?? []).map(({ extensions }) => extensions?.code);
    if (status >= 500 || errors.includes('INTERNAL') || errors.includes(undefined)) return `${status} ${errors.join()}`;
    return status === 200 || errors.length > 0 ? 'understood' : `${status} without a code`;
  };
  const understood = async (body: unknown): Promise<void> =>
    expect([body, outcomeOf(await app.post('/graphql', body))]).toEqual([body, 'understood']);

  it.each([
    { query: '{ __typename }', operationName: 'Nope' },
    { query: 'query A { __typename }', operationName: 'B' },
    { query: 'fragment F on Query { __typename }' },
    { query: 'fragment F on Query { __typename }', operationName: 'F' },
    { query: 'type A { a: Int }' },
    { query: 'subscription { __typename }' },
  ])('an operation that is not there is 400: %j', async (body) => {
    const answer = await app.post('/graphql', body).expect(400);
    expect(outcomeOf(answer)).toBe('understood');
  });

  it('takes an empty name of an operation for none', async () => {
    await app.post('/graphql', { query: '{ __typename }', operationName: '' }).expect(200);
  });

  it('names limit and number of what is too much', async () => {
    const message = async (query: string): Promise<string> => String((await app.graphqlAnswer(query)).body.errors[0].message);
    expect(await message(`{ ${'__typename '.repeat(4_998)} }`)).toMatch(/ 5000 tokens; at most 4000 /);
    expect(await message(`{ ${Array.from({ length: 51 }, (_, index) => `a${index}: __typename`).join(' ')} }`)).toMatch(
      / 51 .*at most 50 /,
    );
  });

  const tokens = [
    '{', '}', '(', ')', '[', ']', ':', '!', '$', '@', '|', '=', '...', 'query', 'mutation', 'subscription', 'fragment', 'on', 'F', 'A', '$a', '$input',
    'location', 'locations', 'createLocation', 'part', 'costsReport', 'input', 'id', 'name', 'first', 'after', 'filter', 'sort', 'nodes', '__schema', '__type',
    '__typename', '@skip', '@include', '@deprecated', 'if', 'ID', 'Int', 'String', 'CreateLocationInput', 'null', 'true', '0', '-1', '1.5', '1e400', '9007199254740993',
    '""', '"x"', '"\\ud800"', '"""x"""', '#', ',', '\ufeff', '\0', '\u2028', 'é', '💥',
  ]; // prettier-ignore
  const seeds = [
    'query A($a: ID!) { location(id: $a) { id name path parent { ...F } } } fragment F on Location { name }',
    'mutation A($input: CreateLocationInput!) { createLocation(input: $input) { id name } }',
    'query A($first: Int = 2, $a: Boolean!) { locations(first: $first, filter: {name: {in: ["x", "y"]}}) { nodes { id @skip(if: $a) } } }',
    '{ __schema { types { name } } costsReport(groupBy: month) { rows { label } } }',
  ].map((seed) => seed.match(/"[^"]*"|\.\.\.|[$@]?\w+|\S/g) ?? []);
  const mangled = fc
    .record({
      seed: fc.constantFrom(...seeds),
      edits: fc.array(fc.record({ at: fc.nat(60), remove: fc.nat(3), insert: fc.array(fc.constantFrom(...tokens), { maxLength: 3 }) }), {
        maxLength: 4,
      }),
    })
    .map(({ seed, edits }) => {
      const text = [...seed];
      for (const { at, remove, insert } of edits) text.splice(at % (text.length + 1), remove, ...insert);
      return text.join(' ');
    });
  const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom('__proto__', '', null, -1, 'x'.repeat(300), '\0', '\ud800'));
  const body = fc.oneof(
    fc.jsonValue(),
    fc.record(
      {
        query: fc.oneof({ weight: 5, arbitrary: mangled }, value),
        variables: fc.oneof(fc.dictionary(fc.constantFrom('a', 'input', 'first', 'constructor', 'b'), value, { maxKeys: 3 }), value),
        operationName: fc.oneof(fc.constantFrom('A', 'F', '', null), value),
        extensions: value,
      },
      { requiredKeys: ['query'] },
    ),
  );

  it('it is answered, and never by a fault of ours', async () => {
    await fc.assert(fc.asyncProperty(body, understood), { numRuns: 600 });
  });

  it('be it no JSON at all', async () => {
    const bytes = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json().map((text) => text.slice(1)),
      fc.constantFrom('', '{', 'null', '{"query"', '\ufeff'),
    );
    await fc.assert(fc.asyncProperty(bytes, understood), { numRuns: 100 });
  });
});

import { secret, type Attack } from './hostile-requests.js';

const nested = (depth: number): string => `${'{ assets { nodes { parent '.repeat(depth)}{ id }${' } } }'.repeat(depth)}`;

/** Bodies for GraphQL that have to be refused, or do no harm. */
const bodies: readonly (readonly [what: string, body: unknown])[] = [
  ['depth', { query: nested(60) }],
  ['brackets', { query: '{'.repeat(20_000) }],
  ['aliases', { query: `{ ${Array.from({ length: 3_000 }, (_, index) => `a${index}: part(id: 1) { id }`).join(' ')} }` }],
  ['root aliases of a mutation', { query: `mutation { ${Array.from({ length: 500 }, (_, index) => `a${index}: createPart(input: { name: "x" }) { id }`).join(' ')} }` }], // prettier-ignore
  ['a circle of fragments', { query: '{ part(id: 1) { ...a } } fragment a on Part { ...b } fragment b on Part { ...a }' }],
  ['a fragment of itself', { query: '{ part(id: 1) { ...a } } fragment a on Part { assets { parts { ...a } } }' }],
  ['a bomb of fragments', { query: `{ part(id: 1) { ...f0 } } ${Array.from({ length: 24 }, (_, index) => `fragment f${index} on Part { ...f${index + 1} ...f${index + 1} }`).join(' ')} fragment f24 on Part { id }` }], // prettier-ignore
  ['directives', { query: `{ part(id: 1) { id ${'@include(if: true) '.repeat(500)} } }` }],
  ['an unknown directive', { query: '{ part(id: 1) @drop { id } }' }],
  ['introspection that goes deep', { query: `{ __schema { types ${'{ fields { type '.repeat(20)}{ name }${' } }'.repeat(20)} } }` }],
  ['an unfinished text', { query: '{ part(id: "' }],
  ['an unfinished block', { query: '{ part(id: """' }],
  ['NUL in a text', { query: 'mutation { createPart(input: { name: "a\\u0000b" }) { id } }' }],
  ['NUL in the document', { query: '{ part\u0000(id: 1) { id } }' }],
  ['a lone surrogate', { query: 'mutation { createPart(input: { name: "\\ud800" }) { id } }' }],
  ['a number that is too large', { query: '{ parts(first: 99999999999999999999) { totalCount } }' }],
  ['a negative page', { query: '{ parts(page: -1) { totalCount } }' }],
  ['SQL', { query: `{ parts(filter: { name: { cont: "${secret}' or 1=1 --" } }) { totalCount } }` }],
  ['an unknown sort', { query: '{ parts(sort: "id; drop table x") { totalCount } }' }],
  ['variables of a wrong type', { query: 'query ($id: ID!) { part(id: $id) { id } }', variables: { id: { a: 1 } } }],
  ['variables that are missing', { query: 'query ($id: ID!) { part(id: $id) { id } }' }],
  ['variables that are a list', { query: '{ __typename }', variables: [1] }],
  ['prototype variables', '{"query":"query ($id: ID!) { part(id: $id) { id } }","variables":{"__proto__":{"id":1}}}'],
  ['an operation that is not there', { query: 'query a { __typename } query b { __typename }', operationName: '__proto__' }],
  ['no operation named of two', { query: 'query a { __typename } query b { __typename }' }],
  ['several documents', [{ query: '{ __typename }' }, { query: '{ __typename }' }]],
  ['a query that is no text', { query: 1 }],
  ['nothing', {}],
  ['a subscription', { query: 'subscription { part { id } }' }],
  ['another extension', { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: secret } } }],
  ['tokens', { query: `{ part(id: 1) { ${'id '.repeat(50_000)} } }` }],
  ['comments', { query: `${'#\n'.repeat(100_000)}{ __typename }` }],
  ['a deep variable', `{"query":"{ __typename }","variables":{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}}`],
  ['an input that does not end', { query: `mutation { createAsset(input: ${'{ name: '.repeat(200)}"x"${' }'.repeat(200)}) { id } }` }],
  ['fields that there are not', { query: `{ ${secret} constructor __proto__ }` }],
];

export const hostileDocuments: readonly Attack[] = bodies.map(([what, body]) => ({
  what: `GraphQL: ${what}`,
  method: 'POST',
  path: '/api/v1/graphql',
  body,
}));

import { readFileSync } from 'node:fs';
import { parityDocument } from '../../tools/documents/parity-document.js';

const schema = readFileSync('docs/schema.graphql', 'utf8');
const served = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Parameters<typeof parityDocument>[0];
const withOperation = (path: string, operationId: string, verb = 'post') => ({
  paths: { ...served.paths, [path]: { [verb]: { operationId } } },
});

describe('the document of what REST and GraphQL have alike', () => {
  it('names what has one way in, with a reason', () => {
    const text = parityDocument(served, schema);
    for (const way of ['POST /api/v1/auth/login', 'GET /api/v1/auth/oidc/start', 'PUT /api/v1/access/oidc', 'POST /api/v1/oauth/token'])
      expect(text).toContain(`- \`${way}\``);
    expect(text).not.toContain('POST /api/v1/parts`');
    expect(text).toContain('| `completeWorkOrder` |');
  });

  it('is not made while an operation of either stands alone and nobody says why', () => {
    expect(() => parityDocument(withOperation('/api/v1/parts/{id}/shake', 'shakePart'), schema)).toThrow('POST /api/v1/parts/{id}/shake');
    expect(() => parityDocument(withOperation('/api/v1/shakes', 'listShakes', 'get'), schema)).toThrow('GET /api/v1/shakes');
    const more = schema.replace(/^type Mutation \{/m, 'type Mutation {\n  shakePart(id: ID!): Boolean\n');
    expect(more).not.toBe(schema);
    expect(() => parityDocument(served, more)).toThrow('neither over REST nor a named exception: shakePart');
  });

  it('is not made while it says where something is that is there no more', () => {
    const less = schema.replace(/^ {2}account: .*$/m, '  accounts: Boolean');
    expect(() => parityDocument(served, less)).toThrow('WorkOrder.account');
  });
});

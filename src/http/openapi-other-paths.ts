import type { Json } from './openapi-components.js';

const json = (description: string, schema: Json = { type: 'object' }): Json => ({
  description,
  content: { 'application/json': { schema } },
});
const text = (description: string): Json => ({ description, content: { 'text/plain': { schema: { type: 'string' } } } });
const get = (tag: string, summary: string, ok: Json, more: Json = {}): Json => ({
  get: { tags: [tag], summary, responses: { '200': ok, ...more } },
});

/** Paths that no controller of Nest serves, and so no decorator describes. */
export const pathsOutsideNest: Json = {
  '/health/live': get('health', 'Whether the process runs', json('It runs')),
  '/health/ready': get('health', 'Whether requests can be served, and why not', json('It can serve'), {
    '503': json('It cannot serve; `reasons` says why'),
  }),
  '/metrics': get('health', 'Figures for Prometheus', text('The figures')),
  '/api/v1/openapi.json': get('documents', 'This document', json('An OpenAPI 3.1 document')),
  '/api/v1/graphql/schema': get('documents', 'The GraphQL schema as SDL', text('The schema')),
  '/api/v1/graphql': {
    post: {
      tags: ['graphql'],
      summary: 'Run a GraphQL operation',
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['query'],
              properties: {
                query: { type: 'string', example: '{ entities { nodes { id name } } }' },
                operationName: { type: ['string', 'null'] },
                variables: { type: ['object', 'null'], additionalProperties: true },
              },
            },
          },
        },
      },
      responses: {
        '200': {
          description: '`data`, and `errors` whose `extensions.code` is from the same table of errors',
          content: {
            'application/graphql-response+json': { schema: { type: 'object' } },
            'application/json': { schema: { type: 'object' } },
          },
        },
      },
    },
  },
};

import type { Json } from './openapi-components.js';

const json = (description: string, schema: Json = { type: 'object' }): Json => ({
  description,
  content: { 'application/json': { schema } },
});
const text = (description: string): Json => ({ description, content: { 'text/plain': { schema: { type: 'string' } } } });
const graphqlAnswer: Json = {
  schema: { $ref: '#/components/schemas/GraphqlAnswer' },
  example: { data: { entities: { nodes: [{ id: '1', name: 'Main Facility' }] } } },
};

type Told = Readonly<{ operationId: string; tag: string; summary: string; description: string }>;

const get = ({ tag, ...told }: Told, ok: Json, more: Json = {}): Json => ({
  get: { ...told, tags: [tag], responses: { '200': ok, ...more } },
});

/** What is said about the headings of these paths. */
export const headingsOutsideNest: Readonly<Record<string, string>> = {
  health: 'Whether it runs and how it fares, for load balancers and Prometheus.',
  documents: 'The descriptions of both interfaces, for clients and their generators.',
  graphql: 'The same resources as a graph.',
};

/** Paths that no controller of Nest serves, and so no decorator describes. */
export const pathsOutsideNest: Json = {
  '/health/live': get(
    { operationId: 'getLiveness', tag: 'health', summary: 'Whether the process runs', description: 'Asks nothing of the databases.' },
    json('It runs'),
  ),
  '/health/ready': get(
    {
      operationId: 'getReadiness',
      tag: 'health',
      summary: 'Whether requests can be served',
      description:
        'Everybody is told `status`. With `installation:manage`, `reasons` says why it is not `ok`, and `log`, `projections` and `process_managers` how far everything is.',
    },
    json('It can serve'),
    { '503': json('It cannot serve') },
  ),
  '/metrics': get(
    {
      operationId: 'getMetrics',
      tag: 'health',
      summary: 'Figures for Prometheus',
      description: "In Prometheus' text format: requests, the log, read models, process managers, the process itself.",
    },
    text('The figures'),
  ),
  '/api/v1/openapi.json': get(
    { operationId: 'getOpenApiDocument', tag: 'documents', summary: 'This document', description: 'Every REST operation.' },
    json('An OpenAPI 3.1 document'),
  ),
  '/api/v1/graphql/schema': get(
    {
      operationId: 'getGraphqlSchema',
      tag: 'documents',
      summary: 'The GraphQL schema as SDL',
      description: 'Every query and mutation with its types.',
    },
    text('The schema'),
  ),
  '/api/v1/graphql': {
    post: {
      operationId: 'runGraphqlOperation',
      tags: ['graphql'],
      summary: 'Run a GraphQL operation',
      description:
        'A query, or mutations. `Idempotency-Key` and `If-Match` go with a document of one mutation. What was executed is 200, with `errors` where something was refused.',
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
          headers: { 'X-Position': { $ref: '#/components/headers/X-Position' } },
          description: '`data`, and `errors` whose `extensions.code` is from the same table of errors',
          content: {
            'application/graphql-response+json': graphqlAnswer,
            'application/json': graphqlAnswer,
          },
        },
      },
    },
  },
};

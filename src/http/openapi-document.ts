import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { errorCodes } from '#millwright/resources';
import { componentName, errorResponses, errorSchema, headerParameters, type Json } from './openapi-components.js';
import { OpenApiExamples } from './openapi-examples.js';
import { pathsOutsideNest } from './openapi-other-paths.js';
import { admissionOf, type Admission } from './route-policy.js';

const verbs = ['get', 'post', 'put', 'patch', 'delete'] as const;

const description = `Exact stock, exact costs, and a history nobody can rewrite.

Every answer of an error carries one of the codes below; \`error.details\` names each field that is wrong.
A read sees what its own key has written before; where that takes longer than a second, the answer says \`meta.stale: true\`.
A write answers \`X-Position\`; a read that sends it back as \`X-Min-Position\` sees that write, also with another key; \`0\` takes what is there.
What an answer says is of one moment; only the names of other records may be newer.
A write with an \`Idempotency-Key\` has one effect, however often it is repeated within seven days.
Single reads carry an \`ETag\`; a write with \`If-Match\` happens only if nobody was faster.`;

/** The OpenAPI 3.1 document of the whole REST interface: what the controllers declare, and what the edge adds to every operation. */
export function buildOpenApiDocument(application: INestApplication): OpenAPIObject {
  const configuration = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Millwright')
    .setDescription(description)
    .setVersion('1')
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        description: 'Paste the API key alone; it is sent as `Authorization: Bearer <key>` (`Token <key>` is understood as well).',
      },
      'bearer',
    )
    .build();
  const document = SwaggerModule.createDocument(application, configuration);
  const components = { ...document.components } as Json;
  components['schemas'] = { ...(components['schemas'] as Json), Error: errorSchema() };
  components['parameters'] = headerParameters();
  components['responses'] = errorResponses();
  const examples = new OpenApiExamples(components['schemas'] as Json);
  const paths = sorted({ ...pathsOutsideNest, ...(document.paths as Json) });
  for (const [path, operations] of Object.entries(paths))
    for (const verb of verbs) {
      const operation = (operations as Json)[verb];
      if (operation !== undefined) describeEdge(operation as Json, path, verb);
      if (operation !== undefined) giveExamples(operation as Json, examples);
    }
  return { ...document, paths, components } as OpenAPIObject;
}

/** What the edge does to an operation: credential, site, headers and every error there can be. */
function describeEdge(operation: Json, path: string, verb: (typeof verbs)[number]): void {
  const admission = admissionOf(path);
  operation['operationId'] = operationId(verb, path);
  operation['security'] = admission === 'open' ? [] : [{ bearer: [] }];
  const declared = (operation['parameters'] as Json[] | undefined) ?? [];
  operation['parameters'] = [...pathParametersOf(path, declared), ...declared, ...parametersOf(admission, path, verb)];
  for (const parameter of operation['parameters'] as Json[])
    if (parameter['in'] === 'path' && /^(\w+_)?id$/.test(String(parameter['name']))) parameter['schema'] = { type: 'integer', minimum: 1 };
  const responses = (operation['responses'] ?? {}) as Json;
  for (const [status, response] of Object.entries(responses))
    if (status.startsWith('2') && admission !== 'open') describeHeaders(response as Json, path, verb);
  for (const status of statusesOf(admission, verb))
    responses[String(status)] ??= { $ref: `#/components/responses/${componentName(status)}` };
  operation['responses'] = responses;
}

/** What stands in the path and no decorator has declared: a command takes it together with its body. */
const pathParametersOf = (path: string, declared: readonly Json[]): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) =>
    declared.some((parameter) => parameter['in'] === 'path' && parameter['name'] === name)
      ? []
      : [{ name, in: 'path', required: true, schema: { type: 'string' } }],
  );

/** An example to every body that says by itself what it is like. */
function giveExamples({ requestBody, responses }: Json, examples: OpenApiExamples): void {
  const contentOf = (body: unknown): Json | undefined =>
    (body as { content?: Record<string, Json> } | undefined)?.content?.['application/json'];
  const asked = contentOf(requestBody);
  if (asked) asked['example'] ??= examples.request(asked['schema'] as Json);
  for (const response of Object.values(responses as Json)) {
    const answered = contentOf(response);
    if (answered) answered['example'] ??= examples.response(answered['schema'] as Json);
  }
}

function parametersOf(admission: Admission, path: string, verb: (typeof verbs)[number]): Json[] {
  if (admission === 'open') return [];
  const names = [
    ...(admission === 'key and entity' ? ['EntityId'] : []),
    ...(verb === 'get' ? ['MinPosition'] : path === '/api/v1/graphql' ? ['MinPosition'] : ['IdempotencyKey', 'IfMatch']),
    'RequestId',
  ];
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

/** Every status of the error table that this operation can answer. */
function statusesOf(admission: Admission, verb: (typeof verbs)[number]): number[] {
  const all = [...new Set(Object.values(errorCodes).map(({ status }) => status))].sort((a, b) => a - b);
  const neverOpen = new Set([401, 403, 409, 412, 413, 415, 422, 429]);
  const neverRead = new Set([409, 412, 413, 415]);
  return all.filter((status) => !(admission === 'open' && neverOpen.has(status)) && !(verb === 'get' && neverRead.has(status)));
}

function describeHeaders(response: Json, path: string, verb: (typeof verbs)[number]): void {
  const text = (about: string): Json => ({ description: about, schema: { type: 'string' } });
  const headers: Json = { 'X-Request-Id': text('The id of this request, also in the log and in the metadata of its events') };
  if (verb === 'get' ? path.endsWith('}') : true) headers['ETag'] = text('The revision of the record, for If-Match');
  if (verb !== 'get') {
    headers['X-Position'] = text('The log position of this write, for X-Min-Position');
    headers['Idempotent-Replayed'] = text('`true` when this is the first answer again');
  }
  response['headers'] = { ...headers, ...(response['headers'] as Json | undefined) };
}

/** `PATCH /api/v1/parts/{id}/restock` is `patchPartsByIdRestock`: the same whichever class serves it. */
function operationId(verb: string, path: string): string {
  const words = path
    .replace(/^\/api\/v1/, '')
    .replace(/\{(\w+)\}/g, 'by_$1')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '');
  return verb + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

const sorted = (paths: Json): Json => Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));

import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { descriptionOfHeading, requiredScope } from '#millwright/resources';
import {
  componentName,
  errorResponses,
  errorSchema,
  graphqlAnswerSchema,
  graphqlRefusal,
  oauthRefusal,
  headerParameters,
  responseHeaders,
  type Json,
} from './openapi-components.js';
import { OpenApiExamples } from './openapi-examples.js';
import { headingsOutsideNest, pathsOutsideNest } from './openapi-other-paths.js';
import {
  admissionOf,
  heedsIdempotencyKeys,
  isAboutOneRecord,
  isOAuth,
  isPortal,
  isSignIn,
  scopesOutside,
  tierOf,
  type Admission,
} from './route-policy.js';

const verbs = ['get', 'post', 'put', 'patch', 'delete'] as const;

const description = `Exact stock, exact costs, and a history nobody can rewrite.

Every answer of an error carries one of the codes below; \`error.details\` names each field that is wrong.
A read sees what its own key has written before; where that takes longer than a second, the answer says \`meta.stale: true\`.
A write answers \`X-Position\`; a read that sends it back as \`X-Min-Position\` sees that write, also with another key; \`0\` takes what is there.
What an answer says is of one moment; only the names of other records may be newer.
A write with an \`Idempotency-Key\` has one effect, however often it is repeated within seven days.
Single reads carry an \`ETag\`; a write with \`If-Match\` happens only if nobody was faster.
An instant is taken as ISO 8601 with \`Z\` or an offset, to the minute or finer (\`2026-01-31T08:00Z\`); answers have it in UTC, as RFC 3339.`;

/** The OpenAPI 3.1 document of the whole REST interface: what the controllers declare, and what the edge adds to every operation. */
export function buildOpenApiDocument(application: INestApplication): OpenAPIObject {
  const configuration = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Millwright')
    .setDescription(description)
    .setVersion('1')
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'Where this document comes from')
    .addBearerAuth(
      {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'API key',
        description: 'Paste the API key alone; it is sent as `Authorization: Bearer <key>` (`Token <key>` is understood as well).',
      },
      'bearer',
    )
    .build();
  const document = SwaggerModule.createDocument(application, configuration);
  const components = { ...document.components } as Json;
  components['schemas'] = { ...(components['schemas'] as Json), Error: errorSchema(), GraphqlAnswer: graphqlAnswerSchema() };
  components['parameters'] = headerParameters();
  components['headers'] = responseHeaders();
  const examples = new OpenApiExamples(components['schemas'] as Json);
  const paths = sorted({ ...pathsOutsideNest, ...(document.paths as Json) });
  const operations = operationsIn(paths);
  for (const operation of operations) {
    describeEdge(operation);
    giveExamples(operation.declared, examples);
  }
  const statuses = new Set(operations.flatMap(({ declared }) => Object.keys(declared['responses'] as Json)));
  components['responses'] = { ...errorResponses(statuses), GraphqlRefusal: graphqlRefusal, OAuthRefusal: oauthRefusal };
  const headings = new Set(operations.flatMap(({ declared }) => declared['tags'] as string[]));
  const tags = [...headings].sort().map((name) => ({ name, description: headingsOutsideNest[name] ?? descriptionOfHeading(name) }));
  return { ...document, tags, paths, components } as OpenAPIObject;
}

type Operation = Readonly<{ path: string; verb: (typeof verbs)[number]; admission: Admission; declared: Json }>;

const operationsIn = (paths: Json): Operation[] =>
  Object.entries(paths).flatMap(([path, operations]) =>
    verbs.flatMap((verb) => {
      const declared = (operations as Record<string, Json | undefined>)[verb];
      return declared === undefined ? [] : [{ path, verb, admission: admissionOf(path), declared }];
    }),
  );

/** What the edge does to an operation: credential, site, headers and every error there can be. */
function describeEdge(operation: Operation): void {
  const { path, admission, declared } = operation;
  declared['security'] = admission === 'open' ? [] : [{ bearer: [] }];
  declared['x-required-tier'] ??= tierOf(path, operation.verb.toUpperCase());
  declared['x-required-scope'] ??= requiredScope(scopesOutside(path));
  keepOwnFieldScopes(declared);
  const own = (declared['parameters'] as Json[] | undefined) ?? [];
  const parameters = [...pathParametersOf(path, own), ...own];
  for (const parameter of parameters)
    if (parameter['in'] === 'path') parameter['schema'] = schemaInPath(String(parameter['name'])) ?? parameter['schema'];
  declared['parameters'] = [...parameters, ...headersTaken(operation).map((name) => ({ $ref: `#/components/parameters/${name}` }))];
  const responses = (declared['responses'] ?? {}) as Json;
  for (const [status, response] of Object.entries(responses))
    if (status.startsWith('2') && admission !== 'open') describeHeaders(operation, status, response as Json);
  for (const status of errorsOf(operation)) responses[status] ??= { $ref: `#/components/responses/${refusalOf(operation, status)}` };
  declared['responses'] = responses;
}

/** What every call needs is not said of a field again (contract, part 4, S52). */
function keepOwnFieldScopes(declared: Json): void {
  const held = [declared['x-required-scope']].flat();
  const own = Object.entries((declared['x-field-scopes'] ?? {}) as Record<string, string>).filter(([, scope]) => !held.includes(scope));
  delete declared['x-field-scopes'];
  if (own.length > 0) declared['x-field-scopes'] = Object.fromEntries(own);
}

/** What there is one of, so that it has no id. */
const isSetting = (path: string): boolean => path === '/api/v1/access/oidc';

/** An id, or a place in a list. */
function schemaInPath(name: string): Json | undefined {
  if (/^(\w+_)?id$/.test(name)) return { type: 'integer', minimum: 1 };
  return name === 'order' ? { type: 'integer', minimum: 0 } : undefined;
}

/** What stands in the path and no decorator has declared: a command takes it together with its body. */
const pathParametersOf = (path: string, declared: readonly Json[]): Json[] =>
  [...path.matchAll(/\{(\w+)\}/g)].flatMap(([, name]) =>
    declared.some((parameter) => parameter['in'] === 'path' && parameter['name'] === name)
      ? []
      : [{ name, in: 'path', required: true, schema: { type: 'string' } }],
  );

/** An example to every body that says by itself what it is like. */
function giveExamples({ requestBody, responses, ...declared }: Json, examples: OpenApiExamples): void {
  const contentOf = (body: unknown): Json | undefined =>
    (body as { content?: Record<string, Json> } | undefined)?.content?.['application/json'];
  const asked = contentOf(requestBody);
  if (asked) asked['example'] ??= withoutOwnScopes(declared, examples.request(asked['schema'] as Json));
  for (const response of Object.values(responses as Json)) {
    const answered = contentOf(response);
    if (answered) answered['example'] ??= examples.response(answered['schema'] as Json);
  }
}

/** An example is for everybody who may carry the operation out: what takes a right of its own does not stand in it. */
function withoutOwnScopes(declared: Json, example: unknown): unknown {
  const fields = Object.keys(declared['x-field-scopes'] ?? {});
  const without = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => without(item, path));
    if (typeof value !== 'object' || value === null) return value;
    const said = Object.entries(value).map(([name, inner]) => [name, path === '' ? name : `${path}.${name}`, inner as unknown] as const);
    return Object.fromEntries(
      said.filter(([, whole]) => !fields.includes(whole)).map(([name, whole, inner]) => [name, without(inner, whole)]),
    );
  };
  // The fields are named as they stand below what the body stands under.
  const [[root, inner] = ['', undefined], ...others] = Object.entries(example as object) as [string, unknown][];
  const isRoot = others.length === 0 && typeof inner === 'object' && inner !== null && !Array.isArray(inner);
  return isRoot ? { [root]: without(inner, '') } : without(example, '');
}

/** GraphQL answers what its mutations meet in `errors`, so that only what is wrong with the document itself has a status. */
const isGraphql = ({ path }: Operation): boolean => path === '/api/v1/graphql';
const isWrite = ({ verb }: Operation): boolean => verb !== 'get';
const takesIfMatch = (operation: Operation): boolean => isWrite(operation) && (isAboutOneRecord(operation.path) || isGraphql(operation));

/** Where an operation has its own words for what it refuses. */
const refusalOf = (operation: Operation, status: string): string =>
  isGraphql(operation) ? 'GraphqlRefusal' : isOAuth(operation.path) ? 'OAuthRefusal' : componentName(status);

/** The headers that an operation heeds, by the names of their components. */
function headersTaken(operation: Operation): string[] {
  if (operation.admission === 'open') return [];
  return [
    ...(operation.admission === 'key and entity' ? ['EntityId'] : operation.admission === 'key, maybe entity' ? ['MaybeEntityId'] : []),
    ...(isWrite(operation) && heedsIdempotencyKeys(operation.path) ? ['IdempotencyKey'] : []),
    ...(takesIfMatch(operation) ? ['IfMatch'] : []),
    ...(isWrite(operation) && !isGraphql(operation) ? [] : ['MinPosition']),
    'RequestId',
  ];
}

/** Its query names a person, who may not be there. */
const isAboutSomebody = (path: string): boolean => path === '/api/v1/auth/sessions';

/** The statuses of the error table that an operation can answer. */
function errorsOf(operation: Operation): string[] {
  const { path, admission } = operation;
  const needsKey = admission !== 'open';
  const mayFail = needsKey || isPortal(path) || isSignIn(path) || isOAuth(path) || path.startsWith('/.well-known/');
  // A body that nothing asked for is read all the same, and refused.
  const mayHaveBody = isWrite(operation) || isGraphql(operation);
  const possible: Readonly<Record<string, boolean>> = {
    400: true,
    401: needsKey || isSignIn(path) || isOAuth(path),
    403: needsKey,
    404: admission.endsWith('entity') || path.includes('{') || (isSignIn(path) && !needsKey) || isAboutSomebody(path),
    409: isWrite(operation) && !isGraphql(operation) && needsKey,
    412: takesIfMatch(operation),
    413: mayHaveBody,
    415: mayHaveBody && !isOAuth(path),
    // Also a query that names what the operation does not ask for.
    422: mayFail && !isOAuth(path),
    429: mayFail,
    500: mayFail,
    503: mayFail,
  };
  return Object.keys(possible).filter((status) => possible[status]);
}

/** The headers of a success. A read shows a revision where it shows one record, a write where it has written one. */
function describeHeaders(operation: Operation, status: string, response: Json): void {
  const { path } = operation;
  const isList = JSON.stringify(response).includes('"data":{"type":"array"');
  const isCreated = status === '201';
  const isOneRecord = (isAboutOneRecord(path) && !isList) || isCreated;
  const names = [
    'X-Request-Id',
    ...(isOneRecord ? ['ETag'] : []),
    ...((isWrite(operation) && (isOneRecord || isSetting(path))) || operation.verb === 'patch' ? ['X-Position'] : []),
    ...(isCreated && !path.includes('{') ? ['Location'] : []),
    ...(isWrite(operation) && heedsIdempotencyKeys(path) ? ['Idempotent-Replayed'] : []),
    'X-RateLimit-Limit',
    'X-RateLimit-Remaining',
    'X-RateLimit-Reset',
  ];
  const headers = Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
  response['headers'] = { ...headers, ...(response['headers'] as Json | undefined) };
}

const sorted = (paths: Json): Json => Object.fromEntries(Object.entries(paths).sort(([a], [b]) => (a < b ? -1 : 1)));

import type { ErrorDefinition } from '#millwright/event-sourcing';
import { publishedErrors } from '../errors/published-errors.js';

export type Json = Record<string, unknown>;

const requestId = '01980b6e-7b1c-7a3e-9d53-4f0a6c1e2b7d';

export const componentName = (status: string): string => `Error${status}`;

/** One response for each of the statuses that is one of the error table; its examples are the codes that have it. */
export function errorResponses(statuses: ReadonlySet<string>): Json {
  const byStatus = new Map<string, [string, ErrorDefinition][]>();
  for (const [code, definition] of Object.entries(publishedErrors))
    if (statuses.has(String(definition.status)))
      byStatus.set(String(definition.status), [...(byStatus.get(String(definition.status)) ?? []), [code, definition]]);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      componentName(status),
      {
        description: codes.map(([code]) => code).join(', '),
        ...(codes.some(([, { retryAfterSeconds }]) => retryAfterSeconds !== undefined)
          ? { headers: { 'Retry-After': { description: 'Seconds after which to try again', schema: { type: 'integer' } } } }
          : {}),
        content: {
          'application/json': {
            schema: { $ref: '#/components/schemas/Error' },
            examples: Object.fromEntries(codes.map(([code, { meaning }]) => [code, { summary: meaning, value: example(code, meaning) }])),
          },
        },
      },
    ]),
  );
}

function example(code: string, meaning: string): Json {
  const details =
    code === 'VALIDATION_FAILED'
      ? [{ field: 'part.unit_cost', code: 'too_many_decimals', message: 'must not have more than 2 decimals' }]
      : [];
  const facts = code === 'DUPLICATE_REFERENCE' ? { id: 72 } : {};
  return { status: 'error', success: false, message: meaning, error: { ...facts, code, message: meaning, details, request_id: requestId } };
}

const text = { type: 'string' };

export function errorSchema() {
  return {
    type: 'object',
    required: ['status', 'success', 'message', 'error'],
    properties: {
      status: { type: 'string', enum: ['error'] },
      success: { type: 'boolean', enum: [false] },
      message: { type: 'string', description: 'For a person' },
      error: {
        type: 'object',
        required: ['code', 'message', 'details', 'request_id'],
        properties: {
          code: { type: 'string', enum: Object.keys(publishedErrors) },
          message: text,
          id: { type: 'integer', description: 'The record that holds the reference, with DUPLICATE_REFERENCE.' },
          details: {
            type: 'array',
            items: { type: 'object', required: ['field', 'code', 'message'], properties: { field: text, code: text, message: text } },
          },
          request_id: text,
          progress: {
            type: 'object',
            description: 'With UNAVAILABLE, of a read model that is being brought up to date: it knows the log up to `position`',
            properties: { read_model: text, position: text, log_position: text },
          },
        },
      },
    },
  };
}

/** What GraphQL answers with `errors`, also where there is no data because nothing could be run. */
export function graphqlAnswerSchema(): Json {
  const error = {
    type: 'object',
    required: ['message', 'extensions'],
    properties: {
      message: text,
      path: { type: 'array', items: { oneOf: [text, { type: 'integer' }] } },
      locations: { type: 'array', items: { type: 'object' } },
      extensions: {
        type: 'object',
        required: ['code'],
        properties: { code: { type: 'string', enum: Object.keys(publishedErrors) } },
        additionalProperties: true,
      },
    },
  };
  return {
    type: 'object',
    properties: {
      data: { type: ['object', 'null'], additionalProperties: true },
      errors: { type: 'array', items: error },
      extensions: { type: 'object', additionalProperties: true, description: '`stale`, where the read models are behind.' },
      ...errorSchema().properties,
    },
  };
}

/** One response for every status with which a GraphQL document is refused. */
export const graphqlRefusal: Json = {
  description: 'Nothing was run; `errors[].extensions.code` is from the same table of errors',
  content: Object.fromEntries(
    ['application/json', 'application/graphql-response+json'].map((type) => [
      type,
      {
        schema: { $ref: '#/components/schemas/GraphqlAnswer' },
        example: {
          errors: [
            {
              message: 'the GraphQL document cannot be read at line 1, column 1',
              extensions: { code: 'MALFORMED_REQUEST', details: [], request_id: requestId },
            },
          ],
        },
      },
    ]),
  ),
};

/** What clients of OAuth are told where they are refused (RFC 6749, section 5.2). */
export const oauthRefusal: Json = {
  description: 'Refused in the words of OAuth, without the envelope',
  content: {
    'application/json': {
      schema: { type: 'object', required: ['error', 'error_description'], properties: { error: text, error_description: text } },
      example: { error: 'invalid_client', error_description: 'there is no such client, or this is not its secret' },
    },
  },
};

/** The headers that whole families of operations take. */
export function headerParameters(): Json {
  const inHeader = (name: string, description: string, schema: Json, required = false): Json => ({
    name,
    in: 'header',
    required,
    description,
    schema,
  });
  return {
    EntityId: inHeader('X-Entity-Id', 'The site to work on', { type: 'integer', minimum: 1, default: 1 }, true),
    MaybeEntityId: inHeader('X-Entity-Id', 'The site it is about; left out, all that the caller may read', { type: 'integer', minimum: 1 }),
    IdempotencyKey: inHeader('Idempotency-Key', 'Makes a repeated request answer as the first did, with no second effect', {
      type: 'string',
      minLength: 1,
      maxLength: 255,
    }),
    IfMatch: inHeader('If-Match', 'Do it only if the record is at one of these revisions: `"12"`, a list, or `*`', { type: 'string' }),
    MinPosition: inHeader(
      'X-Min-Position',
      'Wait (at most 2 s) until the read models, and what is known of your rights, have seen this X-Position; left out, at most 1 s for what the same key has written',
      {
        type: 'string',
        pattern: '^[0-9]{1,20}$',
      },
    ),
    RequestId: inHeader('X-Request-Id', "The caller's own id for this request, a UUID; anything else is not kept", {
      type: 'string',
      format: 'uuid',
    }),
  };
}

/** The headers of successes. */
export function responseHeaders(): Json {
  const text = (description: string): Json => ({ description, schema: { type: 'string' } });
  return {
    'X-Request-Id': text('The id of this request, also in the log and in the metadata of its events'),
    ETag: text('The revision of the record, for If-Match'),
    'X-Position': text('The log position of this write, for X-Min-Position'),
    Location: text('The path of what was created'),
    'Idempotent-Replayed': text('`true` when this is the first answer again'),
    'X-RateLimit-Limit': text('How many requests are taken in a window; without limits there are no such headers'),
    'X-RateLimit-Remaining': text('How many of them are left'),
    'X-RateLimit-Reset': text('When one more fits where none is left, else when the oldest counts no more: seconds since 1970'),
  };
}

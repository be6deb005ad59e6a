import type { RequestScope } from '#millwright/access';
import type { Detail } from '#millwright/event-sourcing';
import { hiddenPaths, hidesFrom, type Answer } from '#millwright/resources';
import type { PublishedError } from '../errors/published-error.js';

/** How a client wants success wrapped: the usual envelope, or `Accept: application/json; envelope=results`. */
export type EnvelopeForm = 'data' | 'results';

export const envelopeFormOf = (accept: string | undefined): EnvelopeForm =>
  accept !== undefined && /;\s*envelope\s*=\s*"?results"?\s*(;|,|$)/i.test(accept) ? 'results' : 'data';

export const json = 'application/json; charset=utf-8';
const graphqlResponse = 'application/graphql-response+json';

/** The media types that an `Accept` header names, each with its weight; what has weight 0 is refused. */
export function acceptedTypes(accept = ''): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
    weights.set(type, Number(weight) || 0);
  }
  return weights;
}

/**
 * The media type of a GraphQL answer, by the GraphQL over HTTP specification: the type of its own for a client that asks for it at least as much as
 * for plain JSON, which everybody else gets. Only with the type of its own may a client believe that a refusal comes from GraphQL.
 */
export function graphqlMediaTypeOf(accept?: string): string {
  const weights = acceptedTypes(accept);
  const asked = weights.get(graphqlResponse) ?? 0;
  return asked > 0 && asked >= (weights.get('application/json') ?? 0) ? `${graphqlResponse}; charset=utf-8` : json;
}

const noEntity = { id: null, name: null, currency: null, currency_symbol: null, datetime_format: null, timezone: null };

/** The body of a success, as text: it is stored under an Idempotency-Key byte for byte. */
export function successBody(answer: Answer, scope: RequestScope | null, form: EnvelopeForm, elapsedMs: number): string {
  const { meta, stale, customer = scope?.customer } = answer.facts;
  // Who may see everything is not made to wait for what nobody hid.
  const hidden = scope && hidesFrom(scope.held) ? hiddenPaths(answer.data) : [];
  const facts = {
    // Whoever has no account is not told whose site it is.
    ...(customer && { entity: scope?.entity ?? noEntity, customer }),
    ...(stale === true ? { stale: true } : {}),
    ...(hidden.length > 0 && { hidden }),
    ...meta,
  };
  if (form === 'data') return JSON.stringify({ status: 'success', success: true, data: answer.data, meta: facts });
  const content = Array.isArray(answer.data) ? { results: answer.data } : { result: answer.data };
  return JSON.stringify({ success: true, ...content, process_time: Math.round(elapsedMs) / 1000, meta: facts });
}

/** The headers that an answer's facts become. */
export function successHeaders(answer: Answer): Record<string, string> {
  const { revision, position, headers } = answer.facts;
  return {
    ...(revision === undefined ? {} : { ETag: `"${revision}"` }),
    ...(position === undefined ? {} : { 'X-Position': position.toString() }),
    ...headers,
  };
}

export const errorBody = ({ code, message, details, facts }: PublishedError, requestId: string): object => ({
  status: 'error',
  success: false,
  message,
  error: { ...facts, code, message, details: details.map(printed), request_id: requestId },
});

const printed = ({ field, code, message }: Detail): Detail => ({ field, code, message });

/** The same refusal before GraphQL has seen the request: clients of GraphQL look for `errors`, those of the envelope find it, too. */
export const graphqlErrorBody = (error: PublishedError, requestId: string): object => {
  const { code, message, details, facts } = error;
  return {
    ...errorBody(error, requestId),
    errors: [{ message, extensions: { ...facts, code, details: details.map(printed), request_id: requestId } }],
  };
};

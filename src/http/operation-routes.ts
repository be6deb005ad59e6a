import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import type { RequestScope, StoredAnswer } from '#millwright/access';
import { Rejection } from '#millwright/event-sourcing';
import { Answer, refuseBody, refuseQuery, type Operation, type TakenParameters, type Writes } from '#millwright/resources';
import { envelopeFormOf, json, successBody, successHeaders } from './envelope.js';
import { expectedRevisionsOf, header } from './request-headers.js';
import { isAboutOneRecord } from './route-policy.js';
import { UnwrappedAnswer } from './unwrapped-answer.js';

declare module 'fastify' {
  interface FastifyReply {
    /** Takes what the controller gives, which would be sent as it is otherwise. */
    takes: ((result: unknown) => void) | null;
  }
}

type Described = Readonly<{ operation: Operation; takes: TakenParameters }>;

/** Handlers of Nest are asynchronous, whatever Fastify's type says: one that throws rejects. */
type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Turns what controllers give into envelope and headers, and gives writes their preconditions and their Idempotency-Key: one function around the
 * handler of each route that carries an operation. An interceptor of Nest would make an observable of every answer, with six subscriptions.
 * To be called before routes are added.
 */
export function carryOutOperations(server: FastifyInstance, writes: Writes): void {
  server.decorateReply('takes', null);
  server.addHook('onRoute', (route) => {
    const { operation, takes } = route.config ?? {};
    if (operation && takes) route.handler = around(route.handler as unknown as Handler, { operation, takes }, writes);
  });
}

function around(handler: Handler, { operation, takes }: Described, writes: Writes): RouteHandlerMethod {
  const carryOut = operation.does === 'reads' ? read : write(operation, writes);
  return async (request, reply) => {
    const { scope } = request;
    if (!scope) return handler(request, reply);
    if (operation.does === 'writes' && !takes.body) refuseBody(request.body);
    if (!takes.query) refuseQuery(request.query as object);
    // Nest's own promise is kept only when the answer was sent: it ends in the reply, which others can wait for.
    const handle = (): Promise<unknown> =>
      new Promise((resolve, reject) => {
        reply.takes = resolve;
        handler(request, reply).catch(reject);
      });
    return sent(await carryOut(reply, scope, handle), reply);
  };
}

type Asked = () => Promise<unknown>;

async function read(reply: FastifyReply, scope: RequestScope, handle: Asked): Promise<StoredAnswer> {
  const result = await handle();
  const isStale = result instanceof Answer && reply.request.ownWritesAwaited;
  return answerOf(isStale ? new Answer(result.data, { ...result.facts, stale: true }) : result, reply, scope);
}

const write =
  ({ atArchivedSites }: Operation, writes: Writes) =>
  async (reply: FastifyReply, scope: RequestScope, handle: Asked): Promise<StoredAnswer> => {
    const { request } = reply;
    const ifMatch = header(request.headers['if-match']);
    if (ifMatch !== undefined && !isAboutOneRecord(request.routeOptions.url ?? ''))
      throw new Rejection('MALFORMED_REQUEST', 'If-Match is about one record; this operation has none that it could match');
    const key = header(request.headers['idempotency-key']);
    const answer = await writes.run(
      {
        scope,
        atArchivedSites,
        ifMatch,
        expectedRevisions: expectedRevisionsOf(ifMatch),
        keyed:
          key === undefined ? undefined : { key, operation: pathOf(request), asked: { body: request.body ?? null, query: request.query } },
      },
      async () => answerOf(await handle(), reply, scope),
    );
    if (answer.replayed) reply.header('Idempotent-Replayed', 'true');
    return answer;
  };

/** Method and path as the router understood it, however the client spelled and encoded it: two spellings of one path are one operation. */
function pathOf({ method, routeOptions: { url = '' }, params }: FastifyRequest): string {
  const values = new Map(Object.entries(params as Record<string, string>));
  return `${method} ${url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values.get(name) ?? ''))}`;
}

/** The answer as bytes and headers. Nest has set the route's status before the handler ran. */
function answerOf(result: unknown, reply: FastifyReply, scope: RequestScope): StoredAnswer {
  const status = reply.statusCode;
  if (result instanceof UnwrappedAnswer) {
    const { final, position } = result.facts;
    return { status, headers: position === undefined ? {} : { 'X-Position': position }, body: result.text, final };
  }
  if (!(result instanceof Answer)) return { status, headers: {}, body: result === undefined ? '' : JSON.stringify(result) };
  const headers = { ...successHeaders(result), ...locationOf(result, reply) };
  if (status === 204) return { status, headers, body: '' };
  return { status, headers, body: successBody(result, scope, envelopeFormOf(reply.request.headers.accept), reply.elapsedTime) };
}

/** Where the record lives that a POST to its collection has just created. */
function locationOf({ data }: Answer, reply: FastifyReply): Record<string, string> {
  const route = reply.request.routeOptions.url ?? '';
  if (reply.statusCode !== 201 || route.includes(':') || typeof data !== 'object' || data === null || !('id' in data)) return {};
  return typeof data.id === 'number' ? { Location: `${route}/${data.id}` } : {};
}

/** Says everything but the body, which Fastify sends when it is returned. */
function sent({ status, headers, body }: StoredAnswer, reply: FastifyReply): string | undefined {
  reply.code(status).headers(headers);
  if (status === 204 || body === '') return undefined;
  reply.header('Content-Type', json);
  return body;
}

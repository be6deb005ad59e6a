import type { FastifyInstance, FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify';
import { runInScope, type RequestScope, type StoredAnswer } from '#millwright/access';
import { Rejection } from '#millwright/event-sourcing';
import {
  Answer,
  isAboutOneself,
  refuseBody,
  refuseQuery,
  saysNothing,
  StreamedAnswer,
  type ControllerMethod,
  type Operation,
  type TakenParameters,
  type Writes,
} from '#millwright/resources';
import { callOf, statusOf, type MethodCall } from './controller-method.js';
import { envelopeFormOf, json, successBody, successHeaders } from './envelope.js';
import { recalled, remembering, sinceGiven, withoutLacked, withoutSites } from './replayed-answer.js';
import { recordOf } from './replayed-record.js';
import { expectedRevisionsOf, header } from './request-headers.js';
import { heedsIdempotencyKeys, isAboutOneRecord } from './route-policy.js';
import { maySame, stillAdmitted } from './still-admitted.js';
import { streamed } from './streamed-answer.js';
import { UnwrappedAnswer } from './unwrapped-answer.js';

/** What a route carries out, by which method, and what that looks at. */
type Described = Readonly<{ operation: Operation; takes: TakenParameters; method: ControllerMethod }>;

type Services = Readonly<{ writes: Writes; controllerOf: (type: ControllerMethod['controller']) => object }>;

/**
 * Carries out what the routes of controllers describe, in one function: refuses what the operation does not take, gives writes their preconditions and
 * their Idempotency-Key, calls the controller, and turns what it gives into envelope and headers. To be called before routes are added.
 */
export function carryOutOperations(server: FastifyInstance, services: Services): void {
  server.addHook('onRoute', (route) => {
    const { operation, takes, method } = route.config ?? {};
    if (operation && takes && method) route.handler = handlerOf({ operation, takes, method }, String(route.method), services);
  });
}

function handlerOf({ operation, takes, method }: Described, verb: string, { writes, controllerOf }: Services): RouteHandlerMethod {
  const controller = controllerOf(method.controller);
  const call = callOf(controller, method);
  const status = statusOf(controller, method, verb);
  // What is open to everybody has no key that a repeat could be known by.
  const carryOut = operation.does === 'reads' || operation.open ? read : write(operation, writes, controller);
  return async (request, reply) => {
    const { scope } = request;
    if (!scope && !operation.open) throw new Error(`${operation.name} was asked for by nobody`);
    takes.requireWritable(request.body);
    if (operation.does === 'writes' && !takes.body) refuseBody(request.body);
    if (!takes.query) refuseQuery(request.query as object);
    reply.code(status);
    const answer = await carryOut(reply, scope, call);
    return answer instanceof StreamedAnswer ? streamed(answer, reply) : sent(answer, reply);
  };
}

async function read(reply: FastifyReply, scope: RequestScope | null, call: MethodCall): Promise<StoredAnswer | StreamedAnswer> {
  const result = await call(reply.request, reply);
  if (result instanceof StreamedAnswer) return result;
  const admitted = scope && (await stillAdmitted(reply));
  // Who may less by now than when he asked is told what he may be told by now.
  if (admitted && !maySame(admitted, scope))
    return runInScope(admitted, async () => answerOf(await call(reply.request, reply), reply, admitted));
  const isStale = result instanceof Answer && reply.request.ownWritesAwaited;
  return answerOf(isStale ? new Answer(result.data, { ...result.facts, stale: true }) : result, reply, scope);
}

const write =
  (operation: Operation, writes: Writes, controller: object) =>
  async (reply: FastifyReply, scope: RequestScope | null, call: MethodCall): Promise<StoredAnswer> => {
    const { request } = reply;
    if (!scope) throw new Error('a write was asked for by nobody');
    const ifMatch = header(request.headers['if-match']);
    if (ifMatch !== undefined && !isAboutOneRecord(request.routeOptions.url ?? ''))
      throw new Rejection('MALFORMED_REQUEST', 'If-Match is about one record; this operation has none that it could match');
    const key = heedsIdempotencyKeys(request.routeOptions.url ?? '') ? header(request.headers['idempotency-key']) : undefined;
    const answer = await writes.run(
      {
        scope,
        atArchivedSites: operation.atArchivedSites,
        ifMatch,
        expectedRevisions: expectedRevisionsOf(ifMatch),
        keyed: key === undefined ? undefined : { key, operation: pathOf(request), asked: askedBy(request) },
        about: isAboutOneself(operation, request.body, scope.principal.userId)
          ? undefined
          : ({ body }) => (mayLose(scope) ? recordOf(request, body) : undefined),
      },
      async () => {
        const first = answerOf(await call(request, reply), reply, scope);
        return key === undefined ? first : remembering(first, scope);
      },
    );
    if (key === undefined) return answer;
    const kept = recalled(answer);
    if (!answer.replayed) return kept;
    const { newlyLacked, isForOthers } = sinceGiven(answer, scope);
    reply.header('Idempotent-Replayed', 'true');
    // A repeat is decided on today's rights (contract, part 4, S12).
    if ((isForOthers || isOfSome(scope)) && isAnsweredAnew(controller))
      return { ...kept, body: await controller.replayed(kept.body, request, isForOthers) };
    return { ...kept, body: withoutSites(withoutLacked(kept.body, newlyLacked), scope.principal.rights.sites) };
  };

/** What two requests with one key must have in common. */
const askedBy = ({ body, query }: FastifyRequest): Readonly<{ body: unknown; query: unknown }> => ({
  body: saysNothing(body) ? null : body,
  query,
});

/** Whether whoever asks sees some rows only: which ones is other at every moment. */
const isOfSome = ({ rows = 'all' }: RequestScope): boolean => rows !== 'all';

/** Whether a record may exist no more for whoever asks: one of those rows, or a site. */
const mayLose = (scope: RequestScope): boolean => isOfSome(scope) || scope.principal.rights.sites !== 'all';

/** A controller whose answers hold those of others, each of which today's rights decide on. */
export interface AnsweredAnew {
  /** The kept answer as it is to be given to whoever repeats the request; `isForOthers` is whether his rights are other than they were. */
  replayed(body: string, request: FastifyRequest, isForOthers: boolean): Promise<string>;
}

const isAnsweredAnew = (controller: object): controller is AnsweredAnew => 'replayed' in controller;

/** Method and path as the router understood it, however the client spelled and encoded it: two spellings of one path are one operation. */
function pathOf({ method, routeOptions: { url = '' }, params }: FastifyRequest): string {
  const values = new Map(Object.entries(params as Record<string, string>));
  return `${method} ${url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values.get(name) ?? ''))}`;
}

/** The answer as bytes and headers; its status is that of the reply. */
function answerOf(result: unknown, reply: FastifyReply, scope: RequestScope | null): StoredAnswer {
  const status = reply.statusCode;
  if (result instanceof UnwrappedAnswer) {
    const { final, position } = result.facts;
    return { status, headers: position === undefined ? {} : { 'X-Position': position }, body: result.text, final };
  }
  if (!(result instanceof Answer)) return { status, headers: {}, body: result === undefined ? '' : JSON.stringify(result) };
  if (result.facts.status !== undefined && result.facts.status !== status) {
    reply.code(result.facts.status);
    return answerOf(result, reply, scope);
  }
  const headers = { ...successHeaders(result), ...locationOf(result, reply) };
  if (status === 204) return { status, headers, body: '' };
  const body = (answer: Answer): string => successBody(answer, scope, envelopeFormOf(reply.request.headers.accept), reply.elapsedTime);
  const { secrets } = result.facts;
  return secrets ? { status, headers, body: body(without(secrets, result)), told: body(result) } : { status, headers, body: body(result) };
}

const without = (names: readonly string[], { data, facts }: Answer): Answer =>
  new Answer({ ...(data as object), ...Object.fromEntries(names.map((name) => [name, null])) }, facts);

/** Where the record lives that a POST to its collection has just created. */
function locationOf({ data }: Answer, reply: FastifyReply): Record<string, string> {
  const route = reply.request.routeOptions.url ?? '';
  if (reply.statusCode !== 201 || route.includes(':') || typeof data !== 'object' || data === null || !('id' in data)) return {};
  return typeof data.id === 'number' ? { Location: `${route}/${data.id}` } : {};
}

/** Says everything but the body, which Fastify sends when it is returned. */
function sent({ status, headers, body, told = body }: StoredAnswer, reply: FastifyReply): string | undefined {
  reply.code(status).headers(headers);
  if (status === 204 || body === '') return undefined;
  reply.header('Content-Type', json);
  return told;
}

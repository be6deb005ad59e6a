import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import type { RequestScope, StoredAnswer } from '#millwright/access';
import { Rejection } from '#millwright/event-sourcing';
import { Answer, refuseBody, refuseQuery, takesBody, takesQuery, Writes, type Operation } from '#millwright/resources';
import { envelopeFormOf, json, successBody, successHeaders } from './envelope.js';
import { expectedRevisionsOf, header } from './request-headers.js';
import { isAboutOneRecord } from './route-policy.js';
import { UnwrappedAnswer } from './unwrapped-answer.js';

/**
 * Turns what a controller returns into envelope and headers, and gives writes their preconditions and their Idempotency-Key.
 * Only an `Answer` is wrapped; anything else (a batch's results, a document) goes out as it is.
 */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(private readonly writes: Writes) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { scope } = request;
    const { operation } = request.routeOptions.config;
    if (!scope || !operation) return next.handle();
    const isRead = operation.does === 'reads';
    const handle = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    if (!isRead && !takesBody(context.getHandler())) refuseBody(request.body);
    if (!takesQuery(context.getClass(), context.getHandler())) refuseQuery(request.query as object);
    const reply = http.getResponse<FastifyReply>();
    return from(isRead ? this.read(reply, scope, handle) : this.write(reply, scope, handle, operation));
  }

  private async read(reply: FastifyReply, scope: RequestScope, handle: () => Promise<unknown>): Promise<unknown> {
    const result = await handle();
    if (!(result instanceof Answer)) return result;
    const answer = reply.request.ownWritesAwaited ? new Answer(result.data, { ...result.facts, stale: true }) : result;
    return send(reply, answerOf(answer, reply, scope));
  }

  private async write(reply: FastifyReply, scope: RequestScope, handle: () => Promise<unknown>, operation: Operation): Promise<unknown> {
    const { request } = reply;
    const ifMatch = header(request.headers['if-match']);
    if (ifMatch !== undefined && !isAboutOneRecord(request.routeOptions.url ?? ''))
      throw new Rejection('MALFORMED_REQUEST', 'If-Match is about one record; this operation has none that it could match');
    const key = header(request.headers['idempotency-key']);
    const answer = await this.writes.run(
      {
        scope,
        atArchivedSites: operation.atArchivedSites,
        ifMatch,
        expectedRevisions: expectedRevisionsOf(ifMatch),
        keyed:
          key === undefined ? undefined : { key, operation: pathOf(request), asked: { body: request.body ?? null, query: request.query } },
      },
      async () => answerOf(await handle(), reply, scope),
    );
    if (answer.replayed) reply.header('Idempotent-Replayed', 'true');
    return send(reply, answer);
  }
}

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

function send(reply: FastifyReply, { status, headers, body }: StoredAnswer): string | undefined {
  reply.code(status).headers(headers);
  if (status === 204 || body === '') return undefined;
  reply.header('Content-Type', json);
  return body;
}

import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import {
  afterCommit,
  KnownSites,
  commandContextOf,
  fingerprintOf,
  IdempotencyKeys,
  type RequestScope,
  type StoredAnswer,
} from '#millwright/access';
import { Rejection, runInContext, type CommandContext } from '#millwright/event-sourcing';
import { Answer, operationOf, OwnWrites, refuseBody, takesBody, type Operation } from '#millwright/resources';
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
  constructor(
    private readonly keys: IdempotencyKeys,
    private readonly knownSites: KnownSites,
    private readonly ownWrites: OwnWrites,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { scope } = request;
    if (!scope) return next.handle();
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const handle = (): Promise<unknown> => lastValueFrom(next.handle(), { defaultValue: undefined });
    if (!isRead && !takesBody(context.getHandler())) refuseBody(request.body);
    return from(
      isRead
        ? this.read(http.getResponse<FastifyReply>(), scope, handle)
        : this.write(http.getResponse<FastifyReply>(), scope, handle, operationOf(context.getHandler())),
    );
  }

  private async read(reply: FastifyReply, scope: RequestScope, handle: () => Promise<unknown>): Promise<unknown> {
    const result = await handle();
    if (!(result instanceof Answer)) return result;
    const answer = reply.request.ownWritesAwaited ? new Answer(result.data, { ...result.facts, stale: true }) : result;
    return send(reply, answerOf(answer, reply, scope));
  }

  private async write(
    reply: FastifyReply,
    scope: RequestScope,
    handle: () => Promise<unknown>,
    operation: Operation | undefined,
  ): Promise<unknown> {
    const { request } = reply;
    const ifMatch = header(request.headers['if-match']);
    if (ifMatch !== undefined && !isAboutOneRecord(request.routeOptions.url ?? ''))
      throw new Rejection('MALFORMED_REQUEST', 'If-Match is about one record; this operation has none that it could match');
    const expectedRevisions = expectedRevisionsOf(ifMatch);
    const key = header(request.headers['idempotency-key']);
    const decided = async (more: Pick<CommandContext, 'expectedRevisions' | 'idempotency'>): Promise<StoredAnswer> => {
      const admit = !operation?.atArchivedSites ? await this.knownSites.admission(scope) : undefined;
      const context = commandContextOf(scope, { ...more, admit });
      try {
        return answerOf(await runInContext(context, handle), reply, scope);
      } catch (failure) {
        throw afterCommit(failure, context);
      } finally {
        if (context.commits?.position !== undefined) this.ownWrites.acknowledged(scope.principal, context.commits.position);
      }
    };
    if (key === undefined) {
      const answer = await decided({ expectedRevisions });
      this.acknowledged(scope, answer);
      return send(reply, answer);
    }
    const answer = await this.keys.run({ operation: pathOf(request), key, fingerprint: fingerprint(request, scope) }, (idempotency) =>
      decided({ expectedRevisions, idempotency }),
    );
    if (answer.replayed) reply.header('Idempotent-Replayed', 'true');
    this.acknowledged(scope, answer);
    return send(reply, answer);
  }

  /** The answer's position also covers what others did for it (the parts of an order), and what an earlier try has done. */
  private acknowledged({ principal }: RequestScope, { headers }: StoredAnswer): void {
    const position = headers['X-Position'];
    if (position !== undefined) this.ownWrites.acknowledged(principal, BigInt(position));
  }
}

/** Method and path as the router understood it, however the client spelled and encoded it: two spellings of one path are one operation. */
function pathOf({ method, routeOptions: { url = '' }, params }: FastifyRequest): string {
  const values = new Map(Object.entries(params as Record<string, string>));
  return `${method} ${url.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values.get(name) ?? ''))}`;
}

const fingerprint = (request: FastifyRequest, scope: RequestScope): Buffer =>
  fingerprintOf({
    body: request.body ?? null,
    query: request.query,
    entity: scope.entity?.id ?? null,
    if_match: header(request.headers['if-match']) ?? null,
  });

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

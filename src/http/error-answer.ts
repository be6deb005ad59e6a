import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { OAuthRefusal } from '#millwright/credentials';
import { Rejection } from '#millwright/event-sourcing';
import { publishedErrorOf } from '../errors/published-error.js';
import { toldOf } from './call-gate.js';
import { answerOAuthError } from './oauth-edge.js';
import { isOAuth } from './route-policy.js';
import { errorBody, graphqlErrorBody, graphqlMediaTypeOf, json } from './envelope.js';
import { isReadByPerson, sendRefusalPage } from './pages/serve-pages.js';

/**
 * The one place where something thrown becomes an answer of REST, whether a hook, the body's parser or a handler threw it.
 * What is our own fault is logged with its stack; the client gets the request id to ask by.
 */
export function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  if (thrown instanceof OAuthRefusal) {
    toldOf(request).failure = { code: thrown.code };
    return answerOAuthError(thrown, request, reply);
  }
  // A client that goes away looks like a database that does.
  const published = publishedErrorOf(thrown === request.raw.errored ? new Rejection('MALFORMED_REQUEST', 'the request broke off') : thrown);
  toldOf(request).failure = published;
  if (published.status >= 500) {
    const facts = { request_id: request.id, method: request.method, route: request.routeOptions.url, code: published.code, err: thrown };
    if (published.code === 'INTERNAL') logger.error(facts, 'a request failed');
    else logger.warn(facts, 'a request could not be served now');
  }
  if (reply.sent) return;
  if (isOAuth(request.url)) return answerOAuthError(thrown, request, reply);
  if (isReadByPerson(request)) {
    const { reason } = published.facts;
    return void sendRefusalPage(
      request,
      reply.code(published.status).headers(published.headers),
      typeof reason === 'string' ? reason : published.code,
    );
  }
  if (published.code === 'PAYLOAD_TOO_LARGE') readToTheEnd(request, reply);
  const [body, type] = isGraphql(request) ? [graphqlErrorBody, graphqlMediaTypeOf(request.headers.accept)] : [errorBody, json];
  void reply
    .code(published.status)
    .headers({ ...published.headers, 'Content-Type': type })
    .send(JSON.stringify(body(published, request.id)));
}

/**
 * Fastify would close the connection on a body that is too large; a client that is still sending would see it break and never read why.
 * So the rest is read and dropped, for as long as a request may take.
 */
function readToTheEnd(request: FastifyRequest, reply: FastifyReply): void {
  reply.removeHeader('connection');
  request.raw.resume();
}

const isGraphql = ({ method, routeOptions: { url } }: FastifyRequest): boolean => method === 'POST' && url === '/api/v1/graphql';

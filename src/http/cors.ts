import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { header } from './request-headers.js';

/** How long a browser may believe what it was told of another origin, in seconds. */
const believedForSeconds = 600;

const methods = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const taken = 'Authorization, Content-Type, Accept, X-Entity-Id, Idempotency-Key, If-Match, X-Min-Position, X-Request-Id';
const shown = [
  ...['ETag', 'Location', 'Retry-After', 'WWW-Authenticate', 'Idempotent-Replayed', 'X-Position', 'X-Request-Id'],
  ...['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'],
].join(', ');

/**
 * Lets pages of these origins read answers; those of others read none, as without them. No cookie ever counts from another origin, so that none is allowed.
 * To be called before any other hook: a browser asks without a credential whether it may ask.
 */
export function allowOrigins(server: FastifyInstance, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = new Set(origins);
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('Vary', 'Origin');
    const origin = header(request.headers.origin);
    if (origin === undefined || !allowed.has(origin)) return done();
    reply.header('Access-Control-Allow-Origin', origin);
    if (!isPreflight(request)) {
      reply.header('Access-Control-Expose-Headers', shown);
      return done();
    }
    answerPreflight(reply);
  });
}

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;

function answerPreflight(reply: FastifyReply): void {
  void reply
    .code(204)
    .headers({
      'Access-Control-Allow-Methods': methods,
      'Access-Control-Allow-Headers': taken,
      'Access-Control-Max-Age': String(believedForSeconds),
    })
    .send();
}

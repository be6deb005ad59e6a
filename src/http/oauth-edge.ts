import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { OAuthRefusal } from '#millwright/credentials';
import { publishedErrorOf } from '../errors/published-error.js';
import { json } from './envelope.js';
import { saysWhoTwice } from './request-headers.js';
import { isOAuth } from './route-policy.js';

/** What bodies of `/oauth` are written in (contract, part 4, S27). */
export const formType = 'application/x-www-form-urlencoded';

/** Takes nothing but forms there, and nothing in the address: what stands in a URL ends in logs and histories. */
export function addOAuthGate(server: FastifyInstance): void {
  server.addHook('onRequest', (request, reply, done) => {
    if (!isOAuth(request.routeOptions.url ?? '')) return done();
    reply.header('Pragma', 'no-cache');
    const type = /^\s*([^;\s]*)/.exec(request.headers['content-type'] ?? '')?.[1]?.toLowerCase();
    if (request.url.includes('?'))
      return done(new OAuthRefusal('invalid_request', 'nothing may stand in the query, least of all a secret'));
    if (saysWhoTwice(request.raw)) return done(new OAuthRefusal('invalid_request', 'the header Authorization must be sent once'));
    if (type !== formType) return done(new OAuthRefusal('invalid_request', `the body must be ${formType}`));
    done();
  });
}

/**
 * What went wrong there, in the bare words that clients of OAuth know, whoever has refused it. A request that no client is known by counts for its address (S74);
 * one whose client is known never waits for others at that address.
 */
export function answerOAuthError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
  if (thrown instanceof OAuthRefusal && ofKnownClients.has(thrown.code)) return answer(thrown, reply);
  request.server.countUnknown(request).then(
    () => answer(thrown, reply),
    (full: unknown) => answer(full, reply),
  );
}

/** What is only refused to a client that has said who it is. */
const ofKnownClients: ReadonlySet<string> = new Set(['invalid_scope', 'unsupported_grant_type', 'insufficient_scope']);

function answer(thrown: unknown, reply: FastifyReply): void {
  const refused = thrown instanceof OAuthRefusal ? { ...thrown, message: thrown.message } : refusalOf(thrown);
  void reply
    .code(refused.status)
    .headers({ ...refused.headers, 'Content-Type': json })
    .send(JSON.stringify({ error: refused.code, error_description: refused.message }));
}

type Refused = Readonly<{ status: number; code: string; message: string; headers: Readonly<Record<string, string>> }>;

function refusalOf(thrown: unknown): Refused {
  const { status, message, headers } = publishedErrorOf(thrown);
  if (status >= 500) return { status, code: status === 503 ? 'temporarily_unavailable' : 'server_error', message, headers };
  return { status: status === 415 ? 400 : status, code: 'invalid_request', message, headers };
}

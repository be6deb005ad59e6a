import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { requirePerson, requireScopes, runInScope, type RequestScope } from '#millwright/access';
import { type ProjectionEngine, Rejection, whenKnown } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import type { OwnWrites } from '#millwright/resources';
import { RejectionWithHeaders } from '../errors/published-error.js';
import { admission, cookieOf, identification, type Admitting, type Identification } from './admission.js';
import { askedPath, whyUnroutable } from './http-adapter.js';
import type { KnownPaths } from './known-paths.js';
import { longestWaitMs, notReached } from './known-rights.js';
import { header, minimumPositionIn, positionOf } from './request-headers.js';
import { admissionOf, isDocument, isRead, scopesOutside, type Admission } from './route-policy.js';
import { securityHeadersOf } from './security-headers.js';
import { stillAdmitted } from './still-admitted.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks and for which site; null on routes that are open to everybody. */
    scope: RequestScope | null;
    /** The read models do not show yet what this credential has written; the answer says that it is stale. */
    ownWritesAwaited: boolean;
    /** How long it was waited for what the position it names says of rights, in milliseconds. */
    rightsAwaitedMs: number;
  }
  interface FastifyInstance {
    /**
     * Asks again who is let in with a request, and what he may at this moment, for an answer that takes long.
     * @throws Rejection what the request would be refused with at this moment
     */
    admitAnew(request: FastifyRequest): Promise<RequestScope>;
  }
}

/** How long a read that names none waits for what its own credential has written. */
const longestOwnWaitMs = 1_000;
export type Directory = Admitting &
  Readonly<{
    projections: ProjectionEngine;
    ownWrites: OwnWrites;
    paths: KnownPaths;
    logger: Logger;
  }>;

/**
 * What happens to every request before its handler, REST and GraphQL alike: request id, security headers, known path, credential, site,
 * minimum position; then the handler runs inside the request's scope and command context.
 */
export function addRequestGate(server: FastifyInstance, directory: Directory): void {
  const { limits } = directory;
  const identify = identification(directory);
  const admit = admission(directory, identify);
  const admissions = new Map<string, Admission>();
  server.decorate('admitAnew', async (request: FastifyRequest) => {
    const scope = await admit.again(request, admissionOf(request.routeOptions.url ?? ''));
    await requireAllowed(request, scope, directory);
    return scope;
  });
  server.decorateRequest('scope', null);
  server.decorateRequest('ownWritesAwaited', false);
  server.decorateRequest('rightsAwaitedMs', 0);

  server.addHook('onRequest', (request, reply, done) => {
    reply.headers(securityHeadersOf(request.routeOptions.url));
    reply.header('X-Request-Id', request.id);
    if (request.is404)
      return goOn(
        () => limits.nowhere(request, reply, identify, directory.paths.methodsOf(askedPath(request)).length > 0),
        () => done(whyUnroutable(request) ?? noSuchPath(request, directory.paths)),
        done,
      );
    const route = request.routeOptions.url ?? '';
    const wanted = admissions.get(route) ?? admissionOf(route);
    admissions.set(route, wanted);
    if (wanted === 'open')
      return goOn(
        () => (isDocument(route) ? noteReader(request, identify) : limits.open(request, reply, identify)),
        () => done(),
        done,
      );
    goOn(
      () => admit.once(request, reply, wanted),
      (scope) => {
        request.scope = scope;
        done();
      },
      done,
    );
  });

  // Before the body is read: who may not do it is not told what is wrong with it (contract, part 4, S51).
  server.addHook('onRequest', (request, _reply, done) => {
    const { scope, raw } = request;
    // What has broken off by now says so to nobody who begins to read it.
    if (!scope) return done(raw.errored ?? undefined);
    goOn(
      () => requireAllowed(request, scope, directory),
      () => done(request.neverTaken ?? raw.errored ?? undefined),
      done,
    );
  });

  server.addHook('preHandler', (request, reply, done) => {
    const { scope } = request;
    if (!scope) return done();
    goOn(
      () => {
        refuseNul(request);
        const position = minimumPositionOf(request);
        if (position !== undefined)
          return whenKnown(directory.projections.reaches(position, longestWaitMs - request.rightsAwaitedMs), requireReached);
        return isRead(request) ? seeOwnWrites(request, directory) : undefined;
      },
      () => {
        const still = stillAdmitted(reply);
        if (!still) return runInScope(scope, done);
        // A body that was held back, or a position that was waited for: it is carried out with the rights of now.
        const admit = (admitted: RequestScope): void => {
          request.scope = admitted;
          runInScope(admitted, done);
        };
        goOn(() => still, admit, done);
      },
      done,
    );
  });

  logAnswers(server, directory.logger);
}

/** A document is for everybody, also while nobody can tell whose a credential is; where it can be told, the log of calls says whose it was. */
async function noteReader(request: FastifyRequest, identify: Identification): Promise<void> {
  try {
    await identify(request);
  } catch {
    // He reads it as nobody.
  }
}

function logAnswers(server: FastifyInstance, logger: Logger): void {
  server.addHook('onResponse', (request, reply, done) => {
    // What asks every few seconds whether we live would drown everything else.
    const level = /^\/(health|metrics)/.test(request.url) ? 'debug' : 'info';
    logger[level](
      {
        request_id: request.id,
        method: request.method,
        route: request.routeOptions.url,
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        entity_id: request.scope?.entity?.id,
        credential: request.scope?.principal.credential.id,
      },
      'answered',
    );
    done();
  });
}

/** What a route needs. GraphQL's is asked of each of its root fields. */
const scopesOf = ({ routeOptions: { url = '', config } }: FastifyRequest): readonly string[] =>
  config.operation?.scopes ?? scopesOutside(url);

/** Goes on with what was found out, at once where nothing had to be waited for; what goes on is answered by itself. */
function goOn<Found>(find: () => Found | Promise<Found>, next: (found: Found) => void, refuse: (refusal: Error) => void): void {
  let found: Found | Promise<Found>;
  try {
    found = find();
  } catch (refusal) {
    return refuse(errorOf(refusal));
  }
  if (found instanceof Promise) found.then(next, (refusal: unknown) => refuse(errorOf(refusal)));
  else next(found);
}

function requireReached(isReached: boolean): void {
  if (!isReached) throw notReached();
}

/** Lets a read wait until the read models show what its credential has written through this process, and notes when that takes too long. */
export function seeOwnWrites(
  request: FastifyRequest,
  { ownWrites, projections }: Pick<Directory, 'ownWrites' | 'projections'>,
): void | Promise<void> {
  const position = request.scope ? ownWrites.latest(request.scope.principal) : undefined;
  if (position === undefined) return undefined;
  return whenKnown(projections.reaches(position, longestOwnWaitMs), (isReached) => {
    request.ownWritesAwaited = !isReached;
  });
}

/** @throws Rejection CSRF, TIER_FEATURE_LOCKED, INSUFFICIENT_PERMISSIONS */
function requireAllowed(request: FastifyRequest, scope: RequestScope, directory: Directory): void | Promise<void> {
  requirePage(request, directory);
  return whenKnown(directory.limits.requireTier(request, scope.principal), () => {
    const { operation } = request.routeOptions.config;
    const scopes = scopesOf(request);
    requireScopes(scope, scopes);
    if (operation?.byPersons) requirePerson(scope.principal, scopes);
  });
}

/** A browser sends its cookies along whoever asks it to: what writes has to come from a page of ours. @throws Rejection CSRF */
function requirePage(request: FastifyRequest, { cookies }: Directory): void {
  const cookie = cookieOf(request);
  if (cookie !== undefined && !isRead(request)) cookies.requirePage(cookie, header(request.headers['x-csrf-token']));
}

/** 405 with the methods there are, or 404. */
function noSuchPath(request: FastifyRequest, paths: KnownPaths): Rejection {
  const methods = paths.methodsOf(askedPath(request));
  if (methods.length === 0) return new Rejection('NOT_FOUND', 'there is nothing at this path');
  return new RejectionWithHeaders('METHOD_NOT_ALLOWED', `this path knows ${methods.join(', ')}`, { Allow: methods.join(', ') });
}

/** NUL can be written in a URL, but in no column of a database. */
function refuseNul(request: FastifyRequest): void {
  if (!request.url.includes('%00') && !request.url.includes('\0')) return;
  if (Object.values(request.params as Record<string, string>).some((value) => value.includes('\0')))
    throw new Rejection('NOT_FOUND', 'there is no such record');
  const fields = Object.entries(request.query as Record<string, string | string[]>).filter(
    ([name, value]) => name.includes('\0') || String(value).includes('\0'),
  );
  throw invalid(fields.map(([field]) => ({ field: field.replaceAll('\0', ''), code: 'invalid_text', message: 'holds a NUL character' })));
}

/** The position a read wants to see. Taken out of the query, so that no list takes it for a filter. */
function minimumPositionOf(request: FastifyRequest): bigint | undefined {
  const query = request.query as Record<string, unknown>;
  const text = minimumPositionIn(request);
  if ('min_position' in query) delete query['min_position'];
  return text === undefined ? undefined : positionOf(text);
}

const errorOf = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error('something that is no error was thrown', { cause: thrown });

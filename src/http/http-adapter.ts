import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { assertDescribed, type ControllerMethod, type Operation, type TakenParameters } from '#millwright/resources';
import { Rejection } from '#millwright/event-sourcing';
import { BrokenConnections } from './broken-connections.js';
import { readJsonBody } from './json-body.js';
import { KnownPaths } from './known-paths.js';
import { PreparedBodies } from './prepared-bodies.js';
import { isReadable, requestIdOf } from './request-headers.js';
import { formType } from './oauth-edge.js';
import { bodyLimitBytes, bodyLimitOf, isOAuth, isOperation } from './route-policy.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route does, as it was described. */
    operation?: Operation;
    /** Whether its method looks at the body and at the query. */
    takes?: TakenParameters;
    /** The method of a controller that does it. */
    method?: ControllerMethod;
  }
}

/** How long a client may take to send its request, and how often that is looked at, in milliseconds: drop by drop must not hold a connection for ever. */
const sending = { atMostMs: 30_000, lookedAtEveryMs: 2_000 };
const keepAliveTimeoutMs = 65_000;

/**
 * What is wrong with a request that the router takes nowhere: its path cannot be decoded, or a segment is too long for an id; it names no path or no host, or
 * expects what nobody does.
 */
const unroutable = new WeakMap<IncomingMessage, Readonly<{ why: Error; url: string }>>();
const nowhere = '/unroutable';

/** What is asked for stays what it was before, also where more than one thing is wrong. */
const noteUnroutable = (request: IncomingMessage, why: Error): void =>
  void unroutable.set(request, { why, url: unroutable.get(request)?.url ?? request.url ?? '' });

export const whyUnroutable = ({ raw }: Pick<FastifyRequest, 'raw'>): Error | undefined => unroutable.get(raw)?.why;

/** The path that a request asks for, also where the router was given another one; without a slash at its end, which the router ignores. */
export const askedPath = ({ raw, url }: Pick<FastifyRequest, 'raw' | 'url'>): string =>
  (unroutable.get(raw)?.url ?? url).replace(/[?#].*$/s, '').replace(/(.)\/$/s, '$1');

/** Has it go in as a path that is not there, so that it is counted, written down and answered as one: Node and Fastify would answer it past all hooks. */
function routeNowhere(why: Error, request: IncomingMessage, reply: ServerResponse, server: FastifyInstance): void {
  noteUnroutable(request, why);
  request.url = nowhere;
  server.routing(request, reply);
}

const isHost = /^host$/i;

/** What Node hands on only because it is told to, and what Fastify answers past all hooks, for its routers know paths alone. */
function problemOfTarget({ rawHeaders, httpVersion, url = '' }: IncomingMessage): string | undefined {
  const hosts = rawHeaders.reduce((count, text, index) => (index % 2 === 0 && isHost.test(text) ? count + 1 : count), 0);
  if (hosts === 0 && httpVersion === '1.1') return 'the header Host must be sent';
  if (hosts > 1) return 'the header Host must be sent once';
  return url.startsWith('/') || /^https?:\/\//i.test(url) ? undefined : 'what is asked for must be a path';
}

/** Fastify as Nest's platform, set up before the first route is added. */
export class HttpAdapter extends FastifyAdapter {
  readonly paths: KnownPaths;
  readonly preparedBodies: PreparedBodies;

  constructor({ atMostMs, lookedAtEveryMs } = sending) {
    const paths = new KnownPaths();
    const connections = new BrokenConnections();
    super({
      // Nothing here is middleware of Connect, which would see every request for nothing.
      skipMiddie: true,
      bodyLimit: bodyLimitBytes,
      requestTimeout: atMostMs,
      // Of the two limits Node takes the longer one for the whole request, and looks every 30 s unless it is told otherwise.
      // Node would answer a request without Host itself.
      http: { headersTimeout: atMostMs, requestTimeout: atMostMs, connectionsCheckingInterval: lookedAtEveryMs, requireHostHeader: false },
      keepAliveTimeout: keepAliveTimeoutMs,
      forceCloseConnections: 'idle',
      return503OnClosing: false,
      requestIdHeader: false,
      routerOptions: { ignoreTrailingSlash: true, maxParamLength: 500 },
      rewriteUrl: (request: IncomingMessage) => {
        const problem = problemOfTarget(request);
        if (problem === undefined) return paths.normalised(request.url ?? '/');
        noteUnroutable(request, new Rejection('MALFORMED_REQUEST', problem));
        return nowhere;
      },
      genReqId: (request: IncomingMessage) => requestIdOf(request.headers['x-request-id']),
      frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
        routeNowhere(error, request.raw, reply.raw, request.server),
      clientErrorHandler: connections.answer,
    });
    this.paths = paths;
    this.preparedBodies = new PreparedBodies();
    const server = this.getInstance<FastifyInstance>();
    server.addHook('onRequest', connections.begin);
    server.addHook('onResponse', connections.end);
    server.server.on('checkExpectation', (request: IncomingMessage, reply: ServerResponse) =>
      routeNowhere(new Rejection('EXPECTATION_FAILED', 'the header Expect may ask for 100-continue only'), request, reply, server),
    );
    server.addHook('onRoute', (route) => {
      for (const method of [route.method].flat()) {
        const does = method === 'GET' || method === 'HEAD' ? 'reads' : 'writes';
        if (isOperation(route.url)) assertDescribed(`${method} ${route.url}`, does, route.config?.operation);
        paths.add(method, route.url);
      }
      route.bodyLimit ??= bodyLimitOf(route.url);
    });
    readBodiesAsJson(server, this.preparedBodies);
  }

  /**
   * Errors of hooks and parsers are answered by the handler that `openEdge` sets before any plugin: routes keep the handler they find
   * when they are made ready, and Nest would set its own too late for that.
   */
  override setErrorHandler(): FastifyInstance {
    return this.getInstance<FastifyInstance>();
  }

  /** Nest would add parsers of its own, which know none of our limits. */
  override registerParserMiddleware(): void {
    return;
  }
}

function readBodiesAsJson(server: FastifyInstance, preparedBodies: PreparedBodies): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(formType, { parseAs: 'string' }, (request, body, done) => {
    if (isOAuth(request.routeOptions.url ?? '')) return done(null, body);
    done(new Rejection('UNSUPPORTED_MEDIA_TYPE', 'bodies are application/json in UTF-8'));
  });
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (!isReadable(request.headers))
      return done(new Rejection('UNSUPPORTED_MEDIA_TYPE', 'bodies are sent in UTF-8, without a content encoding'));
    const prepared = preparedBodies.take(request.headers);
    if (prepared) return done(null, prepared.body);
    try {
      done(null, body.length === 0 ? undefined : readJsonBody(Buffer.isBuffer(body) ? body : Buffer.from(body)));
    } catch (refusal) {
      done(refusal instanceof Error ? refusal : new Error('a body could not be read', { cause: refusal }));
    }
  });
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { callerFound, type FoundCaller, type Principal } from '#millwright/access';
import {
  isId,
  mostIds,
  summaryOf,
  type Asked,
  type Call,
  type CallerIds,
  type Callers,
  type CallLog,
  type KnownPayload,
} from '#millwright/call-log';
import { callNotKept, whenKnown } from '#millwright/event-sourcing';
import type { TrustedProxies } from '#millwright/limits';
import { idsAskedFor, type RawQuery } from '#millwright/lists';
import type { PublishedError } from '../errors/published-error.js';
import { bodyBytesOf, isPartOfBatch } from './part-of-batch.js';
import { isDocument } from './route-policy.js';
import { header } from './request-headers.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the log of calls is told of this request beside what stands in it. */
    told: Told | null;
  }
}

/** What is found out about a request on its way. */
export type Told = {
  /** Whose credential it brought, also where he was refused. */
  principal?: Principal;
  /** Where it comes from and with what. */
  callers?: CallerIds;
  /** Its line, where it may have begun something. */
  call?: Call;
  /** What a GraphQL document asks for. */
  document?: Readonly<{ audit: boolean; said(): Pick<Asked, 'summary' | 'ids'> }>;
  /** What is known of its route. */
  pattern?: Pattern;
  /** What it was refused with. */
  failure?: Readonly<Pick<PublishedError, 'code'> & Partial<Pick<PublishedError, 'details'>>>;
  isOver?: true;
};

export type CallServices = Readonly<{
  calls: CallLog;
  callers: Callers;
  /** By method and path, as the OpenAPI document has them. */
  known: ReadonlyMap<string, KnownPayload>;
  proxies: TrustedProxies;
}>;

/** What anybody may ask at any time, as often as he likes, and monitors do every few seconds: health, pages and their files. */
const notLogged = /^\/($|favicon\.ico$|health\/|docs($|\/)|graphiql($|\/))/;
const signIn = /^\/api\/v1\/auth(\/|$)/;
/** Writes whose effects are no events, or not only: their line is stored before anything happens. */
const keptAhead = /^\/api\/v1\/(auth|oauth|access|installation|projections|portal|users)(\/|$)/;

/** Tells the request's own facts to the log of calls; made when the first of them is known. */
export const toldOf = (request: FastifyRequest): Told => (request.told ??= {});

/** Has every call written down: what may write before it does, everything when it is answered (contract, part 4, section 6). */
export function addCallGate(server: FastifyInstance, services: CallServices): void {
  const { calls } = services;
  const patterns = new Map<string, Pattern>();
  const patternFor = (request: FastifyRequest): Pattern => (toldOf(request).pattern ??= patternOf(request, services.known, patterns));
  server.decorateRequest('told', null);
  const asked = (request: FastifyRequest, reply: FastifyReply): Asked =>
    askedOf(request, patternFor(request), { at: new Date(Date.now() - reply.elapsedTime), ...(toldOf(request).callers ?? notKnownYet) });

  // Bodies are read, and who asks is known; nothing was done yet.
  server.addHook('preHandler', (request, reply, done) => {
    if (request.method === 'GET' || request.method === 'HEAD') return done();
    const { route, isKeptAhead, isSignIn } = patternFor(request);
    if (route === null) return done();
    const told = toldOf(request);
    // Where somebody comes from who signs in is kept with the others of his: nobody's begun line holds it.
    const begun = whenKnown(isSignIn && !principalOf(request) ? null : callersOf(request, services), (callers) =>
      whenKnown(
        calls.writing(request.id, callers, () => asked(request, reply)),
        (call) => {
          told.call = call;
          return isKeptAhead ? call.keep() : undefined;
        },
      ),
    );
    if (begun instanceof Promise)
      begun.then(() => done(), (fault: unknown) => done(callNotKept(fault))); // prettier-ignore
    else done();
  });

  server.addHook('onSend', (request, reply, payload, done) => {
    const told = toldOf(request);
    const pattern = patternFor(request);
    if (!told.isOver && isToBeLogged(request, pattern)) {
      told.isOver = true;
      const answered = answeredOf(request, reply, { payload, pattern });
      const { call } = told;
      if (call) calls.over(request.id, call);
      if (call?.callers) call.answered(answered);
      else
        void whenKnown(callersOf(request, services), (callers) => {
          if (call) call.answered(answered, { ...foundOf(request), ...callers });
          else calls.answered(asked(request, reply), answered);
        });
    }
    done(null, payload);
  });
}

/** An operation of a batch comes from where the batch comes from. */
function callersOf(request: FastifyRequest, { calls, callers, proxies }: CallServices): CallerIds | Promise<CallerIds> {
  const told = toldOf(request);
  if (told.callers) return told.callers;
  const ofBatch = isPartOfBatch(request) ? calls.callersOf(request.id) : undefined;
  const { headers, socket } = request;
  const address = proxies.addressOf(socket.remoteAddress ?? '', header(headers['x-forwarded-for'])) || null;
  const found = ofBatch ?? callers.of(foundOf(request).userId, address, headers['user-agent']);
  return whenKnown(found, (ids) => (told.callers = ids));
}

/** Nothing limits who reads documents without a credential, so that his lines would be without end. */
const isToBeLogged = (request: FastifyRequest, { isLogged, route }: Pattern): boolean =>
  isLogged && !(route !== null && isDocument(route) && principalOf(request) === undefined);

const principalOf = ({ told, scope }: FastifyRequest): Principal | undefined => told?.principal ?? scope?.principal;

/** Who it is by his credential, or turned out to be without one. */
const foundOf = (request: FastifyRequest): FoundCaller => principalOf(request) ?? callerFound(request) ?? nobody;

const nobody: FoundCaller = { userId: null, credential: null };
const nothingSaid: Pick<Asked, 'summary' | 'ids'> = { summary: null, ids: [] };
const notKnownYet: CallerIds = { addressId: null, agentId: null };

/**
 * What a route is called in documents, and which of its parameters are ids. Asked for once a request, since Fastify makes the options of a route anew
 * whenever they are asked for.
 */
type Pattern = Readonly<{
  route: string | null;
  ids: readonly string[];
  known: KnownPayload | undefined;
  audit: boolean;
  isLogged: boolean;
  isKeptAhead: boolean;
  isSignIn: boolean;
}>;

function patternOf(
  { routeOptions: { url, config }, method }: FastifyRequest,
  known: CallServices['known'],
  patterns: Map<string, Pattern>,
): Pattern {
  const key = `${method} ${url ?? ''}`;
  const found = patterns.get(key);
  if (found) return found;
  const route = url?.replace(/:(\w+)/g, '{$1}') ?? null;
  const pattern = {
    route,
    ids: [...(url ?? '').matchAll(/:((?:\w+_)?id)\b/g)].map(([, name = '']) => name),
    known: known.get(`${method} ${route}`),
    audit: config.operation?.scopes.includes('audit:read') ?? false,
    isLogged: !notLogged.test(url ?? ''),
    isKeptAhead: keptAhead.test(url ?? ''),
    isSignIn: signIn.test(url ?? ''),
  };
  patterns.set(key, pattern);
  return pattern;
}

function askedOf(request: FastifyRequest, { route, ids, known, audit }: Pattern, more: CallerIds & Pick<Asked, 'at'>): Asked {
  const { told, scope, method, params, body, query } = request;
  const { userId, credential } = foundOf(request);
  const bytes = bodyBytesOf(request);
  const sought = known?.query.has('filter') ? idsAskedFor(query as RawQuery) : [];
  const said = route === '/api/v1/graphql' ? (told?.document?.said() ?? nothingSaid) : undefined;
  return {
    requestId: request.id.toLowerCase(),
    credential,
    userId,
    entityId: scope?.entity?.id ?? null,
    ...more,
    method,
    route,
    ids: said?.ids ?? [
      ...ids.map((name) => Number((params as Readonly<Record<string, string>>)[name])).filter(isId),
      ...sought.slice(0, mostIds),
    ],
    bytesIn: Number.isSafeInteger(bytes) ? bytes : null,
    audit: audit || (told?.document?.audit ?? false),
    summary: said ? said.summary : summaryOf(known, body, query as object, sought),
  };
}

function answeredOf(request: FastifyRequest, reply: FastifyReply, { payload, pattern }: Readonly<{ payload: unknown; pattern: Pattern }>) {
  const { code = null, details = [] } = request.told?.failure ?? {};
  return {
    status: reply.statusCode,
    code,
    durationUs: Math.round(reply.elapsedTime * 1_000),
    bytesOut: typeof payload === 'string' || Buffer.isBuffer(payload) ? Buffer.byteLength(payload) : payload == null ? 0 : null,
    error: code && errorText(code, details, pattern),
  };
}

const mostDetails = 10;

/** What was refused, in names that are known: a field that nobody knows may be called anything. */
function errorText(code: string, details: PublishedError['details'], { known }: Pattern): string {
  const said = details.slice(0, mostDetails).map((detail) => {
    let fields = known?.body;
    const names = detail.field.split('.').filter((name) => !/^\d+$/.test(name));
    const isKnown = names.every((name) => {
      const field = fields?.get(name);
      fields = field?.fields;
      return field !== undefined;
    });
    return isKnown || known?.query.has(detail.field) ? `${names.join('.')} ${detail.code}` : detail.code;
  });
  return said.length > 0 ? said.join(', ') : code;
}

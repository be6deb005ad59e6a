import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { hasTier, type Principal, type Tier } from '#millwright/access';
import { Rejection, whenKnown } from '#millwright/event-sourcing';
import { invalid } from '#millwright/fields';
import { standingOf, tooMany, type CountedCall, type Limits, type TrustedProxies } from '#millwright/limits';
import { askedPath } from './http-adapter.js';
import { readJsonBody } from './json-body.js';
import { isPartOfBatch } from './part-of-batch.js';
import { header, isReadable } from './request-headers.js';
import { bodyLimitOf, isDocument, isOAuth, tierOf } from './route-policy.js';

declare module 'fastify' {
  interface FastifyRequest {
    /**
     * Counts a request that was counted as one anew, as so many; null where it is not limited (S24).
     * @param field where it says so many things
     * @throws Rejection RATE_LIMIT_EXCEEDED where they do not fit now; VALIDATION_FAILED `too_many_operations` where they never will
     */
    countAs: ((weight: number, field: string) => Promise<void>) | null;
    /** What it is refused with where nothing else is wrong with it that is told before its body (S51). */
    neverTaken: Rejection | null;
  }
  interface FastifyInstance {
    /**
     * Counts a request that turned out to be nobody's.
     * @throws Rejection RATE_LIMIT_EXCEEDED
     */
    countUnknown(request: FastifyRequest): Promise<void>;
    /**
     * Begins an export of whoever asks, and gives what ends it.
     * @throws Rejection RATE_LIMIT_EXCEEDED
     */
    beginExport(request: FastifyRequest): Promise<() => void>;
  }
}

/** Whoever sends a request, where its credential is valid. */
type Identify = (request: FastifyRequest) => Principal | null | Promise<Principal | null>;
type Seen = Pick<FastifyRequest, 'routeOptions' | 'headers' | 'socket'>;

const batch = '/api/v1/batch';

/** How many things a body asks for, which is an object or a list, and in which field. */
type Weigh = Readonly<{ field: string; of(body: object): number }>;

/** Of the routes whose requests may count more than one. */
export const weighed = new Map<string, Weigh>([[batch, { field: 'ops', of: (body) => opsIn(body)?.length ?? 1 }]]);

/** Documents and health are for everybody, as often as he likes; what lies outside the interface is one or the other, but for the metrics (S73, S74). */
const isForEverybody = (route: string | undefined): boolean =>
  route !== undefined && (isDocument(route) || (!route.startsWith('/api/v1/') && route !== '/metrics'));

/** Signing in and asking how much is left is not counted for whoever is known (S73). */
const isFree = (route: string | undefined): boolean => route !== undefined && /^\/api\/v1\/((auth|oauth)(\/|$)|limits\/?$)/.test(route);

/** Counts requests and asks what the tier has, before anything else is looked at (S51). */
export class LimitsGate {
  private readonly tiers = new Map<string, Tier>();

  constructor(
    server: FastifyInstance,
    private readonly limits: Limits,
    private readonly proxies: TrustedProxies,
  ) {
    server.decorateRequest('countAs', null);
    server.decorateRequest('neverTaken', null);
    server.decorate('countUnknown', async (request: FastifyRequest) => this.unknown(request));
    server.decorate('beginExport', async ({ scope }: FastifyRequest) => (scope ? limits.beginExport(scope.principal) : () => undefined));
    server.addHook('onRoute', (route) => {
      if (route.url === batch) route.preHandler = [...[route.preHandler ?? []].flat(), countOperations];
    });
  }

  /**
   * A request of somebody known.
   * @throws Rejection RATE_LIMIT_EXCEEDED
   */
  known(request: FastifyRequest, reply: FastifyReply, principal: Principal, route = request.routeOptions.url): void | Promise<void> {
    if (isFree(route) || isPartOfBatch(request)) return undefined;
    return whenKnown(this.limits.count(principal, 1), (call) => {
      if (!call) return;
      request.countAs = async (weight, field) => {
        // Until it is known what it says, it is one request.
        if (weight > 1) await this.countAgain(reply, principal, { call, weight, field });
      };
      const weigh = call.counted.accepted ? undefined : weighed.get(request.routeOptions.url ?? '');
      if (weigh) return this.refuseWhole(request, reply, { principal, call, weigh });
      settle(reply, call);
    });
  }

  /**
   * What is refused before it is read is told all the same when all of it fits, or that it never does (S24): it is read for that alone. That it never does is
   * told where it would be with room in the window, by `neverTaken`.
   * @throws Rejection RATE_LIMIT_EXCEEDED
   */
  private async refuseWhole(
    request: FastifyRequest,
    reply: FastifyReply,
    { principal, call, weigh }: Readonly<{ principal: Principal; call: CountedCall; weigh: Weigh }>,
  ): Promise<void> {
    const isJson = /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
    if (!isJson || !isReadable(request.headers)) return settle(reply, call);
    const body = await bodyOf(request);
    // Nobody reads the rest of a larger one, so nothing else can come on its connection.
    if (!body) reply.header('Connection', 'close');
    const weight = body ? weightIn(body, weigh) : 1;
    if (weight > call.window.requests) {
      request.neverTaken = neverTaken(weigh.field, weight, call);
      return;
    }
    if (weight < 2) return settle(reply, call);
    const again = await this.limits.count(principal, weight);
    if (again?.counted.accepted) {
      // Room has come meanwhile, but it was read already: it is to come again.
      const uncounted = await this.limits.count(principal, 0, again);
      if (uncounted) sayStanding(reply, uncounted);
      throw tooMany(0);
    }
    settle(reply, again ?? call);
  }

  /**
   * A request of somebody unknown.
   * @throws Rejection RATE_LIMIT_EXCEEDED
   */
  unknown({ routeOptions, headers, socket }: Seen, route = routeOptions.url): void | Promise<void> {
    if (isForEverybody(route) || isPartOfBatch({ headers })) return undefined;
    const address = this.proxies.addressOf(socket.remoteAddress ?? '', header(headers['x-forwarded-for']));
    return this.limits.countAnonymous(address).catch((failure: unknown) => {
      // A database that cannot count serves nobody either: whoever asks is told what he would be told anyway.
      if (failure instanceof Rejection && failure.code === 'RATE_LIMIT_EXCEEDED') throw failure;
    });
  }

  /**
   * A request to what needs no credential, whoever sends it.
   * @throws Rejection RATE_LIMIT_EXCEEDED, TIER_FEATURE_LOCKED
   */
  open(request: FastifyRequest, reply: FastifyReply, identify: Identify): void | Promise<void> {
    // Of a client of OAuth its form says who it is: `answerOAuthError` counts those that nobody knows.
    if (isForEverybody(request.routeOptions.url) || isOAuth(request.routeOptions.url ?? '')) return undefined;
    return whenKnown(
      whenKnown(identify(request), (principal) => (principal ? this.known(request, reply, principal) : this.unknown(request))),
      () => this.requireTier(request),
    );
  }

  /**
   * A request to a path that is not there, or that is wrong in itself: it counts like any other to where it leads, and is told that before it is told how
   * often it was sent (S51).
   * @param isThere whether there is such a path, and it is the rest that is wrong
   */
  async nowhere(request: FastifyRequest, reply: FastifyReply, identify: Identify, isThere: boolean): Promise<void> {
    const path = askedPath(request);
    const route = isThere || isFree(path) ? path : undefined;
    if (isForEverybody(route)) return;
    try {
      const principal = await identify(request);
      await (principal ? this.known(request, reply, principal, route) : this.unknown(request, route));
    } catch {
      // Too many, or nobody could count them: there is nothing at this path either way.
    }
  }

  /** @throws Rejection TIER_FEATURE_LOCKED */
  requireTier({ method, routeOptions: { url = '', config } }: FastifyRequest, principal?: Principal): void | Promise<void> {
    const key = `${method} ${url}`;
    let needed = this.tiers.get(key);
    if (needed === undefined) this.tiers.set(key, (needed = tierOf(url, method, config.operation)));
    // A service account itself is something that lower tiers do not have.
    if (principal?.credential.kind === 'service_account' && !hasTier(needed, 'business')) needed = 'business';
    return this.limits.requireTier(needed);
  }

  private async countAgain(
    reply: FastifyReply,
    principal: Principal,
    said: Readonly<{ call: CountedCall; weight: number; field: string }>,
  ): Promise<void> {
    const { call, weight, field } = said;
    if (weight <= call.window.requests) {
      const again = await this.limits.count(principal, weight, call);
      if (again) settle(reply, again);
      return;
    }
    await this.limits.count(principal, 0, call);
    for (const name of standingHeaders) reply.removeHeader(name);
    throw neverTaken(field, weight, call);
  }
}

/** Of what does not fit into a window that holds nothing else. */
const neverTaken = (field: string, weight: number, { window: { requests: most } }: CountedCall): Rejection =>
  invalid([{ field, code: 'too_many_operations', message: `has ${weight} operations, and no more than ${most} are ever taken at once` }]);

const standingHeaders = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'] as const;

/** Says how whoever asks stands, and refuses what was not taken. */
function settle(reply: FastifyReply, call: CountedCall): void {
  sayStanding(reply, call);
  if (!call.counted.accepted) throw tooMany(call.counted.waitSeconds);
}

function sayStanding(reply: FastifyReply, { window, counted }: CountedCall): void {
  const { limit, remaining, reset } = standingOf(window, counted);
  [limit, remaining, reset].forEach((value, index) => reply.header(standingHeaders[index] ?? '', String(value)));
}

const opsIn = (body: unknown): readonly unknown[] | undefined => {
  const { ops } = (body ?? {}) as Readonly<{ ops?: unknown }>;
  return Array.isArray(ops) ? ops : undefined;
};

/** A batch counts its operations; one that cannot be read is one request. */
const countOperations: preHandlerHookHandler = (request, _reply, done) => {
  const ops = opsIn(request.body);
  if (!request.countAs || !ops) return done();
  request.countAs(ops.length, 'ops').then(() => done(), done);
};

/** What cannot be read is one request; read with the limits of every body, so that none keeps the others waiting. */
function weightIn(bytes: Buffer, weigh: Weigh): number {
  try {
    const body = readJsonBody(bytes);
    return typeof body === 'object' && body !== null ? weigh.of(body) : 1;
  } catch {
    return 1;
  }
}

/** The body of a request that nobody else reads any more; undefined where it is larger than it may be, or breaks off. */
function bodyOf({ raw, routeOptions: { url = '' } }: FastifyRequest): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let bytes = 0;
    const over = (body?: Buffer): void => {
      raw.off('data', take).pause();
      resolve(body);
    };
    const take = (part: Buffer): void => {
      bytes += part.length;
      if (bytes > bodyLimitOf(url)) return over();
      parts.push(part);
    };
    raw.on('data', take);
    raw.once('end', () => over(Buffer.concat(parts)));
    for (const event of ['error', 'close'] as const) raw.once(event, () => over());
  });
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { rowsSeenAt, type EntityDirectory, type Held, type KnownSites, type Principal, type RequestScope } from '#millwright/access';
import type { Authentication } from '#millwright/credentials';
import { Rejection, runForEverybody, whenKnown } from '#millwright/event-sourcing';
import type { CookieSessions } from '#millwright/sign-in';
import { RejectionWithHeaders } from '../errors/published-error.js';
import { toldOf } from './call-gate.js';
import { credentialOf, entityIdOf, header, noSuchEntity, saysWhoTwice } from './request-headers.js';
import type { KnownRights } from './known-rights.js';
import type { LimitsGate } from './limits-gate.js';
import { isRead, type Admission } from './route-policy.js';

/** How long a customer's name may be out of date in `meta`. */
const customerBelievedForMs = 1_000;

type Found<Value> = Value | Promise<Value>;

export type Admitting = Readonly<{
  authentication: Authentication;
  cookies: CookieSessions;
  entities: EntityDirectory;
  sites: KnownSites;
  rights: KnownRights;
  limits: LimitsGate;
}>;

/** Finds out who asks for which site: `once` counts the request, `again` asks the same of one that was counted. */
export function admission(
  { entities, sites, rights, limits }: Pick<Admitting, 'entities' | 'sites' | 'rights' | 'limits'>,
  identify: Identification,
): Readonly<{
  once(request: FastifyRequest, reply: FastifyReply, wanted: Admission): Found<RequestScope>;
  again(request: FastifyRequest, wanted: Admission): Found<RequestScope>;
}> {
  const customers = new LRUCache<number, RequestScope['customer']>({
    max: 1_000,
    ttl: customerBelievedForMs,
    fetchMethod: (customerId) => runForEverybody(() => entities.customer(customerId)),
  });
  const customerOf = (id: number): RequestScope['customer'] | Promise<RequestScope['customer']> =>
    customers.get(id) ?? customers.fetch(id).then((customer) => customer ?? { id, name: '' });
  const scopeOf = (request: FastifyRequest, wanted: Admission, principal: Principal): RequestScope | Promise<RequestScope> => {
    const { id, headers } = request;
    const { customerId } = principal;
    return whenKnown(customerOf(customerId), (customer) => {
      if (wanted === 'key' || (wanted === 'key, maybe entity' && headers['x-entity-id'] === undefined)) {
        const held = heldWithout(request, principal);
        return whenKnown(held, (known) => ({ requestId: id, principal, held: known, customer, entity: null }));
      }
      return whenKnown(sites.find(customerId, entityIdOf(header(headers['x-entity-id']))), (found) => {
        // A site that the caller has nothing to do with does not exist for him.
        if (!found || !existsFor(principal, found.entity.id)) throw noSuchEntity();
        return {
          requestId: id,
          principal,
          held: principal.rights.at(found.entity.id),
          rows: rowsSeenAt(principal, found),
          customer,
          // Asked anew each time, since this very request may change its site.
          get entity() {
            return sites.now(customerId, found);
          },
        };
      });
    });
  };
  const again = (request: FastifyRequest, wanted: Admission): Found<RequestScope> =>
    whenKnown(identify(request), (principal) => {
      if (!principal) throw unauthenticated(request);
      return scopeOf(request, wanted, principal);
    });
  const counted = (request: FastifyRequest, wanted: Admission, principal: Principal): Found<RequestScope> => {
    const known = rights.since(request, principal);
    return known ? known.then(() => again(request, wanted)) : scopeOf(request, wanted, principal);
  };
  return {
    once: (request, reply, wanted) =>
      whenKnown(identify(request), (principal) =>
        principal
          ? whenKnown(limits.known(request, reply, principal), () => counted(request, wanted, principal))
          : whenKnown(limits.unknown(request), () => {
              throw unauthenticated(request);
            }),
      ),
    again,
  };
}

export type Identification = (request: FastifyRequest) => Principal | null | Promise<Principal | null>;

/** Whose credential a request brings; null where it brings none that is valid. */
export const identification =
  ({ authentication, cookies }: Pick<Admitting, 'authentication' | 'cookies'>): Identification =>
  (request) => {
    // Of two it is told nobody which of them is good.
    if (saysWhoTwice(request.raw)) return null;
    const credential = credentialOf(request.headers.authorization);
    const found = credential === undefined ? cookies.principalOf(cookieOf(request)) : authentication.authenticate(credential);
    return whenKnown(found, (principal) => {
      if (principal) toldOf(request).principal = principal;
      return principal;
    });
  };

/** What holds where no site is needed: at the site that is named all the same, or anywhere for reads and everywhere for writes (S5). */
function heldWithout(request: FastifyRequest, { rights }: Principal): Held | Promise<Held> {
  const named = header(request.headers['x-entity-id']);
  if (named !== undefined && /^[1-9]\d{0,14}$/.test(named)) return rights.at(Number(named));
  return isRead(request) ? rights.anywhere() : rights.everywhere();
}

/** Heeded only where no other credential is sent (contract, part 4, S84). */
export const cookieOf = ({ headers: { authorization, cookie } }: FastifyRequest): string | undefined =>
  authorization === undefined ? cookie : undefined;

const existsFor = ({ rights: { sites } }: Principal, entityId: number): boolean => sites === 'all' || sites.has(entityId);

function unauthenticated({ headers: { authorization }, raw }: FastifyRequest): Rejection {
  if (saysWhoTwice(raw)) return new Rejection('MALFORMED_REQUEST', 'the header Authorization must be sent once');
  const [message, challenge] =
    credentialOf(authorization) === undefined
      ? ['a credential is required: Authorization: Bearer <key or token>', 'Bearer']
      : ['this credential is not known, or over', 'Bearer error="invalid_token"'];
  return new RejectionWithHeaders('UNAUTHENTICATED', message, { 'WWW-Authenticate': challenge });
}

import { surroundingContext, type CommandContext, type Credential } from '#millwright/event-sourcing';
import type { Held, Rights, Rows } from './rights.js';

/**
 * Who calls: a credential of one customer. `userId` is the person (or built-in user) that `created_by` shows. `byEmail`: a session that an issuer began by an
 * account that an e-mail address had found, or a credential whose secret such a session has seen; left out, it is none (contract, part 4, S11).
 */
export type Principal = Readonly<{ credential: Credential; customerId: number; userId: number; rights: Rights; byEmail?: true }>;

/** The site a request works on, as `meta.entity` shows it. */
export type EntityScope = Readonly<{
  id: number;
  name: string;
  currency: string;
  currency_symbol: string;
  datetime_format: string | null;
  timezone: string;
}>;

export type RequestScope = Readonly<{
  requestId: string;
  principal: Principal;
  customer: Readonly<{ id: number; name: string }>;
  /** What the principal may do in this request: at its site; where it names none, anywhere for reads and everywhere for writes (contract, part 4, S5). */
  held: Held;
  /** Which rows it sees of what belongs to work orders and requests at its site; left out, all of them. */
  rows?: Rows;
  /** Null only for operations without `X-Entity-Id`. */
  entity: EntityScope | null;
}>;

/** The command context of a request. It carries the scope along: a storage of its own would cost something at every promise. */
export type ScopedContext = CommandContext & Readonly<{ scope: RequestScope }>;

/** Undefined outside a request. */
export const scopeIfAny = (): RequestScope | undefined => (surroundingContext() as Partial<ScopedContext> | undefined)?.scope;

export function currentScope(): RequestScope {
  const scope = scopeIfAny();
  if (!scope) throw new Error('a request was handled outside a request scope');
  return scope;
}

/** The site of the current request; asserts that the operation has one. */
export function currentEntity(): EntityScope {
  const { entity } = currentScope();
  if (!entity) throw new Error('an operation without X-Entity-Id asked for its entity');
  return entity;
}

/** The site of the current request, or undefined outside a request (first start, specs) and for operations without one. */
export const entityIfAny = (): EntityScope | undefined => scopeIfAny()?.entity ?? undefined;

/** The IANA name of a site's time zone, without the offset that `meta.entity` prints beside it. */
export const timeZoneOf = ({ timezone }: Pick<EntityScope, 'timezone'>): string => timezone.replace(/: .*$/, '');

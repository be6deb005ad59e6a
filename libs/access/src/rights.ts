import { Rejection } from '#millwright/event-sourcing';
import type { Scope } from './domain/scopes.js';
import { scopeIfAny, type RequestScope } from './request-scope.js';
import type { Rows } from './row-rule.js';

/** What somebody may do somewhere. The bootstrap key may do all there is. */
export type Held = 'all' | ReadonlySet<Scope>;

/** What a credential may do at this moment, by site: it is asked at every request, and never kept (contract, part 4, S8, S54). */
export interface Rights {
  /** Nothing at a site that it has no permission in, or that does not exist. */
  at(entityId: number): Held;
  /** What it may do at one site at least: enough to read what belongs to the whole customer (S5). */
  anywhere(): Held;
  /**
   * What it may do at every site of the customer: needed to write what belongs to the whole customer (S5).
   * @throws Rejection UNAVAILABLE
   */
  everywhere(): Held | Promise<Held>;
  /** Which rows it sees there of what belongs to work orders and requests; left out, all of them (S18). */
  rowsAt?(entityId: number): Rows;
  /** The sites that exist for it. */
  readonly sites: 'all' | ReadonlySet<number>;
}

/** The same at every site, present and future. */
export const alike = (held: Held): Rights => ({ at: () => held, anywhere: () => held, everywhere: () => held, sites: 'all' });

/**
 * Lets only those on who hold all of it.
 * @throws Rejection INSUFFICIENT_PERMISSIONS naming the first that is missing (`required_scope`, contract, part 4, S68)
 */
export function requireScopes({ held }: Pick<RequestScope, 'held'>, wanted: readonly Scope[]): void {
  const missing = held === 'all' ? undefined : wanted.find((scope) => !held.has(scope));
  if (missing !== undefined) throw insufficient(missing);
}

/** Says of a right whether whoever asks lacks it; undefined where nothing can be lacking, as outside a request. */
export function lacking(): ((scope: Scope) => boolean) | undefined {
  const held = scopeIfAny()?.held ?? 'all';
  return held === 'all' ? undefined : (scope) => !held.has(scope);
}

/** @throws Rejection INSUFFICIENT_PERMISSIONS whoever asks may not see it, and so not find by it either (contract, part 4, S17) */
export function requireSeen(seenWith: Scope | undefined): void {
  if (seenWith !== undefined && lacking()?.(seenWith)) throw insufficient(seenWith);
}

const insufficient = (scope: Scope): Rejection =>
  new Rejection('INSUFFICIENT_PERMISSIONS', `This needs ${scope}.`, [], { required_scope: scope });

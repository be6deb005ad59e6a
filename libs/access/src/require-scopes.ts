import { Rejection } from '#millwright/event-sourcing';
import type { Scope } from './domain/scopes.js';
import { currentScope, scopeIfAny, type RequestScope } from './request-scope.js';

/**
 * Lets only those on who hold all of it.
 * @throws Rejection INSUFFICIENT_PERMISSIONS naming the first that is missing (`required_scope`, contract, part 4, S68)
 */
export function requireScopes({ held }: Pick<RequestScope, 'held'>, wanted: readonly Scope[]): void {
  const missing = held === 'all' ? undefined : wanted.find((scope) => !held.has(scope));
  if (missing !== undefined) throw insufficient(missing);
}

/** INSUFFICIENT_PERMISSIONS: what is said in a field takes a right of its own. Each edge names the field in its own words. */
export class FieldNeedsScope extends Rejection {
  /** @param field its path */
  constructor(
    readonly field: string,
    readonly scope: Scope,
  ) {
    super('INSUFFICIENT_PERMISSIONS', `${field} needs ${scope}.`, [], { required_scope: scope });
  }
}

/**
 * Lets only those on who hold all of it at every site of their customer: what is asked for is about all of them.
 * @throws Rejection INSUFFICIENT_PERMISSIONS, UNAVAILABLE
 */
export async function requireEverywhere(wanted: readonly Scope[]): Promise<void> {
  requireScopes({ held: await currentScope().principal.rights.everywhere() }, wanted);
}

/** Whether whoever asks may read what needs that scope, at another site than the request's. */
export function mayReadAt(entityId: number, scope: Scope): boolean {
  const held = currentScope().principal.rights.at(entityId);
  return held === 'all' || held.has(scope);
}

/** Says of a right whether whoever asks lacks it; undefined where nothing can be lacking, as outside a request. */
export function lacking(): ((scope: Scope) => boolean) | undefined {
  const held = scopeIfAny()?.held ?? 'all';
  return held === 'all' ? undefined : (scope) => !held.has(scope);
}

/** Asks for a right where nobody may be asking at all. @throws Rejection INSUFFICIENT_PERMISSIONS whoever asks may not see it, and so not find by it either (contract, part 4, S17) */
export function requireSeen(seenWith: Scope | undefined): void {
  if (seenWith !== undefined && lacking()?.(seenWith)) throw insufficient(seenWith);
}

const insufficient = (scope: Scope): Rejection =>
  new Rejection('INSUFFICIENT_PERMISSIONS', `This needs ${scope}.`, [], { required_scope: scope });

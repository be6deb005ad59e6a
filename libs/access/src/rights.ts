import { Rejection } from '#millwright/event-sourcing';
import type { Scope } from './domain/scopes.js';
import type { Principal } from './request-scope.js';

/**
 * Lets only those on who hold all of it.
 * @throws Rejection INSUFFICIENT_PERMISSIONS naming the first that is missing (`required_scope`, contract, part 4, S68)
 */
export function requireScopes({ scopes: held }: Pick<Principal, 'scopes'>, wanted: readonly Scope[]): void {
  if (held === 'all') return;
  const missing = wanted.find((scope) => !held.includes(scope));
  if (missing !== undefined) throw new Rejection('INSUFFICIENT_PERMISSIONS', `This needs ${missing}.`, [], { required_scope: missing });
}

import { currentScope, requireAllOf, type KnownAccess } from '#millwright/access';
import type { Credential } from './domain/credentials.js';

/**
 * Whoever is shown the secret of another person's key acts in that person's name with it, however little the key is for: he holds all that its owner holds,
 * or narrowing a key would lend him the name of who may do more (contract, part 4, S2).
 * @throws Rejection INSUFFICIENT_PERMISSIONS naming the first that is missing; UNAVAILABLE
 */
export async function requireAllOfOwner(access: KnownAccess, { owner }: Pick<Credential, 'owner'>): Promise<void> {
  if (owner === null || owner === 'bootstrap' || owner.userId === currentScope().principal.userId) return;
  await access.consider((state, by, world) => requireAllOf(state, by, owner.userId, world));
}

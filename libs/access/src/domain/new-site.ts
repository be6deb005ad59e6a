import type { AccessEvent } from './access.events.js';
import type { Access } from './access.js';
import { adminRole } from './scopes.js';

/**
 * A site was made: whoever was admin of all others, and the person who made it, is admin of it (S71).
 * @param maker null where no person made it
 */
export function grantNewSite(
  { grants }: Access,
  { entityId, others, maker }: Readonly<{ entityId: number; others: readonly number[]; maker: number | null }>,
): AccessEvent[] {
  const isAdmin = (userId: number, site: number): boolean => grants.get(userId)?.get(site) === adminRole;
  const ofAll = [...grants.keys()].filter((userId) => others.length > 0 && others.every((site) => isAdmin(userId, site)));
  const people = new Set([...(maker === null ? [] : [maker]), ...ofAll].filter((userId) => !isAdmin(userId, entityId)));
  return [...people]
    .sort((one, other) => one - other)
    .map((userId) => ({ type: 'RoleGranted', data: { userId, entityId, roleId: adminRole, reason: null } }));
}

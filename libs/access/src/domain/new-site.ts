import type { AccessEvent } from './access.events.js';
import type { Access } from './access.js';
import { adminRole } from './scopes.js';

/**
 * A site was made: whoever was admin of all others, and the person who made it, is admin of it (S71).
 * @param maker null where no person made it
 */
export function grantNewSite(
  state: Access,
  { entityId, others, maker }: Readonly<{ entityId: number; others: readonly number[]; maker: number | null }>,
): AccessEvent[] {
  const people = new Set([...(maker === null ? [] : [maker]), ...adminsOf(state, others)]);
  return granted(
    [...people].filter((userId) => !isAdmin(state, userId, entityId)),
    entityId,
  );
}

/**
 * A site was brought back: where nobody active is admin of it and all others, whoever is admin of all others becomes it. Else it stays as it was when it
 * was archived, since somebody may have been given less there on purpose.
 */
export function grantReturnedSite(
  state: Access,
  { entityId, others }: Readonly<{ entityId: number; others: readonly number[] }>,
): AccessEvent[] {
  const admins = adminsOf(state, others).filter((userId) => !state.suspended.has(userId));
  return admins.some((userId) => isAdmin(state, userId, entityId)) ? [] : granted(admins, entityId);
}

const isAdmin = ({ grants }: Access, userId: number, site: number): boolean => grants.get(userId)?.get(site) === adminRole;

const adminsOf = (state: Access, sites: readonly number[]): number[] =>
  sites.length === 0 ? [] : [...state.grants.keys()].filter((userId) => sites.every((site) => isAdmin(state, userId, site)));

const granted = (people: readonly number[], entityId: number): AccessEvent[] =>
  [...people]
    .sort((one, other) => one - other)
    .map((userId) => ({ type: 'RoleGranted', data: { userId, entityId, roleId: adminRole, reason: null } }));

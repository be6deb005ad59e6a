import { Rejection } from '#millwright/event-sourcing/decider';
import type { AccessEvent } from './access.events.js';
import { access, scopesAt, scopesOfRole, type Access } from './access.js';
import { adminRole, manageAccess, manageInstallation, type Scope } from './scopes.js';

/** Who grants: the bootstrap key, which has everything, or a person. No other credential grants anything (S8). */
export type Grantor = 'bootstrap' | Readonly<{ userId: number }>;

/** What a decision has to know that the stream does not: the scopes that operations and fields name, the sites, and who may still sign in. */
export type World = Readonly<{
  known: ReadonlySet<Scope>;
  /** Those that are not archived. */
  entityIds: readonly number[];
  isActive(userId: number): boolean;
}>;

export type WantedGrant = Readonly<{ userId: number; entityId: number; roleId: number }>;

/**
 * Gives a person a role at a site, in place of the one that he had there.
 * @throws Rejection INSUFFICIENT_PERMISSIONS the grantor lacks `access:manage` there, or something that the role holds (`required_scope`);
 * NOT_FOUND no such role; LAST_ADMINISTRATOR nobody active would be admin of all sites any more
 */
export function grantRole(
  state: Access,
  by: Grantor,
  { reason, ...wanted }: WantedGrant & { reason: string | null },
  world: World,
): AccessEvent[] {
  const { userId, entityId, roleId } = wanted;
  const scopes = scopesOfRole(state, roleId, world.known);
  if (!scopes) throw new Rejection('NOT_FOUND', 'there is no such role');
  requireScopes(state, by, entityId, [manageAccess, ...added(state, wanted, scopes, world)], world);
  if (state.grants.get(userId)?.get(entityId) === roleId) return [];
  return kept(state, { type: 'RoleGranted', data: { ...wanted, reason } }, world);
}

/**
 * Takes a person's role at a site away; nothing where there is none.
 * @throws Rejection INSUFFICIENT_PERMISSIONS, LAST_ADMINISTRATOR
 */
export function revokeRole(
  state: Access,
  by: Grantor,
  { userId, entityId, reason }: Omit<WantedGrant, 'roleId'> & Readonly<{ reason: string | null }>,
  world: World,
): AccessEvent[] {
  requireScopes(state, by, entityId, [manageAccess], world);
  const roleId = state.grants.get(userId)?.get(entityId);
  return roleId === undefined ? [] : kept(state, { type: 'RoleRevoked', data: { userId, entityId, roleId, reason } }, world);
}

/** Says who may look after the installation. @throws Rejection INSUFFICIENT_PERMISSIONS the grantor may not himself (S95) */
export function nameInstallationManager(
  state: Access,
  by: Grantor,
  { userId, granted }: Readonly<{ userId: number; granted: boolean }>,
): AccessEvent[] {
  if (by !== 'bootstrap' && !state.installationManagers.has(by.userId)) throw insufficient(manageInstallation);
  return state.installationManagers.has(userId) === granted ? [] : [{ type: 'InstallationManagerNamed', data: { userId, granted } }];
}

/** What is more than the person has there already. */
const added = (state: Access, { userId, entityId }: WantedGrant, scopes: ReadonlySet<Scope>, { known }: World): Scope[] => {
  const had = scopesAt(state, userId, entityId, known);
  return [...scopes].filter((scope) => !had.has(scope));
};

/** Nobody gives what he has not. @throws Rejection INSUFFICIENT_PERMISSIONS naming the first that is missing */
export function requireScopes(state: Access, by: Grantor, entityId: number, scopes: readonly Scope[], { known }: World): void {
  if (by === 'bootstrap') return;
  const held = scopesAt(state, by.userId, entityId, known);
  const missing = scopes.find((scope) => !held.has(scope));
  if (missing !== undefined) throw insufficient(missing);
}

const insufficient = (scope: Scope): Rejection =>
  new Rejection('INSUFFICIENT_PERMISSIONS', `This needs ${scope}.`, [], { required_scope: scope });

/** Whoever takes away leaves one active administrator of all sites, where there was one (S71). @throws Rejection LAST_ADMINISTRATOR */
function kept(state: Access, event: AccessEvent, world: World): AccessEvent[] {
  const after = access.evolve(state, event);
  if (hasAdministrator(state, world) && !hasAdministrator(after, world))
    throw new Rejection('LAST_ADMINISTRATOR', 'Somebody who is active has to stay admin of all sites.');
  return [event];
}

/** Whether somebody who is active is admin of every site. */
export const hasAdministrator = ({ grants }: Access, { entityIds, isActive }: World): boolean =>
  grants.some((roles, userId) => isActive(userId) && entityIds.every((id) => roles.get(id) === adminRole));

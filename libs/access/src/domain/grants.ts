import { Rejection } from '#millwright/event-sourcing/decider';
import type { AccessEvent } from './access.events.js';
import { access, scopesAt, scopesOfRole, type Access } from './access.js';
import { adminRole, manageAccess, manageInstallation, type Scope } from './scopes.js';

/**
 * Who grants: the bootstrap key, which has everything, or a person, who has what the stream says. Another credential has what it has at that moment;
 * it grants nothing (S8), and may act for somebody who has no more.
 */
export type Grantor = 'bootstrap' | Readonly<{ userId: number }> | Readonly<{ holds(entityId: number): 'all' | ReadonlySet<Scope> }>;

/** What a decision has to know that the stream does not: the scopes that operations and fields name, and the sites. */
export type World = Readonly<{
  known: ReadonlySet<Scope>;
  /** Those that are not archived. */
  entityIds: readonly number[];
  /** Told of what is asked of who decides, whether he has it or not: at that site, or (null) at one whichever. */
  asked?: (scopes: readonly Scope[], entityId: number | null) => void;
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
  if (!managesInstallation(state, by)) throw insufficient(manageInstallation);
  return state.installationManagers.has(userId) === granted ? [] : [{ type: 'InstallationManagerNamed', data: { userId, granted } }];
}

/**
 * Lets nothing hold that a person was granted: he is archived. Somebody else may have done so at the same moment, and may yet take it back.
 * @throws Rejection INSUFFICIENT_PERMISSIONS he may something somewhere that the grantor may not (S2); LAST_ADMINISTRATOR
 */
export function suspendAccess(state: Access, by: Grantor, userId: number, world: World): AccessEvent[] {
  requireAllOf(state, by, userId, world);
  return kept(state, { type: 'AccessSuspended', data: { userId } }, world);
}

/** Lets it hold again. @throws Rejection INSUFFICIENT_PERMISSIONS he would be able to do something that the grantor may not (S2) */
export function resumeAccess(state: Access, by: Grantor, userId: number, world: World): AccessEvent[] {
  const resumed = settleSuspension(state, userId, false);
  if (resumed.length > 0) requireAllOf(state, by, userId, world);
  return resumed;
}

/** What brings the suspensions of a person in line with whether he is gone (archived or erased), whoever does it. */
export function settleSuspension(state: Access, userId: number, isGone: boolean): AccessEvent[] {
  const times = state.suspended.get(userId, 0);
  if (isGone) return times > 0 ? [] : [{ type: 'AccessSuspended', data: { userId } }];
  return Array.from({ length: times }, () => ({ type: 'AccessResumed', data: { userId } }));
}

/**
 * Whoever acts for somebody holds all that he holds, wherever he holds it (S2), or would hold again: an archived administrator is one still. What that is at
 * a site where whoever acts may nothing is not told (S91): `access:manage` is missing there, too.
 * @throws Rejection INSUFFICIENT_PERMISSIONS naming the first that is missing
 */
export function requireAllOf(state: Access, by: Grantor, userId: number, world: World): void {
  const active = { ...state, suspended: state.suspended.delete(userId) };
  const sites = [...(state.grants.get(userId)?.keys() ?? [])];
  const isSeen = (entityId: number): boolean => {
    const held = by === 'bootstrap' ? 'all' : heldBy(state, by, entityId, world.known);
    return held === 'all' || held.size > 0;
  };
  const hidden = sites.filter((entityId) => !isSeen(entityId));
  for (const entityId of [...sites.filter(isSeen), ...hidden]) {
    const scopes = [...scopesAt(active, userId, entityId, world.known)];
    requireScopes(state, by, entityId, scopes.length > 0 && hidden.includes(entityId) ? [manageAccess] : scopes, world);
  }
  if (!state.installationManagers.has(userId)) return;
  world.asked?.([manageInstallation], null);
  if (!managesInstallation(state, by)) throw insufficient(manageInstallation);
}

/**
 * Whoever comes by what is a person's alone (a link to his account, his sessions, all that is known of him) or ends it for good holds all that he holds, and
 * manages access wherever he has a role: that of a site of one's own opens no account of another (S1, S4).
 * @throws Rejection INSUFFICIENT_PERMISSIONS naming the first that is missing
 */
export function requireChargeOf(state: Access, by: Grantor, userId: number, world: World): void {
  requireAllOf(state, by, userId, world);
  for (const entityId of state.grants.get(userId)?.keys() ?? []) requireScopes(state, by, entityId, [manageAccess], world);
}

/** What is more than the person has there already. */
const added = (state: Access, { userId, entityId }: WantedGrant, scopes: ReadonlySet<Scope>, { known }: World): Scope[] => {
  const had = scopesAt(state, userId, entityId, known);
  return [...scopes].filter((scope) => !had.has(scope));
};

/** Nobody gives what he has not. @throws Rejection INSUFFICIENT_PERMISSIONS naming the first that is missing */
export function requireScopes(state: Access, by: Grantor, entityId: number, scopes: readonly Scope[], { known, asked }: World): void {
  if (by === 'bootstrap') return;
  asked?.(scopes, entityId);
  const held = heldBy(state, by, entityId, known);
  if (held === 'all') return;
  const missing = scopes.find((scope) => !held.has(scope));
  if (missing !== undefined) throw insufficient(missing);
}

const heldBy = (state: Access, by: Exclude<Grantor, 'bootstrap'>, entityId: number, known: World['known']): 'all' | ReadonlySet<Scope> =>
  'userId' in by ? scopesAt(state, by.userId, entityId, known) : by.holds(entityId);

const managesInstallation = ({ installationManagers }: Access, by: Grantor): boolean =>
  by === 'bootstrap' || ('userId' in by && installationManagers.has(by.userId));

const insufficient = (scope: Scope): Rejection =>
  new Rejection('INSUFFICIENT_PERMISSIONS', `This needs ${scope}.`, [], { required_scope: scope });

/** Whoever takes away leaves one active administrator of all sites, where there was one (S71). @throws Rejection LAST_ADMINISTRATOR */
function kept(state: Access, event: AccessEvent, world: World): AccessEvent[] {
  const after = access.evolve(state, event);
  // By the sites that somebody had before it: a site that loses its only person would count for nobody afterwards.
  const sites = grantedSites(state, world);
  if (isAdministered(state, sites) && !isAdministered(after, sites))
    throw new Rejection('LAST_ADMINISTRATOR', 'Somebody who is active has to stay admin of all sites.');
  return [event];
}

/**
 * Whether somebody who is active is admin of every site. One where nobody active has a role does not count: it was just made or brought back, and is
 * about to be given its administrators.
 */
export const hasAdministrator = (state: Access, world: World): boolean => isAdministered(state, grantedSites(state, world));

const grantedSites = ({ grants, suspended }: Access, { entityIds }: World): readonly number[] =>
  entityIds.filter((id) => grants.some((roles, userId) => !suspended.has(userId) && roles.has(id)));

const isAdministered = ({ grants, suspended }: Access, sites: readonly number[]): boolean =>
  sites.length > 0 && grants.some((roles, userId) => !suspended.has(userId) && sites.every((id) => roles.get(id) === adminRole));

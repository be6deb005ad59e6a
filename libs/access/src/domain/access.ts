import { Map as ImmutableMap, Set as ImmutableSet } from 'immutable';
import type { Stream } from '#millwright/event-sourcing/decider';
import type { AccessEvent } from './access.events.js';
import { firstOwnRole, builtInRoles, manageInstallation, scopesOf, type Scope } from './scopes.js';

type OwnRole = Readonly<{ name: string; scopes: readonly Scope[] }>;

/** Who may do what, of the whole customer: one stream decides all of it, so that of two grants or revocations at one moment each knows of the other. */
export type Access = Readonly<{
  /** The number that the last own role got: none is given twice, also where its role is gone. */
  lastRole: number;
  ownRoles: ImmutableMap<number, OwnRole>;
  /** By person, then by site: the role. */
  grants: ImmutableMap<number, ImmutableMap<number, number>>;
  /** Whoever has had a role at some time, also where it was taken away since. */
  everGranted: ImmutableSet<number>;
  installationManagers: ImmutableSet<number>;
  /** People whose grants do not hold for now, by how many have suspended them: of two who archive somebody at once, one who fails takes back only his own. */
  suspended: ImmutableMap<number, number>;
}>;

/** The id of the one stream. */
export const accessId = 1;

export const access: Stream<Access, AccessEvent> = {
  category: 'access',
  initialState: {
    lastRole: firstOwnRole - 1,
    ownRoles: ImmutableMap(),
    grants: ImmutableMap(),
    everGranted: ImmutableSet(),
    installationManagers: ImmutableSet(),
    suspended: ImmutableMap(),
  },
  evolve(state, { type, data }) {
    switch (type) {
      case 'RoleDefined':
        return {
          ...state,
          lastRole: Math.max(state.lastRole, data.roleId),
          ownRoles: state.ownRoles.set(data.roleId, { name: data.name, scopes: data.scopes }),
        };
      case 'RoleChanged': {
        const role = state.ownRoles.get(data.roleId);
        return role ? { ...state, ownRoles: state.ownRoles.set(data.roleId, { ...role, ...data.changes }) } : state;
      }
      case 'RoleRemoved':
        return { ...state, ownRoles: state.ownRoles.delete(data.roleId) };
      case 'RoleGranted':
        return {
          ...state,
          grants: state.grants.setIn([data.userId, data.entityId], data.roleId),
          everGranted: state.everGranted.add(data.userId),
        };
      case 'RoleRevoked': {
        const left = state.grants.get(data.userId)?.delete(data.entityId);
        return { ...state, grants: left?.isEmpty() === false ? state.grants.set(data.userId, left) : state.grants.delete(data.userId) };
      }
      case 'AccessSuspended':
        return { ...state, suspended: state.suspended.update(data.userId, 0, (times) => times + 1) };
      case 'AccessResumed': {
        const left = state.suspended.get(data.userId, 0) - 1;
        return { ...state, suspended: left > 0 ? state.suspended.set(data.userId, left) : state.suspended.delete(data.userId) };
      }
      case 'InstallationManagerNamed': {
        const { userId, granted } = data;
        return {
          ...state,
          installationManagers: granted ? state.installationManagers.add(userId) : state.installationManagers.delete(userId),
        };
      }
    }
  },
};

/** What a role holds of the scopes that there are; undefined where there is no such role. */
export function scopesOfRole({ ownRoles }: Access, roleId: number, known: Iterable<Scope>): ReadonlySet<Scope> | undefined {
  const builtIn = builtInRoles.find(({ id }) => id === roleId);
  if (builtIn) return scopesOf(builtIn, known);
  const own = ownRoles.get(roleId);
  return own && new Set(own.scopes);
}

/** What a person may do at a site. */
export function scopesAt(state: Access, userId: number, entityId: number, known: Iterable<Scope>): ReadonlySet<Scope> {
  if (state.suspended.has(userId)) return new Set();
  const roleId = state.grants.get(userId)?.get(entityId);
  const scopes = roleId === undefined ? undefined : scopesOfRole(state, roleId, known);
  if (!state.installationManagers.has(userId)) return scopes ?? new Set();
  return new Set([...(scopes ?? []), manageInstallation]);
}

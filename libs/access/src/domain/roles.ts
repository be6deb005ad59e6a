import { changedFields, Rejection } from '#millwright/event-sourcing/decider';
import type { AccessEvent } from './access.events.js';
import { type Access } from './access.js';
import { requireScopes, type Grantor, type World } from './grants.js';
import { builtInRoles, manageAccess, manageInstallation, type Scope } from './scopes.js';

export type WantedRole = Readonly<{ name: string; scopes: readonly Scope[] }>;

/**
 * Defines a role of the customer's own.
 * @throws Rejection INSUFFICIENT_PERMISSIONS the grantor lacks `access:manage` or one of the scopes at a site; VALIDATION_FAILED an unknown scope
 * (`not_a_choice`), one that is in no role, a name that is taken (`not_unique`)
 */
export function defineRole(state: Access, by: Grantor, wanted: WantedRole, world: World): AccessEvent[] {
  const roleId = state.lastRole + 1;
  requireKnown(wanted.scopes, world);
  requireEverywhere(state, by, [manageAccess, ...wanted.scopes], world);
  requireUnique(state, roleId, wanted);
  return [{ type: 'RoleDefined', data: { roleId, ...wanted, scopes: inOrder(wanted.scopes) } }];
}

/** What it holds more is held at once by everybody who has it, so the grantor needs that wherever somebody does (S4). @throws Rejection as `defineRole`; NOT_FOUND; CONFLICT it is built in */
export function changeRole(state: Access, by: Grantor, roleId: number, wanted: Partial<WantedRole>, world: World): AccessEvent[] {
  const role = requireOwn(state, roleId);
  const { scopes, ...rest } = wanted;
  const changes = changedFields<WantedRole>(role, { ...rest, ...(scopes && { scopes: inOrder(scopes) }) });
  if (Object.keys(changes).length === 0) return [];
  const added = (changes.scopes ?? []).filter((scope) => !role.scopes.includes(scope));
  requireKnown(added, world);
  requireEverywhere(state, by, [manageAccess, ...added], world);
  requireUnique(state, roleId, { ...role, ...changes });
  return [{ type: 'RoleChanged', data: { roleId, changes } }];
}

/** @throws Rejection NOT_FOUND; CONFLICT it is built in; RECORD_IN_USE somebody has it; INSUFFICIENT_PERMISSIONS */
export function removeRole(state: Access, by: Grantor, roleId: number, world: World): AccessEvent[] {
  requireOwn(state, roleId);
  requireEverywhere(state, by, [manageAccess], world);
  if (state.grants.some((roles) => roles.includes(roleId))) throw new Rejection('RECORD_IN_USE', 'Somebody has this role.');
  return [{ type: 'RoleRemoved', data: { roleId } }];
}

function requireOwn({ ownRoles }: Access, roleId: number): WantedRole {
  if (builtInRoles.some(({ id }) => id === roleId)) throw new Rejection('CONFLICT', 'Built-in roles stay what they are.');
  const role = ownRoles.get(roleId);
  if (!role) throw new Rejection('NOT_FOUND', 'there is no such record');
  return role;
}

function requireEverywhere(state: Access, by: Grantor, scopes: readonly Scope[], world: World): void {
  for (const entityId of world.entityIds) requireScopes(state, by, entityId, scopes, world);
}

/** Before anybody is told that he has not got it: what there is not, nobody has. */
function requireKnown(scopes: readonly Scope[], { known }: World): void {
  const unknown = scopes.find((scope) => !known.has(scope) || scope === manageInstallation);
  if (unknown !== undefined) throw invalid('scopes', 'not_a_choice', `has ${unknown}, which no role can hold`);
}

function requireUnique({ ownRoles }: Access, roleId: number, { name }: WantedRole): void {
  const taken = [...builtInRoles, ...ownRoles.map((role, id) => ({ ...role, id })).values()];
  if (taken.some((other) => other.id !== roleId && folded(other.name) === folded(name)))
    throw invalid('name', 'not_unique', 'is the name of another role');
}

const folded = (name: string): string => name.trim().toLowerCase();
const inOrder = (scopes: readonly Scope[]): Scope[] => [...new Set(scopes)].sort();

const invalid = (field: string, code: 'not_a_choice' | 'not_unique', message: string): Rejection =>
  new Rejection('VALIDATION_FAILED', `${field} ${message}`, [{ field, code, message }]);

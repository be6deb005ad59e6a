export * from './api-keys.js';
export * from './command-context.js';
export * from './entity-directory.js';
export { callerFound, noteCaller, type FoundCaller } from './found-callers.js';
export * from './idempotency-keys.js';
export type { StoredAnswer } from './idempotency-table.js';
export { ForgottenInAnswers } from './forgotten-in-answers.js';
export { textTold, type ToldInAnswers } from './kept-answers.js';
export * from './migrations.js';
export * from './request-scope.js';
export { alike, type Held, type Rights, type Rows } from './rights.js';
export { RoleTurns } from './role-turns.js';
export { Turns } from './turns.js';
export { FieldNeedsScope, lacking, mayReadAt, requireEverywhere, requireScopes, requireSeen } from './require-scopes.js';
export { requireForDeed, requireForDeedAt, requireTaken, takenForDeed } from './taken-for-deed.js';
export * from './row-rule.js';
export * from './user-of-actor.js';
export { KnownSites } from './known-sites.js';
export { KnownAccess, requireNotByEmail, requirePerson } from './known-access.js';
export { permissionsProjection } from './read-models/permissions.js';
export { nameScopes, namedScopes } from './named-scopes.js';
export { access, accessId, scopesAt, scopesOfRole, type Access } from './domain/access.js';
export type { AccessEvent } from './domain/access.events.js';
export {
  grantRole,
  hasAdministrator,
  nameInstallationManager,
  requireAllOf,
  requireChargeOf,
  resumeAccess,
  revokeRole,
  settleSuspension,
  suspendAccess,
  type Grantor,
  type World,
} from './domain/grants.js';
export { grantNewSite, grantReturnedSite } from './domain/new-site.js';
export { changeRole, defineRole, removeRole, type WantedRole } from './domain/roles.js';
export { accessErrors } from './errors.js';
export { adminRole, builtInRoles, rowsOfRole, scopesOf, type Scope } from './domain/scopes.js';
export { hasTier, tiers, type Tier } from './domain/tiers.js';

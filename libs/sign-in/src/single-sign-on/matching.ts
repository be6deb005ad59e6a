import { builtInUserId, namedScopes, scopesAt, type Access, type Scope } from '#millwright/access';

const manageAccess: Scope = 'access:manage';

/**
 * Whether an issuer may say by an e-mail address that somebody is this person. Not of one who looks after access, or after the installation: whoever runs
 * the issuer would have all that there is. These link themselves (contract, part 4, S11).
 */
export function isMatchedByEmail(state: Access, userId: number, known: ReadonlySet<Scope>): boolean {
  if (userId === builtInUserId || state.installationManagers.has(userId)) return false;
  const sites = [...(state.grants.get(userId)?.keys() ?? [])];
  return !sites.some((entityId) => scopesAt(state, userId, entityId, known).has(manageAccess));
}

const remembered = new WeakMap<Access, Map<number, boolean>>();

/** The same, remembered as long as nobody's access changes: every request of a session that an e-mail address began asks. */
export function isStillMatchedByEmail(state: Access, userId: number): boolean {
  const ofState = remembered.get(state) ?? new Map<number, boolean>();
  remembered.set(state, ofState);
  const matched = ofState.get(userId) ?? isMatchedByEmail(state, userId, namedScopes());
  ofState.set(userId, matched);
  return matched;
}

import { changedFields, Rejection } from '#millwright/event-sourcing/decider';
import { isAlive, type Credential, type Credentials } from './credentials.js';
import type { CredentialFacts, CredentialKind, CredentialMade, CredentialRotated, CredentialsEvent, Sites } from './credentials.events.js';

/** How many clients and service accounts there may be together (contract, part 4, S73). */
export const mostMachines = 50;
const longestKeyDays = 366;
const dayMs = 86_400_000;

/** What the decision does not find in the stream, in milliseconds since 1970. */
type At = Readonly<{ now: number }>;

/**
 * Makes a credential.
 * @throws Rejection VALIDATION_FAILED `expires_at` is missing (API keys, S65), past, or too far off; CONFLICT there are 50 clients and service accounts
 */
export function makeCredential(state: Credentials, { now, ...made }: CredentialMade['data'] & At): CredentialsEvent[] {
  requireTimely(made.kind, made.expiresAt, now);
  const machines = state.byId.count((other) => other.kind !== 'api_key' && isAlive(other, now));
  if (made.kind !== 'api_key' && machines >= mostMachines)
    throw new Rejection('CONFLICT', `There are ${mostMachines} clients and service accounts; take one away first.`);
  return [{ type: 'CredentialMade', data: made }];
}

/** @throws Rejection as `makeCredential`; NOT_FOUND; CONFLICT it was revoked, or is over and is to end later */
export function changeCredential(
  state: Credentials,
  { kind, credentialId, wanted, now }: Readonly<{ kind: CredentialKind; credentialId: number; wanted: Partial<CredentialFacts> }> & At,
): CredentialsEvent[] {
  const credential = requireLive(state, kind, credentialId);
  const changes = changedFields<CredentialFacts>(factsOf(credential), wanted);
  if (changes.expiresAt !== undefined) {
    requireTimely(kind, changes.expiresAt, now);
    // What has ended stays so: who was to be let in until then would be again by the secret, or the tokens, that he has kept (S63).
    if (!isAlive(credential, now)) throw over();
  }
  return Object.keys(changes).length === 0 ? [] : [{ type: 'CredentialChanged', data: { kind, credentialId, changes } }];
}

/**
 * Gives a credential a new secret; the one before it works on for some hours, and never past the credential's end as it stands now; any earlier one ends
 * (S63).
 * @throws Rejection NOT_FOUND; CONFLICT it was revoked, or is over
 */
export function rotateCredential(
  state: Credentials,
  {
    kind,
    credentialId,
    secretId,
    overlapHours,
    now,
    ...rotated
  }: Omit<CredentialRotated['data'], 'overlapUntil'> & Readonly<{ overlapHours: number }> & At,
): CredentialsEvent[] {
  const credential = requireLive(state, kind, credentialId);
  if (!isAlive(credential, now)) throw over();
  const end = now + Math.round(overlapHours * 3_600_000);
  // The secret that goes does not come back where the credential is given longer afterwards.
  const { expiresAt } = credential;
  const overlapUntil = new Date(expiresAt === null ? end : Math.min(end, Date.parse(expiresAt))).toISOString();
  return [{ type: 'CredentialRotated', data: { kind, credentialId, secretId, overlapUntil, ...rotated } }];
}

/** Takes a credential away, and with it what was got by it; once. @throws Rejection NOT_FOUND */
export function revokeCredential(
  state: Credentials,
  { kind, credentialId }: Readonly<{ kind: CredentialKind; credentialId: number }>,
): CredentialsEvent[] {
  const { revokedAt } = requireKnown(state, kind, credentialId);
  return revokedAt === null ? [{ type: 'CredentialRevoked', data: { kind, credentialId } }] : [];
}

/** Ends a token before its time; once. */
export const revokeToken = (
  state: Credentials,
  { tokenId, expiresAt }: Readonly<{ tokenId: string; expiresAt: string }>,
): CredentialsEvent[] => (state.revokedTokens.has(tokenId) ? [] : [{ type: 'TokenRevoked', data: { tokenId, expiresAt } }]);

/** @throws Rejection NOT_FOUND also for one of another kind */
export function requireKnown(state: Credentials, kind: CredentialKind, id: number): Credential {
  const credential = state.byId.get(id);
  if (credential?.kind !== kind) throw new Rejection('NOT_FOUND', 'there is no such record');
  return credential;
}

function requireLive(state: Credentials, kind: CredentialKind, id: number): Credential {
  const credential = requireKnown(state, kind, id);
  if (credential.revokedAt !== null) throw new Rejection('CONFLICT', 'It was revoked; make another one.');
  return credential;
}

const over = (): Rejection => new Rejection('CONFLICT', 'It is over; make another one.');

const factsOf = ({ name, scopes, roleId, sites, expiresAt }: Credential): CredentialFacts => ({ name, scopes, roleId, sites, expiresAt });

function requireTimely(kind: CredentialKind, expiresAt: string | null, now: number): void {
  if (expiresAt === null) {
    if (kind !== 'api_key') return;
    throw refused('required', 'must be given: a key does not live for ever');
  }
  const ends = Date.parse(expiresAt);
  if (ends <= now) throw refused('out_of_range', 'must be in the future');
  if (kind === 'api_key' && ends > now + longestKeyDays * dayMs)
    throw refused('out_of_range', `must be at most ${longestKeyDays} days ahead`);
}

const refused = (code: 'required' | 'out_of_range', message: string): Rejection =>
  new Rejection('VALIDATION_FAILED', `expires_at: ${message}`, [{ field: 'expires_at', code, message }]);

/** Which (scope, site) pairs a credential would have that it has not: `sites` where all of `scopes` are added. What is at all sites is written as `all`. */
export function added(
  before: Readonly<{ scopes: ReadonlySet<string>; sites: Sites }>,
  after: Readonly<{ scopes: ReadonlySet<string>; sites: Sites }>,
): readonly Readonly<{ scopes: readonly string[]; sites: Sites }>[] {
  const newScopes = [...after.scopes].filter((scope) => !before.scopes.has(scope));
  const newSites = withoutSites(after.sites, before.sites);
  return [
    ...(newScopes.length > 0 ? [{ scopes: newScopes, sites: after.sites }] : []),
    ...(newSites === 'all' || newSites.length > 0 ? [{ scopes: [...after.scopes], sites: newSites }] : []),
  ];
}

function withoutSites(sites: Sites, had: Sites): Sites {
  if (had === 'all') return [];
  return sites === 'all' ? 'all' : sites.filter((id) => !had.includes(id));
}

import type { Event } from '#millwright/event-sourcing/decider';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.
// Who did it, when and on whose behalf stands in the metadata; secrets stand nowhere in an event, nor do their hashes.

/** What kinds of credentials machines have. */
export type CredentialKind = 'api_key' | 'client' | 'service_account';

/** Present and future sites, or these. */
export type Sites = 'all' | readonly number[];

/** Whose key it is: the administrator's key itself, or a person. */
export type KeyOwner = 'bootstrap' | Readonly<{ userId: number }>;

type CredentialName = Readonly<{ credentialId: number; kind: CredentialKind }>;

/** What a credential is for: an API key and a client have scopes, a service account has a role. Instants are RFC 3339. */
export type CredentialFacts = Readonly<{
  name: string;
  scopes: readonly string[] | null;
  roleId: number | null;
  sites: Sites;
  expiresAt: string | null;
}>;

/** Whether a session showed its secret to whom single sign-on had found by an e-mail address (contract, part 4, S11); missing, it did not, or is older. */
type ShownByEmail = Readonly<{ byEmail?: true }>;

/** `secretId` names its first secret; `clientId` is what a client calls itself, in public. */
export type CredentialMade = Event<
  'CredentialMade',
  CredentialName & CredentialFacts & ShownByEmail & Readonly<{ owner: KeyOwner | null; clientId: string | null; secretId: string }>
>;

/** Only what changed. */
export type CredentialChanged = Event<'CredentialChanged', CredentialName & Readonly<{ changes: Partial<CredentialFacts> }>>;

/** It has another secret from now on; the one before it works until `overlapUntil`, any earlier one no more. With `tokensRevoked` what was got with earlier ones ends at once. */
export type CredentialRotated = Event<
  'CredentialRotated',
  CredentialName & ShownByEmail & Readonly<{ secretId: string; overlapUntil: string; tokensRevoked: boolean }>
>;

export type CredentialRevoked = Event<'CredentialRevoked', CredentialName>;

/** One access token ends before its time (RFC 7009). `expiresAt` is when it would have ended. */
export type TokenRevoked = Event<'TokenRevoked', Readonly<{ tokenId: string; expiresAt: string }>>;

/**
 * Access tokens are signed with another key from now on. The key before it is accepted for as long as tokens live, unless it and all earlier ones
 * were `revoked` (contract, part 4, S35).
 */
export type SigningKeyRotated = Event<'SigningKeyRotated', Readonly<{ keyId: string; replacedKeyId: string; revoked: boolean }>>;

export type CredentialsEvent =
  CredentialMade | CredentialChanged | CredentialRotated | CredentialRevoked | TokenRevoked | SigningKeyRotated;

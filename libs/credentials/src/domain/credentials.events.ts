import type { Event } from '#millwright/event-sourcing/decider';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.
// Who did it, when and on whose behalf stands in the metadata; secrets stand nowhere in an event, nor do their hashes.

/**
 * Access tokens are signed with another key from now on. The key before it is accepted for as long as tokens live, unless it and all earlier ones
 * were `revoked` (contract, part 4, S35).
 */
export type SigningKeyRotated = Event<'SigningKeyRotated', Readonly<{ keyId: string; replacedKeyId: string; revoked: boolean }>>;

export type CredentialsEvent = SigningKeyRotated;

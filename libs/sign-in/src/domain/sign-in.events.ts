import type { Event } from '#millwright/event-sourcing/decider';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.
// Whose it is says the stream; who did it, when, and on which credential's behalf the metadata. Secrets, links and addresses stand nowhere in an event.

/** Somebody was asked to come and choose a password, until `dueAt` (an instant in UTC). */
export type PersonInvited = Event<'PersonInvited', Readonly<{ dueAt: string }>>;

/** A link to choose another password was made for somebody, good until `dueAt`. */
export type PasswordResetOffered = Event<'PasswordResetOffered', Readonly<{ dueAt: string }>>;

/** From now on the person signs in with another password. */
export type PasswordSet = Event<'PasswordSet', Readonly<{ because: 'setup' | 'invitation' | 'reset' | 'change' }>>;

/** A refresh token came a second time: somebody else may have it, so the session was ended. */
export type RefreshTokenReused = Event<'RefreshTokenReused', Readonly<{ sessionId: string }>>;

/** Somebody who looks after access ended a session of the person. */
export type SessionRevoked = Event<'SessionRevoked', Readonly<{ sessionId: string }>>;

/** From now on the issuer of single sign-on vouches for the person: why, `because` says. As whom, stands in no event. */
export type IssuerLinked = Event<'IssuerLinked', Readonly<{ issuer: string; because: 'email' | 'created' | 'session' }>>;

export type IssuerUnlinked = Event<'IssuerUnlinked', Readonly<{ issuer: string }>>;

/** Everything that is noted of how a person signs in. The stream is `signIn-<user id>`. */
export type SignInEvent =
  PersonInvited | PasswordResetOffered | PasswordSet | RefreshTokenReused | SessionRevoked | IssuerLinked | IssuerUnlinked;

import type { Event } from '#millwright/event-sourcing/decider';
import type { Scope } from './scopes.js';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.
// Who did it, when and on which credential's behalf stands in the metadata; secrets stand nowhere in an event.

/** A role of the customer's own. */
export type RoleDefined = Event<'RoleDefined', Readonly<{ roleId: number; name: string; scopes: readonly Scope[] }>>;

/** Only what changed. */
export type RoleChanged = Event<
  'RoleChanged',
  Readonly<{ roleId: number; changes: Readonly<{ name?: string; scopes?: readonly Scope[] }> }>
>;

export type RoleRemoved = Event<'RoleRemoved', Readonly<{ roleId: number }>>;

/** A person has this role at a site from now on, in place of the one that he had there. `reason` is what the grantor said. */
export type RoleGranted = Event<'RoleGranted', Readonly<{ userId: number; entityId: number; roleId: number; reason: string | null }>>;

export type RoleRevoked = Event<'RoleRevoked', Readonly<{ userId: number; entityId: number; roleId: number; reason: string | null }>>;

/** A person may look after the installation itself, or may no longer (S95). */
export type InstallationManagerNamed = Event<'InstallationManagerNamed', Readonly<{ userId: number; granted: boolean }>>;

/** Nothing that a person was granted holds, until it is resumed: he was archived. */
export type AccessSuspended = Event<'AccessSuspended', Readonly<{ userId: number }>>;

export type AccessResumed = Event<'AccessResumed', Readonly<{ userId: number }>>;

export type AccessEvent =
  RoleDefined | RoleChanged | RoleRemoved | RoleGranted | RoleRevoked | InstallationManagerNamed | AccessSuspended | AccessResumed;

import type { Event } from '#millwright/event-sourcing/decider';
import type { Tier } from '#millwright/access';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/** What an installation is set to, by whoever may. Null takes a window of its own back. */
export type InstallationSettings = Readonly<{ tier: Tier; rateLimits: boolean; requests: number | null; windowSeconds: number | null }>;

/** Only what changed. */
export type InstallationChanged = Event<'InstallationChanged', Readonly<{ changes: Partial<InstallationSettings> }>>;

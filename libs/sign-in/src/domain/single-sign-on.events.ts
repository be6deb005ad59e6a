import type { Event } from '#millwright/event-sourcing/decider';

// These types are the storage format. Never edit a published one: add a version beside it and upcast on read.

/** Who vouches for people, and what becomes of those whom nobody knows yet. The client's secret stands elsewhere, under its id. */
export type IssuerSettings = Readonly<{
  issuer: string;
  clientId: string;
  secretId: string;
  /** The role that whoever is new gets; null: nobody is made. */
  roleId: number | null;
  /** Where he gets it: `all` is every site that there is by then. Null where he gets none. */
  sites: 'all' | readonly number[] | null;
  enabled: boolean;
}>;

/** Everything as it is from now on. */
export type SingleSignOnSet = Event<'SingleSignOnSet', IssuerSettings>;

export type SingleSignOnRemoved = Event<'SingleSignOnRemoved', Readonly<Record<string, never>>>;

/** The stream is `singleSignOn-1`. */
export type SingleSignOnEvent = SingleSignOnSet | SingleSignOnRemoved;

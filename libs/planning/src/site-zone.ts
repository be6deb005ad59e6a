import type { EventStore } from '#millwright/event-sourcing';
import { entities } from '#millwright/sites';
import type { SiteArchiving } from './domain/archived-site.js';
import type { SiteZone } from './domain/pm-schedule-registration.js';

/** What a site is at a revision of its stream. */
export type SiteNow = SiteZone & SiteArchiving;

/** Since when a site is back, RFC 3339 in UTC, and which event of its stream says so. */
export type SiteReturn = Readonly<{ since: string; siteRevision: number }>;

/** The time zone that a site has now, by the tail of its stream: a request may have begun with an earlier one. @throws Rejection UNAVAILABLE */
export async function zoneOfSite(events: Pick<EventStore, 'load'>, entityId: number): Promise<SiteZone> {
  const { timeZone, siteRevision } = await siteNow(events, entityId);
  return { timeZone, siteRevision };
}

/** The same, and whether it is archived. @throws Rejection UNAVAILABLE */
export async function siteNow(events: Pick<EventStore, 'load'>, entityId: number): Promise<SiteNow> {
  const { state, revision } = await events.load(entities.stream, entityId);
  return { timeZone: String(state.values['timezone']), siteArchived: state.archived, siteRevision: revision };
}

/**
 * How a site came back last that is not archived at that revision; undefined where it never was. Looked for from the end: little changes of a site afterwards.
 * @throws Rejection UNAVAILABLE
 */
export async function lastReturnOf(
  events: Pick<EventStore, 'loadAt'>,
  entityId: number,
  siteRevision: number,
): Promise<SiteReturn | undefined> {
  let since: string | undefined;
  for (let revision = siteRevision; revision >= 0; revision -= 1) {
    const { archived, history } = await events.loadAt(entities.stream, entityId, revision);
    if (archived) return since === undefined ? undefined : { since, siteRevision: revision + 1 };
    since = history?.updated.at;
  }
  return undefined;
}

import type { EventStore } from '#millwright/event-sourcing';
import { entities } from '#millwright/sites';
import type { SiteArchiving } from './domain/archived-site.js';
import type { SiteZone } from './domain/pm-schedule-registration.js';

/** The time zone that a site has now, by the tail of its stream: a request may have begun with an earlier one. @throws Rejection UNAVAILABLE */
export async function zoneOfSite(events: Pick<EventStore, 'load'>, entityId: number): Promise<SiteZone> {
  const { timeZone, siteRevision } = await siteNow(events, entityId);
  return { timeZone, siteRevision };
}

/** The same, and whether it is archived. @throws Rejection UNAVAILABLE */
export async function siteNow(events: Pick<EventStore, 'load'>, entityId: number): Promise<SiteZone & SiteArchiving> {
  const { state, revision } = await events.load(entities.stream, entityId);
  return { timeZone: String(state.values['timezone']), siteArchived: state.archived, siteRevision: revision };
}

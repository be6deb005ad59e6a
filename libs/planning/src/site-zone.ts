import { stampOf, type Event, type EventStore, type SiteOfTimer, type Stream } from '#millwright/event-sourcing';
import { entities } from '#millwright/sites';
import type { SiteArchiving, SiteSince } from './domain/archived-site.js';
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

/** When it was archived and when it came back, of what a site has been: read once, it is gone on with from there. */
const archivingsOfSite: Stream<Readonly<{ revision: number; archivedAt: string | undefined; last: SiteReturn | undefined }>, Event> = {
  category: entities.stream.category,
  initialState: { revision: -1, archivedAt: undefined, last: undefined },
  evolve(site, event) {
    const revision = site.revision + 1;
    const at = stampOf(event)?.at;
    if (at !== undefined && event.type === `${entities.typeName}Archived`) return { ...site, revision, archivedAt: at };
    if (at !== undefined && event.type === `${entities.typeName}Unarchived`)
      return { revision, archivedAt: undefined, last: { since: at, siteRevision: revision } };
    return { ...site, revision };
  },
};

/** What timers need to know of a site as the log has it by now. @throws Rejection UNAVAILABLE */
export async function siteOfTimer(events: Pick<EventStore, 'load' | 'loadAt'>, entityId: number): Promise<SiteOfTimer> {
  const { state, revision } = await events.load(entities.stream, entityId);
  const { timezone } = state.values;
  const archivedAt = state.archived ? (await events.loadAt(archivingsOfSite, entityId, revision)).archivedAt : undefined;
  return {
    timeZone: typeof timezone === 'string' ? timezone : undefined,
    archivedAt: archivedAt === undefined ? undefined : new Date(archivedAt),
    revision,
  };
}

/** How a site came back last that is not archived at that revision; undefined where it never was. @throws Rejection UNAVAILABLE */
export async function lastReturnOf(
  events: Pick<EventStore, 'loadAt'>,
  entityId: number,
  siteRevision: number,
): Promise<SiteReturn | undefined> {
  return (await events.loadAt(archivingsOfSite, entityId, siteRevision)).last;
}

/** What a site is now and, where it is back, since when. @throws Rejection UNAVAILABLE */
export async function siteSince(events: Pick<EventStore, 'load' | 'loadAt'>, entityId: number): Promise<SiteSince> {
  const now = await siteNow(events, entityId);
  return { ...now, since: now.siteArchived ? undefined : (await lastReturnOf(events, entityId, now.siteRevision))?.since };
}

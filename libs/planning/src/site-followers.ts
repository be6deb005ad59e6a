import {
  categoryOf,
  idOf,
  nameBasedUuid,
  type CommandContext,
  type EventStore,
  type Position,
  type ProcessManager,
  type RecordedEvent,
} from '#millwright/event-sourcing';
import { entities } from '#millwright/sites';
import { followSite, type SiteArchiving } from './domain/archived-site.js';
import { followTimeZone, type SiteZone } from './domain/pm-schedule-registration.js';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import type { PmSchedule } from './domain/pm-schedule.state.js';
import { siteNow } from './site-zone.js';

/** One try may meet this many milliseconds of conflicts; it is tried again without limit. */
const patienceMs = 2_000;

/** What telling schedules of their site needs of the world. */
export type SitesWorld = Readonly<{
  events: Pick<EventStore, 'execute' | 'load'>;
  /** The schedules of a site, as of a position or later. */
  schedulesOf(entityId: number, position: Position): Promise<readonly number[]>;
}>;

type Site = SiteZone & SiteArchiving;

/**
 * Whoever registered a schedule may have read its site just before that changed, and the site's schedules of then do not have it. The timer that holds one may
 * have read its site just before that came back, and whoever told of the return found nothing held.
 */
const readsItsSite: readonly string[] = ['PmScheduleRegistered', 'PmScheduleSiteArchived'] satisfies PmScheduleEvent['type'][];

type Following = Readonly<{
  /** Checkpoints and the ids of its events go by it for ever. */
  name: string;
  /** What an event of a site says, by what the site is now; undefined where schedules have nothing to hear. */
  told(event: RecordedEvent, now: Site): Site | undefined;
  follow(schedule: PmSchedule, site: Site, at: Readonly<{ now: string }>): PmScheduleEvent[];
}>;

/**
 * Has the schedules of a site follow what became of it. What it appends belongs to that site, whatever site the request was sent to, and names that
 * request's event as its cause.
 */
const siteFollower =
  ({ name, told, follow }: Following) =>
  ({ events, schedulesOf }: SitesWorld): ProcessManager => {
    const tell = async (event: RecordedEvent, id: number, entityId: number, site: Site): Promise<void> => {
      await events.execute(pmSchedule, id, (schedule) => follow(schedule, site, { now: event.metadata.recorded_at }), {
        context: contextOf(name, event, entityId, site),
        // A schedule that is registered is told what its site is by now, which may be another when the event comes again: that is another event.
        eventId: (ordinal) => nameBasedUuid(`${name} ${id} ${site.siteRevision} ${ordinal}`, event.id),
      });
    };
    return {
      name,
      categories: [entities.stream.category, pmSchedule.category],
      // What became of sites before this was, too.
      startsAt: 'beginning',
      async handle(event) {
        const { entity_id: owner } = event.metadata;
        if (readsItsSite.includes(event.type) && owner !== null)
          return tell(event, idOf(event.stream), owner, await siteNow(events, owner));
        if (categoryOf(event.stream) !== entities.stream.category) return;
        const entityId = idOf(event.stream);
        const site = told(event, await siteNow(events, entityId));
        if (site) for (const id of await schedulesOf(entityId, event.position)) await tell(event, id, entityId, site);
      },
    };
  };

const contextOf = (name: string, { id, metadata }: RecordedEvent, entityId: number, { timeZone }: Site): CommandContext => ({
  actor: { kind: 'process_manager', id: name },
  effectiveAt: metadata.recorded_at,
  timeZone,
  customerId: metadata.customer_id,
  entityId,
  requestId: metadata.request_id,
  correlationId: metadata.$correlationId,
  causationId: id,
  deadline: Date.now() + patienceMs,
});

/** Has the dates of a site's schedules follow its time zone (S67). */
export const timeZoneFollower = siteFollower({
  name: 'pm-time-zones',
  told({ type, data, revision: siteRevision }, now) {
    const { timezone: timeZone } = data as Readonly<{ timezone?: string | null }>;
    return type === `${entities.typeName}Changed` && typeof timeZone === 'string' ? { ...now, timeZone, siteRevision } : undefined;
  },
  follow: followTimeZone,
});

/** Has schedules raise nothing while their site is archived, where nobody could do the work; once it is back they go on as after a pause. */
export const archivedSites = siteFollower({
  name: 'pm-archived-sites',
  told({ type, revision: siteRevision }, now) {
    if (type === `${entities.typeName}Unarchived`) return { ...now, siteArchived: false, siteRevision };
    // What is over by now is told to nobody: where a site was archived before this was, its schedules have gone on since.
    return type === `${entities.typeName}Archived` && now.siteArchived ? { ...now, siteRevision } : undefined;
  },
  follow: followSite,
});

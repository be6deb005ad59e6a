import {
  categoryOf,
  idOf,
  nameBasedUuid,
  originOf,
  systemClock,
  type CommandContext,
  type EventStore,
  type Position,
  type ProcessManager,
  type RecordedEvent,
  type TimerWorld,
} from '#millwright/event-sourcing';
import { entities } from '#millwright/sites';
import { followSite } from './domain/archived-site.js';
import { followTimeZone } from './domain/pm-schedule-registration.js';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import type { PmSchedule } from './domain/pm-schedule.state.js';
import { raiseWhatIsDue } from './pm-timer.js';
import { lastReturnOf, siteNow, siteOfTimer, type SiteNow, type SiteReturn } from './site-zone.js';

/** One try may meet this many milliseconds of conflicts; it is tried again without limit. */
const patienceMs = 2_000;

/** What telling schedules of their site needs of the world. */
export type SitesWorld = Readonly<{
  events: TimerWorld['events'] & Pick<EventStore, 'loadAt'>;
  /** The schedules of a site, as of a position or later. */
  schedulesOf(entityId: number, position: Position): Promise<readonly number[]>;
}>;

/** What schedules are told of their site, and since when it is so, RFC 3339 in UTC, where that is not the moment of the event that they are told it for. */
type Told = SiteNow & Readonly<{ since?: string }>;

type Following = Readonly<{
  /** Checkpoints and the ids of its events go by it for ever. */
  name: string;
  /** The events of sites and of schedules that it hears. */
  hears: readonly string[];
  /** What schedules are told for an event, by what the site is now; undefined where they have nothing to hear. */
  told(event: RecordedEvent, now: SiteNow, lastReturn: () => Promise<SiteReturn | undefined>): Told | undefined | Promise<Told | undefined>;
  /** What the timer does first at an archived site. */
  before?(pmScheduleId: number, event: RecordedEvent, entityId: number, events: SitesWorld['events']): Promise<unknown>;
  follow(schedule: PmSchedule, site: Told, at: Readonly<{ now: string }>): PmScheduleEvent[];
}>;

/** Whoever registered a schedule may have read its site just before that changed, and the site's schedules of then do not have it. */
const registered = 'PmScheduleRegistered' satisfies PmScheduleEvent['type'];

/**
 * Has the schedules of a site follow what became of it. What it appends belongs to that site, whatever site the request was sent to, and names that
 * request's event as its cause.
 */
const siteFollower =
  ({ name, hears, told, before, follow }: Following) =>
  ({ events, schedulesOf }: SitesWorld): ProcessManager => {
    const tell = async (event: RecordedEvent, id: number, entityId: number, site: Told): Promise<void> => {
      if (site.siteArchived) await before?.(id, event, entityId, events);
      const now = site.since ?? event.metadata.recorded_at;
      await events.execute(pmSchedule, id, (schedule) => follow(schedule, site, { now }), {
        context: contextOf(name, event, entityId, site, now),
        // A schedule is told what its site is by now, which may be another when the event comes again: that is another event.
        eventId: (ordinal) => nameBasedUuid(`${name} ${id} ${site.siteRevision} ${ordinal}`, event.id),
      });
    };
    return {
      name,
      categories: [entities.stream.category, pmSchedule.category],
      // What became of sites before this was, too.
      startsAt: 'beginning',
      async handle(event) {
        if (!hears.includes(event.type)) return;
        const isOfSite = categoryOf(event.stream) === entities.stream.category;
        const entityId = isOfSite ? idOf(event.stream) : event.metadata.entity_id;
        if (entityId === null) return;
        const now = await siteNow(events, entityId);
        const site = await told(event, now, () => lastReturnOf(events, entityId, now.siteRevision));
        if (!site) return;
        const ids = isOfSite ? await schedulesOf(entityId, event.position) : [idOf(event.stream)];
        for (const id of ids) await tell(event, id, entityId, site);
      },
    };
  };

const contextOf = (
  name: string,
  { id, metadata }: RecordedEvent,
  entityId: number,
  { timeZone }: Told,
  effectiveAt: string,
): CommandContext => ({
  actor: { kind: 'process_manager', id: name },
  effectiveAt,
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
  hears: [`${entities.typeName}Changed`, registered],
  told({ type, data, revision: siteRevision }, now) {
    if (type === registered) return now;
    const { timezone: timeZone } = data as Readonly<{ timezone?: string | null }>;
    return typeof timeZone === 'string' ? { ...now, timeZone, siteRevision } : undefined;
  },
  follow: followTimeZone,
});

/**
 * Whoever holds a schedule may have read its site just before that came back, and whoever told of the return found nothing held; whoever tells of a return
 * may have read the site just before it was archived again.
 */
const [held, released] = ['PmScheduleSiteArchived', 'PmScheduleSiteUnarchived'] as const satisfies PmScheduleEvent['type'][];

/**
 * A date that came before the site was archived is none that nobody could do: the timer, which is a moment late, raises it before the schedule is held
 * (`raiseWhatIsDue`). What has come since leaves that held.
 */
const raiseWhatCameBefore: NonNullable<Following['before']> = (pmScheduleId, event, entityId, events) =>
  raiseWhatIsDue(
    pmScheduleId,
    { ...originOf(event), entityId },
    { events, siteOf: () => siteOfTimer(events, entityId), clock: systemClock },
  );

/**
 * Has schedules raise nothing while their site is archived, where nobody could do the work; once it is back they go on as after a pause. Whatever it hears of,
 * and however late, it tells what the site is by now: dates up to the last return are passed over, and none that follow it.
 */
export const archivedSites = siteFollower({
  name: 'pm-archived-sites',
  hears: [`${entities.typeName}Archived`, `${entities.typeName}Unarchived`, registered, held, released],
  async told({ type }, now, lastReturn) {
    if (now.siteArchived) return now;
    // Neither of them holds a schedule, and where something does after it, that is heard, too.
    const back = type === registered || type === released ? undefined : await lastReturn();
    return back && { ...now, ...back };
  },
  before: raiseWhatCameBefore,
  follow: followSite,
});

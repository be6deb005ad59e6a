import { idOf, nameBasedUuid, type EventStore, type Position, type ProcessManager, type RecordedEvent } from '#millwright/event-sourcing';
import { entities } from '#millwright/sites';
import { followTimeZone, type SiteZone } from './domain/pm-schedule-registration.js';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import { zoneOfSite } from './site-zone.js';

const name = 'pm-time-zones';

/** One try may meet this many milliseconds of conflicts; it is tried again without limit. */
const patienceMs = 2_000;

/** What moving schedules needs of the world. */
export type ZoneWorld = Readonly<{
  events: Pick<EventStore, 'execute' | 'load'>;
  /** The schedules of a site, as of a position or later. */
  schedulesOf(entityId: number, position: Position): Promise<readonly number[]>;
}>;

/**
 * Has the dates of a site's schedules follow its time zone (S67). Its events belong to that site, whatever site the request that moved it was sent to,
 * and name it as their cause.
 */
export const timeZoneFollower = ({ events, schedulesOf }: ZoneWorld): ProcessManager => {
  const follow = async (event: RecordedEvent, id: number, entityId: number, zone: SiteZone): Promise<void> => {
    await events.execute(pmSchedule, id, (schedule) => followTimeZone(schedule, zone), {
      context: contextOf(event, entityId, zone.timeZone),
      // The zone that it is told of may be a later one when the event comes again: another zone is another event.
      eventId: (ordinal) => nameBasedUuid(`${name} ${id} ${zone.siteRevision} ${ordinal}`, event.id),
    });
  };
  return {
    name,
    categories: [entities.stream.category, pmSchedule.category],
    startsAt: 'beginning',
    async handle(event: RecordedEvent) {
      // Whoever registered a schedule may have read its site just before that moved, and the site's schedules of then do not have it.
      if (event.type === ('PmScheduleRegistered' satisfies PmScheduleEvent['type']) && event.metadata.entity_id !== null) {
        const { entity_id: entityId } = event.metadata;
        return follow(event, idOf(event.stream), entityId, await zoneOfSite(events, entityId));
      }
      const { timezone } = event.data as Readonly<{ timezone?: string | null }>;
      if (event.type !== `${entities.typeName}Changed` || typeof timezone !== 'string') return;
      const entityId = idOf(event.stream);
      for (const id of await schedulesOf(entityId, event.position))
        await follow(event, id, entityId, { timeZone: timezone, siteRevision: event.revision });
    },
  };
};

const contextOf = ({ id, metadata }: RecordedEvent, entityId: number, timeZone: string) => ({
  actor: { kind: 'process_manager', id: name } as const,
  effectiveAt: metadata.recorded_at,
  timeZone,
  customerId: metadata.customer_id,
  entityId,
  requestId: metadata.request_id,
  correlationId: metadata.$correlationId,
  causationId: id,
  deadline: Date.now() + patienceMs,
});

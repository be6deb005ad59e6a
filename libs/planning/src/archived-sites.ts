import { idOf, nameBasedUuid, type EventStore, type Position, type ProcessManager, type RecordedEvent } from '#millwright/event-sourcing';
import { entities } from '#millwright/sites';
import { followSite, type SiteArchiving } from './domain/archived-site.js';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import { siteNow } from './site-zone.js';

const name = 'pm-archived-sites';

/** One try may meet this many milliseconds of conflicts; it is tried again without limit. */
const patienceMs = 2_000;

/** What holding schedules needs of the world. */
export type ArchivedSitesWorld = Readonly<{
  events: Pick<EventStore, 'execute' | 'load'>;
  /** The schedules of a site, as of a position or later. */
  schedulesOf(entityId: number, position: Position): Promise<readonly number[]>;
}>;

/**
 * Has schedules raise nothing while their site is archived, where nobody could do the work; once it is back they go on as after a pause. What it appends
 * belongs to that site, whatever site the request was sent to, and names that request's event as its cause.
 */
export const archivedSites = ({ events, schedulesOf }: ArchivedSitesWorld): ProcessManager => {
  const follow = async (event: RecordedEvent, id: number, entityId: number, site: SiteArchiving): Promise<void> => {
    const now = event.metadata.recorded_at;
    await events.execute(pmSchedule, id, (schedule) => followSite(schedule, site, { now }), {
      context: contextOf(event, entityId),
      // A schedule that is registered is told what its site is by now, which may be another when the event comes again: that is another event.
      eventId: (ordinal) => nameBasedUuid(`${name} ${id} ${site.siteRevision} ${ordinal}`, event.id),
    });
  };
  return {
    name,
    categories: [entities.stream.category, pmSchedule.category],
    // Sites that were archived before this was, too.
    startsAt: 'beginning',
    async handle(event: RecordedEvent) {
      // Whoever registered a schedule may have been admitted just before its site was archived, and the schedules of then do not have it.
      if (event.type === ('PmScheduleRegistered' satisfies PmScheduleEvent['type']) && event.metadata.entity_id !== null) {
        const { entity_id: entityId } = event.metadata;
        return follow(event, idOf(event.stream), entityId, await siteNow(events, entityId));
      }
      const siteArchived = event.type === `${entities.typeName}Archived`;
      if (!siteArchived && event.type !== `${entities.typeName}Unarchived`) return;
      const entityId = idOf(event.stream);
      // What is over by now is told to nobody: where it was archived before this was, schedules have gone on since.
      if (siteArchived && !(await siteNow(events, entityId)).siteArchived) return;
      for (const id of await schedulesOf(entityId, event.position))
        await follow(event, id, entityId, { siteArchived, siteRevision: event.revision });
    },
  };
};

const contextOf = ({ id, metadata }: RecordedEvent, entityId: number) => ({
  actor: { kind: 'process_manager', id: name } as const,
  effectiveAt: metadata.recorded_at,
  customerId: metadata.customer_id,
  entityId,
  requestId: metadata.request_id,
  correlationId: metadata.$correlationId,
  causationId: id,
  deadline: Date.now() + patienceMs,
});

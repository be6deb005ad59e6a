import { idOf, nameBasedUuid, type EventStore, type Position, type ProcessManager, type RecordedEvent } from '#millwright/event-sourcing';
import { entities } from '#millwright/sites';
import { followTimeZone } from './domain/pm-schedule-registration.js';
import { pmSchedule } from './domain/pm-schedule.js';

const name = 'pm-time-zones';

/** One try may meet this many milliseconds of conflicts; it is tried again without limit. */
const patienceMs = 2_000;

/** What moving schedules needs of the world. */
export type ZoneWorld = Readonly<{
  events: Pick<EventStore, 'execute'>;
  /** The schedules of a site, as of a position or later. */
  schedulesOf(entityId: number, position: Position): Promise<readonly number[]>;
}>;

/**
 * Has the dates of a site's schedules follow its time zone (S67). Its events belong to that site, whatever site the request that moved it was sent to,
 * and name it as their cause.
 */
export const timeZoneFollower = ({ events, schedulesOf }: ZoneWorld): ProcessManager => ({
  name,
  categories: [entities.stream.category],
  startsAt: 'beginning',
  async handle(event: RecordedEvent) {
    const { timezone } = event.data as Readonly<{ timezone?: string | null }>;
    if (event.type !== `${entities.typeName}Changed` || typeof timezone !== 'string') return;
    const entityId = idOf(event.stream);
    for (const id of await schedulesOf(entityId, event.position))
      await events.execute(pmSchedule, id, (schedule) => followTimeZone(schedule, timezone), {
        context: contextOf(event, entityId, timezone),
        eventId: (ordinal) => nameBasedUuid(`${name} ${id} ${ordinal}`, event.id),
      });
  },
});

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

import { commentErasure } from '#millwright/comments';
import {
  KeptTexts,
  Outbox,
  processManagerOf,
  processManagerOfOutbox,
  processManagerOfTimer,
  systemClock,
  type EventStore,
  type OutboxChannels,
  type Position,
  type Precedence,
  type ProcessManager,
  type ProcessManagerEngine,
  type ProjectionEngine,
  type Reaction,
  type Timer,
} from '#millwright/event-sourcing';
import { suspendedUsers, userErasure, UserTurns, vendorAssetsReaction, type PersonalTraces } from '#millwright/people';
import { endingsOfSessions } from '#millwright/sign-in';
import { assetPartsReaction } from '#millwright/inventory';
import { noticeReactions } from '#millwright/notifications';
import { siteAdministrators } from '#millwright/permissions';
import { archivedSites, occurrenceReaction, ordersOfSchedules, pmTimer, siteOfTimer, timeZoneFollower } from '#millwright/planning';
import {
  alarmReaction,
  fulfilmentReaction,
  requestConversionReaction,
  requestFollowingReaction,
  signatureErasure,
  timekeepingReaction,
  timersIn,
  timersOfClosedOrders,
} from '#millwright/work-orders';
import type pg from 'pg';
import type { EntityManager } from 'typeorm';

/** Everything that happens because of something that happened, and asks nothing but the log. */
const reactions: readonly Reaction[] = [
  fulfilmentReaction,
  assetPartsReaction,
  vendorAssetsReaction,
  requestConversionReaction,
  requestFollowingReaction,
  timekeepingReaction,
  alarmReaction,
  ordersOfSchedules,
];

/** Everything that happens because it is time. */
const timers: readonly Timer[] = [pmTimer];

/** What else runs on the log: it is there by the time that anything is handled. */
type OtherWorkers = Readonly<{
  projections: ProjectionEngine;
  processManagers: ProcessManagerEngine;
  channels: OutboxChannels;
  precedence: Precedence;
  traces: PersonalTraces;
  /** Whether there is mail. */
  isMailThere: boolean;
}>;

/** How long an effect waits for others before it is tried again, in milliseconds. */
const longestWaitMs = 10_000;

/** Everything that turns events and time into commands and messages. */
export function processManagers(
  events: EventStore,
  pool: pg.Pool,
  entities: EntityManager,
  others: OtherWorkers,
): readonly ProcessManager[] {
  const world = {
    events,
    pool,
    entities,
    clock: systemClock,
    precedence: others.precedence,
    outbox: new Outbox(entities, systemClock),
    texts: new KeptTexts(entities),
    fulfilled: (position: Position) => others.processManagers.waitFor(fulfilmentReaction.name, position, { timeout: longestWaitMs }),
    async schedulesOf(entityId: number, position: Position) {
      if (!(await others.projections.reaches(position, longestWaitMs))) throw new Error(`the read models have not reached ${position}`);
      const { rows } = await pool.query<{ id: string }>('select id from read.pm_schedules where entity_id = $1', [entityId]);
      return rows.map(({ id }) => Number(id));
    },
    async otherSites(customerId: number, entityId: number, position: Position) {
      if (!(await others.projections.reaches(position, longestWaitMs))) throw new Error(`the read models have not reached ${position}`);
      const statement = 'select id from read.entities where customer_id = $1 and id <> $2 and not archived order by id';
      const { rows } = await pool.query<{ id: string }>(statement, [customerId, entityId]);
      return rows.map(({ id }) => Number(id));
    },
    siteOf: (entityId: number) => siteOfTimer(events, entityId),
    timeZoneOf: async (entityId: number) => (await siteOfTimer(events, entityId)).timeZone,
  };
  return [
    ...[
      ...reactions,
      ...noticeReactions(others.isMailThere),
      siteAdministrators((customerId, entityId, position) => world.otherSites(customerId, entityId, position)),
      occurrenceReaction(world),
      timersOfClosedOrders(timersIn({ ...world, projections: others.projections })),
    ].map((reaction) => processManagerOf(reaction, world)),
    timeZoneFollower(world),
    archivedSites(world),
    commentErasure(events, entities, pool),
    signatureErasure(events, entities, pool),
    endingsOfSessions(pool, events),
    userErasure(others.traces),
    suspendedUsers({ events, turns: new UserTurns(pool) }),
    ...timers.map((timer) => processManagerOfTimer(timer, world)),
    processManagerOfOutbox(others.channels, world),
  ];
}

import { commentErasure } from '#millwright/comments';
import {
  KeptTexts,
  Outbox,
  processManagerOf,
  processManagerOfOutbox,
  processManagerOfTimer,
  systemClock,
  type Channel,
  type EventStore,
  type ProcessManager,
  type ProjectionEngine,
  type Reaction,
  type Timer,
} from '#millwright/event-sourcing';
import { vendorAssetsReaction } from '#millwright/people';
import { entities as sites } from '#millwright/sites';
import { assetPartsReaction } from '#millwright/inventory';
import {
  fulfilmentReaction,
  requestConversionReaction,
  requestFollowingReaction,
  timekeepingReaction,
  timersIn,
  timersOfClosedOrders,
} from '#millwright/work-orders';
import type pg from 'pg';
import { alarmReaction } from '#millwright/work-orders';
import type { EntityManager } from 'typeorm';

/** Everything that happens because of something that happened. */
const reactions: readonly Reaction[] = [
  fulfilmentReaction,
  assetPartsReaction,
  vendorAssetsReaction,
  requestConversionReaction,
  requestFollowingReaction,
  timekeepingReaction,
];

/** Everything that happens because it is time. */
const timers: readonly Timer[] = [];

/** Every way out of the house. */
const channels: readonly Channel[] = [];

/** Everything that turns events and time into commands and messages. */
export function processManagers(
  events: EventStore,
  pool: pg.Pool,
  entities: EntityManager,
  projections: ProjectionEngine,
): readonly ProcessManager[] {
  const world = {
    events,
    pool,
    entities,
    clock: systemClock,
    outbox: new Outbox(entities, systemClock),
    texts: new KeptTexts(entities),
    async timeZoneOf(entityId: number) {
      const { timezone } = (await events.load(sites.stream, entityId)).state.values;
      return typeof timezone === 'string' ? timezone : undefined;
    },
  };
  return [
    ...[...reactions, alarmReaction, timersOfClosedOrders(timersIn({ ...world, projections }))].map((reaction) =>
      processManagerOf(reaction, world),
    ),
    commentErasure(events, entities),
    ...timers.map((timer) => processManagerOfTimer(timer, world)),
    ...(channels.length > 0 ? [processManagerOfOutbox(channels, world)] : []),
  ];
}

import { processManagerOf, type EventStore, type ProcessManager, type Reaction } from '#millwright/event-sourcing';
import { entities } from '#millwright/sites';
import { fulfilmentReaction } from '#millwright/work-orders';

/** Everything that happens because of something that happened. */
const reactions: readonly Reaction[] = [fulfilmentReaction];

/** Everything that turns events into commands. */
export const processManagers = (events: EventStore): readonly ProcessManager[] =>
  reactions.map((reaction) =>
    processManagerOf(reaction, {
      events,
      async timeZoneOf(entityId) {
        const { timezone } = (await events.load(entities.stream, entityId)).state.values;
        return typeof timezone === 'string' ? timezone : undefined;
      },
    }),
  );

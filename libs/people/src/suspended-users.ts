import { access, accessId, settleSuspension, type AccessEvent } from '#millwright/access';
import {
  idOf,
  runInContext,
  type CommandContext,
  type EventStore,
  type ProcessManager,
  type RecordedEvent,
} from '#millwright/event-sourcing';
import { UserTurns } from './user-turns.js';
import { users } from './users.js';

const name = 'suspended-users';

/** One try may meet this many milliseconds of conflicts; it is tried again without limit. */
const patienceMs = 2_000;

const followed = new Set(['Archived', 'Unarchived', 'Erased'].map((what) => `${users.typeName}${what}`));

/** Lets nothing hold that somebody was granted who is archived or erased, and everything that somebody was who is neither. */
export async function settle(events: Pick<EventStore, 'execute' | 'load'>, userId: number, context: CommandContext): Promise<void> {
  const { archived, erased } = (await events.load(users.stream, userId)).state;
  await events.execute(access, accessId, (state) => settleSuspension(state, userId, archived || erased !== undefined), { context });
}

/**
 * A person and what he may do are two streams: whatever a process that ends, or a database that does not answer, leaves of only one of the two is brought
 * in line here.
 */
export const suspendedUsers = ({
  events,
  turns,
}: Readonly<{ events: Pick<EventStore, 'execute' | 'load'>; turns: UserTurns }>): ProcessManager => ({
  name,
  categories: [users.stream.category, access.category],
  // It asks how things stand by now, so that what was left by earlier releases is put right too.
  startsAt: 'beginning',
  async handle(event: RecordedEvent) {
    const userId = followed.has(event.type) ? idOf(event.stream) : suspendedBy(event as RecordedEvent<AccessEvent>);
    if (userId === undefined) return;
    const context = contextOf(event);
    await runInContext(context, () => turns.take(userId, () => settle(events, userId, context)));
  },
});

const suspendedBy = ({ type, data }: RecordedEvent<AccessEvent>): number | undefined =>
  type === 'AccessSuspended' || type === 'AccessResumed' ? data.userId : undefined;

const contextOf = ({ id, metadata }: RecordedEvent): CommandContext => ({
  actor: { kind: 'process_manager', id: name },
  customerId: metadata.customer_id,
  entityId: metadata.entity_id,
  requestId: metadata.request_id,
  correlationId: metadata.$correlationId,
  causationId: id,
  deadline: Date.now() + patienceMs,
});

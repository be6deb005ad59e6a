import { Injectable } from '@nestjs/common';
import { EventStore, type Position, type Reaction } from '#millwright/event-sourcing';
import { ResourceWriter, type Decided } from '#millwright/resources';
import { AwaitedProcesses, orPending } from './awaited-processes.js';
import type { WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';
import { requestFollowingReaction } from './request-processes.js';
import { workOrders } from './work-order.resource.js';

/** What follows some orders by a reaction. An answer to a command on one of them waits until it has. */
export type OrderFollower = Readonly<{
  reaction: Pick<Reaction, 'name' | 'follows'>;
  of(order: WorkOrder): boolean;
}>;

/** A request has the status of its order. */
const request: OrderFollower = {
  reaction: requestFollowingReaction,
  of: ({ details }) => details['workOrderRequestId'] != null,
};

/** What an event leads to is followed, too: a completion that has begun is done by the parts. */
const ledTo: Readonly<Record<string, WorkOrderEvent['type']>> = { WorkOrderCompletionStarted: 'WorkOrderCompleted' };

/** Waits until those that follow an order have followed it: what they show stands at the position that an answer names (S73). */
@Injectable()
export class OrderFollowers {
  private readonly known: OrderFollower[] = [request];

  constructor(
    private readonly resources: ResourceWriter,
    private readonly events: EventStore,
    private readonly processes: AwaitedProcesses,
  ) {}

  /** To be called at start, by the room of whatever follows orders. */
  register(follower: OrderFollower): void {
    this.known.push(follower);
  }

  /**
   * An order after a command, when it has been followed.
   * @throws Rejection COMPLETION_PENDING (with `position`) when that takes longer than 5 s
   */
  async followed(outcome: Decided<WorkOrder>): Promise<Decided<WorkOrder>> {
    const { id, state, position, events } = outcome;
    const following = this.known.filter(
      // Without events it is a repeat, of a command that may still be followed.
      ({ of, reaction: { follows } }) => of(state) && (events.length === 0 || events.some(({ type }) => follows.has(ledTo[type] ?? type))),
    );
    return following.length === 0 ? outcome : this.afterThem(following, { id, since: position, events });
  }

  /** An order that was just opened from a request, when that has followed it. @throws Rejection as `followed` */
  opened(id: number, since: Position): Promise<Decided<WorkOrder>> {
    return this.afterThem([request], { id, since, events: [] });
  }

  private async afterThem(
    following: readonly OrderFollower[],
    { id, since, events }: Readonly<{ id: number; since: Position; events: Decided<WorkOrder>['events'] }>,
  ): Promise<Decided<WorkOrder>> {
    const { position: last } = await orPending(since, this.events.load(workOrder, id));
    for (const { reaction } of following) await this.processes.passed(reaction.name, last);
    const head = await orPending(since, this.events.head());
    const loaded = await orPending(head, this.events.load(workOrder, id));
    const position = loaded.position > head ? loaded.position : head;
    return this.resources.written(workOrders, id, { ...loaded, position, events });
  }
}

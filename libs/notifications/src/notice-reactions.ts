import { idOf, reaction, type Consequences, type Reaction, type RecordedEvent } from '#millwright/event-sourcing';
import { workOrderRequest, type WorkOrderRequest, type WorkOrderRequestEvent } from '#millwright/requests';
import { workOrder, type WorkOrder, type WorkOrderEvent } from '#millwright/work-orders';
import { noticesChannel } from './channel-name.js';
import {
  isOwnDoing,
  occasionOfFollowing,
  occasionOfStatus,
  toldOfChange,
  toldOfOpening,
  toldOfStatus,
  type OrderOccasion,
  type RequestOccasion,
  type Told,
} from './domain/notices.js';

/**
 * Puts into the outbox who is told what of work orders and requests, once for each event. Where there is no mail nothing is put: what happens meanwhile
 * is not told later.
 */
export const noticeReactions = (isMailThere: boolean): readonly Reaction[] =>
  isMailThere ? [noticesOfWorkOrders, noticesOfRequests] : [silent(noticesOfWorkOrders), silent(noticesOfRequests)];

/** It goes on with the log, and does nothing. */
const silent = (one: Reaction): Reaction => ({ ...one, react: async () => undefined });

export const noticesOfWorkOrders = reaction<WorkOrder, WorkOrderEvent>({
  name: 'notices-of-work-orders',
  on: workOrder,
  // Nobody is told of what is long past.
  startsAt: 'head',
  to: {
    WorkOrderOpened: ({ stream, data: { details }, metadata: { actor } }, then) => tell(then, idOf(stream), toldOfOpening(details, actor)),
    async WorkOrderDetailsChanged({ stream, data: { changes }, metadata: { actor } }, then) {
      await tell(then, idOf(stream), toldOfChange((await then.before()).details, changes, actor));
    },
    WorkOrderStatusChanged: (event, then) => tellOfStatus(event, then, 'changed'),
    WorkOrderCompleted: (event, then) => tellOfStatus(event, then, 'completed'),
    WorkOrderCancelled: (event, then) => tellOfStatus(event, then, 'cancelled'),
    WorkOrderReopened: (event, then) => tellOfStatus(event, then, 'reopened'),
  },
});

async function tellOfStatus({ stream }: RecordedEvent, then: Consequences<WorkOrder>, about: OrderOccasion): Promise<void> {
  await tell(then, idOf(stream), toldOfStatus((await then.before()).details, about));
}

async function tell(then: Consequences<WorkOrder>, workOrderId: number, told: readonly Told[]): Promise<void> {
  for (const { addressee, about } of told) await then.send(noticesChannel, addressee, { about, workOrderId });
}

export const noticesOfRequests = reaction<WorkOrderRequest, WorkOrderRequestEvent>({
  name: 'notices-of-requests',
  on: workOrderRequest,
  startsAt: 'head',
  to: {
    async WorkOrderRequestStatusChanged({ data: { status }, metadata: { actor } }, then) {
      const request = await then.before();
      await answer(then, request, request.status === status ? undefined : occasionOfStatus(status), actor);
    },
    async WorkOrderRequestConverted({ metadata: { actor } }, then) {
      await answer(then, await then.before(), 'accepted', actor);
    },
    async WorkOrderRequestFollowedOrder({ data: { workOrderId, status } }, then) {
      const request = await then.before();
      // The request follows by itself: who is behind it, the order knows.
      const order = await then.stateThen(workOrder, workOrderId);
      await answer(then, request, occasionOfFollowing(request.status, status), order.history?.updated.by);
    },
  },
});

/** Tells whoever asked, where he wants to be told. */
async function answer(
  then: Consequences<WorkOrderRequest>,
  { requestId, portalId, details, history }: WorkOrderRequest,
  about: RequestOccasion | undefined,
  by: Parameters<typeof isOwnDoing>[1],
): Promise<void> {
  if (about === undefined || requestId === null || details['notify'] !== true) return;
  const maker = history?.created.by;
  if (portalId === null && maker?.kind === 'user' && isOwnDoing(Number(maker.id), by)) return;
  await then.send(noticesChannel, `request:${requestId}`, { about, requestId });
}

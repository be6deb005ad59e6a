import { idOf, reaction, type Consequences, type RecordedEvent, type Rejection } from '#millwright/event-sourcing';
import { followOrder, workOrderRequest, type RequestStatus, type WorkOrderRequest, type WorkOrderRequestEvent } from '#millwright/requests';
import type { TemplateCopy } from './domain/order-procedures.js';
import { openWorkOrder } from './domain/work-order-status.js';
import type { WorkOrderDetails, WorkOrderEvent } from './domain/work-order.events.js';
import { workOrder } from './domain/work-order.js';
import type { WorkOrder } from './domain/work-order.state.js';

/** Opens the order that a request was converted to, in the name of whoever converted it; its number stands in the request's event. */
export const requestConversionReaction = reaction<WorkOrderRequest, WorkOrderRequestEvent>({
  name: 'request-conversion',
  on: workOrderRequest,
  startsAt: 'beginning',
  to: {
    async WorkOrderRequestConverted({ data: { workOrderId, order }, metadata }, then) {
      const { details, statusId, kind, completedAt, templates } = order;
      const opening = {
        workOrderId,
        details: details as WorkOrderDetails,
        status: statusId === null || kind === null ? undefined : { statusId, kind },
        completedAt,
        templates: templates as readonly TemplateCopy[] | undefined,
        now: metadata.recorded_at,
      };
      const open = (state: WorkOrder): WorkOrderEvent[] => (state.workOrderId === null ? openWorkOrder(state, opening) : []);
      await then.execute(workOrder, workOrderId, open, { command: 'open', inNameOf: 'cause', refused: again });
    },
  },
});

/** Tells a request what became of its order. The order's revision fences what comes late or twice. */
export const requestFollowingReaction = reaction<WorkOrder, WorkOrderEvent>({
  name: 'request-following',
  on: workOrder,
  // No order had a request before this process existed.
  startsAt: 'head',
  to: {
    WorkOrderCompleted: (event, then) => follow(event, then, 'completed', event.data.completedAt),
    WorkOrderCompletionDateChanged: (event, then) => follow(event, then, 'completed', event.data.completedAt),
    WorkOrderReopened: (event, then) => follow(event, then, 'approved', null),
    WorkOrderCancelled: (event, then) => follow(event, then, 'cancelled', null),
  },
});

async function follow(
  { stream, revision: orderRevision }: RecordedEvent,
  then: Consequences<WorkOrder>,
  status: RequestStatus,
  completedAt: string | null,
): Promise<void> {
  const { workOrderRequestId } = (await then.before()).details;
  if (typeof workOrderRequestId !== 'number') return;
  const following = { workOrderId: idOf(stream), orderRevision, status, completedAt };
  await then.execute(workOrderRequest, workOrderRequestId, (request) => followOrder(request, following), {
    command: 'follow',
    refused: again,
  });
}

/** Neither can be refused for good, so a refusal is a fault: the event is handled again. */
function again(refusal: Rejection): never {
  throw refusal;
}

import { idOf, reaction, type Consequences, type RecordedEvent, type Rejection } from '#millwright/event-sourcing';
import { workOrder, type OrderFollower, type WorkOrder, type WorkOrderEvent } from '#millwright/work-orders';
import { closeOrder, moveClosing, reopenOrder, type CloseOrder } from './domain/pm-orders.js';
import type { PmScheduleEvent } from './domain/pm-schedule.events.js';
import { pmSchedule } from './domain/pm-schedule.js';
import type { PmSchedule } from './domain/pm-schedule.state.js';

type Then = Consequences<WorkOrder>;

/** Tells a schedule when its orders are closed and opened again. */
export const ordersOfSchedules = reaction<WorkOrder, WorkOrderEvent>({
  name: 'pm-orders',
  on: workOrder,
  startsAt: 'beginning',
  to: {
    WorkOrderCompleted: (event, then) => tell(event, then, closed(event, event.data.completedAt)),
    WorkOrderCancelled: (event, then) => tell(event, then, closed(event, event.metadata.recorded_at)),
    WorkOrderArchived: (event, then) => tell(event, then, closed(event, event.metadata.recorded_at)),
    WorkOrderCompletionDateChanged: (event, then) =>
      tell(event, then, (schedule) => moveClosing(schedule, { workOrderId: idOf(event.stream), closedAt: event.data.completedAt })),
    WorkOrderReopened: (event, then) => tell(event, then, reopened(event)),
    // One that was closed before it was archived is closed still.
    WorkOrderUnarchived: async (event, then) => ((await then.before()).phase === 'open' ? tell(event, then, reopened(event)) : undefined),
  },
});

/** A schedule shows at once what became of its orders. */
export const schedules: OrderFollower = {
  reaction: ordersOfSchedules,
  of: ({ pmScheduleId }) => pmScheduleId !== null,
};

type Decision = (schedule: PmSchedule) => readonly PmScheduleEvent[];

const closed = ({ stream }: RecordedEvent, closedAt: string): Decision => {
  const order: CloseOrder = { workOrderId: idOf(stream), closedAt };
  return (schedule) => closeOrder(schedule, order);
};

const reopened =
  ({ stream }: RecordedEvent): Decision =>
  (schedule) =>
    reopenOrder(schedule, { workOrderId: idOf(stream) });

async function tell(event: RecordedEvent<WorkOrderEvent>, then: Then, decision: Decision): Promise<void> {
  const { pmScheduleId } = await then.before();
  if (pmScheduleId === null) return;
  await then.execute(pmSchedule, pmScheduleId, decision, { command: `tell of ${event.type}`, refused: again });
}

/** A schedule takes what it is told. */
function again(refusal: Rejection): never {
  throw refusal;
}

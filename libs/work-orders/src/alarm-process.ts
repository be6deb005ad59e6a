import type { ToldComments } from '#millwright/comments';
import { reaction, type Rejection } from '#millwright/event-sourcing';
import { alarm, type Alarm } from './domain/alarm.js';
import type { AlarmEvent, AlarmRaised } from './domain/alarm.events.js';
import type { WorkOrderEvent } from './domain/work-order.events.js';
import type { WorkOrder } from './domain/work-order.state.js';
import { openWorkOrder } from './domain/work-order-status.js';
import { workOrder } from './domain/work-order.js';

export const alarmsName = 'alarm-orders';

/** The order that an alarm opens; nothing, where it is there already. */
export const openedBy =
  ({ workOrderId, details, status, completedAt, procedures }: AlarmRaised['data'], now: string) =>
  (order: WorkOrder): WorkOrderEvent[] =>
    order.workOrderId === null
      ? openWorkOrder(order, { workOrderId, details, status: status ?? undefined, completedAt, templates: procedures, now })
      : [];

/** A repeat is a comment on it, in the same event. Earlier releases appended that to a stream of its own, too, which says the same. */
export const commentsOfAlarms: ToldComments<AlarmEvent> = {
  category: alarm.category,
  said({ type, data }) {
    if (type === 'AlarmRaised') return undefined;
    const { workOrderId, commentId, authorId, textId, textSha256 } = data;
    return { commentId, authorId, textId, textSha256, recordKind: 'work_order', recordId: workOrderId, public: false };
  },
};

/**
 * What a request does itself once its alarm is recorded, done here where its process ended before it came to that: in the name of the machine, and once.
 */
export const alarmReaction = reaction<Alarm, AlarmEvent>({
  name: alarmsName,
  on: alarm,
  startsAt: 'beginning',
  to: {
    async AlarmRaised({ data, metadata }, then) {
      const isDone = ({ workOrderId }: WorkOrder): boolean => workOrderId !== null;
      const how = { command: 'open', inNameOf: 'cause', refused: again, isDone } as const;
      await then.execute(workOrder, data.workOrderId, openedBy(data, metadata.recorded_at), how);
    },
  },
});

/** All that could be refused was tried before the alarm was recorded, so that a refusal is a fault: the event is handled again. */
function again(refusal: Rejection): never {
  throw refusal;
}

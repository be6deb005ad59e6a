import { Rejection } from '#millwright/event-sourcing/decider';
import { largestValue, showValue, toValue } from '#millwright/quantities';
import { balanceOf, labourAfter } from './labour-accounts.js';
import { logTimedLabour, type LogTimedLabour } from './timed-labour.js';
import type { TimerStopped } from './timekeeping.events.js';
import type { WorkOrderEvent } from './work-order.events.js';
import type { WorkOrder } from './work-order.state.js';

/**
 * Up to here an account grows by hand without a look at the timers of its person, and so much of the limit a timer that is stopped leaves to that: so
 * neither waits for the other but where the limit could be reached. In millionths.
 */
const grownUnseen = toValue('1000000');

/** Whether labour by hand takes an account so far that a timer of the same person, stopped at that moment, could take it past its limit. */
export const isNearTheLimit = (logged: readonly WorkOrderEvent[]): boolean =>
  logged.some(({ type, data }) => type === 'LabourLogged' && toValue(data.chargeAfter) > grownUnseen);

/** The order as it is going to be: with what the timer has counted that a person stopped last, which is logged a moment later. */
export function withLastTimer(order: WorkOrder, technicianId: number, stopped: TimerStopped['data'] | null): WorkOrder {
  if (stopped === null || stopped.workOrderId !== order.workOrderId) return order;
  const [logged] = logTimedLabour(order, { technicianId, timer: stopped });
  return logged?.type === 'LabourLogged' ? { ...order, labour: labourAfter(order.labour, logged) } : order;
}

/** @throws Rejection VALUE_OUT_OF_RANGE with that time the order could have been charged more for the person than its limit */
export function requireRoom(order: WorkOrder, { technicianId, timer }: LogTimedLabour): void {
  const [logged] = logTimedLabour(order, { technicianId, timer });
  if (logged?.type !== 'LabourLogged') return;
  const balance = balanceOf(order.labour, { technicianId, vendorId: null });
  const most = balance > grownUnseen ? balance : grownUnseen;
  if (most + toValue(logged.data.charge) <= largestValue) return;
  const message = `would take what the order is charged for this person past its limit, ${showValue(largestValue)}; the timer runs on until an entry of that is reversed, or the order is closed`;
  throw new Rejection('VALUE_OUT_OF_RANGE', `the time ${message}`, [{ field: 'rate_type', code: 'out_of_range', message }]);
}

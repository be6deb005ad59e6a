import { showValue } from '#millwright/quantities';
import { balanceOf } from './labour-accounts.js';
import { chargeOf } from './labour-charge.js';
import type { TimerStopped } from './timekeeping.events.js';
import type { WorkOrderEvent } from './work-order.events.js';
import type { WorkOrder } from './work-order.state.js';

export type LogTimedLabour = Readonly<{ technicianId: number; timer: TimerStopped['data'] }>;

/**
 * Records what a timer has counted, once. It happened, so nothing refuses it: neither an order that was closed or archived meanwhile, nor its length (S7),
 * nor a limit: `requireRoom` keeps that where somebody stops it, and an order that is closed ends it all the same. Less than a second is no entry.
 */
export function logTimedLabour(order: WorkOrder, { technicianId, timer }: LogTimedLabour): WorkOrderEvent[] {
  const { laborEntryId, startedAt, endedAt, seconds, rateType, rate, currency, date, note } = timer;
  if (seconds === 0 || order.labour.entries.has(laborEntryId)) return [];
  const person = { technicianId, vendorId: null };
  const worked = { hours: null, seconds };
  const charge = chargeOf(worked, rate);
  const chargeAfter = showValue(balanceOf(order.labour, person) + charge);
  const entry = { laborEntryId, ...person, ...worked, startedAt, endedAt, rateType, rate, currency, date, note };
  const data = { ...entry, charge: showValue(charge), chargeAfter, laborCategoryId: null, timer: true };
  return [{ type: 'LabourLogged', data, effectiveAt: date }];
}

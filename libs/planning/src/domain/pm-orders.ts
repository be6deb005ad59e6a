import type { PmScheduleEvent } from './pm-schedule.events.js';
import type { PmSchedule } from './pm-schedule.state.js';

export type CloseOrder = Readonly<{ workOrderId: number; closedAt: string }>;

/** An open order of the schedule was completed, cancelled or archived. Nothing, where that is known. */
export const closeOrder = ({ openOrders }: PmSchedule, order: CloseOrder): PmScheduleEvent[] =>
  openOrders.has(order.workOrderId) ? [{ type: 'PmOrderClosed', data: order }] : [];

/** The last order was completed at another time than was said: what counts from there moves, unless it was raised or skipped. */
export const moveClosing = ({ openOrders, last, passed, countsFrom }: PmSchedule, order: CloseOrder): PmScheduleEvent[] =>
  last?.workOrderId === order.workOrderId &&
  last.number === passed.number &&
  !openOrders.has(order.workOrderId) &&
  countsFrom !== order.closedAt
    ? [{ type: 'PmOrderClosed', data: order }]
    : [];

/** An order of the schedule is open again. Nothing, where that is known. */
export const reopenOrder = ({ openOrders }: PmSchedule, { workOrderId }: Readonly<{ workOrderId: number }>): PmScheduleEvent[] =>
  openOrders.has(workOrderId) ? [] : [{ type: 'PmOrderReopened', data: { workOrderId } }];

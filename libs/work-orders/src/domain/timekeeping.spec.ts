import { scenario } from '../../../../test/harness/given.js';
import { opened, worked } from '../testing/work-orders.js';
import { requireRoom, withLastTimer } from './labour-room.js';
import { logTimedLabour } from './timed-labour.js';
import { endTimer, startTimer, stopTimer, timekeeping, type Timekeeping } from './timekeeping.js';
import type { TimekeepingEvent, TimerStopped } from './timekeeping.events.js';
import { archiveWorkOrder } from './work-order-archive.js';
import { workOrder } from './work-order.js';
import type { WorkOrder } from './work-order.state.js';

const given = scenario(timekeeping);
const begun = { timerId: 5, laborEntryId: 8, workOrderId: 7, startedAt: '2026-03-02T22:50:00.250Z', regularRate: '41', currency: 'USD' };
const started = (time: Timekeeping) => startTimer(time, begun);
/** The days of a site that is an hour ahead of UTC. */
const dayOf = (instant: string): string => new Date(Date.parse(instant) + 3_600_000).toISOString().slice(0, 10);
const stop = { workOrderId: 7, at: '2026-03-02T23:10:01.100Z', rateType: 'overtime1', rate: '61.5', note: 'Bearing', dayOf } as const;
const ended = {
  ...{ timerId: 5, laborEntryId: 8, workOrderId: 7, startedAt: begun.startedAt, endedAt: '2026-03-02T23:10:00.250Z', seconds: 1200 },
  ...{ rateType: 'overtime1', rate: '61.5', currency: 'USD', date: '2026-03-03', note: 'Bearing', because: 'stopped' },
} as const satisfies TimerStopped['data'];

describe('a timer', () => {
  it('runs once a person, whatever the order', () => {
    given().when(startTimer, begun).thenTypes('TimerStarted');
    given(started)
      .when(startTimer, { ...begun, timerId: 6, workOrderId: 8 })
      .thenRefused('TIMER_RUNNING');
  });

  it('counts whole seconds to the moment it is stopped, on the day of that at the site', () =>
    given(started).when(stopTimer, stop).thenEvents({ type: 'TimerStopped', data: ended, effectiveAt: '2026-03-03' }));

  it('is stopped on its own order only, at a rate that there is', () => {
    given().when(stopTimer, stop).thenRefused('NOT_FOUND');
    given(started)
      .when(stopTimer, { ...stop, workOrderId: 8 })
      .thenRefused('NOT_FOUND');
    given(started)
      .when(stopTimer, { ...stop, rate: null })
      .thenRefused('VALIDATION_FAILED', { rate_type: 'rate_missing' });
    given(started, (time) => stopTimer(time, stop))
      .when(stopTimer, stop)
      .thenRefused('NOT_FOUND');
  });

  it('counts the rates that its person has, also those with more decimals than a cost has at its site', () => {
    const fine = (time: Timekeeping) => startTimer(time, { ...begun, regularRate: '33.333' });
    const counts = (end: (time: Timekeeping) => readonly TimekeepingEvent[]) =>
      given(fine, end).thenState((time) => expect(time.ended?.rate).toBe('33.333'));
    counts((time) => stopTimer(time, { ...stop, rate: '33.333' }));
    counts((time) => endTimer(time, { timerId: 5, at: stop.at, rate: null, dayOf, because: 'order_closed' }));
  });

  it('ends with its order at the regular rate of then, or that of its start, and not where it has ended or another runs', () => {
    const end = { timerId: 5, at: '2026-03-02T22:50:01.249Z', rate: null, dayOf, because: 'order_closed' } as const;
    const none = {
      ...ended,
      endedAt: begun.startedAt,
      seconds: 0,
      date: '2026-03-02',
      rateType: 'regular',
      rate: '41',
      note: null,
      because: 'order_closed',
    } as const;
    given(started).when(endTimer, end).thenEvents({ type: 'TimerStopped', data: none, effectiveAt: '2026-03-02' });
    given(started)
      .whenever((time) => endTimer(time, { ...end, rate: '50', at: '2026-03-02T22:00:00.000Z' }))
      .thenTypes('TimerStopped');
    given(started)
      .when(endTimer, { ...end, timerId: 4 })
      .thenNothing();
    given().when(endTimer, end).thenNothing();
  });
});

describe('what a timer has counted', () => {
  const onOrder = scenario(workOrder);

  it('becomes an entry of its own id, once, on the account of its person, also on an archived order and past 31 days', () => {
    const log = { technicianId: 3, timer: ended };
    onOrder(opened, worked(1, '1'), archiveWorkOrder)
      .when(logTimedLabour, log)
      .thenEvents({
        type: 'LabourLogged',
        data: {
          ...{
            laborEntryId: 8,
            technicianId: 3,
            vendorId: null,
            hours: null,
            seconds: 1200,
            rateType: 'overtime1',
            rate: '61.5',
            currency: 'USD',
          },
          ...{
            startedAt: ended.startedAt,
            endedAt: ended.endedAt,
            date: '2026-03-03',
            note: 'Bearing',
            laborCategoryId: null,
            timer: true,
          },
          ...{ charge: '20.5', chargeAfter: '61.5' },
        },
        effectiveAt: '2026-03-03',
      });
    onOrder(opened, (order) => logTimedLabour(order, log))
      .when(logTimedLabour, log)
      .thenNothing();
    onOrder(opened)
      .when(logTimedLabour, { ...log, timer: { ...ended, seconds: 40 * 86_400 } })
      .thenTypes('LabourLogged');
  });

  it('finds room on its account, or is refused where somebody stops it; an order that is closed takes it all the same', () => {
    const log = { technicianId: 3, timer: { ...ended, seconds: 1, rate: '3.6' } };
    const upTo = (cents: string) => (order: WorkOrder) =>
      logTimedLabour(order, { technicianId: 3, timer: { ...ended, laborEntryId: 9, seconds: 3600, rate: `9999999999.${cents}` } });
    const tried = (order: WorkOrder) => {
      requireRoom(order, log);
      return [];
    };
    onOrder(opened, upTo('989')).whenever(tried).thenNothing();
    onOrder(opened, upTo('99')).whenever(tried).thenRefused('VALUE_OUT_OF_RANGE', { rate_type: 'out_of_range' });
    onOrder(opened, upTo('99')).when(logTimedLabour, log).thenTypes('LabourLogged');
  });

  it('leaves room for what is logged by hand at the same moment, and counts what the one before is going to be', () => {
    const dear = (charge: string) => ({ technicianId: 3, timer: { ...ended, laborEntryId: 9, seconds: 3600, rate: charge } });
    const beside = (last: TimerStopped['data'] | null, charge: string) => (order: WorkOrder) => {
      requireRoom(withLastTimer(order, 3, last), dear(charge));
      return [];
    };
    onOrder(opened).whenever(beside(null, '9998999999.99')).thenNothing();
    onOrder(opened).whenever(beside(null, '9998999999.991')).thenRefused('VALUE_OUT_OF_RANGE', { rate_type: 'out_of_range' });
    const last = { ...ended, seconds: 3600, rate: '9000000000' };
    onOrder(opened).whenever(beside(last, '999999999.99')).thenNothing();
    onOrder(opened).whenever(beside(last, '999999999.991')).thenRefused('VALUE_OUT_OF_RANGE', { rate_type: 'out_of_range' });
    onOrder(opened, (order) => logTimedLabour(order, { technicianId: 3, timer: last })).whenever(beside(last, '999999999.99')).thenNothing(); // prettier-ignore
    onOrder(opened)
      .whenever(beside({ ...last, workOrderId: 8 }, '1999999999.99'))
      .thenNothing();
  });

  it('is nothing below a second', () =>
    onOrder(opened)
      .when(logTimedLabour, { technicianId: 3, timer: { ...ended, seconds: 0 } })
      .thenNothing());
});

import { scenario } from '../../../../test/harness/given.js';
import { afterWhatIsDue, ordersIn, whatIsDue } from './due-before.js';
import { pauseSchedule, resumeSchedule } from './pm-occurrences.js';
import { archiveSchedule, unarchiveSchedule } from './pm-schedule-registration.js';
import type { PmScheduleEvent } from './pm-schedule.events.js';
import { pmSchedule } from './pm-schedule.js';
import { changed, day, due, next, raised, registered, skipped, type Step } from '../testing/pm-schedules.js';

const given = scenario(pmSchedule);
const paused: PmScheduleEvent = { type: 'PmSchedulePaused', data: {} };
/** A decision of that moment, with orders numbered from 7. */
const at =
  (now: string, decide: Step, orders = 10): Step =>
  (schedule) =>
    afterWhatIsDue(schedule, { now: new Date(now), idAt: (place) => (place < orders ? 7 + place : undefined) }, decide);

describe('what came due before', () => {
  it('a pause has its order, though the timer had not come to it', () =>
    given(registered())
      .whenever(at(day('02'), pauseSchedule))
      .thenEvents(raised(1, day('02'), 7, day('02')), paused));

  it('the schedule was put away has its order, also by its lead time, and none of the time in between has one', () => {
    given(registered({ leadTimeHours: '24' }), at(day('01'), archiveSchedule), (schedule) => unarchiveSchedule(schedule, { now: day('04') })).thenState(
      (schedule) => expect([schedule.last, next(schedule)]).toEqual([{ number: 1, date: day('02'), workOrderId: 7 }, '4: 2026-03-05T09:00']),
    ); // prettier-ignore
  });

  it('other dates hold has its order by those of before', () =>
    given(registered(), at('2026-03-02T10:00:00.000Z', changed({ repeatFrequency: 'week' }, '2026-03-02T10:00:00.000Z'))).thenState(
      (schedule) => expect([schedule.last?.date, next(schedule)]).toEqual([day('02'), '2: 2026-03-09T09:00']),
    ));

  it('is caught up with as the schedule does it', () => {
    given(registered())
      .whenever(at(day('04'), pauseSchedule))
      .thenEvents(skipped('missed', day('02'), [1, day('02')], [2, day('03')]), raised(3, day('04'), 7, day('02')), paused);
    given(registered({ catchUp: 'all' }))
      .whenever(at(day('03'), pauseSchedule))
      .thenEvents(raised(1, day('02'), 7, day('02')), raised(2, day('03'), 8, day('03')), paused);
    given(registered({ whenUncompleted: 'skip' }), due(day('02'), 6))
      .whenever(at(day('03'), pauseSchedule))
      .thenEvents(skipped('uncompleted', day('03'), [2, day('03')]), paused);
  });

  it('needs as many numbers of orders as are said', () => {
    given(registered({ catchUp: 'all' })).thenState((schedule) =>
      expect(ordersIn(whatIsDue(schedule, { now: new Date(day('05')), idAt: () => 0 }))).toBe(4),
    );
    given(registered({ catchUp: 'all' }), at(day('05'), pauseSchedule, 1)).thenState(({ last }) => expect(last?.number).toBe(1));
    given().thenState((schedule) => expect(whatIsDue(schedule, { now: new Date(day('05')), idAt: () => 0 })).toEqual([]));
  });

  it('stays with the timer where nothing is passed over, and where nothing is decided', () => {
    const edited = changed({ timeToComplete: '2' }, day('05'));
    given(registered())
      .whenever(at(day('05'), edited))
      .thenTypes('PmScheduleChanged');
    given(registered(), pauseSchedule)
      .whenever(at(day('05'), pauseSchedule))
      .thenNothing();
    given(registered(), pauseSchedule)
      .whenever(at(day('05'), (schedule) => resumeSchedule(schedule, { now: day('05') })))
      .thenTypes('PmScheduleResumed');
  });
});

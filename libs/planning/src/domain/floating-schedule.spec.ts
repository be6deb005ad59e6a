import { scenario } from '../../../../test/harness/given.js';
import { comingDates, statusOf } from './coming-dates.js';
import { dueOf, skipNext } from './pm-occurrences.js';
import { moveClosing, reopenOrder } from './pm-orders.js';
import { pmSchedule } from './pm-schedule.js';
import { byHand, changed, closed, day, due, floating, next } from '../testing/pm-schedules.js';

const given = scenario(pmSchedule);

describe('a floating schedule', () => {
  it('has no next date while its order is open, and then one, counted from the day of the completion', () =>
    given(floating(), due(day('02'), 7))
      .and((schedule) => {
        expect([next(schedule), statusOf(schedule)]).toEqual(['none', 'active']);
        return [];
      })
      .whenever(closed(7, '2026-03-10T23:30:00.000Z'))
      .thenState((schedule) => {
        expect([...comingDates(schedule)]).toEqual([{ number: 2, date: day('17') }]);
      }));

  it('takes a date that is past already, and has it raised at once', () =>
    given(floating(), due(day('02'), 7), closed(7, '2026-02-20T09:00:00.000Z')).thenState((schedule) => {
      expect(next(schedule)).toBe('2: 2026-02-27T09:00');
      expect(dueOf(schedule)?.toISOString()).toBe('2026-03-02T09:00:00.001Z');
    }));

  it('withdraws a next date that is not raised yet when its order is reopened, and nothing else', () => {
    given(floating(), due(day('02'), 7), closed(7, day('03')), (schedule) => reopenOrder(schedule, { workOrderId: 7 })).thenState(
      (schedule) => expect([next(schedule), statusOf(schedule)]).toEqual(['none', 'active']),
    );
    given(floating(), due(day('02'), 7), closed(7, day('03')), byHand(8), closed(8, day('04')), (schedule) =>
      reopenOrder(schedule, { workOrderId: 7 }),
    ).thenState((schedule) => expect([next(schedule), statusOf(schedule)]).toEqual(['3: 2026-03-11T09:00', 'active']));
  });

  it('moves its next date with that of the completion', () =>
    given(floating(), due(day('02'), 7), closed(7, day('03')))
      .when(moveClosing, { workOrderId: 7, closedAt: day('01') })
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-08T09:00')));

  it('counts from the skip, and does not come back to what was skipped', () => {
    given(floating(), (schedule) => skipNext(schedule, { now: day('01') })).thenState((schedule) =>
      expect(next(schedule)).toBe('2: 2026-03-08T09:00'),
    );
    given(floating({ startDate: day('20') }), (schedule) => skipNext(schedule, { now: day('01') })).thenState((schedule) =>
      expect(next(schedule)).toBe('2: 2026-03-22T09:00'),
    );
  });

  it('follows a rule of its own to the first of its days after the completion', () =>
    given(floating({ repeatFrequency: 'week', repeatInterval: 1, repeatOccurrence: 'custom', onWeekDays: [1] }), due(day('02'), 7))
      .whenever(closed(7, day('09')))
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-16T09:00')));

  it('does not raise a date again that was raised early, by hand or by its lead time, when its order is done before that day', () => {
    const mondays = { repeatFrequency: 'week', repeatInterval: 1, repeatOccurrence: 'custom', onWeekDays: [1, 4] } as const;
    const early = given(floating(mondays), due(day('02'), 7), closed(7, day('03')), byHand(8), closed(8, day('03')));
    early.thenState((schedule) => expect([schedule.last?.date, next(schedule)]).toEqual([day('05'), '3: 2026-03-09T09:00']));
    early.and(byHand(9), closed(9, day('03'))).thenState((schedule) => expect(next(schedule)).toBe('4: 2026-03-12T09:00'));
    given(floating({ ...mondays, leadTimeHours: '100' }), due(day('01'), 7), closed(7, day('01'))).thenState((schedule) =>
      expect(next(schedule)).toBe('2: 2026-03-05T09:00'),
    );
  });

  it('does not raise a date again that its interval comes to a second time', () =>
    given(floating({ repeatInterval: 1 }), due(day('02'), 7), closed(7, day('02')), byHand(8), closed(8, day('02')), byHand(9))
      .whenever(closed(9, day('02')))
      .thenState((schedule) => expect([schedule.last?.date, next(schedule)]).toEqual([day('04'), '4: 2026-03-05T09:00'])));

  it('does not come back to a date that was skipped by hand, whatever is raised after it', () =>
    given(floating({ repeatInterval: 1 }), due(day('02'), 7), closed(7, day('02')), (schedule) => skipNext(schedule, { now: day('02') }))
      .and(byHand(8))
      .whenever(closed(8, day('02')))
      .thenState((schedule) => expect([schedule.last?.date, next(schedule)]).toEqual([day('04'), '4: 2026-03-05T09:00'])));

  it('does not raise a date again that was raised early, whatever is changed meanwhile', () =>
    given(floating({ repeatInterval: 7 }), due(day('02'), 7), closed(7, day('03')), byHand(8), changed({ repeatInterval: 6 }, day('04')))
      .whenever(closed(8, day('04')))
      .thenState((schedule) => expect([schedule.last?.date, next(schedule)]).toEqual([day('10'), '3: 2026-03-16T09:00'])));
});

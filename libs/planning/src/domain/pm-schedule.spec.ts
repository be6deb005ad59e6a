import { scenario } from '../../../../test/harness/given.js';
import { comingDates, statusOf } from './coming-dates.js';
import { dueOf, pauseSchedule, raiseNext, resumeSchedule, skipNext } from './pm-occurrences.js';
import { followSite } from './archived-site.js';
import { archiveSchedule, unarchiveSchedule } from './pm-schedule-registration.js';
import { pmSchedule } from './pm-schedule.js';
import { byHand, changed, closed, day, due, floating, next, raised, registered, skipped, type Step } from '../testing/pm-schedules.js';

const given = scenario(pmSchedule);

describe('what is due', () => {
  it('gets its order, due so many hours later', () =>
    given(registered({ timeToComplete: '4.25' }))
      .whenever(due(day('02'), 7))
      .thenEvents(raised(1, day('02'), 7, day('02'), '2026-03-02T13:15:00.000Z')));

  it('is looked at as many hours earlier as its orders are to be there', () =>
    given(registered({ leadTimeHours: '48' })).thenState((schedule) => {
      expect(dueOf(schedule)?.toISOString()).toBe('2026-02-28T09:00:00.000Z');
    }));

  it('is the last of what was missed, and the others are counted', () =>
    given(registered())
      .whenever(due(day('05'), 7))
      .thenEvents(skipped('missed', day('02'), [1, day('02')], [2, day('03')], [3, day('04')]), raised(4, day('05'), 7, day('02'))));

  it('is each of what was missed, where the schedule catches up with all', () =>
    given(registered({ catchUp: 'all' }), due(day('04'), 7))
      .whenever(due(day('04'), 8))
      .thenEvents(raised(2, day('03'), 8, day('03'))));

  it('skips a thousand dates at most in one event, and goes on from there', () => {
    const longAgo = registered({ startDate: '2020-01-01T09:00:00.000Z' });
    given(longAgo)
      .whenever(due(day('01'), 7))
      .thenState((schedule) => {
        expect([schedule.skippedCount, schedule.last]).toEqual([1_000, null]);
        expect(next(schedule)).toBe('1001: 2022-09-27T09:00');
      });
    given(longAgo, due(day('01'), 7), due(day('01'), 8))
      .whenever(due(day('01'), 9))
      .thenState((schedule) => expect([schedule.skippedCount, schedule.last?.number]).toEqual([2_251, 2_252]));
  });

  it('is raised in its own right where its lead time has come and its date has not', () =>
    given(registered({ leadTimeHours: '24' }, day('05')), due(day('05'), 7))
      .and((schedule) => {
        expect([schedule.last?.date, schedule.skippedCount]).toEqual([day('05'), 3]);
        return [];
      })
      .whenever(due(day('05'), 8))
      .thenEvents(raised(5, day('06'), 8, day('05'))));

  it('is passed over while the last order is open, where the schedule skips then', () =>
    given(registered({ whenUncompleted: 'skip' }), due(day('02'), 7))
      .whenever(due(day('03'), 8))
      .thenEvents(skipped('uncompleted', day('03'), [2, day('03')])));

  it('is raised again once the last order is closed', () =>
    given(registered({ whenUncompleted: 'skip' }), due(day('02'), 7), due(day('03'), 8), closed(7, day('03')))
      .whenever(due(day('04'), 9))
      .thenEvents(raised(3, day('04'), 9, day('04'))));

  it('comes later than what was decided, however the lead time changes', () =>
    given(registered(), due(day('02'), 7), changed({ leadTimeHours: '24' }, day('02'))).thenState((schedule) => {
      expect(dueOf(schedule)?.toISOString()).toBe('2026-03-02T09:00:00.001Z');
    }));

  it('ends with the last number, and with the last day', () => {
    given(registered({ maxOccurrences: 1 }), due(day('02'), 7)).thenState((schedule) => {
      expect([next(schedule), dueOf(schedule), statusOf(schedule)]).toEqual(['none', undefined, 'active']);
    });
    given(registered({ endDate: '2026-03-03' })).thenState((schedule) => {
      expect([...comingDates(schedule)].map(({ date }) => date)).toEqual([day('02'), day('03')]);
    });
    given(registered({ endDate: '2026-03-03T08:59:59.999Z' })).thenState((schedule) => {
      expect([...comingDates(schedule)].map(({ date }) => date)).toEqual([day('02')]);
    });
    given(registered({ repeatFrequency: 'none' }), due(day('02'), 7), closed(7, day('02'))).thenState((schedule) => {
      expect([next(schedule), statusOf(schedule)]).toEqual(['none', 'finished']);
    });
  });
});

describe('by hand', () => {
  it('the next date is raised with its own number and due date, and the schedule goes on after it', () =>
    given(registered({ timeToComplete: '1' }))
      .whenever(byHand(7))
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-03T09:00')));

  it('the next date is passed over and counted', () =>
    given(registered())
      .when(skipNext, { now: day('01') })
      .thenState((schedule) => {
        expect([next(schedule), schedule.skippedCount, statusOf(schedule)]).toEqual(['2: 2026-03-03T09:00', 1, 'planned']);
      }));

  it('nothing is raised or skipped of a schedule that is paused, finished or archived', () => {
    given(registered(), pauseSchedule).when(raiseNext, { workOrderId: 7 }).thenRefused('CONFLICT');
    given(registered(), pauseSchedule)
      .when(skipNext, { now: day('01') })
      .thenRefused('CONFLICT');
    given(registered({ maxOccurrences: 1 }), byHand(7))
      .when(raiseNext, { workOrderId: 8 })
      .thenRefused('CONFLICT');
    given(registered(), archiveSchedule)
      .when(skipNext, { now: day('01') })
      .thenRefused('CONFLICT');
    given().when(raiseNext, { workOrderId: 7 }).thenRefused('NOT_FOUND');
  });
});

describe('a pause', () => {
  it('raises nothing, and leaves its dates numbered and uncounted', () =>
    given(registered(), due(day('02'), 7), pauseSchedule)
      .and((schedule) => {
        expect([next(schedule), statusOf(schedule), dueOf(schedule)]).toEqual(['none', 'paused', undefined]);
        return [];
      })
      .when(resumeSchedule, { now: day('05') })
      .thenState((schedule) => {
        expect([next(schedule), schedule.skippedCount]).toEqual(['5: 2026-03-06T09:00', 0]);
      }));

  it('changes nothing where it is one already, nor does its end', () => {
    given(registered(), pauseSchedule).whenever(pauseSchedule).thenNothing();
    given(registered())
      .when(resumeSchedule, { now: day('05') })
      .thenNothing();
  });

  it('is what archiving is, and bringing back ends it', () =>
    given(registered(), archiveSchedule)
      .and((schedule) => {
        expect([dueOf(schedule), statusOf(schedule)]).toEqual([undefined, 'paused']);
        return [];
      })
      .when(unarchiveSchedule, { now: day('03') })
      .thenState((schedule) => expect([next(schedule), statusOf(schedule)]).toEqual(['3: 2026-03-04T09:00', 'planned'])));

  it('is what is shown first, also while an order is open', () => {
    for (const held of [pauseSchedule, archiveSchedule])
      given(registered({ maxOccurrences: 1 }), byHand(7), held).thenState((schedule) => expect(statusOf(schedule)).toBe('paused'));
  });

  it('is what archiving its site is, and bringing that back ends it, but no pause and no archiving of its own', () => {
    const site =
      (siteArchived: boolean, siteRevision: number, now: string): Step =>
      (schedule) =>
        followSite(schedule, { siteArchived, siteRevision }, { now });
    const [away, back] = [site(true, 6, day('02')), site(false, 7, day('04'))];
    given(registered(), away).thenState((schedule) => {
      expect([next(schedule), dueOf(schedule), statusOf(schedule)]).toEqual(['none', undefined, 'paused']);
    });
    given(registered(), away, back).thenState((schedule) => {
      expect([next(schedule), schedule.skippedCount]).toEqual(['4: 2026-03-05T09:00', 0]);
    });
    for (const held of [pauseSchedule, archiveSchedule])
      given(registered(), held, away, back).thenState((schedule) => expect(next(schedule)).toBe('none'));
    given(registered(), away).when(raiseNext, { workOrderId: 7 }).thenRefused('CONFLICT');
    // Told late, of a time before a pause that is over: no date of the pause comes back.
    const resumed: Step = (schedule) => resumeSchedule(schedule, { now: day('20') });
    given(registered(), pauseSchedule, resumed, away, back).thenState((schedule) => expect(next(schedule)).toBe('20: 2026-03-21T09:00'));
    // What the site was before, or before the schedule was registered, changes nothing any more.
    given(registered(), away, back).whenever(away).thenNothing();
    given(registered())
      .whenever(site(true, 4, day('02')))
      .thenNothing();
    // Whoever registered it had read its site up to event 5, and not whether that had archived it.
    given(registered())
      .whenever(site(true, 5, day('02')))
      .thenTypes('PmScheduleSiteArchived');
  });

  it('has a floating schedule count from its end, where its date fell into it', () =>
    given(floating(), pauseSchedule)
      .when(resumeSchedule, { now: day('20') })
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-27T09:00')));
});

describe('a new schedule', () => {
  it('does not end before it starts', () =>
    given()
      .whenever(registered({ endDate: '2026-03-01' }))
      .thenRefused('VALIDATION_FAILED', { 'pm_schedule.end_date': 'out_of_range' }));

  it('does not raise more than a thousand dates at once', () => {
    const longAgo = { startDate: '2020-01-01T09:00:00.000Z', catchUp: 'all' } as const;
    given().whenever(registered(longAgo)).thenRefused('VALIDATION_FAILED', { 'pm_schedule.start_date': 'out_of_range' });
    given()
      .whenever(registered({ ...longAgo, maxOccurrences: 1_000 }))
      .thenTypes('PmScheduleRegistered');
  });
});

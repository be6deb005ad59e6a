import { scenario } from '../../../../test/harness/given.js';
import { comingDates, nextOccurrence, statusOf } from './coming-dates.js';
import { dueOf, pauseSchedule, raiseDue, raiseNext, resumeSchedule, skipNext } from './pm-occurrences.js';
import { closeOrder, moveClosing, reopenOrder } from './pm-orders.js';
import { archiveSchedule, changeSchedule, followTimeZone, registerSchedule, unarchiveSchedule } from './pm-schedule-registration.js';
import type { PmScheduleDetails, PmScheduleEvent } from './pm-schedule.events.js';
import { pmSchedule } from './pm-schedule.js';
import { unknownPmSchedule, type PmSchedule } from './pm-schedule.state.js';

const given = scenario(pmSchedule);
type Step = (schedule: PmSchedule) => readonly PmScheduleEvent[];

const day = (date: string): string => `2026-03-${date}T09:00:00.000Z`;
const registered =
  (details: Partial<PmScheduleDetails> = {}, now = day('01'), timeZone = 'Etc/UTC'): Step =>
  (schedule) =>
    registerSchedule(schedule, {
      pmScheduleId: 3,
      templateWorkOrderId: 4,
      timeZone,
      siteRevision: 5,
      details: { ...unknownPmSchedule.details, startDate: day('02'), repeatFrequency: 'day', ...details },
      template: { title: 'Filters', partAssignments: [] },
      now,
    });
const floating = (details: Partial<PmScheduleDetails> = {}): Step => registered({ type: 'floating', repeatInterval: 7, ...details });
const byHand =
  (workOrderId: number): Step =>
  (schedule) =>
    raiseNext(schedule, { workOrderId });
const due =
  (now: string, workOrderId: number): Step =>
  (schedule) =>
    raiseDue(schedule, { dueAt: dueOf(schedule) ?? new Date(0), now: new Date(now), workOrderId });
const closed =
  (workOrderId: number, closedAt: string): Step =>
  (schedule) =>
    closeOrder(schedule, { workOrderId, closedAt });
const changed =
  (changes: Partial<PmScheduleDetails>, now: string): Step =>
  (schedule) =>
    changeSchedule(schedule, { changes, template: {}, now });

const moved =
  (timeZone: string, siteRevision = 6): Step =>
  (schedule) =>
    followTimeZone(schedule, { timeZone, siteRevision });

const next = (schedule: PmSchedule): string => {
  const occurrence = nextOccurrence(schedule);
  return occurrence ? `${occurrence.number}: ${occurrence.date.slice(0, 16)}` : 'none';
};
const numbered = (schedule: PmSchedule, count: number): string[] => {
  const found: string[] = [];
  for (const { number, date } of comingDates(schedule)) if (found.push(`${number}: ${date.slice(0, 10)}`) === count) break;
  return found;
};
const raised = (number: number, date: string, workOrderId: number, dueAt: string | null, dueDate = date): PmScheduleEvent => ({
  type: 'PmOccurrenceRaised',
  data: { number, date, dueDate, workOrderId, dueAt },
});
const skipped = (
  reason: 'missed' | 'uncompleted',
  dueAt: string,
  ...occurrences: readonly (readonly [number: number, date: string])[]
): PmScheduleEvent => ({
  type: 'PmOccurrencesSkipped',
  data: { occurrences: occurrences.map(([number, date]) => ({ number, date })), reason, dueAt, skippedAt: null },
});

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
        expect(dueOf(schedule)).toBeUndefined();
        return [];
      })
      .when(unarchiveSchedule, { now: day('03') })
      .thenState((schedule) => expect(next(schedule)).toBe('3: 2026-03-04T09:00')));

  it('has a floating schedule count from its end, where its date fell into it', () =>
    given(floating(), pauseSchedule)
      .when(resumeSchedule, { now: day('20') })
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-27T09:00')));
});

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
});

describe('a change', () => {
  it('of the rule holds from now on, raises nothing that lies before, and goes on counting', () =>
    given(
      registered(),
      due(day('02'), 7),
      changed({ startDate: '2026-02-01T06:00:00.000Z', repeatFrequency: 'week' }, day('05')),
    ).thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-08T06:00')));

  it('of anything else leaves the dates as they are', () =>
    given(registered())
      .whenever(changed({ timeToComplete: '2', startDate: day('02') }, day('05')))
      .thenEvents({ type: 'PmScheduleChanged', data: { changes: { timeToComplete: '2' }, template: {} } }));

  it('of nothing is none', () =>
    given(registered())
      .whenever(changed({ repeatFrequency: 'day' }, day('05')))
      .thenNothing());

  it('begins right after it, however far ahead dates were raised by hand, and comes back to none of them', () =>
    given(registered({ repeatFrequency: 'year' }), byHand(7), byHand(8), changed({ repeatFrequency: 'month' }, day('05'))).thenState(
      (schedule) => expect(numbered(schedule, 12).slice(-3)).toEqual(['12: 2027-01-02', '13: 2027-02-02', '14: 2027-04-02']),
    ));

  it('of the time of day does not raise again what was raised ahead, nor does one back', () => {
    const later = { startDate: '2026-03-02T15:00:00.000Z' };
    given(registered(), byHand(7), changed(later, day('01'))).thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-03T15:00'));
    given(registered(), byHand(7), changed(later, day('01')), byHand(8), changed({ startDate: '2026-03-02T18:00:00.000Z' }, day('01')))
      .whenever(changed({ repeatFrequency: 'week' }, day('01')))
      .thenState((schedule) => expect(next(schedule)).toBe('3: 2026-03-09T18:00'));
  });

  it('does not have a floating one come back to what was skipped ahead', () =>
    given(floating({ startDate: day('20') }), (schedule) => skipNext(schedule, { now: day('13') }))
      .whenever(changed({ startDate: '2026-03-20T15:00:00.000Z' }, day('13')))
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-27T15:00')));

  it('of how often a floating one comes leaves its next date where it is', () =>
    given(floating({ startDate: day('20') }), (schedule) => skipNext(schedule, { now: day('01') }))
      .whenever(changed({ maxOccurrences: 50 }, day('02')))
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-22T09:00')));

  it('begins behind dates ahead that are too many to be named', () =>
    given(registered(), ...Array.from({ length: 1_001 }, (_, index) => byHand(index)))
      .whenever(changed({ repeatFrequency: 'week' }, day('01')))
      .thenState((schedule) => expect(next(schedule)).toBe('1002: 2028-11-27T09:00')));
});

describe('a change of the zone of the site', () => {
  it('moves the dates that are not raised', () =>
    given(registered({ repeatFrequency: 'week' }), due(day('02'), 7))
      .whenever(moved('America/New_York'))
      // 04:00 by the wall of New York, whose clocks go forward on 8 March.
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-09T08:00')));

  it('does not raise again what was raised ahead and would lie later now', () =>
    // 10:00 by the wall of Berlin, whose clocks go forward on 29 March.
    given(registered({ repeatFrequency: 'week' }, day('01'), 'Europe/Berlin'), ...[7, 8, 9, 10, 11].map(byHand))
      .whenever(moved('Etc/UTC'))
      .thenState((schedule) => expect([schedule.last?.date, next(schedule)]).toEqual(['2026-03-30T08:00:00.000Z', '6: 2026-04-06T09:00'])));

  it('leaves no date out where they lie earlier now, nor where they are days of another calendar', () => {
    given(registered(), due('2026-04-01T09:00:00.000Z', 7))
      .whenever(moved('Europe/Berlin'))
      .thenState((schedule) => expect(next(schedule)).toBe('32: 2026-04-02T08:00'));
    // Seven in the morning of Tokyo is the evening before in Berlin.
    const [early, tokyo] = ['2026-03-02T22:00:00.000Z', 'Asia/Tokyo'];
    given(registered({ startDate: early }, day('01'), tokyo), byHand(7), byHand(8))
      .whenever(moved('Europe/Berlin'))
      .thenState((schedule) => expect(next(schedule)).toBe('3: 2026-03-04T22:00'));
    given(registered({ startDate: '2026-01-30T23:00:00.000Z', repeatFrequency: 'month' }, day('01'), tokyo), byHand(7), byHand(8))
      .whenever(moved('Etc/UTC'))
      .thenState((schedule) => expect([schedule.last?.date, next(schedule)]).toEqual(['2026-02-27T23:00:00.000Z', '3: 2026-03-30T23:00']));
  });

  it('keeps the days that a rule names', () => {
    const named = {
      startDate: '2026-03-01T22:00:00.000Z',
      repeatFrequency: 'week',
      repeatOccurrence: 'custom',
      onWeekDays: [1, 2],
    } as const;
    // Monday and Tuesday, 07:00 in Tokyo and 23:00 in Berlin.
    given(registered(named, day('01'), 'Asia/Tokyo'), byHand(7))
      .whenever(moved('Europe/Berlin'))
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-03T22:00'));
    given(registered({ ...named, startDate: '2026-03-02T22:00:00.000Z' }, day('01'), 'Europe/Berlin'), byHand(7), byHand(8), byHand(9))
      .whenever(moved('Asia/Tokyo'))
      .thenState((schedule) => expect([schedule.last?.date.slice(0, 10), next(schedule)]).toEqual(['2026-03-09', '4: 2026-03-09T22:00']));
  });

  it('keeps to what a changed rule has passed over', () =>
    given(registered({}, day('01'), 'Asia/Tokyo'), byHand(7), byHand(8), changed({ startDate: '2026-03-01T22:00:00.000Z' }, day('01')))
      .and((schedule) => {
        expect(next(schedule)).toBe('3: 2026-03-03T22:00');
        return [];
      })
      .whenever(moved('Europe/Berlin'))
      .thenState((schedule) => expect(numbered(schedule, 2)).toEqual(['3: 2026-03-03', '4: 2026-03-04'])));

  it('is that of the site alone, whoever has read an older one', () => {
    given(registered(), moved('Asia/Tokyo', 7)).whenever(moved('Europe/Berlin', 6)).thenNothing();
    given(registered()).whenever(moved('Europe/Berlin', 4)).thenNothing();
    given(registered()).whenever(moved('Etc/UTC')).thenNothing();
    given().whenever(moved('Asia/Tokyo')).thenNothing();
  });
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

import { scenario } from '../../../../test/harness/given.js';
import { followSite } from './archived-site.js';
import { pauseSchedule, resumeSchedule, skipNext } from './pm-occurrences.js';
import { changeSchedule } from './pm-schedule-registration.js';
import { pmSchedule } from './pm-schedule.js';
import { byHand, changed, day, due, floating, moved, next, numbered, registered, type Step } from '../testing/pm-schedules.js';

const given = scenario(pmSchedule);

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

  it('numbers the dates of the time that its site was archived, whether or not it has been told of the return before', () => {
    const site =
      (siteArchived: boolean, siteRevision: number): Step =>
      (schedule) =>
        followSite(schedule, { siteArchived, siteRevision }, { now: day('05') });
    const edited = changed({ repeatFrequency: 'week' }, '2026-03-05T10:00:00.000Z');
    for (const steps of [
      [site(false, 7), edited],
      [edited, site(false, 7)],
    ])
      given(registered(), due(day('02'), 7), site(true, 6), ...steps).thenState((schedule) =>
        expect(next(schedule)).toBe('5: 2026-03-09T09:00'),
      );
  });

  it('of nothing is none', () =>
    given(registered())
      .whenever(changed({ repeatFrequency: 'day' }, day('05')))
      .thenNothing());

  it('of the title to that of its orders is none where it has none of its own, unless theirs becomes another', () => {
    const told = (template: object) =>
      given(registered()).when(changeSchedule, { changes: { title: 'Filters' }, template, now: day('05') });
    told({}).thenNothing();
    told({ title: 'Filters' }).thenNothing();
    const changes = { title: 'Filters' };
    told({ title: 'Belts' }).thenEvents({ type: 'PmScheduleChanged', data: { changes, template: { title: 'Belts' } } });
  });

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

  it('does not come back to a day that was raised ahead, also when a later one was raised since', () =>
    given(
      registered(),
      byHand(7),
      byHand(8),
      changed({ repeatFrequency: 'week' }, day('01')),
      byHand(9),
      changed({ repeatFrequency: 'day' }, day('01')),
    ).thenState((schedule) =>
      // Raised by hand were 2, 3 and 9 March.
      expect(numbered(schedule, 6)).toEqual(['04', '05', '06', '07', '08', '10'].map((date, index) => `${index + 4}: 2026-03-${date}`)),
    ));

  it('of the time of day does not raise again what was raised earlier on that day', () => {
    const later = { startDate: '2026-03-02T15:00:00.000Z' };
    given(registered(), due(day('02'), 7))
      .whenever(changed(later, '2026-03-02T10:00:00.000Z'))
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-03T15:00'));
    // Neither when it is moved once more, nor on a day of the site that has begun on the day before in UTC.
    given(registered(), due(day('02'), 7), changed(later, '2026-03-02T10:00:00.000Z'))
      .whenever(changed({ startDate: '2026-03-02T18:00:00.000Z' }, '2026-03-02T11:00:00.000Z'))
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-03T18:00'));
    given(registered({ startDate: '2026-03-01T20:00:00.000Z' }, day('01'), 'Asia/Tokyo'), due('2026-03-01T20:00:00.000Z', 7))
      .whenever(changed({ startDate: '2026-03-02T06:00:00.000Z' }, day('02').replace('09', '01')))
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-03T06:00'));
  });

  it('of the time of day raises on that day what was not: its date fell into a pause, or it is the only one and given anew', () => {
    const later = { startDate: '2026-03-02T15:00:00.000Z' };
    given(registered(), pauseSchedule, (schedule) => resumeSchedule(schedule, { now: '2026-03-02T09:30:00.000Z' }), byHand(7))
      .whenever(changed(later, '2026-03-02T10:00:00.000Z'))
      .thenState((schedule) => expect(numbered(schedule, 2)).toEqual(['3: 2026-03-02', '4: 2026-03-04']));
    given(registered({ repeatFrequency: 'none' }), due(day('02'), 7))
      .whenever(changed(later, '2026-03-02T10:00:00.000Z'))
      .thenState((schedule) => expect(next(schedule)).toBe('2: 2026-03-02T15:00'));
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

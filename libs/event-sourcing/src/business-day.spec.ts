import { dayIn } from './business-day.js';

describe('the business day', () => {
  it.each([
    ['Etc/UTC', '2026-01-31T23:59:59.999Z', '2026-01-31'],
    ['Etc/UTC', '2026-02-01T00:00:00.000Z', '2026-02-01'],
    ['America/New_York', '2026-02-01T04:59:59.999Z', '2026-01-31'],
    ['America/New_York', '2026-02-01T05:00:00.000Z', '2026-02-01'],
    ['Pacific/Kiritimati', '2026-01-31T10:00:00.000Z', '2026-02-01'],
    // The night in which clocks go forward at midnight: the day begins at one o'clock.
    ['America/Santiago', '2026-09-06T03:59:59.000Z', '2026-09-05'],
    ['America/Santiago', '2026-09-06T04:00:00.000Z', '2026-09-06'],
    ['Europe/Berlin', '1956-05-05T12:00:00.000Z', '1956-05-05'],
  ])('in %s at %s is %s, whatever was asked before', (zone, instant, day) => {
    expect(dayIn(zone, new Date(instant))).toBe(day);
    dayIn(zone, new Date('2000-01-01T12:00:00.000Z'));
    expect(dayIn(zone, new Date(instant))).toBe(day);
  });
});

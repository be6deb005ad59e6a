import fc from 'fast-check';
import { reliabilityOf, type Period, type TimeDown } from './reliability.js';

const hour = 3_600_000;
const hours = (from: number, to: number): Period => ({ from: from * hour, to: to * hour });
const down = (from: number, to: number | null, planned = false): TimeDown => ({
  from: from * hour,
  to: to === null ? null : to * hour,
  planned,
});

describe('the reliability of an asset', () => {
  it('in 100 h with downtimes of 2 h and 3 h is 0.95, repaired in 2.5 h and failing every 47.5 h', () =>
    expect(reliabilityOf([down(10, 12), down(50, 53)], hours(0, 100))).toEqual({
      period_hours: '100',
      failures: 2,
      downtime_hours: '5',
      availability: '0.95',
      mttr_hours: '2.5',
      mtbf_hours: '47.5',
    }));

  it('counts what lies inside of a downtime that crosses a border, and nothing that only touches one', () =>
    expect(reliabilityOf([down(-5, 1), down(99, 120), down(-9, -5), down(-6, 0), down(100, 101)], hours(0, 100))).toMatchObject({
      failures: 2,
      downtime_hours: '2',
      availability: '0.98',
      mttr_hours: '1',
      mtbf_hours: '49',
    }));

  it('takes a failure that has not ended for no repair', () =>
    expect(reliabilityOf([down(1, 2), down(90, null)], hours(0, 100))).toMatchObject({
      failures: 2,
      downtime_hours: '11',
      mttr_hours: '1',
      mtbf_hours: '44.5',
    }));

  it('is lowered by planned downtimes, which are no failures', () =>
    expect(reliabilityOf([down(1, 11, true), down(20, 22)], hours(0, 100))).toMatchObject({
      failures: 1,
      downtime_hours: '12',
      availability: '0.88',
      mttr_hours: '2',
      mtbf_hours: '88',
    }));

  it('is whole where it never failed, and rounds a half up at the sixth decimal', () => {
    expect(reliabilityOf([], hours(0, 7))).toMatchObject({ failures: 0, availability: '1', mttr_hours: null, mtbf_hours: null });
    expect(reliabilityOf([{ from: 0, to: 1, planned: false }], hours(0, 1))).toMatchObject({
      downtime_hours: '0',
      availability: '1',
      mttr_hours: '0',
    });
    expect(reliabilityOf([{ from: 0, to: 9, planned: false }], { from: 0, to: 18 })).toMatchObject({
      downtime_hours: '0.000003',
      availability: '0.5',
    });
  });

  it('is what counting every millisecond comes to', () => {
    const time = fc.record({
      gap: fc.integer({ min: 0, max: 30 }),
      length: fc.integer({ min: 1, max: 30 }),
      planned: fc.boolean(),
    });
    const property = fc.property(
      fc.array(time, { maxLength: 6 }),
      fc.integer({ min: 0, max: 120 }),
      fc.integer({ min: 1, max: 120 }),
      fc.boolean(),
      (times, from, length, open) => {
        let at = 0;
        const all = times.map(({ gap, length: lasts, planned }): TimeDown => {
          const start = at + gap;
          at = start + lasts;
          return { from: start, to: at, planned };
        });
        const last = all.at(-1);
        if (open && last) all[all.length - 1] = { ...last, to: null };
        const period = { from, to: from + length };
        expect(reliabilityOf(all, period)).toEqual(counted(all, period));
      },
    );
    fc.assert(property, { numRuns: 2_000 });
  });
});

/** The same by looking at each millisecond, with fractions of plain numbers: small enough here to be exact. */
function counted(all: readonly TimeDown[], { from, to }: Period): object {
  let up = 0;
  const hits = new Map<TimeDown, number>();
  for (let at = from; at < to; at++) {
    const hit = all.find((time) => time.from <= at && (time.to === null || at < time.to));
    if (hit) hits.set(hit, (hits.get(hit) ?? 0) + 1);
    else up += 1;
  }
  const failed = [...hits.keys()].filter(({ planned }) => !planned);
  const mended = failed.filter((time) => time.to !== null && time.to <= to);
  const text = (dividend: number, divisor: number): string =>
    String(Math.floor((dividend * 2_000_000 + divisor) / (2 * divisor)) / 1_000_000).replace(/^(\d)e-(\d)$/, (_, digit: string, zeros: string) => `0.${'0'.repeat(Number(zeros) - 1)}${digit}`); // prettier-ignore
  const spent = mended.reduce((total, time) => total + (hits.get(time) ?? 0), 0);
  return {
    period_hours: text(to - from, hour),
    failures: failed.length,
    downtime_hours: text(to - from - up, hour),
    availability: text(up, to - from),
    mttr_hours: mended.length === 0 ? null : text(spent, mended.length * hour),
    mtbf_hours: failed.length === 0 ? null : text(up, failed.length * hour),
  };
}

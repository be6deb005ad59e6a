import type { DowntimeDetails } from './downtime.events.js';
import { changeDowntime, downtimesOfAsset, openDowntime, startDowntime, withdrawDowntime, type Downtimes } from './downtimes.js';

const now = '2026-03-10T00:00:00.000Z';
const at = (hour: string): string => `2026-03-02T${hour}:00.000Z`;

type Decision = (downtimes: Downtimes) => readonly ReturnType<typeof startDowntime>[number][];

const after = (...decisions: readonly Decision[]): Downtimes =>
  decisions.reduce((state, decide) => decide(state).reduce(downtimesOfAsset.evolve, state), downtimesOfAsset.initialState);

const details = (startedAt: string, endedAt: string | null): DowntimeDetails => ({
  startedAt,
  endedAt,
  reason: null,
  workOrderId: null,
  planned: false,
});

const down =
  (downtimeId: number, from: string, to: string | null = null): Decision =>
  (state) =>
    startDowntime(state, { downtimeId, details: details(at(from), to === null ? null : at(to)), now });

const changed =
  (downtimeId: number, changes: Partial<DowntimeDetails>): Decision =>
  (state) =>
    changeDowntime(state, { downtimeId, changes, now });

const refusalOf = (decide: () => unknown): object => {
  try {
    decide();
  } catch (refusal) {
    return refusal as object;
  }
  throw new Error('nothing was refused');
};

describe('the downtimes of an asset', () => {
  it('may touch, for each ends before its end', () => {
    const state = after(down(1, '08:00', '10:00'), down(2, '10:00', '11:00'), down(3, '07:00', '08:00'));
    expect([...state.keys()].sort()).toEqual([1, 2, 3]);
  });

  it.each([
    ['begins within another', '09:59', '12:00'],
    ['ends within another', '07:00', '08:01'],
    ['holds another', '07:00', '12:00'],
    ['lies within another', '08:30', '09:00'],
    ['is another', '08:00', '10:00'],
    ['has not ended and begins before another', '07:00', null],
  ])('are refused where one %s', (_, from, to) => {
    const state = after(down(1, '08:00', '10:00'));
    expect(refusalOf(() => down(2, from, to)(state))).toMatchObject({
      code: 'VALIDATION_FAILED',
      details: [{ field: 'downtime.started_at', code: 'overlaps' }],
    });
  });

  it('have one that has not ended at most, which later ones may not meet either', () => {
    const state = after(down(4, '08:00'));
    expect(openDowntime(state)).toBe(4);
    expect(refusalOf(() => down(5, '09:00')(state))).toMatchObject({ code: 'ASSET_OFFLINE', facts: { id: 4 } });
    expect(refusalOf(() => down(5, '09:00', '09:30')(state))).toMatchObject({ details: [{ code: 'overlaps' }] });
    expect(openDowntime(after(() => [], down(4, '08:00'), changed(4, { endedAt: at('09:00') })))).toBeUndefined();
  });

  it('may not have another one opened again while one has not ended', () => {
    const state = after(down(1, '08:00', '09:00'), down(2, '10:00'));
    expect(refusalOf(() => changed(1, { endedAt: null })(state))).toMatchObject({ code: 'ASSET_OFFLINE', facts: { id: 2 } });
  });

  it('lie in the past, and end after they begin', () => {
    const ahead = '2026-03-10T00:00:00.001Z';
    const start = (startedAt: string, endedAt: string | null) => () =>
      startDowntime(after(), { downtimeId: 1, details: details(startedAt, endedAt), now });
    expect(refusalOf(start(ahead, null))).toMatchObject({ details: [{ field: 'downtime.started_at', code: 'out_of_range' }] });
    expect(refusalOf(start(at('08:00'), ahead))).toMatchObject({ details: [{ field: 'downtime.ended_at', code: 'out_of_range' }] });
    expect(refusalOf(start(at('08:00'), at('08:00')))).toMatchObject({
      details: [{ field: 'downtime.ended_at', code: 'not_after_start' }],
    });
    expect(start(now, null)()).toHaveLength(1);
  });

  it('are put right also when they have ended, and say only what changed', () => {
    const state = after(down(1, '08:00', '10:00'));
    expect(changed(1, { startedAt: at('08:30'), endedAt: at('10:00'), planned: true })(state)).toEqual([
      { type: 'DowntimeChanged', data: { downtimeId: 1, changes: { startedAt: at('08:30'), planned: true } } },
    ]);
    expect(changed(1, { endedAt: at('10:00') })(state)).toEqual([]);
  });

  it('began and ended in the business when they say, not when that was recorded', () => {
    expect(down(1, '08:00')(after())).toMatchObject([{ effectiveAt: at('08:00') }]);
    expect(changed(1, { endedAt: at('10:00') })(after(down(1, '08:00')))).toMatchObject([{ effectiveAt: at('10:00') }]);
  });

  it('make room when one is withdrawn, which is then unknown', () => {
    const withdrawn: Decision = (state) => withdrawDowntime(state, { downtimeId: 1 });
    const state = after(down(1, '08:00'), withdrawn, down(2, '07:00'));
    expect([...state.keys()]).toEqual([2]);
    expect(refusalOf(() => withdrawn(state))).toMatchObject({ code: 'NOT_FOUND' });
    expect(refusalOf(() => changed(1, { planned: true })(state))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

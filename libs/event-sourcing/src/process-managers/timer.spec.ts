import { filter, filterTimer, planned, type Filter, type FilterEvent } from '../testing/filters.js';
import { timer } from './timer.js';
import { TimerTrial } from '../testing/index.js';

const raised = (dueAt: string): FilterEvent => ({ type: 'ChangeRaised', data: { dueAt } });
const first = '2026-02-01T06:00:00.000Z';

describe('a timer', () => {
  it('raises nothing before it is due, and once when it is', async () => {
    const trial = new TimerTrial(filterTimer).given(filter, 1, planned(first, 7));
    expect(await trial.at('2026-02-01T05:59:59.999Z')).toEqual({});
    expect(await trial.at(first)).toEqual({ 'filter-1': [raised(first)] });
    expect(await trial.at('2026-02-08T05:59:59.999Z')).toEqual({});
  });

  it('catches up after a standstill, in order', async () => {
    const trial = new TimerTrial(filterTimer).given(filter, 1, planned(first, 2));
    expect(await trial.at('2026-02-06T00:00:00Z')).toEqual({
      'filter-1': [raised(first), raised('2026-02-03T06:00:00.000Z'), raised('2026-02-05T06:00:00.000Z')],
    });
  });

  it('raises nothing twice where the clock is set back', async () => {
    const trial = new TimerTrial(filterTimer).given(filter, 1, planned(first, 7));
    await trial.at(first);
    expect(await trial.at('2026-01-01T00:00:00Z')).toEqual({});
    expect(await trial.at(first)).toEqual({});
  });

  it('decides an instant once, although the state stays due at it', async () => {
    const trial = new TimerTrial(filterTimer).given(filter, 1, planned(first, 0));
    expect(await trial.at(first)).toEqual({ 'filter-1': [raised(first)] });
    expect(await trial.at('2027-01-01T00:00:00Z')).toEqual({});
  });

  it('knows how late it is, and gives what it brings into being an id', async () => {
    const late = timer({
      name: 'late-changes',
      on: filter,
      draws: 'change',
      due: ({ dueAt }) => (dueAt === null ? undefined : new Date(dueAt)),
      then: (_filter, _dueAt, { now, id }): FilterEvent[] => [{ type: 'Planned', data: { dueAt: now.toISOString(), everyDays: id } }],
    });
    const trial = new TimerTrial(late).given(filter, 1, planned(first, 7));
    expect((await trial.at('2026-02-06T00:00:00.000Z'))['filter-1']?.[0]).toEqual(planned('2026-02-06T00:00:00.000Z', 1));
  });

  it('takes a refusal as an outcome, and the next instant from the state', async () => {
    const trial = new TimerTrial(filterTimer).given(filter, 1, planned(first, -1));
    expect(await trial.at(first)).toEqual({});
    const next = '2026-03-01T06:00:00.000Z';
    expect(await trial.given(filter, 1, planned(next, 7)).at(next)).toEqual({ 'filter-1': [raised(next)] });
  });

  it('says at an archived site what is to be said there, and raises what stays due', async () => {
    const kept = (state: Filter): FilterEvent[] => (state.everyDays === 7 ? [{ type: 'Stopped', data: {} }] : []);
    const closing = timer({
      name: 'filters-of-sites',
      on: filter,
      due: ({ dueAt }) => (dueAt === null ? undefined : new Date(dueAt)),
      then: (_filter, dueAt): FilterEvent[] => [raised(dueAt.toISOString())],
      atArchivedSite: kept,
    });
    const trial = new TimerTrial(closing)
      .given(filter, 1, planned(first, 7))
      .given(filter, 2, planned(first, 8))
      .siteIs('2026-02-01T05:59:59.999Z', 3);
    expect(await trial.at(first)).toEqual({ 'filter-1': [{ type: 'Stopped', data: {} }], 'filter-2': [raised(first)] });
    // The instant was not decided where nothing was raised.
    expect(await trial.given(filter, 1, planned(first, 6)).siteIs(undefined, 4).at(first)).toEqual({ 'filter-1': [raised(first)] });
  });

  it('raises what came before its site was archived, as of that moment, however late it is', async () => {
    const late = timer({
      name: 'late-filters-of-sites',
      on: filter,
      due: ({ dueAt }) => (dueAt === null ? undefined : new Date(dueAt)),
      then: (_filter, _dueAt, { now }): FilterEvent[] => [{ type: 'Planned', data: { dueAt: now.toISOString(), everyDays: 7 } }],
      atArchivedSite: ({ dueAt }): FilterEvent[] => (dueAt === null ? [] : [{ type: 'Stopped', data: {} }]),
    });
    const [archived, next] = ['2026-02-01T06:00:00.000Z', '2026-02-01T06:00:00.001Z'];
    const trial = new TimerTrial(late).given(filter, 1, planned(first, 7)).given(filter, 2, planned(next, 7)).siteIs(archived, 3);
    expect(await trial.at('2026-03-01T00:00:00.000Z')).toEqual({ 'filter-1': [planned(archived, 7)], 'filter-2': [{ type: 'Stopped', data: {} }] }); // prettier-ignore
  });

  it('raises nothing that was called off or put off meanwhile', async () => {
    const trial = new TimerTrial(filterTimer)
      .given(filter, 1, planned(first, 7), { type: 'Stopped', data: {} })
      .given(filter, 2, planned(first, 7), planned('2026-02-02T06:00:00.000Z', 7));
    expect(await trial.at(first)).toEqual({});
  });
});

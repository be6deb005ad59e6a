import { Rejection, type Event, type Stream } from '../decider.js';
import { timer } from '../process-managers/timer.js';

/** A filter that is to be changed every so many days, or once: for specs of timers. */
export type FilterEvent =
  Event<'Planned', { dueAt: string; everyDays: number }> | Event<'ChangeRaised', { dueAt: string }> | Event<'Stopped', object>;
export type Filter = Readonly<{ dueAt: string | null; everyDays: number }>;

const dayMs = 86_400_000;

export const filter: Stream<Filter, FilterEvent> = {
  category: 'filter',
  initialState: { dueAt: null, everyDays: 0 },
  evolve(state, { type, data }) {
    if (type === 'Planned') return { dueAt: data.dueAt, everyDays: data.everyDays };
    if (type === 'Stopped') return { ...state, dueAt: null };
    // One that is not repeated stays due at the same instant: it must not be decided again all the same.
    return { ...state, dueAt: new Date(Date.parse(data.dueAt) + state.everyDays * dayMs).toISOString() };
  },
};

export const filterTimer = timer({
  name: 'change-filters',
  on: filter,
  due: ({ dueAt }) => (dueAt === null ? undefined : new Date(dueAt)),
  then: ({ everyDays }, dueAt): FilterEvent[] => {
    if (everyDays < 0) throw new Rejection('CONFLICT', 'it cannot be changed');
    if (everyDays > 1_000) throw new Error('nobody can wait that long');
    return [{ type: 'ChangeRaised', data: { dueAt: dueAt.toISOString() } }];
  },
});

export const planned = (dueAt: string, everyDays: number): FilterEvent => ({ type: 'Planned', data: { dueAt, everyDays } });

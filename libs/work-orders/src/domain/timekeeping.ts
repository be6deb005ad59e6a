import { historyAfter, Rejection, type RecordHistory, type Stream } from '#millwright/event-sourcing/decider';
import type { Decimal } from '#millwright/quantities';
import type { RateType } from './labour.events.js';
import type { TimekeepingEvent, TimerEnd, TimerStarted, TimerStopped } from './timekeeping.events.js';

/** The timer of a person that runs, and the one that ended last. All of a person's are one stream, so that one runs at a time, whatever the order. */
export type Timekeeping = Readonly<{
  running: TimerStarted['data'] | null;
  ended: TimerStopped['data'] | null;
  history: RecordHistory | undefined;
}>;

export const timekeeping: Stream<Timekeeping, TimekeepingEvent> = {
  category: 'timekeeping',
  initialState: { running: null, ended: null, history: undefined },
  evolve(state, event) {
    const history = historyAfter(state.history, event);
    switch (event.type) {
      case 'TimerStarted':
        return { ...state, running: event.data, history };
      case 'TimerStopped':
        return { running: null, ended: event.data, history };
    }
  },
};

/** @throws Rejection TIMER_RUNNING with the `id` of the order that it runs on */
export function startTimer({ running }: Timekeeping, started: TimerStarted['data']): TimekeepingEvent[] {
  if (running)
    throw new Rejection('TIMER_RUNNING', `A timer of this person runs on work order ${running.workOrderId}; stop it first.`, [], {
      id: running.workOrderId,
    });
  return [{ type: 'TimerStarted', data: started }];
}

/** `at` is an instant in UTC with milliseconds, `dayOf` the day of one at the site; `rate` is null where there is none of that type. */
export type StopTimer = Readonly<{
  workOrderId: number;
  at: string;
  rateType: RateType;
  rate: Decimal | null;
  note: string | null;
  dayOf: (instant: string) => string;
}>;

/** @throws Rejection NOT_FOUND no timer of this person runs on that order; VALIDATION_FAILED (rate_missing), and it runs on */
export function stopTimer({ running }: Timekeeping, { workOrderId, rate, ...end }: StopTimer): TimekeepingEvent[] {
  if (running?.workOrderId !== workOrderId) throw new Rejection('NOT_FOUND', 'no timer of this person runs on this work order');
  if (rate === null) {
    const message = 'is one that this person has no rate of';
    throw new Rejection('VALIDATION_FAILED', `rate_type ${message}`, [{ field: 'rate_type', code: 'rate_missing', message }]);
  }
  return [stopped(running, { ...end, rate, because: 'stopped' })];
}

export type EndTimer = Readonly<{ timerId: number; at: string; rate: Decimal | null; dayOf: StopTimer['dayOf']; because: TimerEnd }>;

/** Ends a timer because of its order, at the regular rate of now or, without one, of its start. Nothing, where it has ended already. */
export function endTimer({ running }: Timekeeping, { timerId, rate, ...end }: EndTimer): TimekeepingEvent[] {
  if (running?.timerId !== timerId) return [];
  return [stopped(running, { ...end, rateType: 'regular', rate: rate ?? running.regularRate, note: null })];
}

type End = Pick<StopTimer, 'at' | 'rateType' | 'note' | 'dayOf'> & Readonly<{ rate: Decimal; because: TimerEnd }>;

/** Only whole seconds count, and the end is the start with those (S22). A clock that was set back makes none. */
function stopped({ timerId, laborEntryId, workOrderId, startedAt, currency }: TimerStarted['data'], end: End): TimekeepingEvent {
  const seconds = Math.max(0, Math.floor((Date.parse(end.at) - Date.parse(startedAt)) / 1000));
  const endedAt = new Date(Date.parse(startedAt) + seconds * 1000).toISOString();
  const { rateType, rate, note, because } = end;
  const date = end.dayOf(endedAt);
  const data = { timerId, laborEntryId, workOrderId, startedAt, endedAt, seconds, rateType, rate, currency, date, note, because };
  return { type: 'TimerStopped', data, effectiveAt: date };
}
